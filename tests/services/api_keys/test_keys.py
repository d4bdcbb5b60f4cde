"""API keys: the stored hash, the caller of a key, expiry, finding and revoking."""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st

from app.domain.texts import BadText
from app.services.api_keys import keys as api_keys
from app.services.api_keys.keys import (
    AmbiguousKey,
    KeyExpired,
    NewKey,
    UnknownKey,
    create_key,
    find_caller,
    find_key,
    revoke_key,
    secret_hash,
)
from db.connections import Pool, Record, Statement
from db.migrate import migrate
from db.pools import open_pool
from db.queries.api_keys import KeyFilter, keys
from db.readers import PoolReader
from db.upgrade import run_alembic
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.database import execute, temporary_database
from tests.support.studio import Studio, open_account

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
# The statement of the release before keys had a name, a prefix and an expiry.
ADD_BEFORE = "INSERT INTO tokens (id, account_id, hash, created_at) VALUES ($1, $2, $3, $4)"
FIND_BEFORE = "SELECT t.account_id, a.name FROM tokens t LEFT JOIN accounts a ON a.id = t.account_id WHERE t.hash = $1"


async def new_key(
    pool: Pool,
    account_id: UUID | None,
    at: datetime = AT,
    *,
    name: str | None = None,
    expires_at: datetime | None = None,
) -> NewKey:
    async with unit_of_work(pool) as writer:
        made = await create_key(writer, at, account_id, name=name, expires_at=expires_at)
        await writer.commit()
    return made


async def old_token(pool: Pool, account_id: UUID | None) -> str:
    """A token as the release before makes it."""
    text = f"loupe_{secrets.token_urlsafe(32)}"
    await pool.fetch(ADD_BEFORE, uuid4(), account_id, secret_hash(text), AT)
    return text


async def revoke(pool: Pool, name: str, at: datetime = AT) -> None:
    async with unit_of_work(pool) as writer:
        await revoke_key(writer, await find_key(writer, name), at)
        await writer.commit()


async def holder(reader: PoolReader, secret: str, at: datetime = AT) -> str | None:
    """Return the name of the caller of a secret."""
    caller = await find_caller(reader, FrozenClock(at), secret)
    if caller is None:
        return None
    return "staff" if caller.account is None else caller.account.name


async def rows(reader: PoolReader, table: str) -> list[Record]:
    return await reader.fetch(Statement(table, f"SELECT * FROM {table}"))  # noqa: S608


async def test_a_clients_secret_names_its_account_and_only_its_hash_is_kept(pool: Pool, reader: PoolReader) -> None:
    studio = await open_account(pool, Studio())
    made = await new_key(pool, studio.id, name="web shop", expires_at=AT + DAY)
    assert re.fullmatch(rf"loupe_{studio.id.hex}_[\w-]{{43}}", made.secret)
    assert made.prefix == made.secret[: len("loupe_") + 32 + 1 + 8]
    digest = hashlib.sha256(made.secret.encode()).digest()
    [row] = await rows(reader, "api_keys")
    assert tuple(row)[:1] + tuple(row)[2:] == (
        studio.id,
        digest,
        made.number,
        "web shop",
        made.prefix,
        AT,
        AT + DAY,
        None,
    )
    assert await rows(reader, "tokens") == []


async def test_a_secret_of_staff_names_no_account(pool: Pool, reader: PoolReader) -> None:
    made = await new_key(pool, None)
    assert re.fullmatch(r"loupe_[\w-]{43}", made.secret)
    assert made.prefix == made.secret[: len("loupe_") + 8]
    [row] = await rows(reader, "tokens")
    assert (row["hash"], row["number"], row["prefix"]) == (secret_hash(made.secret), made.number, made.prefix)
    assert await rows(reader, "api_keys") == []


async def test_no_two_keys_have_a_secret_or_a_number_in_common(pool: Pool) -> None:
    studio = await open_account(pool, Studio())
    made = [await new_key(pool, account_id) for account_id in (studio.id, None) * 4]
    assert len({key.secret for key in made}) == len({key.number for key in made}) == 8


async def test_each_secret_opens_the_door_to_its_own_holder_only(pool: Pool, reader: PoolReader) -> None:
    aurora, nordlys = [await open_account(pool, Studio(name=name)) for name in ("Aurora", "Nordlys")]
    made = await new_key(pool, aurora.id)
    assert await holder(reader, made.secret) == "Aurora"
    assert await holder(reader, (await new_key(pool, None)).secret) == "staff"
    assert await holder(reader, await old_token(pool, nordlys.id)) == "Nordlys"
    assert await holder(reader, await old_token(pool, None)) == "staff"
    assert await holder(reader, made.secret.replace(aurora.id.hex, nordlys.id.hex)) is None
    assert await holder(reader, made.secret.replace(aurora.id.hex, uuid4().hex)) is None


async def test_a_text_that_is_not_exactly_a_clients_secret_is_looked_up_among_the_tokens(
    pool: Pool, reader: PoolReader
) -> None:
    account_id = (await open_account(pool, Studio(name="Aurora"))).id
    secret = "s" * 43
    texts = [
        f"loupe_{account_id.hex.upper()}_{secret}",
        f"loupe_{account_id}_{secret}",
        f"loupe_{account_id.hex[1:]}_{secret}",
        f"loupe_{account_id.hex}_{secret}s",
        f"loupe_{account_id.hex}_{secret[1:]}",
        f"loupe_{account_id.hex}_{secret[1:]}\n",
        f"loupe_{account_id.hex}_{secret[1:]}é",
        f"loupe_{account_id.hex}{secret}",
        f"Loupe_{account_id.hex}_{secret}",
        f" loupe_{account_id.hex}_{secret}",
        f"loupe_{'g' * 32}_{secret}",
        f"loupe_{'١' * 32}_{secret}",  # noqa: RUF001 - digits, but no hexadecimal ones
    ]
    for text in texts:
        await pool.fetch(ADD_BEFORE, uuid4(), account_id, secret_hash(text), AT)
    assert [await holder(reader, text) for text in texts] == ["Aurora"] * len(texts)
    exact = f"loupe_{account_id.hex}_{secret}"
    await pool.fetch(ADD_BEFORE, uuid4(), account_id, secret_hash(exact), AT)
    assert await holder(reader, exact) is None


@given(st.binary(min_size=32, max_size=32))
def test_no_token_of_the_release_before_reads_as_a_clients_secret(random: bytes) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(secrets, "token_bytes", lambda _size: random)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
        token = f"loupe_{secrets.token_urlsafe(32)}"
    assert api_keys._account_in(token) is None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("is_staff", [False, True])
async def test_a_key_is_in_force_until_it_expires_exclusive(pool: Pool, reader: PoolReader, is_staff: bool) -> None:  # noqa: FBT001
    studio = await open_account(pool, Studio())
    secret = (await new_key(pool, None if is_staff else studio.id, expires_at=AT + DAY)).secret
    assert await holder(reader, secret, AT + DAY - MICROSECOND) is not None
    assert await holder(reader, secret, AT + DAY) is None


@pytest.mark.parametrize("expires_at", [AT, AT - DAY])
async def test_a_key_that_would_be_of_no_use_is_refused(pool: Pool, reader: PoolReader, expires_at: datetime) -> None:
    with pytest.raises(KeyExpired, match=r"is of no use: now is 2026-03-10T12:00:00Z\.$"):
        await new_key(pool, None, expires_at=expires_at)
    assert await rows(reader, "tokens") == []


async def test_an_invalid_name_is_refused(pool: Pool, reader: PoolReader) -> None:
    with pytest.raises(BadText, match=r"^The key's name must not be blank\.$"):
        await new_key(pool, None, name=" ")
    assert await rows(reader, "tokens") == []


async def test_a_revoked_key_opens_no_door_and_others_still_do(pool: Pool, reader: PoolReader) -> None:
    studio = await open_account(pool, Studio(name="Aurora"))
    clients = [(await new_key(pool, studio.id)).secret, await old_token(pool, studio.id)]
    staff = [(await new_key(pool, None)).secret, await old_token(pool, None)]
    for revoked, kept in ((clients[0], clients[1]), (staff[1], staff[0])):
        await revoke(pool, revoked)
        assert await holder(reader, revoked) is None
        assert await holder(reader, kept) is not None


async def test_a_revoked_token_opens_no_door_to_the_release_before_either(pool: Pool) -> None:
    text = await old_token(pool, (await open_account(pool, Studio(name="Aurora"))).id)
    assert [row["name"] for row in await pool.fetch(FIND_BEFORE, secret_hash(text))] == ["Aurora"]
    await revoke(pool, text)
    assert await pool.fetch(FIND_BEFORE, secret_hash(text)) == []


async def test_a_key_that_is_revoked_again_stays_revoked_since_the_first_time(pool: Pool, reader: PoolReader) -> None:
    studio = await open_account(pool, Studio())
    for made in (await new_key(pool, studio.id), await new_key(pool, None)):
        await revoke(pool, str(made.number), AT)
        await revoke(pool, str(made.number), AT + DAY)
        assert (await find_key(reader, str(made.number))).revoked_at == AT


async def test_a_key_is_found_by_its_number_its_prefix_or_its_secret(pool: Pool, reader: PoolReader) -> None:
    studio = await open_account(pool, Studio())
    for made in (await new_key(pool, studio.id, name="shop"), await new_key(pool, None, name="desk")):
        found = [await find_key(reader, name) for name in (str(made.number), made.prefix, made.secret)]
        assert [row.number for row in found] == [made.number] * 3


@pytest.mark.parametrize("name", ["0", "9" * 100, "loupe_", "loupe_unknown", "shop", "-1", "٣"])
async def test_a_key_that_is_not_there_is_not_found(pool: Pool, reader: PoolReader, name: str) -> None:
    await new_key(pool, None, name="shop")
    with pytest.raises(UnknownKey, match=r"^There is no key of that number or prefix"):
        await find_key(reader, name)


async def test_a_prefix_of_several_keys_is_refused_with_their_numbers(pool: Pool, reader: PoolReader) -> None:
    made = [await new_key(pool, None) for _ in range(2)]
    await pool.fetch("UPDATE tokens SET prefix = 'loupe_same'")
    with pytest.raises(AmbiguousKey, match=f"{made[0].number}, {made[1].number}"):
        await find_key(reader, "loupe_same")


async def test_keys_are_listed_by_number_all_or_of_an_account_or_of_staff(
    pool: Pool, reader: PoolReader, clock: FrozenClock
) -> None:
    aurora, nordlys = [await open_account(pool, Studio(name=name)) for name in ("Aurora", "Nordlys")]
    holders = (aurora.id, None, nordlys.id, aurora.id)
    made = [(await new_key(pool, account_id, clock.now())).number for account_id in holders]
    await old_token(pool, aurora.id)
    listed = await keys(reader, KeyFilter())
    assert [row.number for row in listed] == [*made, made[-1] + 1]
    assert [row.account_name for row in listed] == ["Aurora", None, "Nordlys", "Aurora", "Aurora"]
    of_aurora = await keys(reader, KeyFilter(account_id=aurora.id))
    assert [row.number for row in of_aurora] == [made[0], made[3], made[3] + 1]
    assert [row.number for row in await keys(reader, KeyFilter(staff=True))] == [made[1]]


async def test_a_migration_takes_the_tokens_over_and_the_release_before_goes_on_with_them(server: str) -> None:
    async with temporary_database(server) as url:
        await run_alembic(url, partial(command.upgrade, revision="2026_11_22_0006"))
        pool = await open_pool(url, max_size=1)
        account = "'018f0000-0000-7000-8000-000000000000', NULL, 'Aurora', 'SOLO', 'UTC', '2026-03-10T12:00:00Z'"
        await execute(url, f"INSERT INTO accounts VALUES ({account})")  # noqa: S608
        account_id = UUID("018f0000-0000-7000-8000-000000000000")
        texts = [await old_token(pool, account_id), await old_token(pool, None)]
        await pool.close()
        await migrate(url)
        pool = await open_pool(url, max_size=1)
        texts.append(await old_token(pool, account_id))
        reader = PoolReader(pool)
        assert [await holder(reader, text) for text in texts] == ["Aurora", "staff", "Aurora"]
        assert [len(await pool.fetch(FIND_BEFORE, secret_hash(text))) for text in texts] == [1, 1, 1]
        assert [row.number for row in await keys(reader, KeyFilter())] == [1, 2, 3]
        assert (await new_key(pool, account_id)).number == 4
        await pool.close()
