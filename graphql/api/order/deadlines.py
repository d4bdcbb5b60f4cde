"""Deadlines of orders and images, with their explanations."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeAlias
from uuid import UUID

import strawberry
from graphql.pyutils import AwaitableOrValue

from api.context import Info
from api.order.steps import DeadlineStep, deadline_step
from app.domain.deadlines import rules as deadlines
from app.domain.deadlines import steps
from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.explanations import Expedite, Moment, Promise, explain, explain_rejection
from app.domain.deadlines.zones import zone_changes
from app.domain.ledger.days import LedgerDay, ledger_day_at
from app.domain.ledger.positions import Positions
from app.domain.orders.changes import awaited_status
from app.domain.orders.enums import OrderStatus
from app.domain.orders.reviews import review_by
from app.domain.orders.state import OrderState, order_figures
from app.domain.sla.terms import SlaTerms
from db.queries.accounts import AccountHistory
from db.queries.images import ImageRow
from db.queries.orders import OrderRow
from engine.decorators import field, object_type
from engine.weights import LOOK_UP

Explain: TypeAlias = Callable[[AccountHistory], list[steps.DeadlineStep]]


@object_type
class Deadline:
    """A promised time of delivery."""

    at: datetime | None = strawberry.field(description="The instant of the deadline; null until it is set.")
    status: DeadlineStatus = strawberry.field(description="The status of the deadline now.")
    late: bool = strawberry.field(
        description="True if the deadline is missed by now: passed undelivered, or met too late."
    )
    review_by: datetime | None = strawberry.field(
        description="The instant by which staff have promised the deadline; null unless they owe one."
    )
    sla_version: int = strawberry.field(description="The version of the SLA under which the promise was made.")
    account_id: strawberry.Private[UUID]
    explain: strawberry.Private[Explain]

    @field(cost=2 * LOOK_UP, length=6)
    def explanation(self, info: Info) -> AwaitableOrValue[list[DeadlineStep]]:
        """The explanation of the deadline, step by step."""
        return info.context.with_history(
            self.account_id, lambda history: [deadline_step(step) for step in self.explain(history)]
        )


def is_late(late_at: datetime | None, now: datetime) -> bool:
    """Return whether `late_at`, the last instant at which something is not late, has passed; None never does."""
    return late_at is not None and late_at < now


def order_deadline(row: OrderRow, now: datetime) -> Deadline:
    """Show the delivery deadline of an order's images."""
    status = deadlines.deadline_status(row.deadline_status, row.due_at, now)
    return Deadline(
        at=row.due_at,
        status=status,
        review_by=None if status is DeadlineStatus.CONFIRMED else row.review_by,
        late=is_late(row.late_at, now),
        sla_version=row.sla_version,
        account_id=row.account_id,
        explain=partial(_explain_order, row, now),
    )


def image_deadline(row: ImageRow, now: datetime) -> Deadline:
    """Return the deadline of an image's open rejection, else its delivery deadline (domain rules, section 3)."""
    if row.rejected_at is not None and row.redo_due_at is not None:
        sla_version = row.redo_sla_version or row.sla_version
        return Deadline(
            at=row.redo_due_at,
            status=DeadlineStatus.CONFIRMED,
            review_by=None,
            late=is_late(row.redo_due_at, now),
            sla_version=sla_version,
            account_id=row.account_id,
            explain=partial(_explain_redo, row.rejected_at, row.redo_due_at, sla_version),
        )
    status = deadlines.deadline_status(_delivery_status(row), row.due_at, now)
    return Deadline(
        at=row.due_at,
        status=status,
        review_by=None if status is DeadlineStatus.CONFIRMED else row.review_by,
        late=is_late(row.late_at, now),
        sla_version=_sla_version(row),
        account_id=row.account_id,
        explain=partial(_explain_image, row, now),
    )


def quoted_deadline(account_id: UUID, order: OrderState) -> Deadline:
    """Return the deadline that a quoted order would have."""
    return Deadline(
        at=order.due_at,
        status=order.deadline_status,
        review_by=review_by(order),
        late=False,
        sla_version=order.sla_version,
        account_id=account_id,
        explain=partial(_explain_quoted, order),
    )


def _delivery_status(row: ImageRow) -> DeadlineStatus:
    """Return the order's status, but for an image that ended before staff set the deadline of the others.

    One cancelled before the others were expedited has the status of its own level.
    """
    if row.expedited_at is not None and row.expedite_position is None:
        return DeadlineStatus.TO_BE_CONFIRMED if row.due_at is None else DeadlineStatus.CONFIRMED
    return awaited_status(row.service_level) if _came_late(row) else row.deadline_status


def _sla_version(row: ImageRow) -> int:
    """Return the SLA version of the image's deadline: the kept one's if staff set theirs after the image had ended."""
    kept = row.kept_sla_version if _came_late(row) and row.due_at is not None else None
    return row.sla_version if kept is None else kept


def _came_late(row: ImageRow) -> bool:
    """Return whether this image ended before staff set the deadline of the order's others."""
    return row.confirmed_at is not None and _confirmed_at(row) is None


def _confirmed_at(row: ImageRow) -> datetime | None:
    """Return the instant at which staff set the image's deadline; None if they did not, or after it had ended."""
    return None if row.due_at is None or _ended_before(row, row.confirmed_at) else row.confirmed_at


def _ended_before(row: ImageRow, at: datetime | None) -> bool:
    """Return whether the image ended, by a delivery or cancellation, before an instant, if there is one."""
    ended_at = row.first_delivered_at or row.cancelled_at
    return at is not None and ended_at is not None and ended_at < at


def _explain_order(row: OrderRow, now: datetime, history: AccountHistory) -> list[steps.DeadlineStep]:
    ever_delivered = row.delivered_count + row.rejected_count
    uploaded, guarantee, terms = _upload(row.placed_at, row.first_position, row.last_position, history)
    promise = Promise(
        service_level=row.service_level,
        deadline_status=row.deadline_status,
        due_at=row.due_at,
        closed=row.status is OrderStatus.CANCELLED or ever_delivered == row.image_count or _has_passed(row.due_at, now),
        sla_version=row.sla_version,
        image_count=row.image_count,
        uploaded=uploaded,
        guarantee=guarantee,
        terms=terms,
        expedite=_expedite(row.expedited_at, row.first_expedite_position, row.last_expedite_position, history),
        confirmed=None if row.confirmed_at is None else _moment(row.confirmed_at, history),
        zone_changes=zone_changes(row.placed_at, history.zones),
        void=deadlines.is_plan_void(row.deadline_status, row.due_at, now),
        review_by=row.review_by,
        first_due_at=row.first_confirmed_due_at,
        revised=None if row.revised_at is None else _moment(row.revised_at, history),
    )
    return explain(promise)


def _explain_quoted(order: OrderState, history: AccountHistory) -> list[steps.DeadlineStep]:
    figures = order_figures(order)
    uploaded, guarantee, terms = _upload(order.placed_at, figures.first_position, figures.last_position, history)
    promise = Promise(
        service_level=order.service_level,
        deadline_status=order.deadline_status,
        due_at=order.due_at,
        closed=False,
        sla_version=order.sla_version,
        image_count=figures.image_count,
        uploaded=uploaded,
        guarantee=guarantee,
        terms=terms,
        expedite=_expedite(
            order.expedited_at, figures.first_expedite_position, figures.last_expedite_position, history
        ),
        confirmed=None if order.confirmed_at is None else _moment(order.confirmed_at, history),
        zone_changes=zone_changes(order.placed_at, history.zones),
        review_by=review_by(order),
        first_due_at=None if order.revision is None else order.revision.first_due_at,
        revised=None if order.revision is None else _moment(order.revision.at, history),
    )
    return explain(promise)


def _explain_image(row: ImageRow, now: datetime, history: AccountHistory) -> list[steps.DeadlineStep]:
    confirmed_at, status = _confirmed_at(row), _delivery_status(row)
    revised_at = None if _ended_before(row, row.revised_at) else row.revised_at
    uploaded, guarantee, terms = _upload(row.uploaded_at, row.position, row.position, history)
    promise = Promise(
        service_level=row.service_level,
        deadline_status=status,
        due_at=row.due_at,
        closed=row.cancelled_at is not None or row.first_delivered_at is not None or _has_passed(row.due_at, now),
        sla_version=_sla_version(row),
        image_count=1,
        uploaded=uploaded,
        guarantee=guarantee,
        terms=terms,
        expedite=_expedite(row.expedited_at, row.expedite_position, row.expedite_position, history),
        confirmed=None if confirmed_at is None else _moment(confirmed_at, history),
        zone_changes=zone_changes(row.uploaded_at, history.zones),
        void=deadlines.is_plan_void(status, row.due_at, now),
        review_by=row.review_by,
        first_due_at=None if confirmed_at is None else row.first_confirmed_due_at,
        revised=None if revised_at is None else _moment(revised_at, history),
    )
    return explain(promise)


def _explain_redo(
    rejected_at: datetime, due_at: datetime, sla_version: int, history: AccountHistory
) -> list[steps.DeadlineStep]:
    return explain_rejection(_moment(rejected_at, history), due_at, sla_version, history.terms_at(rejected_at).terms)


def _has_passed(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at < now


def _moment(at: datetime, history: AccountHistory) -> Moment:
    return Moment(at, history.zone_at(at))


def _upload(at: datetime, first: int, last: int, history: AccountHistory) -> tuple[Moment, Positions, SlaTerms]:
    """Return the instant of an upload, its positions in the guarantee of that ledger day, and the day's terms."""
    day = _day_at(at, history)
    terms = history.terms_on(day.date).terms
    return _moment(at, history), Positions(day, first, last, terms.images_per_day), terms


def _expedite(at: datetime | None, first: int | None, last: int | None, history: AccountHistory) -> Expedite | None:
    if at is None or first is None or last is None:
        return None
    day = _day_at(at, history)
    terms = history.terms_on(day.date).terms
    return Expedite(_moment(at, history), Positions(day, first, last, terms.expedites_per_day), terms)


def _day_at(at: datetime, history: AccountHistory) -> LedgerDay:
    """Return the ledger day of an instant with the close planned then: a later change of the zone may postpone it."""
    first, *later = history.zones
    return ledger_day_at(at, [first, *(period for period in later if period.starts_at <= at)])
