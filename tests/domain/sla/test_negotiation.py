from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.errors import DateOutOfRange, DomainError, Refusals
from app.domain.sla.negotiation import (
    EffectiveDateNotAhead,
    ExpeditesOutOfOrder,
    Negotiation,
    NoTermStated,
    SlaNotComing,
    negotiated,
    withdrawn,
)
from app.domain.sla.terms import NegotiableTerms, SlaVersion

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
RUNNING = date(2026, 3, 10)
TOMORROW = date(2026, 3, 11)
FIRST = SlaVersion(1, date(2026, 1, 5), NegotiableTerms(200, 20), AT)
COMING = SlaVersion(2, date(2026, 4, 1), NegotiableTerms(500), AT)


def test_terms_make_the_next_version_and_keep_omitted_ones() -> None:
    version = negotiated(Negotiation(NegotiableTerms(300), TOMORROW, "Trial"), AT, RUNNING, [FIRST, COMING])
    assert version == SlaVersion(3, TOMORROW, NegotiableTerms(300), AT, "Trial")


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        (Negotiation(NegotiableTerms(), TOMORROW), [NoTermStated]),
        (Negotiation(NegotiableTerms(0, 0), RUNNING), [EffectiveDateNotAhead]),
        (Negotiation(NegotiableTerms(), date(1, 1, 1)), [NoTermStated, EffectiveDateNotAhead]),
        (Negotiation(NegotiableTerms(300), date(2201, 1, 1)), [DateOutOfRange]),
        (Negotiation(NegotiableTerms(expedite_turnaround=timedelta(hours=7)), TOMORROW), [ExpeditesOutOfOrder]),
    ],
)
def test_all_problems_of_terms_are_refused_at_once(terms: Negotiation, refused: list[type[DomainError]]) -> None:
    with pytest.raises(Refusals) as refusal:
        negotiated(terms, AT, RUNNING, [FIRST])
    assert [type(each) for each in refusal.value.refusals] == refused


def test_expedites_take_no_longer_than_additional_ones_by_the_terms_of_the_first_day() -> None:
    agreed = NegotiableTerms(expedite_additional_turnaround=timedelta(hours=2))
    with pytest.raises(Refusals) as refusal:
        negotiated(Negotiation(agreed, TOMORROW), AT, RUNNING, [FIRST])
    assert str(refusal.value.refusals[0]) == "Expedites would take 3 hours, longer than the 2 hours of additional ones."
    shorter = SlaVersion(2, TOMORROW, NegotiableTerms(expedite_turnaround=timedelta(hours=2)), AT)
    later = Negotiation(agreed, date(2026, 3, 12))
    assert negotiated(later, AT, RUNNING, [FIRST, shorter]).version == 3


def test_terms_may_start_in_the_last_supported_year() -> None:
    assert negotiated(Negotiation(NegotiableTerms(300), date(2200, 12, 31)), AT, RUNNING, [FIRST]).version == 2


def test_a_date_that_is_not_in_the_future_is_refused_with_the_running_one() -> None:
    refusal = EffectiveDateNotAhead(date(2026, 3, 9), RUNNING)
    assert str(refusal) == "2026-03-09 is not after 2026-03-10, the account's running day."
    assert (refusal.effective_date, refusal.running) == (date(2026, 3, 9), RUNNING)


def test_a_coming_version_is_withdrawn_and_its_number_is_not_used_again() -> None:
    gone = withdrawn(COMING, AT, RUNNING)
    assert gone == replace(COMING, withdrawn_at=AT)
    assert negotiated(Negotiation(NegotiableTerms(300), TOMORROW), AT, RUNNING, [FIRST, gone]).version == 3


@pytest.mark.parametrize("running", [date(2026, 4, 1), date(2026, 4, 2)])
def test_a_version_whose_first_day_has_opened_is_not_withdrawn(running: date) -> None:
    with pytest.raises(SlaNotComing) as refused:
        withdrawn(COMING, AT, running)
    assert (refused.value.version, refused.value.effective_date) == (2, date(2026, 4, 1))
    assert refused.value.running == running
