"""A history with one of each: an imported account and one that uses the API, with the jobs at work.

After `live` there is an event of every type and a row in every table, and nearly every statement has run.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from httpx import ASGITransport, AsyncClient

from api.ids import NodeType, named_account
from app.services.accounts.opening import find_account
from app.services.job_queue.adding import add_job, add_spread
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool
from db.readers import PoolReader
from db.writer import unit_of_work
from engine.ids import GlobalId, numbered
from jobs.catalogue import JOBS
from jobs.worker import Worker, working_pool
from tests.api.test_quotes import QUOTE
from tests.api.test_statements import EVERYTHING
from tests.support.clock import FrozenClock
from tests.support.erasing import erase
from tests.support.import_files import ACCOUNT, SPECIFICATION, run_import
from tests.support.imported_facts import FACTS
from tests.support.mutations import Shop, done
from tests.support.serving import SETTINGS, Client, CountingReader, new_token
from tests.support.studio import HOUR, Studio, open_account

START: Final = datetime(2026, 3, 9, 12, tzinfo=UTC)  # a Monday, an hour after noon in Copenhagen
BENCH: Final = Path(__file__).parents[2] / "bench"
STEPS: Final = {"CLIPPING": (180, "0.95"), "SHADOW": (95.5, "0.50")}
"""The seconds and the price of each step of the catalogue."""
RUN: Final = "id job state account { name }"
NARROWING: Final = 'updatedFrom: "2026-03-09T12:00:00Z" deliveredFrom: "2026-03-01T00:00:00Z"'
OF_ALL: Final = ("", "status: [IN_PRODUCTION]", "late: true", "number: 1", 'externalReference: "PO-last.jpg"')
FILTERS: Final = ("", NARROWING, "status: [READY_FOR_DOWNLOAD, COMPLETED]", "late: true", "late: false")
SEARCHES: Final = ("", 'search: "a"')
IDS: Final = "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"


async def live(url: str) -> None:
    """Write the history to a migrated database without rows."""
    clock = FrozenClock(START)
    async with _world(url, clock) as world:
        await _import(world.pool, clock.now())
        await _order(world)
        await _produce(world)
        await _wait(world)
        await _queue(world)
        await _erase(world)
        await _read(world)


@dataclass(slots=True)
class _World:
    """A service with its clock; `shop` is the account that uses the API."""

    pool: Pool
    clock: FrozenClock
    shop: Shop
    staff: Client

    @property
    def client(self) -> Client:
        return self.shop.client

    async def do(self, by: Client, name: str, fields: str | None = None, /, **input_: Any) -> dict[str, Any]:  # noqa: ANN401
        """Perform a mutation, a minute after the last one."""
        self.clock.advance(timedelta(minutes=1))
        return await done(by, name, fields, **input_)

    async def work(self, at: datetime) -> None:
        """Run the jobs that are due at an instant."""
        self.clock.advance_to(at)
        works = await Worker(self.pool, self.clock, SETTINGS, "one of each", JOBS).run_due()
        assert not any(work.failures for work in works.values())


@asynccontextmanager
async def _world(url: str, clock: FrozenClock) -> AsyncGenerator[_World]:
    app = create_app(database_url=url, settings=SETTINGS, clock=clock)
    http = AsyncClient(transport=ASGITransport(app), base_url="http://loupe")
    async with app.router.lifespan_context(app), working_pool(url) as pool, http:
        studio = await open_account(
            pool, Studio(name="Live", images_per_day=4, expedites_per_day=2, created_at=START - HOUR)
        )
        client, staff = [
            Client(http, await new_token(pool, clock.now(), account_id), CountingReader(running_of(app).reader))
            for account_id in (studio.id, None)
        ]
        yield _World(pool, clock, Shop(studio, client, ""), staff)


async def _import(pool: Pool, now: datetime) -> None:
    """Import an account without orders, and then its history."""
    for lines in ((ACCOUNT | {"imagesPerDay": 4, "expeditesPerDay": 2}, SPECIFICATION), FACTS):
        outcome = await run_import(pool, lines, now=now)
        assert outcome.problems == []


async def _order(world: _World) -> None:
    """Create specifications, quote, place more than the guarantee, expedite, confirm, cancel and negotiate."""
    for step, (seconds, price) in STEPS.items():
        values = {"step": step, "seconds": seconds, "price": {"amount": price, "currency": "USD"}}
        await world.do(world.staff, "setRetouchingStep", **values)
    new = {"name": "Ghost", "steps": [*STEPS], "instructions": "No halo."}
    made = [await world.do(world.client, "createSpecification", **new) for _ in range(2)]
    wanted, unwanted = (each["specification"]["id"] for each in made)
    world.shop.specification = wanted
    await world.do(world.client, "updateSpecification", specificationId=wanted, name="Ghost mannequin")
    await world.do(world.client, "archiveSpecification", specificationId=unwanted)
    asked = {"id": world.shop.account, "input": {"newOrder": {"imageCount": 6, "specificationId": wanted}}}
    quote = (await world.client.data(QUOTE, asked))["account"]["quote"]["quote"]
    wish = _order_of(world, *(f"{number}.jpg" for number in range(6)))
    fields = "orders { id images { nodes { id } } }"
    placed = await world.do(world.client, "placeOrder", fields, **wish, quoteToken=quote["token"])
    standard, additional = placed["orders"]
    last = standard["images"]["nodes"][-1]["id"]
    await world.do(world.client, "expediteOrder", orderId=standard["id"], imageIds=[last])
    tomorrow = (START + 30 * HOUR).isoformat()
    promise = {"deadline": tomorrow, "note": "Ada can", "message": "Two of us."}
    await world.do(world.staff, "confirmDeadline", orderId=additional["id"], **promise)
    revision = {"deadline": (START + 29 * HOUR).isoformat(), "note": "Bob can", "message": "Sooner."}
    await world.do(world.staff, "reviseDeadline", orderId=additional["id"], **revision)
    await _plan(world)
    [regretted] = await world.shop.place("regretted.jpg", "doubted.jpg")
    await world.do(world.client, "cancelOrder", orderId=regretted["id"], imageIds=regretted["imageIds"][1:])
    await world.do(world.client, "cancelOrder", orderId=regretted["id"])
    await world.shop.place("forgotten.jpg", name="Forgotten")
    later = (START + timedelta(days=9)).date().isoformat()
    terms = {"imagesPerDay": 8, "deliverBy": "07:30", "supportPhone": True, "effectiveDate": later}
    await world.do(
        world.staff, "negotiateSla", accountId=world.shop.account, **terms, note="as agreed", message="Welcome."
    )
    await _administer(world)


async def _plan(world: _World) -> None:
    """Place images beyond the guarantee, and set a deadline for each of two portions of them."""
    placed = await world.do(world.client, "placeOrder", "orders { id }", **_order_of(world, "y.jpg", "z.jpg"))
    portions = [{"imageCount": 1, "deadline": (START + hours * HOUR).isoformat()} for hours in (40, 50)]
    await world.do(world.staff, "confirmDeadline", orderId=placed["orders"][0]["id"], portions=portions)


async def _administer(world: _World) -> None:
    """Rename the account and back, give it people, close and reopen it, withdraw terms, change its plan."""
    for name in ("Live and Let Live", "Live"):
        await world.do(world.staff, "renameAccount", accountId=world.shop.account, name=name)
    for name in ("Grace", "Barbara"):
        person = {"name": name, "email": f"{name.lower()}@example.com"}
        await world.do(world.staff, "setSuccessManager", accountId=world.shop.account, **person)
        await world.do(world.client, "setContact", **person)
    for enabled in (False, None):
        await world.do(world.staff, "setDashboardAccess", accountId=world.shop.account, enabled=enabled)
    for name in ("closeAccount", "reopenAccount"):
        await world.do(world.staff, name, accountId=world.shop.account, reason="an error of Ada's")
    terms = {"expeditesPerDay": 3, "effectiveDate": (START + timedelta(days=12)).date().isoformat()}
    agreed = await world.do(world.staff, "negotiateSla", "sla { id }", accountId=world.shop.account, **terms)
    said = {"note": "as agreed with Ada", "message": "As you wished."}
    await world.do(world.staff, "withdrawSla", slaId=agreed["sla"]["id"], **said)
    await world.do(world.client, "contactSupport", topic="SUPPORT", text="Where are the hats?")
    asked = await world.do(world.client, "contactSupport", topic="FEEDBACK", text="Thanks for the hats.")
    await world.do(world.staff, "answerInquiry", inquiryId=asked["inquiry"]["id"], answer="You are welcome.")
    later = (START + timedelta(days=20)).date().isoformat()
    await world.do(world.staff, "changePlan", accountId=world.shop.account, plan="ENTERPRISE", effectiveDate=later)


def _order_of(world: _World, *filenames: str) -> dict[str, Any]:
    images = [{"filename": each, "externalReference": f"SKU-{each}", "instructions": "crop"} for each in filenames]
    return {"name": "Shoes", "specificationId": world.shop.specification, "images": images} | {
        "externalReference": f"PO-{filenames[0]}",
        "instructions": "by Friday",
    }


async def _produce(world: _World) -> None:
    """Deliver the expedited image, reject it and deliver it again; claim another and leave it."""
    for reason in ("halo", None):
        claimed = await world.do(world.staff, "claimImages", "images { id order { id } }", worker="Ada")
        [image] = claimed["images"]
        operation = {"imageId": image["id"], "step": "CLIPPING", "performedBy": "RETOUCHER", "seconds": 170.5}
        await world.do(world.staff, "recordOperations", worker="Ada", operations=[operation])
        await world.do(world.staff, "deliverImages", worker="Ada", imageIds=[image["id"]])
        if reason is not None:
            await world.do(world.client, "rejectImages", imageIds=[image["id"]], reason=reason)
    await world.do(world.client, "completeOrder", orderId=image["order"]["id"])
    await world.do(world.staff, "claimImages", worker="Ada")


async def _wait(world: _World) -> None:
    """Raise a price, run the jobs after a claim expires, around a deadline and past midnight; then order again."""
    due_at = datetime(2026, 3, 10, 8, tzinfo=UTC)
    await world.do(world.staff, "setRetouchingStep", step="SHADOW", price={"amount": "0.60", "currency": "USD"})
    for at in (START + 2 * HOUR, due_at - HOUR / 2, due_at + HOUR / 2):
        await world.work(at)
    await world.do(world.client, "changeTimeZone", timeZone="America/New_York")
    await world.work(due_at + 24 * HOUR)
    found = await world.client.data('{ account { orders(filter: { search: "Forgotten" }) { nodes { id } } } }')
    [forgotten] = found["account"]["orders"]["nodes"]
    await world.do(world.client, "cancelOrder", orderId=forgotten["id"])
    await world.do(world.client, "placeOrder", **_order_of(world, "last.jpg"), idempotencyKey="an order")
    await world.do(world.staff, "claimImages", worker="Ada", idempotencyKey="a claim")


async def _queue(world: _World) -> None:
    """Leave a job and a spread in the queue, of a kind that no worker of these tests has."""
    async with unit_of_work(world.pool) as writer:
        await add_spread(writer, "of another release", world.clock.now())
        await add_job(writer, world.shop.studio.id, "of another release", world.clock.now())
        await writer.commit()


async def _erase(world: _World) -> None:
    """Erase texts of the imported account about its first day."""
    account_id = await find_account(PoolReader(world.pool), "acme")
    await erase(world.pool, world.clock, account_id, date(2026, 3, 4))


async def _read(world: _World) -> None:
    """Send every kind of request, as clients, staff and monitors do."""
    for document in ("dashboard", "orders"):
        await world.client.data((BENCH / f"{document}.graphql").read_text())
    await world.staff.data(EVERYTHING)
    for chosen in OF_ALL:
        await world.staff.data(f"{{ orders(first: 3 filter: {{ {chosen} }}) {{ nodes {{ id }} totalCount }} }}")
    for kind, search, end in product(FILTERS, SEARCHES, ("first", "last")):
        chosen = f"filter: {{ {kind} {search} }}"
        await world.client.data(f"{{ account {{ orders({chosen} {end}: 3) {{ nodes {{ id }} totalCount }} }} }}")
    await world.client.data('{ account { order(externalReference: "PO-last.jpg") { id } } }')
    await world.client.data("{ account { pulseHistory { nodes { id pulse { productivity { summary } } } } } }")
    for grain in ("DAY", "WEEK"):
        days = f'activity(from: "2026-03-01", to: "2026-03-31", grain: {grain})'
        await world.client.data(f"{{ account {{ {days} {{ date uploadedCount spend {{ amount }} }} }} }}")
    await world.client.data("{ account { slaVersions(first: 1) { nodes { id } } } }")
    for types, end in product(("", "types: [ORDER_PLACED, ORDER_SPLIT]"), ("first", "last")):
        await world.client.data(f"{{ account {{ events({end}: 3 {types}) {{ nodes {{ id }} totalCount }} }} }}")
    await world.staff.data("{ events(first: 2) { nodes { id account { name } } totalCount } }")
    for chosen in ("", "failed: true", 'job: "prune"', f'accountId: "{world.shop.account}"'):
        await world.staff.data(f"{{ jobRuns(first: 2 {chosen}) {{ nodes {{ {RUN} }} totalCount }} }}")
    for chosen in ("", "(open: true)", "(open: false)"):
        found = f"inquiries{chosen} {{ nodes {{ id }} totalCount }}"
        await world.client.data(f"{{ account {{ {found} }} }}")
        await world.staff.data(f"{{ {found} }}")
    behind = "missedInquiries { nodes { id } } openInquiries { nodes { id } }"
    rows = f"review {{ missedImages {{ nodes {{ id }} }} }} inquiry {{ {behind} }}"
    await world.client.data(f"{{ account {{ sla {{ compliance {{ {rows} }} }} }} }}")
    await world.staff.data("{ productionQueue { nodes { id } } ordersAwaitingDeadline { nodes { id } } }")
    await world.staff.data("{ atRisk { nodes { id } totalCount } }")
    await world.staff.data(IDS, {"ids": await _ids(world.pool)})


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
