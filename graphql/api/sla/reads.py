"""Reads of the versions of an SLA."""

from datetime import datetime
from typing import Final

from api.contact import contact
from api.context import Context
from api.ids import NodeType
from api.sla.types import (
    SLA,
    ExpediteTerms,
    FlowTerms,
    GuaranteeTerms,
    RejectionTerms,
    ReviewTerms,
    StandardTurnaround,
    SupportTerms,
)
from app.domain.deadlines.rules import expedite_window
from app.domain.ledger.days import sla_effective_from
from app.domain.sla.enums import SlaTerm
from app.domain.sla.terms import (
    ADDITIONAL_IMAGES,
    REJECTION_FREE,
    SUPPORT_DAYS,
    UPLOAD_BY,
    SlaInForce,
    SlaTerms,
    SlaVersion,
    sla_of,
)
from db.queries.accounts import AccountHistory, AccountRow
from db.queries.pages import Page, Slice, Span, page
from engine.connections import Listing, known
from engine.cursors import NUMBER, CursorKind
from engine.ids import GlobalId, numbered
from engine.nodes import reads
from engine.scalars import LocalTime, write_local_time

_CURSORS: Final = CursorKind("slaVersions", (NUMBER,))


_SPAN: Final = Span(least=(0,), greatest=(2**31,), descending=True)


async def read_sla(context: Context, account: AccountRow, at: datetime) -> SLA:
    """Return the version in force at an instant not before the account's creation."""
    history = await context.history(account.id)
    in_force = history.terms_at(at)
    return _shown(context, account, history, in_force, at)


async def read_sla_version(context: Context, account: AccountRow, version: int) -> SLA | None:
    """Return a version by its number; None if it does not exist."""
    history = await context.history(account.id)
    found = next((each for each in history.versions if each.version == version), None)
    return (
        None
        if found is None
        else _shown(context, account, history, sla_of(found, history.versions), context.instant(account.id))
    )


async def sla_versions(context: Context, account: AccountRow) -> Listing[SlaVersion, SLA]:
    """List all versions, newest first, future and superseded ones included."""
    history = await context.history(account.id)

    async def read(part: Slice) -> Page[SlaVersion]:
        (lower,), (upper,) = _SPAN.within(part)
        within = [version for version in history.versions if lower < version.version < upper]
        walked = within if part.backwards else within[::-1]
        return page([((version.version,), version) for version in walked[: part.size + 1]], part)

    def show(version: SlaVersion) -> SLA:
        return _shown(context, account, history, sla_of(version, history.versions), context.instant(account.id))

    return Listing(_CURSORS, _SPAN, read, known(len(history.versions)), show)


def _shown(context: Context, account: AccountRow, history: AccountHistory, in_force: SlaInForce, at: datetime) -> SLA:
    settings, terms = context.settings, in_force.terms
    version = next(each for each in history.versions if each.version == in_force.version)
    return SLA(
        name_in_api=numbered(NodeType.SLA, account.id, in_force.version),
        version=in_force.version,
        effective_from=sla_effective_from(in_force.version, history.zones, history.versions),
        withdrawn_at=version.withdrawn_at,
        custom_terms=in_force.custom,
        standard=StandardTurnaround(
            deliver_by=write_local_time(terms.deliver_by),
            upload_by=LocalTime(UPLOAD_BY),
            summary=terms.standard_summary,
            custom=SlaTerm.DELIVER_BY in in_force.custom,
            plan_default=write_local_time(in_force.plan_terms.deliver_by),
        ),
        guarantee=_guarantee(terms, in_force.plan_terms),
        expedite=_expedite(terms, in_force.plan_terms, at),
        rejection=RejectionTerms(turnaround=terms.rejection_turnaround, free=REJECTION_FREE),
        review=ReviewTerms(turnaround=terms.review_turnaround),
        flow=FlowTerms(available=terms.flow_available, turnaround=terms.flow_turnaround),
        support=SupportTerms(
            help_center_url=settings.help_center_url,
            email=settings.support_email,
            phone=terms.support_phone,
            days=SUPPORT_DAYS,
            response_time=terms.support_response,
            success_manager=contact(account.success_manager),
        ),
        agreed_at=version.negotiated_at,
        note=version.note,
        message=version.message,
        account=account,
        at=at,
    )


def _guarantee(terms: SlaTerms, default: SlaTerms) -> GuaranteeTerms:
    return GuaranteeTerms(
        images_per_day=terms.images_per_day,
        custom=terms.images_per_day != default.images_per_day,
        plan_default=default.images_per_day,
        additional_images=ADDITIONAL_IMAGES,
    )


def _expedite(terms: SlaTerms, default: SlaTerms, at: datetime) -> ExpediteTerms:
    window = expedite_window(at)
    return ExpediteTerms(
        images_per_day=terms.expedites_per_day,
        custom=terms.expedites_per_day != default.expedites_per_day,
        plan_default=default.expedites_per_day,
        turnaround=terms.expedite_turnaround,
        additional_turnaround=terms.expedite_additional_turnaround,
        delivery_plan_from=terms.delivery_plan_from,
        price_multiplier=terms.expedite_multiplier,
        available=window.available,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
    )


@reads(NodeType.SLA)
async def sla_node(context: Context, named: GlobalId) -> SLA | None:
    """Return the version of an SLA with this id; None if it does not exist."""
    row = await context.account(named.account_id)
    return None if row is None else await read_sla_version(context, row, named.number)
