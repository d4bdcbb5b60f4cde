"""Delivering and rejecting images, of any number of orders and accounts (domain rules, sections 3 and 5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from app.clock import Clock
from app.domain.account import Account
from app.domain.errors import DomainError, Refusals
from app.domain.events.new_events import NewEvent
from app.domain.events.orders import delivered, operations_recorded, rejected
from app.domain.orders.results import ImageResult
from app.domain.orders.state import OrderState
from app.domain.production.commands import deliver
from app.domain.production.operations import Operation, require_recordable
from app.domain.production.rejections import REJECTION_PERIOD, RejectionReason, RejectionTerms, reject
from app.services.accounts.counters import Counters, begin_commands
from app.services.accounts.facts import read_account
from app.services.ids import new_ids
from app.services.orders.changes import AccountChange, write_changes
from app.services.orders.outcome import NotFound, Outcome
from app.services.orders.rows import Row
from db.queries.operations import steps_of_images
from db.queries.order_states import ImageKey, OrderKey, order_states, orders_of_images
from db.tables.operations import Operation as OperationTable
from db.writer import Writer

Work: TypeAlias = Callable[[OrderState, Sequence[UUID], Account, datetime], tuple[OrderState, Iterable[NewEvent]]]
"""Changes chosen images of an order at an instant, and returns the events."""


async def deliver_images(
    writer: Writer,
    clock: Clock,
    worker: str,
    images: Sequence[ImageKey],
    results: Mapping[UUID, ImageResult] = MappingProxyType({}),
) -> Outcome:
    """Deliver images that a worker holds, some with results, by id; the caller commits.

    Raises Refusals of NotFound and NotClaimed.
    """

    def work(
        order: OrderState, chosen: Sequence[UUID], _account: Account, at: datetime
    ) -> tuple[OrderState, Iterable[NewEvent]]:
        after = deliver(order, frozenset(chosen), worker, at, results)
        return after, delivered(order, after, worker, at)

    return await _produce(writer, clock, images, work)


async def record_operations(
    writer: Writer, clock: Clock, worker: str, recorded: Sequence[tuple[UUID, Operation]]
) -> Outcome:
    """Record operations on images that a worker holds or delivered, each with its account; the caller commits.

    Raises Refusals of NotFound, NotClaimed and StepNotOfImage.
    """
    images = list(dict.fromkeys((account_id, operation.image_id) for account_id, operation in recorded))
    account_of = {image_id: account_id for account_id, image_id in images}
    steps = await steps_of_images(writer, images)
    of_image: defaultdict[UUID, list[tuple[int, Operation]]] = defaultdict(list)
    for index, (_, operation) in enumerate(recorded):
        of_image[operation.image_id].append((index, operation))
    rows: list[Row] = []

    def work(
        order: OrderState, chosen: Sequence[UUID], _account: Account, at: datetime
    ) -> tuple[OrderState, Iterable[NewEvent]]:
        own = {image_id: of_image[image_id] for image_id in chosen}
        require_recordable(order, own, steps[order.specification.id, order.specification.version], worker, at)
        operations = [operation for image_id in chosen for _, operation in own[image_id]]
        ids = new_ids(at, len(operations))
        rows.extend(
            operation_row(account_of[operation.image_id], id_, at, operation)
            for id_, operation in zip(ids, operations, strict=True)
        )
        return order, [operations_recorded(order, operations, worker, at)]

    outcome = await _produce(writer, clock, images, work)
    await writer.copy(OperationTable, rows)
    return outcome


def operation_row(account_id: UUID, id_: UUID, at: datetime, operation: Operation) -> Row:
    """Return the row of an operation on an image, in the order of the table's columns."""
    image_id, *rest = operation
    return (account_id, id_, image_id, at, *rest)


async def reject_images(
    writer: Writer, clock: Clock, reasons: Mapping[ImageKey, RejectionReason], period: timedelta = REJECTION_PERIOD
) -> Outcome:
    """Send images back that were delivered within a period; the caller commits.

    Raises Refusals of NotFound, NotDelivered and NotRejectable.
    """

    def work(
        order: OrderState, chosen: Sequence[UUID], account: Account, at: datetime
    ) -> tuple[OrderState, Iterable[NewEvent]]:
        terms = RejectionTerms(at, account.zone_at(at), account.terms_at(at), period)
        after = reject(order, {image_id: of_image[image_id] for image_id in chosen}, terms, partial(new_ids, at))
        return after, [rejected(order, after, at)]

    of_image = {image_id: reason for (_, image_id), reason in reasons.items()}
    return await _produce(writer, clock, list(reasons), work)


async def _produce(writer: Writer, clock: Clock, images: Sequence[ImageKey], work: Work) -> Outcome:
    """Change images of orders, all or none: all refusals are gathered before any write."""
    all_counters = await begin_commands(writer, clock, {account_id for account_id, _ in images})
    owners = await orders_of_images(writer, images)
    orders = await order_states(writer, list(dict.fromkeys(owners.values())))
    refusals: list[DomainError] = [NotFound("image", key[1]) for key in images if key not in owners]
    changes: list[AccountChange] = []
    for account_id, counters in all_counters.items():
        at = counters.instant
        account, _ = await read_account(writer, account_id, at)
        own = [key for key in orders if key[0] == account_id]
        chosen = {key: [image[1] for image in images if owners.get(image) == key] for key in own}
        changes.append(_change(counters, account, at, [(orders[key], chosen[key]) for key in own], work, refusals))
    if refusals:
        raise Refusals(refusals)
    await write_changes(writer, changes)
    changed: list[OrderKey] = list(orders)
    return Outcome(max((change.at for change in changes), default=clock.now()), changed, images)


def _change(
    counters: Counters,
    account: Account,
    at: datetime,
    orders: Sequence[tuple[OrderState, Sequence[UUID]]],
    work: Work,
    refusals: list[DomainError],
) -> AccountChange:
    """Work on an account's orders, and gather refusals."""
    after: list[OrderState] = []
    new_events: list[NewEvent] = []
    for order, chosen in orders:
        try:
            state, events = work(order, chosen, account, at)
        except Refusals as error:
            refusals += error.refusals
            continue
        after.append(state)
        new_events += events
    return AccountChange(counters, account, at, [order for order, _ in orders], after, new_events=new_events)
