"""What lines about accounts and their terms come to by the rules; nothing is changed here (domain rules, 2 and 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.account import Account
from app.domain.errors import Refusals
from app.domain.orders.state import OrderedSpecification
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import NegotiatedTerms, NoTermStated
from app.domain.sla.terms import SlaTerms
from app.services.ids import new_id
from app.services.imports.lines import SpecificationLine, TermsLine, TimeZoneLine
from app.services.imports.refusals import LineRefused
from app.services.imports.state import AccountState, PendingAccount


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as a dated line finds it, unless the line is refused.

    One that begins with the line is `pending` until then, and has its specifications by ref. One that is there already
    began at `before` when the line lets it begin earlier.
    """

    state: AccountState
    specifications: Mapping[str, OrderedSpecification] = field(default_factory=dict[str, OrderedSpecification])
    pending: PendingAccount | None = None
    before: datetime | None = None


def standing(account: AccountState, at: datetime) -> Standing:
    """Find an account that is there: an untold one begins with its first instant, however much earlier that is."""
    if account.untold and at < account.created_at:
        return Standing(account.opening_at(at), before=account.created_at)
    return Standing(account)


def opened(pending: PendingAccount, at: datetime, plan_terms: Mapping[Plan, SlaTerms]) -> Standing:
    """Begin an account at its first instant; version 1 of its SLA starts with its first ledger day."""
    line = pending.line
    account = Account.open(at, line.time_zone, plan_terms[line.plan], line.images_per_day, line.expedites_per_day)
    state = AccountState(new_id(at), line.ref, account, watermark=at, last_at=at, minutes_since=at, untold=True)
    specifications = {ref: new_specification(each, at) for ref, (each, _) in pending.specifications.items()}
    return Standing(state, specifications, pending)


def new_specification(line: SpecificationLine, at: datetime) -> OrderedSpecification:
    """Return the first version of a specification, as orders know it."""
    return OrderedSpecification(new_id(at), 1, line.price_per_image, line.currency)


def negotiated(line: TermsLine, account: Account) -> Account:
    """Return the account with the SLA version that a line adds; raises LineRefused."""
    terms = NegotiatedTerms(line.images_per_day, line.expedites_per_day, line.effective_date)
    try:
        return account.negotiate(line.at, terms)
    except Refusals as error:
        refusal = error.refusals[0]
        field = "imagesPerDay" if isinstance(refusal, NoTermStated) else "effectiveDate"
        raise LineRefused(field, str(refusal)) from error


def require_later_zone(line: TimeZoneLine, account: AccountState) -> None:
    """Raise LineRefused for a zone set at the instant of the one before, since an instant has one zone.

    An untold account may begin with the line: then the zone told before it was never in force.
    """
    if line.at <= account.account.zones[-1].starts_at and not account.untold:
        raise LineRefused("at", "is the instant at which the account's time zone was set before")
