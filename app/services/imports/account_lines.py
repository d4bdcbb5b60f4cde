"""What lines about accounts and their terms come to by the rules; nothing is changed here (domain rules, 2 and 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.ledger.days import ZonePeriod, first_ledger_day
from app.domain.orders.state import OrderedSpecification
from app.domain.sla.terms import PlanTerms, SlaVersion
from app.domain.vocabulary import Plan
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


def opened(pending: PendingAccount, at: datetime, plan_terms: Mapping[Plan, PlanTerms]) -> Standing:
    """Begin an account at its first instant; version 1 of its SLA starts with its first ledger day."""
    line = pending.line
    plan = plan_terms[line.plan]
    periods = [ZonePeriod(at, line.time_zone)]
    terms = SlaVersion(
        version=1,
        effective_date=first_ledger_day(periods).date,
        images_per_day=plan.images_per_day if line.images_per_day is None else line.images_per_day,
        expedites_per_day=plan.expedites_per_day if line.expedites_per_day is None else line.expedites_per_day,
        negotiated_at=at,
    )
    state = AccountState(
        new_id(at), line.ref, periods, [terms], watermark=at, last_at=at, minutes_since=at, untold=True
    )
    specifications = {ref: new_specification(each, at) for ref, (each, _) in pending.specifications.items()}
    return Standing(state, specifications, pending)


def new_specification(line: SpecificationLine, at: datetime) -> OrderedSpecification:
    """Return the first version of a specification, as orders know it."""
    return OrderedSpecification(new_id(at), 1, line.price_per_image, line.currency)


def negotiated(line: TermsLine, account: AccountState) -> SlaVersion:
    """Return the SLA version that a line adds; raises LineRefused, as only ledger days to come can have it."""
    if line.images_per_day is None and line.expedites_per_day is None:
        raise LineRefused("imagesPerDay", "is missing, as is expeditesPerDay: terms change one of them at least")
    running = account.day_at(line.at).day.date
    if line.effective_date <= running:
        raise LineRefused("effectiveDate", f"is not after {running}, the account's day at that instant")
    return SlaVersion(
        version=len(account.versions) + 1,
        effective_date=line.effective_date,
        images_per_day=line.images_per_day,
        expedites_per_day=line.expedites_per_day,
        negotiated_at=line.at,
    )


def moved(line: TimeZoneLine, account: AccountState) -> ZonePeriod:
    """Return the period that a line begins; raises LineRefused, as an instant has one zone.

    An untold account may begin with the line: then the zone told before it was never in force.
    """
    if line.at <= account.periods[-1].starts_at and not account.untold:
        raise LineRefused("at", "is the instant at which the account's time zone was set before")
    return ZonePeriod(line.at, line.time_zone)
