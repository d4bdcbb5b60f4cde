"""Texts about things before a ledger day are erased, and nothing else (domain rules, section 5.26)."""

import json
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from app.domain.inquiries import InquiryTopic, NewInquiry
from app.domain.ledger.days import ledger_day_at
from app.domain.specifications import SpecificationChange
from app.services.accounts.profile import rename_account
from app.services.accounts.terms import change_time_zone
from app.services.erasing.accounts import NoErasableDay
from app.services.housekeeping.verification import verify_accounts
from app.services.inquiries import answer_inquiry, contact_support
from app.services.orders.producing import reject_images
from app.services.specifications import update_specification
from db.connections import Pool
from db.queries.accounts import account_histories
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.customers import HALO, Customer, claim, deliver
from tests.support.erasing import all_rows, count, erase, erasures
from tests.support.random_lives import Life
from tests.support.studio import DAY, HOUR
from tests.support.transactions import in_transaction

TODAY = date(2026, 3, 10)
NAMES = "SELECT name, status FROM orders ORDER BY number"


async def produce(customer: Customer, clock: FrozenClock, images: int) -> None:
    clock.advance(HOUR)
    claimed = await claim(customer.pool, clock, "Ada", images)
    clock.advance(HOUR / 2)
    await deliver(customer.pool, clock, "Ada", claimed.images)


async def names(pool: Pool) -> list[str]:
    return [row["name"] for row in await pool.fetch(NAMES)]


async def test_orders_placed_before_the_day_are_erased_and_later_ones_stay(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await customer.place(2)
    await produce(customer, clock, 2)
    clock.advance(DAY)
    await customer.place(1)
    await produce(customer, clock, 1)
    [first, second] = await names(pool)
    done = await erase(pool, clock, customer.account_id, TODAY + timedelta(days=1))
    assert await names(pool) == ["erased", second]
    assert first != "erased"
    assert dict(done.erased) == {"orders": 1, "images": 2, "events": 4}
    files = await pool.fetch("SELECT filename = 'erased', delivered_by FROM images ORDER BY uploaded_at, number")
    assert [tuple(row) for row in files] == [(True, None), (True, None), (False, "Ada")]


async def test_a_day_begins_at_midnight_in_the_zone_of_the_account(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    for at in ("2026-03-10T22:59:59.999999Z", "2026-03-10T23:00:00Z"):
        clock.advance_to(datetime.fromisoformat(at))
        await customer.place(1)
    await produce(customer, clock, 2)
    await erase(pool, clock, customer.account_id, date(2026, 3, 11))
    [first, second] = await names(pool)
    assert (first, second != "erased") == ("erased", True)


async def test_an_order_in_production_is_passed_over_whole_and_counted_until_it_is_done(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await customer.place(2)
    await produce(customer, clock, 1)
    clock.advance(DAY)
    before = await all_rows(pool)
    day = TODAY + timedelta(days=1)
    done = await erase(pool, clock, customer.account_id, day)
    assert (dict(done.passed), await count(pool, clock, customer.account_id, day)) == (
        {"orders": 1, "inquiries": 0},
        ({}, {"orders": 1, "inquiries": 0}),
    )
    after = await all_rows(pool)
    for table in ("orders", "images"):
        assert after[table] == before[table]
    assert [each for each in before["events"] if each["order_id"]] == [
        each for each in after["events"] if each["order_id"]
    ]
    await produce(customer, clock, 1)
    done = await erase(pool, clock, customer.account_id, day)
    assert (dict(done.erased), done.passed["orders"]) == ({"orders": 1, "images": 2, "events": 5}, 0)


async def test_what_is_written_about_an_erased_order_later_is_erased_by_the_next_run(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    outcome = await customer.place(1)
    await produce(customer, clock, 1)
    clock.advance(DAY)
    day = TODAY + timedelta(days=1)
    await erase(pool, clock, customer.account_id, day)
    [image] = await customer.images(outcome.orders[0])
    await in_transaction(pool, partial(reject_images, clock=clock, reasons={(customer.account_id, image): HALO}))
    assert (await erase(pool, clock, customer.account_id, day)).passed["orders"] == 1
    await produce(customer, clock, 1)
    again = await erase(pool, clock, customer.account_id, day)
    assert dict(again.erased) == {"images": 1, "rejections": 1, "events": 3}
    assert await erasures(pool, customer.account_id) == [day.isoformat()] * 2


async def test_inquiries_before_the_day_are_erased_once_they_are_answered(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    ask = partial(contact_support, clock=clock, account_id=customer.account_id)
    news = [NewInquiry(InquiryTopic.SLA, text) for text in ("Where is Ada?", "Where is Bob?")]
    asked = [await in_transaction(pool, partial(ask, new=new)) for new in news]
    clock.advance(DAY)
    await in_transaction(pool, partial(answer_inquiry, clock=clock, key=asked[0].key, answer="At home."))
    done = await erase(pool, clock, customer.account_id, TODAY + timedelta(days=1))
    assert (done.erased["inquiries"], done.passed["inquiries"]) == (1, 1)
    rows = await pool.fetch("SELECT text, answer, answered_at IS NULL FROM inquiries ORDER BY text DESC")
    assert [tuple(row) for row in rows] == [("erased", None, False), ("Where is Bob?", None, True)]
    texts = await pool.fetch("SELECT type, texts FROM events WHERE type LIKE 'INQUIRY%' ORDER BY sequence")
    assert [tuple(row) for row in texts] == [
        ("INQUIRY_OPENED", {}),
        ("INQUIRY_OPENED", {"text": "Where is Bob?"}),
        ("INQUIRY_ANSWERED", {}),
    ]


async def test_versions_of_specifications_are_erased_once_they_ended_and_no_order_in_production_has_them(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await customer.place(1)
    clock.advance(HOUR)
    key = (customer.account_id, customer.specification_id)
    for name in ("Second", "Third"):
        change = SpecificationChange(name, instructions=f"As {name}")
        await in_transaction(pool, partial(update_specification, clock=clock, key=key, change=change))
    clock.advance(DAY)
    stored = "SELECT name, instructions FROM specification_versions ORDER BY version"
    await erase(pool, clock, customer.account_id, TODAY + timedelta(days=1))
    assert [tuple(row) for row in await pool.fetch(stored)] == [
        ("Ghost", None),
        ("erased", None),
        ("Third", "As Third"),
    ]
    await produce(customer, clock, 1)
    await erase(pool, clock, customer.account_id, TODAY + timedelta(days=1))
    assert [row["name"] for row in await pool.fetch(stored)] == ["erased", "erased", "Third"]


async def test_names_of_the_account_in_past_events_are_erased_and_the_present_one_stays(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    for name in ("Ada & Co", "Bob & Co"):
        await in_transaction(pool, partial(rename_account, clock=clock, account_id=customer.account_id, name=name))
    clock.advance(DAY)
    await erase(pool, clock, customer.account_id, TODAY + timedelta(days=1))
    data = await pool.fetch("SELECT data::text FROM events WHERE type LIKE 'ACCOUNT%'")
    assert [row[0] for row in data if "& Co" in row[0] or "ACME" in row[0]] == []
    assert [row["name"] for row in await pool.fetch("SELECT name FROM accounts")] == ["Bob & Co"]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 3, 12), "2026-03-12 is yet to come: the account's ledger day is 2026-03-11."),
        (date(2026, 3, 8), "2026-03-08 is no ledger day of the account, whose first one is 2026-03-10."),
    ],
)
async def test_only_ledger_days_up_to_today_are_accepted(
    pool: Pool, clock: FrozenClock, customer: Customer, day: date, reason: str
) -> None:
    clock.advance(DAY)
    with pytest.raises(NoErasableDay, match=reason):
        await erase(pool, clock, customer.account_id, day)


async def test_a_date_that_a_zone_change_skipped_is_no_ledger_day(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    move = partial(change_time_zone, clock=clock, account_id=customer.account_id, name="Pacific/Kiritimati")
    await in_transaction(pool, move)
    clock.advance(4 * DAY)
    reason = "2026-03-11 is no ledger day of the account: its clocks left it out; the next one is 2026-03-12."
    with pytest.raises(NoErasableDay, match=reason):
        await erase(pool, clock, customer.account_id, date(2026, 3, 11))


async def test_by_a_clock_before_the_opening_it_is_the_day_of_the_opening(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    earlier = FrozenClock(clock.now() - 2 * DAY)
    assert (await erase(pool, earlier, customer.account_id, TODAY)).erased == {}
    with pytest.raises(NoErasableDay, match="the account's ledger day is 2026-03-10"):
        await erase(pool, earlier, customer.account_id, TODAY + timedelta(days=1))


def without_events_of_erasure(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    return {
        table: sorted(json.dumps(each) for each in found if each.get("type") != "TEXTS_ERASED")
        for table, found in rows.items()
    }


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_but_texts_changes_whatever_happened_and_the_verification_finds_nothing(
    pool: Pool, seed: int
) -> None:
    life = Life(pool, seed, with_jobs=True)
    await life.live(60)
    life.clock.advance(DAY)
    before = without_events_of_erasure(await all_rows(pool, texts=False))
    random = Random(seed)  # noqa: S311 - drawn for tests
    accounts = [row["id"] for row in await pool.fetch("SELECT id FROM accounts ORDER BY ref")]
    for account_id in accounts:
        zones = (await account_histories(PoolReader(pool), [account_id]))[account_id].zones
        at = zones[0].starts_at + (life.clock.now() - zones[0].starts_at) * random.uniform(0.5, 1)
        day = ledger_day_at(at, zones)
        expected = await count(pool, life.clock, account_id, day.date)
        assert await erase(pool, life.clock, account_id, day.date) == expected
        assert (await count(pool, life.clock, account_id, day.date)).erased == {}
        kept = await pool.fetch(
            "SELECT name = 'erased' AS erased, placed_at < $2 AND status <> 'IN_PRODUCTION' AS expected"
            " FROM orders WHERE account_id = $1",
            *(account_id, day.opens_at),
        )
        assert [row["erased"] for row in kept] == [row["expected"] for row in kept]
    assert without_events_of_erasure(await all_rows(pool, texts=False)) == before
    verified = await verify_accounts(pool, life.clock, "verifier", accounts)
    assert (verified.accounts, verified.failed) == (2, {})
