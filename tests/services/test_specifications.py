import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from app.domain.catalogue import Price
from app.domain.errors import Refusals
from app.domain.specifications import SpecificationArchived, SpecificationChange
from app.services.accounts.finding import UnknownAccount
from app.services.orders.outcome import NotFound
from app.services.orders.placing import NewOrder, place_order
from app.services.specifications import (
    SpecificationKey,
    SpecificationOutcome,
    archive_specification,
    create_specification,
    update_specification,
)
from db.connections import Pool
from db.writer import Writer
from tests.support.catalogue import CLIPPING, SHADOW, write_catalogue
from tests.support.clock import FrozenClock
from tests.support.customers import GHOST, add_specification, negotiated
from tests.support.events.texts import with_texts
from tests.support.order_states import uploads
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)
STEPS = [{"step": "CLIPPING", "milliseconds": 180_000}, {"step": "SHADOW", "milliseconds": 95_500}]
FOLLOWING = [{**step, "negotiated": False} for step in STEPS]
CHOSEN = SpecificationChange("Ghost", ("CLIPPING", "SHADOW"), "No halo.", by_client=True)
CHEAPER = SpecificationChange(price=Price(Decimal("1.60"), "USD"))


@pytest.fixture
async def account_id(pool: Pool) -> UUID:
    return (await open_account(pool, Studio())).id


async def rows(pool: Pool, sql: str, *args: object) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch(sql, *args)]


async def versions(pool: Pool) -> list[tuple[Any, ...]]:
    columns = "version, name, price_per_image, currency, steps, created_at, price_negotiated, instructions"
    return await rows(pool, f"SELECT {columns} FROM specification_versions ORDER BY version")  # noqa: S608


async def specifications(pool: Pool) -> list[tuple[Any, ...]]:
    return await rows(pool, "SELECT account_id, id, current_version, created_at, archived_at FROM specifications")


async def changes(pool: Pool) -> list[tuple[Any, ...]]:
    found = await pool.fetch("SELECT * FROM events WHERE type = 'SPECIFICATION_CHANGED' ORDER BY sequence")
    return [(row["sequence"], row["at"], with_texts(row)) for row in found]


def updating(clock: FrozenClock, key: SpecificationKey, change: SpecificationChange) -> Callable[[Writer], Any]:
    return partial(update_specification, clock=clock, key=key, change=change)


async def test_a_new_specification_has_its_first_version_and_an_event(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    new = negotiated(GHOST)
    outcome = await in_transaction(pool, lambda writer: create_specification(writer, clock, account_id, new))
    now, id_ = clock.now(), outcome.specification_id
    assert outcome == SpecificationOutcome(now, account_id, id_)
    assert await specifications(pool) == [(account_id, id_, 1, now, None)]
    assert await versions(pool) == [(1, "Ghost", Decimal("1.45"), "USD", STEPS, now, True, None)]
    after = {"id": str(id_), "version": 1, "name": "Ghost", "pricePerImage": "1.45", "currency": "USD", "steps": STEPS}
    assert await changes(pool) == [(2, now, {"before": None, "after": after | {"priceNegotiated": True}})]
    assert await rows(pool, "SELECT next_event_sequence, last_at FROM account_heads") == [(3, now)]


async def test_a_specification_of_a_client_has_the_price_and_the_times_of_the_catalogue(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    await write_catalogue(pool)
    id_ = await add_specification(pool, clock, account_id, CHOSEN)
    now = clock.now()
    assert await versions(pool) == [(1, "Ghost", Decimal("1.45"), "USD", FOLLOWING, now, False, "No halo.")]
    after = {"id": str(id_), "version": 1, "name": "Ghost", "pricePerImage": "1.45", "currency": "USD"}
    after |= {"steps": FOLLOWING, "priceNegotiated": False}
    assert await changes(pool) == [(2, now, {"before": None, "after": after, "instructions": "No halo."})]


async def test_an_update_makes_a_version_with_the_stated_changes_only(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    id_ = await add_specification(pool, clock, account_id)
    made_at, changed_at = clock.now(), clock.advance(HOUR)
    update = updating(clock, (account_id, id_), CHEAPER)
    assert await in_transaction(pool, update) == SpecificationOutcome(changed_at, account_id, id_)
    assert await specifications(pool) == [(account_id, id_, 2, made_at, None)]
    assert (await versions(pool))[1:] == [(2, "Ghost", Decimal("1.60"), "USD", STEPS, changed_at, True, None)]
    before = {"id": str(id_), "version": 1, "pricePerImage": "1.45", "currency": "USD"}
    after = {"id": str(id_), "version": 2, "pricePerImage": "1.60", "currency": "USD"}
    assert (await changes(pool))[1:] == [(3, changed_at, {"before": before, "after": after})]


async def test_name_and_steps_change_alike_and_steps_are_replaced_whole(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    await write_catalogue(pool, replace(CLIPPING, step="RETOUCH"))
    key = (account_id, await add_specification(pool, clock, account_id))
    now = clock.advance()
    change = SpecificationChange("Flat lay", ["RETOUCH"], by_client=True)
    await in_transaction(pool, updating(clock, key, change))
    written = [{"step": "RETOUCH", "milliseconds": 180_000, "negotiated": False}]
    assert (await versions(pool))[1:] == [(2, "Flat lay", Decimal("0.95"), "USD", written, now, False, None)]
    [_, (_, _, data)] = await changes(pool)
    terms = {"name": "Ghost", "pricePerImage": "1.45", "currency": "USD", "steps": STEPS, "priceNegotiated": True}
    assert data["before"] == {"id": str(key[1]), "version": 1, **terms}


async def test_an_update_without_a_change_makes_no_version_and_no_event(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    key = (account_id, await add_specification(pool, clock, account_id))
    clock.advance(HOUR)
    same = SpecificationChange("Ghost", price=Price(Decimal("1.4500"), "USD"))
    assert await in_transaction(pool, updating(clock, key, same)) == SpecificationOutcome(
        clock.now(), *key, changed=False
    )
    reordered = SpecificationChange(steps=["SHADOW", "CLIPPING"], by_client=True)
    for change in (negotiated(GHOST), reordered, SpecificationChange()):
        await in_transaction(pool, updating(clock, key, change))
    assert len(await versions(pool)) == len(await changes(pool)) == 1
    assert await rows(pool, "SELECT last_at >= $1 FROM account_heads", clock.now()) == [(False,)]


async def test_instructions_are_changed_and_removed_in_versions_and_kept_beside_the_events(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    key = (account_id, await add_specification(pool, clock, account_id))
    for instructions in ("Soft shadow.", None):
        clock.advance()
        await in_transaction(pool, updating(clock, key, SpecificationChange(instructions=instructions)))
    assert [version[-1] for version in await versions(pool)] == [None, "Soft shadow.", None]
    found = await rows(pool, "SELECT data, texts FROM events WHERE type = 'SPECIFICATION_CHANGED' ORDER BY sequence")
    assert [texts for _, texts in found] == [
        None,
        {"instructions": "Soft shadow."},
        {"previousInstructions": "Soft shadow."},
    ]
    assert "Soft" not in str([data for data, _ in found])


async def test_orders_keep_the_version_and_the_price_they_were_placed_with(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    key = (account_id, await add_specification(pool, clock, account_id))
    order = NewOrder(account_id, "Shoes", key[1], uploads("a.jpg", "b.jpg"), expedite=False)
    await in_transaction(pool, partial(place_order, clock=clock, new=order))
    await in_transaction(pool, updating(clock, key, SpecificationChange(price=Price(Decimal(2), "USD"))))
    await in_transaction(pool, partial(place_order, clock=clock, new=order))
    found = await rows(pool, "SELECT number, specification_version, price FROM orders ORDER BY number")
    assert found == [(1, 1, Decimal("2.90")), (2, 2, Decimal(4))]


async def test_an_archived_specification_takes_no_orders_and_no_changes(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    key = (account_id, await add_specification(pool, clock, account_id))
    made_at, archived_at = clock.now(), clock.advance(HOUR)
    assert await in_transaction(pool, partial(archive_specification, clock=clock, key=key)) == SpecificationOutcome(
        archived_at, *key
    )
    assert await specifications(pool) == [(*key, 1, made_at, archived_at)]
    before, after = {"id": str(key[1]), "archivedAt": None}, {"id": str(key[1]), "archivedAt": "2026-03-10T13:00:00Z"}
    [_, event] = await changes(pool)
    assert event[:2] == (3, archived_at)
    assert event[2] == {"before": before, "after": after | {"archivedAt": event[2]["after"]["archivedAt"]}}
    clock.advance(HOUR)
    order = NewOrder(account_id, "Shoes", key[1], uploads("a.jpg"), expedite=False)
    for refused in (
        partial(archive_specification, clock=clock, key=key),
        updating(clock, key, SpecificationChange("Flat lay")),
        partial(place_order, clock=clock, new=order),
    ):
        with pytest.raises(SpecificationArchived) as refusal:
            await in_transaction(pool, refused)
        assert refusal.value.name == "Ghost"
    assert await specifications(pool) == [(*key, 1, made_at, archived_at)]
    assert len(await changes(pool)) == 2


async def test_a_specification_of_another_account_is_not_found(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    id_ = await add_specification(pool, clock, account_id)
    other = (await open_account(pool, Studio(name="Other"))).id
    for refused in (
        partial(archive_specification, clock=clock, key=(other, id_)),
        updating(clock, (other, id_), SpecificationChange("Mine")),
    ):
        with pytest.raises(NotFound) as refusal:
            await in_transaction(pool, refused)
        assert (refusal.value.kind, refusal.value.key) == ("specification", id_)
    assert len(await changes(pool)) == 1


async def test_an_account_that_is_not_there_gets_no_specification(pool: Pool, clock: FrozenClock) -> None:
    with pytest.raises(UnknownAccount):
        await add_specification(pool, clock, UUID(int=1))


async def test_updates_at_once_make_versions_one_after_the_other(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    key = (account_id, await add_specification(pool, clock, account_id))
    prices = [Decimal(price) for price in range(2, 10)]
    await asyncio.gather(
        *(
            in_transaction(pool, updating(clock, key, SpecificationChange(price=Price(price, "USD"))))
            for price in prices
        )
    )
    assert [version for version, *_ in await versions(pool)] == list(range(1, 10))
    assert sorted(row[2] for row in (await versions(pool))[1:]) == prices
    assert [sequence for sequence, *_ in await changes(pool)] == list(range(2, 11))


async def test_a_refused_change_of_steps_changes_nothing(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await write_catalogue(pool, CLIPPING, replace(SHADOW, archived=True))
    key = (account_id, await add_specification(pool, clock, account_id, SpecificationChange("Ghost", ["CLIPPING"])))
    clock.advance()
    for steps in (["CLIPPING", "SHADOW"], ["CLIPPING", "DUST"]):
        with pytest.raises(Refusals):
            await in_transaction(pool, updating(clock, key, SpecificationChange(steps=steps, by_client=True)))
    assert len(await versions(pool)) == len(await changes(pool)) == 1
