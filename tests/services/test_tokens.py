import hashlib
import re

from app.services.tokens import create_token, token_hash
from db.connections import Pool, PoolReader, Statement, unit_of_work
from tests.clock import FrozenClock

TOKENS = Statement("tokens", "SELECT account_id, hash, created_at FROM tokens")


async def test_only_the_hash_of_a_token_is_kept(pool: Pool, reader: PoolReader, clock: FrozenClock) -> None:
    async with unit_of_work(pool) as writer:
        text = await create_token(writer, clock.now(), None)
        await writer.commit()
    assert re.fullmatch(r"loupe_[\w-]{43}", text)
    assert [tuple(row) for row in await reader.fetch(TOKENS)] == [
        (None, hashlib.sha256(text.encode()).digest(), clock.now())
    ]


async def test_no_two_tokens_are_the_same(pool: Pool, clock: FrozenClock) -> None:
    async with unit_of_work(pool) as writer:
        assert len({await create_token(writer, clock.now(), None) for _ in range(10)}) == 10


def test_the_hash_of_a_token_is_the_same_every_time() -> None:
    assert token_hash("loupe_x") == token_hash("loupe_x") != token_hash("loupe_y")
