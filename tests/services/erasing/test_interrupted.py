"""Erasures that are killed, begun twice, or amid commands and imports: all is erased, with one event."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from itertools import count as numbers

import pytest

from app.domain.events.stored import from_json
from app.services.erasing import erasing
from app.services.erasing.erasing import Erased
from app.services.erasing.workers import erase_worker
from app.services.imports import AccountMoved, destination
from app.services.orders.producing import reject_images
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import HALO, Customer, claim, deliver
from tests.support.erasing import count, erase, erasures
from tests.support.import_files import NOW, START, Line, change, order, run_import
from tests.support.interrupted_imports import Interruption
from tests.support.pools import FailingPool, HookedPool, Killed
from tests.support.studio import DAY, HOUR
from tests.support.transactions import in_transaction

pytestmark = pytest.mark.races

TOMORROW = date(2026, 3, 11)
DAY_AFTER = date(2026, 3, 12)
TODAY = date(2026, 6, 1)
REJECTED = {
    "deliveredAt": "2026-03-03T12:00:00Z",
    "rejections": [{"at": "2026-03-04T08:00:00Z", "reason": "Ada's halo", "redeliveredAt": "2026-03-04T09:00:00Z"}],
}
TERMS = change("terms", "2026-03-03T11:00:00Z", effectiveDate="2026-03-04", rejectionTurnaround="PT30M")
"""Terms by which the rejection is late, so that its events are written again."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "_BATCH", 2)


async def orders_done(customer: Customer, clock: FrozenClock, orders: int) -> None:
    """Place orders of two images and deliver them, the day before now."""
    for _ in range(orders):
        await customer.place(2)
    clock.advance(HOUR)
    await deliver(customer.pool, clock, "Ada", (await claim(customer.pool, clock, "Ada", 2 * orders)).images)
    clock.advance(DAY)


async def write_texts_again(pool: Pool) -> None:
    for statement in (
        "UPDATE orders SET name = 'Shoes'",
        "UPDATE images SET filename = 'a.jpg'",
        """UPDATE events SET texts = '{"worker": "Ada"}' WHERE type = 'IMAGES_CLAIMED'""",
        """UPDATE events SET data = jsonb_set(data, '{after,name}', '"ACME"') WHERE type = 'ACCOUNT_CREATED'""",
    ):
        await pool.fetch(f"{statement} RETURNING 1")


async def test_an_erasure_killed_before_any_of_its_statements_is_continued_with_one_event(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await orders_done(customer, clock, 3)
    account_id = customer.account_id
    statements = 0
    for statements in numbers(1):
        await write_texts_again(pool)
        failing = FailingPool(pool, statements)
        try:
            await erase(failing, clock, account_id, TOMORROW)
        except Killed:
            if (await count(pool, clock, account_id, TOMORROW)).erased:
                assert len(await erasures(pool, account_id)) == statements - 1
            await erase(pool, clock, account_id, TOMORROW)
        assert (await count(pool, clock, account_id, TOMORROW)).erased == {}
        assert len(await erasures(pool, account_id)) == statements
        assert await pool.fetch("SELECT FROM unfinished_erasures") == []
        if not failing.faltered:
            break
    assert statements > 60


async def kill_after_an_order(pool: Pool, erasing_: Callable[[Pool], Awaitable[object]]) -> None:
    """Begin an erasure that is killed once it has erased one of several orders."""

    async def kill(query: str) -> None:
        if query == "BEGIN" and await pool.fetch("SELECT FROM images WHERE delivered_by IS NULL"):
            raise Killed

    with pytest.raises(Killed):
        await erasing_(HookedPool(pool, kill))
    assert await pool.fetch("SELECT FROM images WHERE delivered_by = 'Ada'")


async def reject_all(pool: Pool, clock: FrozenClock) -> None:
    """Reject an image of each order, so that all are in production again."""
    images = await pool.fetch("SELECT account_id, id FROM images WHERE number = 1")
    reject = partial(reject_images, clock=clock, reasons={(each["account_id"], each["id"]): HALO for each in images})
    await in_transaction(pool, reject)


async def test_an_erasure_that_finds_nothing_when_it_is_continued_has_one_event(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    account_id = customer.account_id
    clock.advance(DAY)
    await erase(pool, clock, account_id, TOMORROW)  # all but orders
    await orders_done(customer, clock, 2)
    await kill_after_an_order(pool, lambda failing: erase(failing, clock, account_id, DAY_AFTER))
    await reject_all(pool, clock)
    nothing = Erased(Counter(), Counter(orders=2, inquiries=0))
    assert await count(pool, clock, account_id, DAY_AFTER) == nothing
    assert await erasures(pool, account_id) == [TOMORROW.isoformat()]
    continued = await asyncio.gather(*(erase(pool, clock, account_id, DAY_AFTER) for _ in range(3)))
    assert continued == 3 * [nothing]
    assert await erasures(pool, account_id) == [TOMORROW.isoformat(), DAY_AFTER.isoformat()]


async def test_an_erasure_of_a_worker_that_finds_nothing_when_it_is_continued_has_one_event(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await orders_done(customer, clock, 2)
    await kill_after_an_order(pool, lambda failing: erase_worker(failing, clock, "Ada"))
    await reject_all(pool, clock)
    assert await erasures(pool, customer.account_id) == []
    for _ in range(2):
        assert await erase_worker(pool, clock, "Ada") == (0, {}, {"orders": 1})
        assert await erasures(pool, customer.account_id) == [None]


async def test_an_unfinished_erasure_keeps_its_event_whatever_day_another_one_is_before(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    account_id = customer.account_id
    await orders_done(customer, clock, 2)
    clock.advance(DAY)
    await kill_after_an_order(pool, lambda failing: erase(failing, clock, account_id, TOMORROW))
    for day, events in ((DAY_AFTER, [DAY_AFTER]), (TOMORROW, [DAY_AFTER, TOMORROW]), (TOMORROW, [DAY_AFTER, TOMORROW])):
        await erase(pool, clock, account_id, day)
        assert await erasures(pool, account_id) == [each.isoformat() for each in events]


async def test_the_event_of_a_workers_unfinished_erasure_is_written_by_that_of_another_one(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    """Neither the mark nor the event names the worker."""
    await orders_done(customer, clock, 2)
    await kill_after_an_order(pool, lambda failing: erase_worker(failing, clock, "Ada"))
    for worker, events in (("Bob", 1), ("Bob", 1), ("Ada", 2), ("Ada", 2)):
        await erase_worker(pool, clock, worker)
        assert await erasures(pool, customer.account_id) == events * [None]


async def test_erasures_of_an_account_at_once_have_one_event(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await orders_done(customer, clock, 6)
    done = await asyncio.gather(*(erase(pool, clock, customer.account_id, TOMORROW) for _ in range(4)))
    assert sum(each.erased["orders"] for each in done) == 6
    assert await erasures(pool, customer.account_id) == [TOMORROW.isoformat()]


@pytest.mark.parametrize("lines", [[], [TERMS]])
async def test_an_erasure_overtaken_by_another_one_writes_no_event_of_its_own(pool: Pool, lines: list[Line]) -> None:
    clock = FrozenClock(NOW)
    await run_import(pool, [*START, order("o-1", [REJECTED | {"filename": "ada.jpg"}])])
    [account] = await pool.fetch("SELECT id FROM accounts")
    transactions = numbers(1)

    async def overtake(query: str) -> None:
        if query == "BEGIN" and next(transactions) == 2:
            if lines:
                assert (await run_import(pool, lines)).problems == []
            assert (await erase(pool, clock, account["id"], TODAY)).erased.total() > 0

    assert (await erase(HookedPool(pool, overtake), clock, account["id"], TODAY)).erased.total() > 0
    assert await erasures(pool, account["id"]) == [TODAY.isoformat()]


async def test_commands_go_on_meanwhile_and_their_orders_stay(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await orders_done(customer, clock, 8)
    new = [f"New {number}" for number in range(8)]
    erasing_ = erase(pool, clock, customer.account_id, TOMORROW)
    await asyncio.gather(erasing_, *(customer.place(1, name=name) for name in new))
    names = [row["name"] for row in await pool.fetch("SELECT name FROM orders ORDER BY number")]
    assert (names[:8], sorted(names[8:])) == (8 * ["erased"], new)
    events = await pool.fetch("SELECT sequence, at FROM events ORDER BY sequence")
    assert [row["sequence"] for row in events] == list(range(1, len(events) + 1))
    assert [row["at"] for row in events] == sorted(row["at"] for row in events)


async def reasons(pool: Pool) -> list[str]:
    """Read the reasons in rows and in events that were not withdrawn."""
    rows = await pool.fetch(
        "SELECT reason FROM rejections UNION ALL SELECT coalesce(texts #>> '{reasons,0}', 'erased') FROM events"
        " WHERE type = 'IMAGES_REJECTED'"
    )
    return [row[0] for row in rows]


async def test_an_import_that_read_texts_before_they_were_erased_fails_and_can_be_run_again(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock(NOW)
    await run_import(pool, [*START, order("o-1", [REJECTED | {"filename": "ada.jpg"}])])
    [account] = await pool.fetch("SELECT id FROM accounts")

    async def act() -> None:
        await erase(pool, clock, account["id"], TODAY)

    with monkeypatch.context() as patched:
        patched.setattr(destination, "write", Interruption(act, 0))
        with pytest.raises(AccountMoved):
            await run_import(pool, [TERMS])
    assert {*await reasons(pool)} == {"erased"}
    assert (await run_import(pool, [TERMS])).problems == []
    assert {*await reasons(pool)} == {"erased"}


async def test_texts_that_an_import_wrote_back_amid_an_erasure_are_erased_again(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock(NOW)
    await run_import(pool, [*START, order("o-1", [REJECTED | {"filename": "ada.jpg"}])])
    [account] = await pool.fetch("SELECT id FROM accounts")
    finish, begun, goes_on = erasing._Running._finish, asyncio.Event(), asyncio.Event()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    async def waiting(*args: object) -> bool:
        begun.set()
        await goes_on.wait()
        return await finish(*args)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(erasing._Running, "_finish", waiting)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    running = list[asyncio.Task[object]]()

    async def act() -> None:
        running.append(asyncio.create_task(erase(pool, clock, account["id"], TODAY)))
        await begun.wait()
        assert {*await reasons(pool)} == {"erased"}

    monkeypatch.setattr(destination, "write", Interruption(act, 0))
    assert (await run_import(pool, [TERMS])).problems == []
    assert "Ada's halo" in await reasons(pool)
    goes_on.set()
    await asyncio.gather(*running)
    assert {*await reasons(pool)} == {"erased"}
    assert await erasures(pool, account["id"]) == [TODAY.isoformat()]


async def test_a_known_file_brings_no_text_back(pool: Pool) -> None:
    clock = FrozenClock(NOW)
    file = [*START, order("o-1", [REJECTED | {"filename": "ada.jpg"}]), TERMS]
    await run_import(pool, file)
    [account] = await pool.fetch("SELECT id FROM accounts")
    await erase(pool, clock, account["id"], TODAY)
    again = await run_import(pool, file)
    assert (again.problems, again.report.known, again.report.imported.total()) == ([], 4, 0)
    assert {*await reasons(pool)} == {"erased"}
    for row in await pool.fetch("SELECT type, data, texts FROM events"):
        assert "ada" not in str(from_json(row["type"], row["data"], row["texts"])).lower()
