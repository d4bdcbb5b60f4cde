from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from app.domain.errors import NoSlaInForce
from app.domain.sla import terms as sla
from app.domain.sla.terms import PLAN_TERMS, SlaInForce, SlaTerms, SlaVersion, sla_on
from app.domain.vocabulary import Plan

NEGOTIATED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST_DAY = date(2026, 3, 2)


def version(number: int, day: date, images: int | None = None, expedites: int | None = None) -> SlaVersion:
    return SlaVersion(number, day, images, expedites, NEGOTIATED_AT)


FIRST = version(1, FIRST_DAY, 200, 20)


def test_professional_is_guaranteed_200_images_and_20_expedites_a_day() -> None:
    assert PLAN_TERMS[Plan.PROFESSIONAL] == SlaTerms(images_per_day=200, expedites_per_day=20)


def test_enterprise_starts_from_professional_and_the_small_plans_from_50_and_5() -> None:
    assert PLAN_TERMS[Plan.ENTERPRISE] == PLAN_TERMS[Plan.PROFESSIONAL]
    assert PLAN_TERMS[Plan.SOLO] == PLAN_TERMS[Plan.PROFESSIONAL_TRIAL] == SlaTerms(50, 5)
    assert set(PLAN_TERMS) == set(Plan)


def test_what_is_not_negotiable() -> None:
    assert time(9) == sla.DELIVER_BY
    assert sla.UPLOAD_BY == "24:00"
    assert timedelta(hours=3) == sla.EXPEDITE_TURNAROUND
    assert timedelta(hours=6) == sla.EXPEDITE_ADDITIONAL_TURNAROUND
    assert timedelta(hours=5) == sla.REJECTION_TURNAROUND == sla.SUPPORT_RESPONSE_TIME
    assert Decimal(2) == sla.EXPEDITE_PRICE_MULTIPLIER
    assert sla.REJECTION_FREE
    assert not sla.FLOW_AVAILABLE
    assert not sla.SUPPORT_PHONE


def test_a_delivery_plan_is_needed_from_twice_the_quota_on() -> None:
    assert SlaTerms(200, 20).delivery_plan_from == 40


def test_the_first_version_is_in_force_from_the_first_day_on() -> None:
    assert sla_on(FIRST_DAY, [FIRST]) == SlaInForce(1, SlaTerms(200, 20))
    assert sla_on(date(2030, 1, 1), [FIRST]) == SlaInForce(1, SlaTerms(200, 20))


def test_no_version_is_in_force_before_the_first_day() -> None:
    with pytest.raises(NoSlaInForce) as refused:
        sla_on(date(2026, 3, 1), [FIRST])
    assert refused.value.day == date(2026, 3, 1)


def test_a_negotiated_term_replaces_and_an_omitted_one_continues() -> None:
    versions = [FIRST, version(2, date(2026, 4, 1), images=800), version(3, date(2026, 5, 1), expedites=40)]
    assert sla_on(date(2026, 3, 31), versions) == SlaInForce(1, SlaTerms(200, 20))
    assert sla_on(date(2026, 4, 1), versions) == SlaInForce(2, SlaTerms(800, 20))
    assert sla_on(date(2026, 5, 1), versions) == SlaInForce(3, SlaTerms(800, 40))


def test_a_second_version_for_a_day_supersedes_the_first_with_all_it_stated() -> None:
    versions = [FIRST, version(2, date(2026, 4, 1), images=800), version(3, date(2026, 4, 1), expedites=40)]
    for listed in permutations(versions):
        assert sla_on(date(2026, 4, 1), listed) == SlaInForce(3, SlaTerms(200, 40))


def test_versions_follow_each_other_by_date_however_they_are_numbered_or_listed() -> None:
    versions = [FIRST, version(2, date(2026, 5, 1), images=800), version(3, date(2026, 4, 1), images=300, expedites=30)]
    for listed in permutations(versions):
        assert sla_on(date(2026, 4, 30), listed) == SlaInForce(3, SlaTerms(300, 30))
        assert sla_on(date(2026, 5, 1), listed) == SlaInForce(2, SlaTerms(800, 30))


def test_a_term_can_be_negotiated_down_to_nothing() -> None:
    assert sla_on(date(2026, 4, 1), [FIRST, version(2, date(2026, 4, 1), 0, 0)]).terms == SlaTerms(0, 0)
