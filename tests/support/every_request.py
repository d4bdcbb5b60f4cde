"""Every kind of request that reads: dashboards, lists with each filter, nodes, and those of staff and monitors."""

from itertools import product
from pathlib import Path
from typing import Final
from uuid import UUID

from api.ids import NodeType, named_account
from db.connections import Pool
from engine.ids import GlobalId, numbered
from tests.api.test_statements import EVERYTHING
from tests.support.serving import Client

BENCH: Final = Path(__file__).parents[2] / "bench"
NARROWING: Final = 'updatedFrom: "2026-03-09T12:00:00Z" deliveredFrom: "2026-03-01T00:00:00Z"'
OF_ALL: Final = ("", "status: [IN_PRODUCTION]", "late: true", "number: 1", 'externalReference: "PO-last.jpg"')
FILTERS: Final = ("", NARROWING, "status: [READY_FOR_DOWNLOAD, COMPLETED]", "late: true", "late: false")
SEARCHES: Final = ("", 'search: "a"')
IDS: Final = "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"


async def send_every_request(client: Client, staff: Client, pool: Pool, account: str) -> None:
    """Send every kind of request, as a client of an account, staff and monitors do; none has an error."""
    for document in ("dashboard", "orders"):
        await client.data((BENCH / f"{document}.graphql").read_text())
    await staff.data(EVERYTHING)
    for chosen in OF_ALL:
        await staff.data(f"{{ orders(first: 3 filter: {{ {chosen} }}) {{ nodes {{ id }} totalCount }} }}")
    for kind, search, end in product(FILTERS, SEARCHES, ("first", "last")):
        chosen = f"filter: {{ {kind} {search} }}"
        await client.data(f"{{ account {{ orders({chosen} {end}: 3) {{ nodes {{ id }} totalCount }} }} }}")
    await client.data('{ account { order(externalReference: "PO-last.jpg") { id } } }')
    await client.data("{ account { pulseHistory { nodes { id pulse { productivity { summary } } } } } }")
    for grain in ("DAY", "WEEK"):
        days = f'activity(from: "2026-03-01", to: "2026-03-31", grain: {grain})'
        await client.data(f"{{ account {{ {days} {{ date uploadedCount spend {{ amount }} }} }} }}")
    await client.data("{ account { slaVersions(first: 1) { nodes { id } } } }")
    for types, end in product(("", "types: [ORDER_PLACED, ORDER_SPLIT]"), ("first", "last")):
        await client.data(f"{{ account {{ events({end}: 3 {types}) {{ nodes {{ id }} totalCount }} }} }}")
    await staff.data("{ events(first: 2) { nodes { id account { name } } totalCount } }")
    for chosen in ("", "failed: true", 'job: "prune"', f'accountId: "{account}"'):
        await staff.data(
            f"{{ jobRuns(first: 2 {chosen}) {{ nodes {{ id job state account {{ name }} }} totalCount }} }}"
        )
    for chosen in ("", "(open: true)", "(open: false)"):
        found = f"inquiries{chosen} {{ nodes {{ id }} totalCount }}"
        await client.data(f"{{ account {{ {found} }} }}")
        await staff.data(f"{{ {found} }}")
    behind = "missedInquiries { nodes { id } } openInquiries { nodes { id } }"
    rows = f"review {{ missedImages {{ nodes {{ id }} }} }} inquiry {{ {behind} }}"
    await client.data(f"{{ account {{ sla {{ compliance {{ {rows} }} }} }} }}")
    await staff.data("{ productionQueue { nodes { id } } ordersAwaitingDeadline { nodes { id } } }")
    await staff.data("{ atRisk { nodes { id } totalCount } }")
    await staff.data(IDS, {"ids": await _ids(pool)})


async def _ids(pool: Pool) -> list[str]:
    """Return an id of each type of node."""
    found: list[str] = []
    for type_, table in (
        (NodeType.ORDER, "orders"),
        (NodeType.IMAGE, "images"),
        (NodeType.REJECTION, "rejections"),
        (NodeType.SPECIFICATION, "specifications"),
        (NodeType.INQUIRY, "inquiries"),
        (NodeType.PULSE_SNAPSHOT, "pulse_snapshots"),
    ):
        row = (await pool.fetch(f"SELECT account_id, id FROM {table} ORDER BY id LIMIT 1"))[0]  # noqa: S608 - our names
        found.append(str(GlobalId(type_, *row)))
    [run] = await pool.fetch("SELECT id FROM job_runs ORDER BY id LIMIT 1")
    return [
        *found,
        str(named_account(row[0])),
        str(numbered(NodeType.EVENT, row[0], 1)),
        str(numbered(NodeType.SLA, row[0], 1)),
        str(GlobalId(NodeType.JOB_RUN, UUID(int=0), run[0])),
    ]
