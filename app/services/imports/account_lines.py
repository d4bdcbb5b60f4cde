"""Lines about accounts and their terms by the rules; nothing is changed here (domain rules, sections 2 and 4)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.domain.account import Account
from app.domain.errors import Refusals
from app.domain.orders.state import OrderedSpecification
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import ExpeditesOutOfOrder, Negotiation, NoTermStated
from app.domain.sla.terms import SlaTerms
from app.services.ids import new_id
from app.services.imports.cache import AccountState, PendingAccount, VersionState
from app.services.imports.lines import AccountLine, SpecificationLine, TermsLine, TimeZoneLine
from app.services.imports.references import composed_or_none
from app.services.imports.refusals import LineRefused


def opened(pending: PendingAccount, at: datetime, plan_terms: Mapping[Plan, SlaTerms]) -> AccountState:
    """Open an account at its first instant (UTC); version 1 of its SLA starts with its first ledger day."""
    line = pending.line
    message = composed_or_none(line.message)
    account = Account.open(at, line.time_zone, line.plan, plan_terms[line.plan], line.terms, message)
    return AccountState(new_id(at), line.ref, account, watermark=at, last_at=at, minutes_since=at, is_provisional=True)


def require_terms(line: AccountLine, plan_terms: Mapping[Plan, SlaTerms]) -> None:
    """Raise LineRefused for first terms by which an expedite within the quota would take longer than a further one."""
    terms = replace(plan_terms[line.plan], **line.terms.stated)
    if not terms.expedites_in_order:
        raise LineRefused("expediteTurnaround", str(ExpeditesOutOfOrder(terms)))


def new_specification(line: SpecificationLine, at: datetime) -> VersionState:
    """Return the first version of a specification."""
    ordered = OrderedSpecification(new_id(at), 1, line.price_per_image, line.currency)
    return VersionState(at, ordered, frozenset(step.step for step in line.terms.steps))


def negotiated(line: TermsLine, account: Account) -> Account:
    """Return the account with the SLA version that a line adds; raises LineRefused."""
    try:
        message = composed_or_none(line.message)
        return account.negotiate(line.at, Negotiation(line.terms, line.effective_date, message=message))
    except Refusals as error:
        refusal = error.refusals[0]
        if isinstance(refusal, NoTermStated):
            raise LineRefused("imagesPerDay", "is missing, and so are all other terms: one has to be stated") from error
        field = "expediteTurnaround" if isinstance(refusal, ExpeditesOutOfOrder) else "effectiveDate"
        raise LineRefused(field, str(refusal)) from error


def require_later_zone(line: TimeZoneLine, state: AccountState) -> None:
    """Raise LineRefused for a zone set at the instant of the one before, since an instant has one zone.

    A provisional account may be opened by the line: then the zone before was never in force.
    """
    if line.at <= state.account.zones[-1].starts_at and not state.is_provisional:
        raise LineRefused("at", "is the instant at which the account's time zone was set before")
