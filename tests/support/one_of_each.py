"""A history with one of each: an imported account and one that uses the API, with the jobs at work.

After `live` there is an event of every type and a row in every table, and nearly every statement has run.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from httpx import ASGITransport, AsyncClient

from app.services.accounts.finding import find_account
from app.services.erasing.erasing import UNMARK
from app.services.job_queue.adding import add_job, add_spread
from app.services.jobs.pauses import pause
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool
from db.readers import PoolReader
from db.writer import unit_of_work
from jobs.catalogue import JOBS
from jobs.worker import Worker, working_pool
from tests.api.test_quotes import QUOTE
from tests.support.clock import FrozenClock
from tests.support.erasing import erase
from tests.support.every_request import send_every_request
from tests.support.import_files import ACCOUNT, SPECIFICATION, change, order, run_import
from tests.support.mutations import Shop, done
from tests.support.pools import HookedPool, Killed
from tests.support.serving import SETTINGS, Client, CountingReader, new_token
from tests.support.studio import HOUR, Studio, open_account

START: Final = datetime(2026, 3, 9, 12, tzinfo=UTC)  # a Monday, an hour after noon in Copenhagen
STEPS: Final = {"CLIPPING": (180, "0.95"), "SHADOW": (95.5, "0.50")}
"""The seconds and the price of each step of the catalogue."""
PLAN: Final = {
    "deadline": {"at": "2026-03-06T12:00:00Z", "confirmedAt": "2026-03-04T08:00:00Z"},
    "deliveredAt": "2026-03-06T09:00:00Z",
}
RETURNED: Final = {
    "deliveredAt": "2026-03-04T07:00:00.000250Z",
    "rejections": [{"at": "2026-03-04T08:00:00Z", "reason": "halo", "redeliveredAt": "2026-03-04T09:00:00Z"}],
}
FACTS: Final = (
    order(
        "o-1",
        [
            {"filename": "a.jpg", "externalReference": "SKU-1", **RETURNED},
            {"filename": "b.jpg", "deliveredAt": "2026-03-04T07:00:00Z"},
        ],
    ),
    order(
        "o-2",
        [
            {"filename": f"{name}.jpg", "deliveredAt": f"2026-03-03T{hour}:30:00Z"}
            for name, hour in (("e", 12), ("f", 11))
        ],
    ),
    change("expedite", "2026-03-03T11:00:00Z", order="o-2", filenames=["f.jpg"]),
    order("o-3", [{"filename": "c.jpg", **PLAN}, {"filename": "d.jpg", **PLAN}], "2026-03-03T12:00:00Z"),
    order("o-4", at="2026-03-04T10:00:00Z"),
    change("cancellation", "2026-03-04T10:30:00Z", order="o-4"),
    change("terms", "2026-03-04T11:00:00Z", imagesPerDay=6, effectiveDate="2026-04-01"),
    change("timeZone", "2026-03-04T12:00:00Z", timeZone="Europe/London"),
)


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
        await send_every_request(world.client, world.staff, world.pool, world.shop.account)


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
    """Leave a job and a spread in the queue, of a kind that no worker of these tests has, and pause it."""
    async with unit_of_work(world.pool) as writer:
        await add_spread(writer, "of another release", world.clock.now())
        await add_job(writer, world.shop.studio.id, "of another release", world.clock.now())
        await pause(writer, "of another release", world.clock.now())
        await writer.commit()


async def _erase(world: _World) -> None:
    """Erase texts of the imported account about its first day; an erasure about its second one is not finished."""
    account_id = await find_account(PoolReader(world.pool), "acme")
    await erase(world.pool, world.clock, account_id, date(2026, 3, 4))

    async def kill(query: str) -> None:
        if query == UNMARK.sql:
            raise Killed

    with suppress(Killed):
        await erase(HookedPool(world.pool, kill), world.clock, account_id, date(2026, 3, 5))
