"""Accounts: the clients of the service, and the fields of everything they own."""

from datetime import date, datetime
from typing import Annotated, Final

import strawberry
from graphql.pyutils import AwaitableOrValue

from api.account.as_of import AsOf, instant_asked, require_years
from api.activity.reads import LONGEST, activity_between
from api.activity.types import Activity
from api.contact import Contact, contact
from api.context import Info
from api.enums import OrderFeedFilter
from api.event.reads import events_of_account
from api.event.types import Event, EventTypes, Withdrawn
from api.ids import named_account
from api.inquiry.reads import inquiries_of_account
from api.order.filters import Filter
from api.order.reads import FEED_SIZE, order_feed, order_named, orders_of
from api.order.types import Order
from api.pulse.reads import FIGURES, read_pulse
from api.pulse.snapshots import PulseSnapshot, snapshots_of
from api.pulse.types import Pulse
from api.quote.reads import read_quote
from api.quote.types import QuoteInput, QuotePayload
from api.sla.guarantee import DailyGuarantee, read_daily_guarantee
from api.sla.reads import read_sla, sla_versions
from api.sla.types import SLA
from api.specification.reads import specifications_of
from api.specification.types import Specification
from api.user_error.codes import NOT_EXPEDITABLE
from api.user_error.codes import UserErrorCode as Code
from app.domain.activity.enums import Grain
from app.domain.errors import DateOutOfRange
from app.domain.sla.enums import Plan
from db.queries.accounts import AccountRow
from db.queries.snapshots import Days
from engine.arguments import or_none
from engine.connections import DEFAULT_SIZE, After, Before, Connection, First, Last
from engine.decorators import field, object_type
from engine.errors import bad_input
from engine.nodes import Node
from engine.scalars import TimeZone
from engine.weights import COMMAND, COUNT, ITEM, LOOK_UP, PAGE

_HISTORY_SIZE: Final = 30


@object_type
class ComingPlan:
    """A plan agreed on for future ledger days."""

    plan: Plan = strawberry.field(description="The plan.")
    starts_at: datetime = strawberry.field(
        name="from", description="The instant at which it begins, predicted by the account's time zone."
    )


@object_type(count=COUNT)
class Account(Node):
    """A client of the service."""

    name: str = strawberry.field(description="The name of the account.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone; its wall clock is user time.")
    created_at: datetime = strawberry.field(description="The instant of the account's creation.")
    closed_at: datetime | None = strawberry.field(
        description="The instant since which the account is closed and takes no new orders; null while it is open."
    )
    row: strawberry.Private[AccountRow]

    @field(staff=True)
    def ref(self) -> str | None:
        """The name that staff have for the account, for staff only; null without one."""
        return self.row.ref

    @field
    def contact(self) -> Contact | None:
        """The person of the client whom the service writes to; null for none."""
        return contact(self.row.contact)

    @field
    def plan(self, info: Info) -> AwaitableOrValue[Plan]:
        """The account's plan as of `now`."""
        now = info.context.instant(self.row.id)
        return info.context.with_history(self.row.id, lambda history: history.plan_at(now))

    @field
    async def coming_plan(self, info: Info) -> ComingPlan | None:
        """The agreed plan, another one than `plan`, that begins next; null if there is none."""
        history = await info.context.history(self.row.id)
        coming = history.coming_plan_at(info.context.instant(self.row.id))
        return None if coming is None else ComingPlan(plan=coming.plan, starts_at=coming.starts_at)

    @field
    def now(self, info: Info) -> datetime:
        """The instant as of which the account is read: figures end and quotes start there."""
        return info.context.instant(self.row.id)

    @field
    def dashboard_available(self, info: Info) -> AwaitableOrValue[bool]:
        """True if the account has a dashboard, whoever asks: by its plan, unless staff let it in or shut it out.

        It has `pulse`, `pulseHistory`, `orderFeed`, `activity`, and `SLA.compliance`.
        """
        return info.context.with_history(self.row.id, info.context.has_dashboard)

    @field(cost=FIGURES)
    async def pulse(self, info: Info, as_of: AsOf = strawberry.UNSET) -> Pulse | None:
        """The six key figures of the last 30 days; null, with the error PLAN_NOT_ELIGIBLE, without a dashboard."""
        await info.context.require_dashboard(self.row.id)
        return await read_pulse(info.context, self.row, instant_asked(info.context, self.row, as_of))

    @field
    async def pulse_history(
        self,
        info: Info,
        since: Annotated[
            date | None, strawberry.argument(name="from", description="The first day to return; no limit by default.")
        ] = strawberry.UNSET,
        to: Annotated[
            date | None, strawberry.argument(description="The last day to return; no limit by default.")
        ] = strawberry.UNSET,
        first: First = _HISTORY_SIZE,
        after: After = strawberry.UNSET,
    ) -> Connection[PulseSnapshot] | None:
        """Snapshots of the Pulse as of the end of each day, newest first; a day may be missing until its job has run.

        Null, with the error PLAN_NOT_ELIGIBLE, without a dashboard.
        """
        await info.context.require_dashboard(self.row.id)
        days = Days(or_none(since), or_none(to))
        require_years(("from", days.first), ("to", days.last))
        return snapshots_of(info.context, self.row.id, days).first(_HISTORY_SIZE if first is None else first, after)

    @field(cost=2 * PAGE, item_cost=ITEM, length=LONGEST)
    async def activity(
        self,
        info: Info,
        first: Annotated[date, strawberry.argument(name="from", description="The first date.")],
        to: Annotated[date, strawberry.argument(description="The last date.")],
        grain: Annotated[Grain | None, strawberry.argument(description="The length of time of each item.")] = Grain.DAY,
    ) -> list[Activity] | None:
        """The activity by ledger day, week or month, oldest first, at most 400 at once; weeks and months are whole.

        It begins with the account's first ledger day and ends with the running one; a date without a ledger day is left
        out. Null, with the error PLAN_NOT_ELIGIBLE, without a dashboard.
        """
        await info.context.require_dashboard(self.row.id)
        return await activity_between(info.context, self.row, first, to, grain or Grain.DAY)

    @field(cost=2 * LOOK_UP)
    async def sla(self, info: Info, as_of: AsOf = strawberry.UNSET) -> SLA | None:
        """The SLA in force."""
        return await read_sla(info.context, self.row, instant_asked(info.context, self.row, as_of))

    @field(cost=PAGE, item_cost=ITEM, length=FEED_SIZE)
    async def order_feed(
        self,
        info: Info,
        status: Annotated[
            OrderFeedFilter | None, strawberry.argument(description="The orders to show.")
        ] = OrderFeedFilter.ALL,
    ) -> list[Order] | None:
        """The 10 most recent orders; null, with the error PLAN_NOT_ELIGIBLE, without a dashboard."""
        await info.context.require_dashboard(self.row.id)
        return await order_feed(info.context, self.row.id, status or OrderFeedFilter.ALL)

    @field
    async def sla_versions(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[SLA] | None:
        """All versions of the SLA, newest first, including future ones."""
        return (await sla_versions(info.context, self.row)).first(first, after)

    @field(cost=2 * LOOK_UP)
    async def daily_guarantee(
        self,
        info: Info,
        day: Annotated[
            date | None,
            strawberry.argument(name="date", description="The date of a ledger day; the running one by default."),
        ] = strawberry.UNSET,
    ) -> DailyGuarantee | None:
        """The use of a ledger day's allowance; null if the account has no ledger day of that date."""
        return await read_daily_guarantee(info.context, self.row.id, or_none(day))

    @field
    def orders(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Filter = strawberry.UNSET,  # noqa: A002 - the contract's name
    ) -> Connection[Order] | None:
        """The account's orders, newest first: 20 by default, next to the cursor if only one is given."""
        return orders_of(info.context, self.row.id, or_none(filter)).page(first, after, last, before)

    @field
    def events(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        types: EventTypes = strawberry.UNSET,
        withdrawn: Withdrawn = False,
    ) -> Connection[Event] | None:
        """The account's events in the order of their recording, newest first; page sizes are as in `orders`.

        Events are added at the newest end only. `last: 100, before: newest`, where `newest` is the cursor of the newest
        event read so far, and again while `hasPreviousPage` is true, returns all that were added since, each once;
        without a cursor so far, `last: 100` starts with the account's first event. While `loupe import` writes to the
        account, its events and all later ones are not listed yet.
        """
        listing = events_of_account(info.context, self.row.id, or_none(types), withdrawn=bool(withdrawn))
        return listing.page(first, after, last, before)

    @field(cost=LOOK_UP)
    async def order(
        self,
        info: Info,
        number: Annotated[int | None, strawberry.argument(description="The number of the order.")] = strawberry.UNSET,
        external_reference: Annotated[
            str | None, strawberry.argument(description="The client's own reference of the order, exactly.")
        ] = strawberry.UNSET,
    ) -> Order | None:
        """The order with this number or this external reference, exactly one of them; null if it does not exist."""
        return await order_named(info.context, self.row.id, or_none(number), or_none(external_reference))

    @field
    def specifications(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        archived: Annotated[
            bool | None,
            strawberry.argument(
                description="True for archived specifications only, false for the others only, null for both."
            ),
        ] = False,
    ) -> Connection[Specification] | None:
        """The account's specifications, oldest first."""
        return specifications_of(info.context, self.row.id, archived).first(first, after)

    inquiries = field(inquiries_of_account)

    @field(
        cost=COMMAND,
        codes=(Code.INVALID, Code.NOT_FOUND, Code.LIMIT_EXCEEDED, Code.ARCHIVED, *NOT_EXPEDITABLE),
    )
    async def quote(
        self,
        info: Info,
        input: Annotated[QuoteInput, strawberry.argument(description="The order or the expedite to quote.")],  # noqa: A002
    ) -> QuotePayload:
        """A quote for a new order or for expediting one; changes nothing."""
        return await read_quote(info.context, self.row.id, input)

    @field
    async def latest_upload_for(
        self,
        info: Info,
        due: Annotated[datetime, strawberry.argument(description="The instant at which the images are needed.")],
    ) -> datetime | None:
        """The end of the last uploads from now on with a standard deadline by `due`; null if there are none.

        A midnight, user time. Uploads just before it are in time. Earlier ones may be due later around a weekend on
        which the delivery time or the time zone changes.
        """
        now = info.context.instant(self.row.id)
        history = await info.context.history(self.row.id)
        try:
            return history.latest_upload_for(due, now)
        except DateOutOfRange as error:
            raise bad_input("due", str(error)) from error


def account(row: AccountRow) -> Account:
    """Return the API's account of a row."""
    return Account(
        name_in_api=named_account(row.id),
        name=row.name,
        time_zone=TimeZone(row.time_zone),
        created_at=row.created_at,
        closed_at=row.closed_at,
        row=row,
    )
