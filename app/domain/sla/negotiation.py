"""Negotiating terms for ledger days to come, and withdrawing them (domain rules, section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.domain.bounds import YEARS
from app.domain.errors import DateOutOfRange, DomainError, Refusals
from app.domain.sla.terms import NegotiableTerms, SlaTerms, SlaVersion, next_version, sla_on
from app.domain.user_time import duration_in_words


@dataclass(frozen=True, slots=True)
class Negotiation:
    """Terms for the ledger days from a date on; a term that is not stated continues. The `note` is for staff only."""

    terms: NegotiableTerms
    effective_date: date
    note: str | None = None
    message: str | None = None


class NoTermStated(DomainError):  # noqa: N818 - refusals are named by their case
    """A negotiation that would change no term."""

    def __init__(self) -> None:
        super().__init__("At least one term has to be stated.")


class ExpeditesOutOfOrder(DomainError):  # noqa: N818 - as above
    """Terms by which an expedite within the quota would take longer than a further one."""

    def __init__(self, terms: SlaTerms) -> None:
        first, further = (
            duration_in_words(each) for each in (terms.expedite_turnaround, terms.expedite_additional_turnaround)
        )
        super().__init__(f"Expedites would take {first}, longer than the {further} of additional ones.")


class EffectiveDateNotAhead(DomainError):  # noqa: N818 - as above
    """Terms from a ledger day that has opened already; `running` is the date of the running one."""

    def __init__(self, effective_date: date, running: date) -> None:
        super().__init__(f"{effective_date.isoformat()} is not after {running.isoformat()}, the account's running day.")
        self.effective_date = effective_date
        self.running = running
        self.earliest_date = running + timedelta(days=1)


class SlaNotComing(DomainError):  # noqa: N818 - as above
    """A version to be withdrawn whose first ledger day, `effective_date`, has opened; `running` is the running one."""

    def __init__(self, version: int, effective_date: date, running: date) -> None:
        super().__init__(
            f"Version {version} has begun on {effective_date.isoformat()}: only one that begins after"
            f" {running.isoformat()}, the account's running day, can be withdrawn."
        )
        self.version = version
        self.effective_date = effective_date
        self.running = running


class SlaChangesPlan(DomainError):  # noqa: N818 - as above
    """A version to be withdrawn that a change of the plan made."""

    def __init__(self, version: int) -> None:
        super().__init__(f"Version {version} begins a plan, so it cannot be withdrawn: change the plan again.")
        self.version = version


def refusals_of_date(effective_date: date, running: date) -> list[DomainError]:
    """Return why terms cannot begin on a date, during the ledger day of the date `running`."""
    if effective_date <= running:
        return [EffectiveDateNotAhead(effective_date, running)]
    return [] if effective_date.year in YEARS else [DateOutOfRange(effective_date.year)]


def withdrawn(version: SlaVersion, at: datetime, running: date) -> SlaVersion:
    """Return a version as withdrawn at `at` (UTC), during the ledger day of the date `running`.

    Raises SlaNotComing and SlaChangesPlan.
    """
    if version.effective_date <= running:
        raise SlaNotComing(version.version, version.effective_date, running)
    if version.changes_plan:
        raise SlaChangesPlan(version.version)
    return replace(version, withdrawn_at=at)


def negotiated(agreed: Negotiation, at: datetime, running: date, versions: Sequence[SlaVersion]) -> SlaVersion:
    """Return the version of terms agreed on at `at` (UTC), during the ledger day of the date `running`.

    Raises Refusals of NoTermStated, and EffectiveDateNotAhead or DateOutOfRange, or ExpeditesOutOfOrder by the terms of
    the date.
    """
    refusals: list[DomainError] = []
    if not agreed.terms.stated:
        refusals.append(NoTermStated())
    refusals += refusals_of_date(agreed.effective_date, running)
    if refusals:
        raise Refusals(refusals)
    version = SlaVersion(
        version=next_version(versions),
        effective_date=agreed.effective_date,
        terms=agreed.terms,
        negotiated_at=at,
        note=agreed.note,
        message=agreed.message,
    )
    states_turnaround = not {"expedite_turnaround", "expedite_additional_turnaround"}.isdisjoint(agreed.terms.stated)
    terms = sla_on(agreed.effective_date, [*versions, version]).terms
    if states_turnaround and not terms.expedites_in_order:
        raise Refusals([ExpeditesOutOfOrder(terms)])
    return version
