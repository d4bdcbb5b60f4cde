"""The SLA: what an account was promised, and since when (domain rules, section 2)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import strawberry

from api.context import Context, Info
from api.nodes import Node
from api.pulse.reads import FIGURES
from api.sla.compliance import SLACompliance, read_compliance
from app.domain.deadlines.rules import expedite_window
from app.domain.ledger.days import ledger_day_at, sla_effective_from
from app.domain.sla import terms as sla
from app.domain.sla.terms import SlaInForce, SlaTerms, SlaVersion, sla_on
from db.queries.accounts import AccountHistory, AccountRow
from db.queries.pages import Page, Slice, Span, page
from engine.connections import Listing, known
from engine.cursors import NUMBER, CursorKind
from engine.decorators import field, object_type
from engine.ids import NodeType, numbered
from engine.scalars import LocalTime, write_local_time

_CURSORS: Final = CursorKind("slaVersions", (NUMBER,))
_SPAN: Final = Span(least=(0,), greatest=(2**31,), descending=True)


@object_type
class StandardTurnaround:
    """When images within the guarantee are delivered."""

    deliver_by: LocalTime = strawberry.field(description="The time of the next working morning, user time.")
    upload_by: LocalTime = strawberry.field(description="Until when images are uploaded for that, user time.")
    summary: str = strawberry.field(description="The promise in words.")


@object_type
class GuaranteeTerms:
    """The daily guarantee of images."""

    images_per_day: int = strawberry.field(description="Images guaranteed per ledger day.")
    custom: bool = strawberry.field(description="Whether that differs from the plan's default.")
    plan_default: int = strawberry.field(description="What the plan guarantees by default.")
    additional_images: str = strawberry.field(description="What happens to images beyond it, in words.")


@object_type
class ExpediteTerms:
    """What expediting brings, and when it can be asked for."""

    images_per_day: int = strawberry.field(description="Images per ledger day at the shortest turnaround.")
    custom: bool = strawberry.field(description="Whether that differs from the plan's default.")
    plan_default: int = strawberry.field(description="What the plan has by default.")
    turnaround: timedelta = strawberry.field(description="The turnaround of these images.")
    additional_turnaround: timedelta = strawberry.field(description="The turnaround of further ones.")
    delivery_plan_from: int = strawberry.field(
        description="From how many images in a ledger day on the further ones need a delivery plan."
    )
    price_multiplier: Decimal = strawberry.field(description="How many times the price of an image it costs.")
    available: bool = strawberry.field(description="Whether it can be asked for.")
    opens_at: datetime | None = strawberry.field(description="When it can be asked for again; null while it can be.")
    closes_at: datetime | None = strawberry.field(
        description="Until when it can be asked for; null while it cannot be."
    )


@object_type
class RejectionTerms:
    """What rejecting a delivered image brings."""

    turnaround: timedelta = strawberry.field(description="When it is delivered again; a weekend moves it to Monday.")
    free: bool = strawberry.field(description="Whether that is free.")


@object_type
class FlowTerms:
    """Flow: retouching while photos are still being taken."""

    available: bool = strawberry.field(description="Whether the account has it.")
    turnaround: timedelta = strawberry.field(description="Its turnaround.")


@object_type
class SupportTerms:
    """How to reach support."""

    help_center_url: str | None = strawberry.field(description="The help center, always open; null when there is none.")
    email: str | None = strawberry.field(description="The address to write to; null when there is none.")
    phone: bool = strawberry.field(description="Whether there is support by phone.")
    days: str = strawberry.field(description="The days on which it answers, in words.")
    response_time: timedelta = strawberry.field(description="How soon it answers on these days.")


@object_type
class SLA(Node):
    """A version of the service level agreement of an account: the terms from an instant on."""

    version: int = strawberry.field(description="Counted from 1; deadlines name the version that made them.")
    effective_from: datetime = strawberry.field(
        description="When it starts, as a ledger day opens; predicted for a version to come."
    )
    standard: StandardTurnaround = strawberry.field(description="When images within the guarantee are delivered.")
    guarantee: GuaranteeTerms = strawberry.field(description="The daily guarantee of images.")
    expedite: ExpediteTerms = strawberry.field(description="What expediting brings.")
    rejection: RejectionTerms = strawberry.field(description="What rejecting brings.")
    flow: FlowTerms = strawberry.field(description="The Flow turnaround.")
    support: SupportTerms = strawberry.field(description="How to reach support.")
    account: strawberry.Private[AccountRow]
    at: strawberry.Private[datetime]

    @field(cost=FIGURES)
    async def compliance(self, info: Info) -> SLACompliance | None:
        """How promises to the account were kept in the 30 days before the instant asked for, by whatever version.

        Null, with the error PLAN_NOT_ELIGIBLE, on plans without a dashboard.
        """
        info.context.require_dashboard(self.account.plan)
        return await read_compliance(info.context, self.account.id, self.at)


async def read_sla(context: Context, account: AccountRow, at: datetime) -> SLA:
    """Read the version in force at an instant not before the account's creation."""
    history = await context.history(account.id)
    in_force = sla_on(ledger_day_at(at, history.zones).date, history.versions)
    return _shown(context, account, history, in_force, at)


async def read_sla_version(context: Context, account: AccountRow, version: int) -> SLA | None:
    """Read a version by its number; None when there is none."""
    history = await context.history(account.id)
    found = next((each for each in history.versions if each.version == version), None)
    return (
        None
        if found is None
        else _shown(context, account, history, _terms_of(found, history), context.instant(account.id))
    )


async def sla_versions(context: Context, account: AccountRow) -> Listing[SlaVersion, SLA]:
    """List all versions, newest first, coming and superseded ones too."""
    history = await context.history(account.id)

    async def read(part: Slice) -> Page[SlaVersion]:
        (lower,), (upper,) = _SPAN.within(part)
        within = [version for version in history.versions if lower < version.version < upper]
        walked = within if part.backwards else within[::-1]
        return page([((version.version,), version) for version in walked[: part.size + 1]], part)

    def show(version: SlaVersion) -> SLA:
        return _shown(context, account, history, _terms_of(version, history), context.instant(account.id))

    return Listing(_CURSORS, _SPAN, read, known(len(history.versions)), show)


def _terms_of(version: SlaVersion, history: AccountHistory) -> SlaInForce:
    """Return a version's terms, those it omits continued; of a superseded one what they were to be."""
    superseding = (
        other.version
        for other in history.versions
        if other.effective_date == version.effective_date and other.version > version.version
    )
    left_out = frozenset(superseding)
    counting = [other for other in history.versions if other.version not in left_out]
    return sla_on(version.effective_date, counting)


def _shown(context: Context, account: AccountRow, history: AccountHistory, in_force: SlaInForce, at: datetime) -> SLA:
    settings = context.settings
    default = settings.plan_terms[account.plan]
    return SLA(
        name_in_api=numbered(NodeType.SLA, account.id, in_force.version),
        version=in_force.version,
        effective_from=sla_effective_from(in_force.version, history.zones, history.versions),
        standard=StandardTurnaround(
            deliver_by=write_local_time(sla.DELIVER_BY),
            upload_by=LocalTime(sla.UPLOAD_BY),
            summary=sla.STANDARD_SUMMARY,
        ),
        guarantee=_guarantee(in_force.terms, default),
        expedite=_expedite(in_force.terms, default, at),
        rejection=RejectionTerms(turnaround=sla.REJECTION_TURNAROUND, free=sla.REJECTION_FREE),
        flow=FlowTerms(available=sla.FLOW_AVAILABLE, turnaround=sla.FLOW_TURNAROUND),
        support=SupportTerms(
            help_center_url=settings.help_center_url,
            email=settings.support_email,
            phone=sla.SUPPORT_PHONE,
            days=sla.SUPPORT_DAYS,
            response_time=sla.SUPPORT_RESPONSE_TIME,
        ),
        account=account,
        at=at,
    )


def _guarantee(terms: SlaTerms, default: SlaTerms) -> GuaranteeTerms:
    return GuaranteeTerms(
        images_per_day=terms.images_per_day,
        custom=terms.images_per_day != default.images_per_day,
        plan_default=default.images_per_day,
        additional_images=sla.ADDITIONAL_IMAGES,
    )


def _expedite(terms: SlaTerms, default: SlaTerms, at: datetime) -> ExpediteTerms:
    window = expedite_window(at)
    return ExpediteTerms(
        images_per_day=terms.expedites_per_day,
        custom=terms.expedites_per_day != default.expedites_per_day,
        plan_default=default.expedites_per_day,
        turnaround=sla.EXPEDITE_TURNAROUND,
        additional_turnaround=sla.EXPEDITE_ADDITIONAL_TURNAROUND,
        delivery_plan_from=terms.delivery_plan_from,
        price_multiplier=sla.EXPEDITE_PRICE_MULTIPLIER,
        available=window.available,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
    )
