"""Events of an account besides its orders: its terms, zone, guarantee and specifications; and withdrawals."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from api.context import Info
from api.event.facts import GuaranteeDay, guarantee_day
from api.event.types import Event
from api.money import Money
from api.specification.types import Specification, SpecificationStep, specification, specification_steps
from app.domain.events import kinds
from app.domain.sla.enums import Plan
from db.queries.specifications import SpecificationRow
from engine.decorators import field, object_type
from engine.scalars import TimeZone
from engine.weights import LOOK_UP


@object_type
class AccountCreated(Event):
    """The creation of the account."""

    details: strawberry.Private[kinds.AccountCreated]

    @field(staff=True)
    def ref(self) -> str | None:
        """The account's reference in imports, for staff only; null without one."""
        return self.details.ref

    @field
    def name(self) -> str:
        """The name of the account."""
        return self.details.name

    @field
    def plan(self) -> Plan:
        """The first plan of the account."""
        return self.details.plan

    @field
    def time_zone(self) -> TimeZone:
        """The first time zone of the account."""
        return TimeZone(self.details.time_zone)

    @field
    def images_per_day(self) -> int | None:
        """The number of images guaranteed per ledger day; null for the plan's default."""
        return self.details.images_per_day

    @field
    def expedites_per_day(self) -> int | None:
        """The number of expedites at the shortest turnaround per ledger day; null for the plan's default."""
        return self.details.expedites_per_day


@object_type
class SlaNegotiated(Event):
    """An agreement on new terms of the SLA, for the ledger days from a date on."""

    details: strawberry.Private[kinds.SlaNegotiated]

    @field
    def version(self) -> int:
        """The new version of the SLA."""
        return self.details.version

    @field
    def effective_date(self) -> date:
        """The first ledger day of the new version."""
        return self.details.effective_date

    @field
    def images_per_day(self) -> int | None:
        """The number of images guaranteed per ledger day; null if that term continues."""
        return self.details.images_per_day

    @field
    def expedites_per_day(self) -> int | None:
        """The number of expedites at the shortest turnaround per ledger day; null if that term continues."""
        return self.details.expedites_per_day

    @field
    def previous_version(self) -> int:
        """The version that would have been in force on the effective date."""
        return self.details.previous_version

    @field
    def previous_images_per_day(self) -> int:
        """The number of images that would have been guaranteed per ledger day."""
        return self.details.previous_images_per_day

    @field
    def previous_expedites_per_day(self) -> int:
        """The number of expedites at the shortest turnaround that there would have been per ledger day."""
        return self.details.previous_expedites_per_day

    @field(staff=True)
    def note(self) -> str | None:
        """The note of staff, for staff only; null without one."""
        return self.details.note


@object_type
class TimeZoneChanged(Event):
    """A change of the account's time zone."""

    details: strawberry.Private[kinds.TimeZoneChanged]

    @field
    def time_zone(self) -> TimeZone:
        """The time zone from then on."""
        return TimeZone(self.details.time_zone)

    @field
    def previous_time_zone(self) -> TimeZone:
        """The time zone until then."""
        return TimeZone(self.details.previous)


@object_type
class GuaranteeReset(Event):
    """The reset of the daily guarantee: a ledger day closed and the next one opened, with nothing used."""

    details: strawberry.Private[kinds.GuaranteeReset]

    @field
    def closed(self) -> GuaranteeDay:
        """The ledger day that closed."""
        return guarantee_day(self.details.closed)

    @field
    def opened(self) -> GuaranteeDay:
        """The ledger day that opened."""
        return guarantee_day(self.details.opened)


@object_type
class SpecificationChanged(Event):
    """The creation, change or archiving of a specification. New and previous values are null if unchanged."""

    details: strawberry.Private[kinds.SpecificationChanged]

    @field(cost=LOOK_UP)
    async def specification(self, info: Info) -> Specification:
        """The specification in its current state."""
        return specification(await self._specification(info))

    @field
    def new_version(self) -> int | None:
        """The new version of the specification, from 1; null if it was archived."""
        return self.details.version

    @field
    def archived_at(self) -> datetime | None:
        """The instant of the archiving; null for a new version."""
        return self.details.archived_at

    @field
    def new_name(self) -> str | None:
        """The new name."""
        return self.details.after.name

    @field
    def previous_name(self) -> str | None:
        """The previous name."""
        return self.details.before.name

    @field(cost=LOOK_UP)
    async def new_price_per_image(self, info: Info) -> Money | None:
        """The new price of an image that is not expedited."""
        return await self._money(info, self.details.after.price_per_image)

    @field(cost=LOOK_UP)
    async def previous_price_per_image(self, info: Info) -> Money | None:
        """The previous price."""
        return await self._money(info, self.details.before.price_per_image)

    @field(length=8)
    def new_steps(self) -> list[SpecificationStep] | None:
        """The new retouching steps, in their order."""
        steps = self.details.after.steps
        return None if steps is None else specification_steps(steps)

    @field(length=8)
    def previous_steps(self) -> list[SpecificationStep] | None:
        """The previous retouching steps, in their order."""
        steps = self.details.before.steps
        return None if steps is None else specification_steps(steps)

    async def _money(self, info: Info, amount: Decimal | None) -> Money | None:
        """Return an amount in the currency of the specification, which never changes."""
        return None if amount is None else Money(amount=amount, currency=(await self._specification(info)).currency)

    async def _specification(self, info: Info) -> SpecificationRow:
        key = (self.row.account_id, self.details.specification_id)
        row = await info.context.loaders.specifications.load(key)
        if row is None:
            raise LookupError(f"There is no specification {key}.")
        return row


@object_type
class EventWithdrawn(Event):
    """The withdrawal of another event, which turned out to be untrue."""

    details: strawberry.Private[kinds.EventWithdrawn]

    @field(cost=LOOK_UP)
    async def event(self, info: Info) -> Event:
        """The withdrawn event."""
        from api.event.reads import read_event  # noqa: PLC0415 - it shows every type of event, this one as well

        found = await read_event(info.context, self.row.account_id, self.details.event)
        if found is None:
            raise LookupError(f"There is no event {self.row.account_id} {self.details.event}.")
        return found
