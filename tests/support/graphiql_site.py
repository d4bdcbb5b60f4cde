"""A served API with its page, tokens of both roles, and the examples that the page offers them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from app.services.api_keys.keys import create_key
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.studio import Studio, open_account
from tools.node import ROOT

CLIENTS: Final = sorted((ROOT / "examples" / "client").glob("*.graphql"))
STAFFS: Final = sorted((ROOT / "examples" / "staff").glob("*.graphql"))


@dataclass(frozen=True, slots=True)
class Site:
    """A served API, and tokens for it: of a client, whose name is Aurora, and of staff."""

    url: str
    client: str
    staff: str

    @property
    def as_client(self) -> str:
        return f"{self.url}#token={self.client}"

    @property
    def as_staff(self) -> str:
        return f"{self.url}#token={self.staff}"


@pytest.fixture
async def site(graphiql: Path, api: str, pool: Pool, clock: FrozenClock) -> Site:
    assert (graphiql / "index.html").is_file()
    studio = await open_account(pool, Studio(name="Aurora"))
    async with unit_of_work(pool) as writer:
        secrets = [(await create_key(writer, clock.now(), account)).secret for account in (studio.id, None)]
        await writer.commit()
    return Site(api, *secrets)


def titles_of(examples: Sequence[Path]) -> list[str]:
    """Return the titles of examples: a comment in their first lines."""
    return [path.read_text().splitlines()[0].removeprefix("# ") for path in examples]
