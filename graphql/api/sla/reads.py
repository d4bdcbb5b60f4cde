"""Reads of the versions of an SLA."""

from datetime import datetime
from typing import Final

from api.contact import contact
from api.context import Context
from api.ids import NodeType
from api.sla.terms import (
    FlowTerms,
    ReviewTerms,
    SupportTerms,
    expedite_terms,
    guarantee_terms,
    rejection_terms,
    standard_turnaround,
)
from api.sla.types import SLA
from app.domain.ledger.days import sla_effective_from
from app.domain.sla.terms import SUPPORT_DAYS, SlaInForce, SlaVersion, sla_of
from db.queries.accounts import AccountHistory, AccountRow
from db.queries.pages import Page, Slice, Span, page
from engine.connections import Listing, known
from engine.cursors import NUMBER, CursorKind
from engine.ids import GlobalId, numbered
from engine.nodes import reads

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

    return Listing(_CURSORS, _SPAN, read, known(len(history.versions)), show, (account.id,))


def _shown(context: Context, account: AccountRow, history: AccountHistory, in_force: SlaInForce, at: datetime) -> SLA:
    settings, terms = context.settings, in_force.terms
    version = next(each for each in history.versions if each.version == in_force.version)
    return SLA(
        name_in_api=numbered(NodeType.SLA, account.id, in_force.version),
        version=in_force.version,
        effective_from=sla_effective_from(in_force.version, history.zones, history.versions),
        withdrawn_at=version.withdrawn_at,
        custom_terms=in_force.custom,
        standard=standard_turnaround(in_force),
        guarantee=guarantee_terms(in_force),
        expedite=expedite_terms(in_force, at),
        rejection=rejection_terms(in_force),
        review=ReviewTerms(turnaround=terms.review_turnaround),
        flow=FlowTerms(available=terms.flow_available, turnaround=terms.flow_turnaround, url=settings.flow_url),
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


@reads(NodeType.SLA)
async def sla_node(context: Context, named: GlobalId) -> SLA | None:
    """Return the version of an SLA with this id; None if it does not exist."""
    row = await context.account(named.account_id)
    return None if row is None else await read_sla_version(context, row, named.number)
