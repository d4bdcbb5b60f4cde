"""Lists of an account's events, their ids, and a program that follows them."""

from dataclasses import dataclass, field
from typing import Any, Final

from api.ids import NodeType
from db.connections import Pool
from engine.ids import numbered
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

LIST: Final = """
query ($first: Int, $after: String, $last: Int, $before: String, $types: [EventType!], $withdrawn: Boolean = false) {
  account {
    events(first: $first, after: $after, last: $last, before: $before, types: $types, withdrawn: $withdrawn) {
      edges { cursor node { id type } }
      pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
      totalCount
    }
  }
}"""
SEQUENCES: Final = "SELECT sequence FROM events WHERE account_id = $1 ORDER BY sequence"

Page = dict[str, Any]


async def page(client: Client, **variables: object) -> Page:
    found: Page = (await client.data(LIST, variables))["account"]["events"]
    return found


async def types_listed(client: Client, **variables: object) -> list[str]:
    return [edge["node"]["type"] for edge in (await page(client, **variables))["edges"]]


@dataclass(slots=True)
class Follower:
    """A partner's program that reads the events of its account from the first one on, oldest first."""

    client: Client
    newest: str | None = None
    ids: list[str] = field(default_factory=list[str])

    async def poll(self) -> None:
        """Read all events that were added since the last poll."""
        more = True
        while more:
            found = await page(self.client, last=3, before=self.newest, withdrawn=True)
            self.ids += [edge["node"]["id"] for edge in reversed(found["edges"])]
            self.newest = found["pageInfo"]["startCursor"] or self.newest
            more = found["pageInfo"]["hasPreviousPage"]


async def imported_client(pool: Pool, client_of: NewClient) -> tuple[Studio, Client]:
    """Return the account of an import, and a client of it."""
    [row] = await pool.fetch("SELECT id FROM accounts WHERE ref = 'acme'")
    studio = Studio(id=row["id"])
    return studio, await client_of(studio)


async def ids_of(pool: Pool, studio: Studio) -> list[str]:
    """Return the ids of all events of an account, in the order of its sequence."""
    rows = await pool.fetch(SEQUENCES, studio.id)
    return [str(numbered(NodeType.EVENT, studio.id, row["sequence"])) for row in rows]
