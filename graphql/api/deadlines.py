"""Deadlines of orders and images, and why they are what they are."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeAlias
from uuid import UUID

import strawberry

from api.context import Info
from api.describing import field, object_type
from app.domain import explanations
from app.domain.explanations import DeadlineStepCode, Expedite, Promise, explain, explain_rejection
from app.domain.ledger import ledger_day_at, zone_at
from app.domain.sla import SlaTerms, sla_on
from app.domain.vocabulary import DeadlineStatus
from db.queries.accounts import AccountHistory
from db.queries.images import ImageRow
from db.queries.orders import OrderRow

Explain: TypeAlias = Callable[[AccountHistory], list[explanations.DeadlineStep]]


@object_type
class DeadlineStep:
    """A step on the way to a deadline."""

    code: DeadlineStepCode = strawberry.field(description="What the step is about.")
    text: str = strawberry.field(description="The step in words, times in user time.")
    at: datetime | None = strawberry.field(description="The instant it is about; null when it is about none.")


@object_type
class Deadline:
    """When something is promised to be delivered."""

    at: datetime | None = strawberry.field(description="The deadline; null while it is still to be set.")
    status: DeadlineStatus = strawberry.field(description="Whether it stands or is still to be set.")
    late: bool = strawberry.field(description="Whether it was missed: passed, or met too late; now.")
    sla_version: int = strawberry.field(description="The version of the SLA that made the promise.")
    account_id: strawberry.Private[UUID]
    explain: strawberry.Private[Explain]

    @field
    async def explanation(self, info: Info) -> list[DeadlineStep]:
        """Why the deadline is what it is, step by step."""
        steps = self.explain(await info.context.history(self.account_id))
        return [DeadlineStep(code=step.code, text=step.text, at=step.at) for step in steps]


def is_late(late_at: datetime | None, now: datetime) -> bool:
    """Say whether something is late now that is late from `late_at` on, exclusively."""
    return late_at is not None and late_at < now


def order_deadline(row: OrderRow, now: datetime) -> Deadline:
    """Show the delivery deadline that an order's images share."""
    return Deadline(
        at=row.due_at,
        status=row.deadline_status,
        late=is_late(row.late_at, now),
        sla_version=row.sla_version,
        account_id=row.account_id,
        explain=partial(_explain_order, row),
    )


def image_deadline(row: ImageRow, now: datetime) -> Deadline:
    """Show the deadline of an image's open rejection, else its delivery deadline (domain rules, section 3)."""
    if row.rejected_at is not None and row.redo_due_at is not None:
        sla_version = row.redo_sla_version or row.sla_version
        return Deadline(
            at=row.redo_due_at,
            status=DeadlineStatus.CONFIRMED,
            late=is_late(row.redo_due_at, now),
            sla_version=sla_version,
            account_id=row.account_id,
            explain=partial(_explain_redo, row.rejected_at, row.redo_due_at, sla_version),
        )
    return Deadline(
        at=row.due_at,
        status=_delivery_status(row),
        late=is_late(row.late_at, now),
        sla_version=row.sla_version,
        account_id=row.account_id,
        explain=partial(_explain_image, row),
    )


def _delivery_status(row: ImageRow) -> DeadlineStatus:
    """Return the order's status, except for an image delivered before staff set a deadline for the others."""
    unset = row.due_at is None and row.deadline_status is DeadlineStatus.CONFIRMED
    return DeadlineStatus.TO_BE_CONFIRMED if unset else row.deadline_status


def _explain_order(row: OrderRow, history: AccountHistory) -> list[explanations.DeadlineStep]:
    promise = Promise(
        service_level=row.service_level,
        deadline_status=row.deadline_status,
        due_at=row.due_at,
        sla_version=row.sla_version,
        image_count=row.image_count,
        uploaded_at=row.placed_at,
        zone=zone_at(row.placed_at, history.zones),
        first_position=row.first_position,
        last_position=row.last_position,
        capacity=_terms_at(row.placed_at, history).images_per_day,
        expedite=_expedite(row.expedited_at, row.first_expedite_position, row.last_expedite_position, history),
        confirmed_at=row.confirmed_at,
    )
    return explain(promise)


def _explain_image(row: ImageRow, history: AccountHistory) -> list[explanations.DeadlineStep]:
    promise = Promise(
        service_level=row.service_level,
        deadline_status=_delivery_status(row),
        due_at=row.due_at,
        sla_version=row.sla_version,
        image_count=1,
        uploaded_at=row.uploaded_at,
        zone=zone_at(row.uploaded_at, history.zones),
        first_position=row.position,
        last_position=row.position,
        capacity=_terms_at(row.uploaded_at, history).images_per_day,
        expedite=_expedite(row.expedited_at, row.expedite_position, row.expedite_position, history),
        confirmed_at=row.confirmed_at,
    )
    return explain(promise)


def _explain_redo(
    rejected_at: datetime, due_at: datetime, sla_version: int, history: AccountHistory
) -> list[explanations.DeadlineStep]:
    return explain_rejection(rejected_at, zone_at(rejected_at, history.zones), due_at, sla_version)


def _terms_at(at: datetime, history: AccountHistory) -> SlaTerms:
    return sla_on(ledger_day_at(at, history.zones).date, history.versions).terms


def _expedite(at: datetime | None, first: int | None, last: int | None, history: AccountHistory) -> Expedite | None:
    if at is None or first is None or last is None:
        return None
    return Expedite(at, first, last, _terms_at(at, history).expedites_per_day)
