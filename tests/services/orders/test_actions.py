"""Actions after random commands: both summaries are equal, and each action is answered as its command is."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.errors import DomainError, Refusals
from app.domain.orders.enums import ActionKind
from app.domain.orders.rules import image_actions, order_actions
from app.domain.orders.summaries import image_summary_of, summary_of
from app.domain.production.rejections import REJECTION_PERIOD
from app.services.accounts.facts import read_account
from app.services.commands import live_unit_of_work, with_retries
from app.services.orders.changing import (
    cancel_order,
    complete_order,
    confirm_deadline,
    expedite_order,
    reject_order,
    revise_deadline,
)
from app.services.orders.producing import reject_images
from db.connections import Pool
from db.queries.accounts import account_histories
from db.queries.images import ImageRow, images_by_id
from db.queries.order_states import OrderKey, order_states
from db.queries.orders import OrderRow, orders_by_id
from db.readers import PoolReader
from db.writer import Writer
from tests.services.orders.test_against_the_model import EMPTY, KEPT_DEADLINES, MOVED_AFTER_A_CLAIM, OPENINGS, a_world
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import HALO, Customer
from tests.support.database import execute
from tests.support.model.account_commands import Close
from tests.support.model.client_commands import Complete, Place
from tests.support.model.production_commands import Claim, Deliver, Reject
from tests.support.model.random_commands import ZONES, commands
from tests.support.model.world import Command

Work: TypeAlias = Callable[[Writer], Awaitable[object]]

REJECTED: Final = [
    Place(0, 3, expedite=False),
    Claim("ann", 3, timedelta(hours=1)),
    Deliver("ann", None, None, None),
    Complete(0, 0, any_order=False),
    Reject((0,), None, (None,)),
    Close(0),
]
LATEST: Final = 5
"""The greatest number of orders of an account whose actions are tried, and of images of each."""


async def refusal_of(pool: Pool, work: Work) -> DomainError | None:
    """Return the refusal of a command, the first of several, and None if it would succeed; nothing is changed."""

    async def attempt() -> None:
        async with live_unit_of_work(pool) as writer:
            await work(writer)

    try:
        await with_retries(attempt)
    except Refusals as error:
        return error.refusals[0]
    except DomainError as error:
        return error
    return None


def facts(refusal: DomainError | None) -> tuple[object, ...]:
    return () if refusal is None else (type(refusal), str(refusal), vars(refusal))


async def assert_answered_as_commands(customer: Customer, clock: FrozenClock) -> None:
    """Assert that the actions of an account's latest orders and of their images equal the answers of the commands."""
    reader, account_id = PoolReader(customer.pool), customer.account_id
    history = (await account_histories(reader, [account_id]))[account_id]
    now = max(clock.now(), history.last_at + MICROSECOND)
    account, _ = await read_account(reader, account_id, now)
    assert history.day_at(now) == account.day_at(now)
    ids = await customer.pool.fetch("SELECT id FROM orders WHERE account_id = $1 ORDER BY number DESC", account_id)
    keys: list[OrderKey] = [(account_id, row["id"]) for row in ids]
    rows, states = await orders_by_id(reader, keys), await order_states(reader, keys)
    for key in keys:
        images = await images_by_id(reader, [(account_id, image.id) for image in states[key].images])
        assert rows[key].summary == summary_of(states[key])
        for image in states[key].images:
            assert images[account_id, image.id].summary == image_summary_of(states[key], image)
        if key in keys[:LATEST]:
            for kind, refusal in order_actions(
                rows[key].summary, history, now, REJECTION_PERIOD, by_staff=True
            ).items():
                work = command_on_order(kind, rows[key], clock, now)
                assert work is None or facts(await refusal_of(customer.pool, work)) == facts(refusal), kind
            for row in [*images.values()][:LATEST]:
                for kind, refusal in image_actions(row.summary, history, now, REJECTION_PERIOD).items():
                    work = command_on_image(kind, row, clock)
                    assert facts(await refusal_of(customer.pool, work)) == facts(refusal), kind


def command_on_order(kind: ActionKind, order: OrderRow, clock: FrozenClock, now: datetime) -> Work | None:
    """Return the command of an action on an order; None where its input leaves nothing to try."""
    key = (order.account_id, order.id)
    match kind:
        case ActionKind.EXPEDITE:
            return lambda writer: expedite_order(writer, clock, key, None)
        case ActionKind.REJECT:
            return lambda writer: reject_order(writer, clock, key, HALO)
        case ActionKind.COMPLETE:
            return lambda writer: complete_order(writer, clock, key)
        case ActionKind.CANCEL:
            return lambda writer: cancel_order(writer, clock, key)
        case ActionKind.CONFIRM_DEADLINE:
            soon = now + MICROSECOND
            is_passing = order.due_at is not None and now <= order.due_at <= soon  # none is earlier, and ahead
            return None if is_passing else lambda writer: confirm_deadline(writer, clock, key, soon)
        case ActionKind.REVISE_DEADLINE:
            soon = now + MICROSECOND
            is_passing = order.due_at is not None and now <= order.due_at <= soon
            return None if is_passing else lambda writer: revise_deadline(writer, clock, key, soon)


def command_on_image(kind: ActionKind, image: ImageRow, clock: FrozenClock) -> Work:
    """Return the command of an action on an image."""
    order: OrderKey = (image.account_id, image.order_id)
    if kind is ActionKind.REJECT:
        return _rejecting([(image.account_id, image.id)], clock)
    if kind is ActionKind.CANCEL:
        return lambda writer: cancel_order(writer, clock, order, [image.id])
    return lambda writer: expedite_order(writer, clock, order, [image.id])


def _rejecting(images: Sequence[tuple[UUID, UUID]], clock: FrozenClock) -> Work:
    return lambda writer: reject_images(writer, clock, dict.fromkeys(images, HALO))


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    opened_at=st.sampled_from(OPENINGS),
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    walk=st.lists(commands(), min_size=20, max_size=60),
    waited=st.sampled_from([timedelta(), MICROSECOND, timedelta(hours=7), timedelta(days=1), timedelta(days=31)]),
)
@example(OPENINGS[0], ("Europe/Copenhagen", "Africa/Cairo"), KEPT_DEADLINES[:5], timedelta(hours=1))
@example(OPENINGS[0], ("Europe/Copenhagen", "Africa/Cairo"), KEPT_DEADLINES, timedelta())
@example(OPENINGS[0], ("Europe/Copenhagen", "Africa/Cairo"), MOVED_AFTER_A_CLAIM, timedelta())
@example(OPENINGS[0], ("Europe/Copenhagen", "Africa/Cairo"), REJECTED, timedelta(days=31))
async def test_each_action_is_answered_as_its_command_would_be_at_that_instant(
    database: str, pool: Pool, opened_at: datetime, zones: Sequence[str], walk: Sequence[Command], waited: timedelta
) -> None:
    await execute(database, *EMPTY)
    world = await a_world(pool, opened_at, zones)
    for command in walk:
        await command.give(world)
    world.clock.advance(waited)
    for customer in world.customers:
        await assert_answered_as_commands(customer, world.clock)
