import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from app.domain.errors import NoSlaInForce
from app.domain.sla.enums import Plan, SlaTerm
from app.domain.sla.stored import stated_from_json, stated_to_json, terms_from_json, terms_to_json
from app.domain.sla.terms import (
    PLAN_TERMS,
    NegotiableTerms,
    SlaInForce,
    SlaTerms,
    SlaVersion,
    sla_of,
    sla_on,
    superseded_by,
)

NEGOTIATED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
FIRST_DAY = date(2026, 3, 2)


def version(number: int, day: date, images: int | None = None, expedites: int | None = None) -> SlaVersion:
    return SlaVersion(number, day, NegotiableTerms(images, expedites), NEGOTIATED_AT)


FIRST = version(1, FIRST_DAY, 200, 20)
HOUR = timedelta(hours=1)


def test_professional_is_guaranteed_200_images_and_20_expedites_a_day() -> None:
    assert PLAN_TERMS[Plan.PROFESSIONAL] == SlaTerms(images_per_day=200, expedites_per_day=20)


def test_enterprise_has_the_terms_of_professional_and_small_plans_50_images_and_5_expedites_a_day() -> None:
    assert PLAN_TERMS[Plan.ENTERPRISE] == PLAN_TERMS[Plan.PROFESSIONAL]
    assert PLAN_TERMS[Plan.SOLO] == PLAN_TERMS[Plan.PROFESSIONAL_TRIAL] == SlaTerms(50, 5)
    assert set(PLAN_TERMS) == set(Plan)


def test_all_plans_promise_the_next_morning_at_nine_three_and_six_hours_and_five_for_redos() -> None:
    for terms in PLAN_TERMS.values():
        assert (terms.deliver_by, terms.rejection_turnaround) == (time(9), timedelta(hours=5))
        assert (terms.expedite_turnaround, terms.expedite_additional_turnaround) == (
            timedelta(hours=3),
            timedelta(hours=6),
        )
        assert terms.expedite_multiplier == Decimal(2)
        assert terms.review_turnaround == terms.support_response == timedelta(hours=5)
        assert (terms.flow_available, terms.flow_turnaround, terms.support_phone) == (False, timedelta(hours=1), False)


def test_stored_terms_are_read_back_equal() -> None:
    terms = SlaTerms(1, 2, time(7, 30), HOUR, 2 * HOUR, Decimal("1.5"), 3 * HOUR, 4 * HOUR, True, HOUR, True, 9 * HOUR)
    stored = terms_to_json(terms)
    assert terms_from_json(json.loads(json.dumps(stored))) == terms
    assert stored == {
        "images_per_day": 1,
        "expedites_per_day": 2,
        "deliver_by": "07:30:00",
        "expedite_turnaround": 3600.0,
        "expedite_additional_turnaround": 7200.0,
        "expedite_multiplier": "1.5",
        "rejection_turnaround": 10800.0,
        "review_turnaround": 14400.0,
        "flow_available": True,
        "flow_turnaround": 3600.0,
        "support_phone": True,
        "support_response": 32400.0,
    }


def test_terms_missing_from_a_stored_version_have_their_former_fixed_values() -> None:
    assert terms_from_json({"images_per_day": 60, "expedites_per_day": 6, "of_tomorrow": 1}) == SlaTerms(60, 6)


def test_the_plan_terms_of_the_first_version_are_in_force_unless_negotiated() -> None:
    plan = SlaTerms(50, 5, deliver_by=time(7))
    versions = [replace(FIRST, plan_terms=plan), version(2, date(2026, 4, 1), images=800)]
    assert sla_on(FIRST_DAY, versions) == SlaInForce(1, replace(plan, images_per_day=200, expedites_per_day=20), plan)
    assert sla_on(date(2026, 4, 1), versions).terms == replace(plan, images_per_day=800, expedites_per_day=20)


def test_a_delivery_plan_is_needed_from_twice_the_quota_on() -> None:
    assert SlaTerms(200, 20).delivery_plan_from == 40


def test_the_first_version_is_in_force_from_the_first_day_on() -> None:
    assert sla_on(FIRST_DAY, [FIRST]) == SlaInForce(1, SlaTerms(200, 20), SlaTerms(200, 20))
    assert sla_on(date(2030, 1, 1), [FIRST]) == SlaInForce(1, SlaTerms(200, 20), SlaTerms(200, 20))


def test_no_version_is_in_force_before_the_first_day() -> None:
    with pytest.raises(NoSlaInForce) as refused:
        sla_on(date(2026, 3, 1), [FIRST])
    assert refused.value.day == date(2026, 3, 1)


def test_a_negotiated_term_replaces_and_an_omitted_one_continues() -> None:
    versions = [FIRST, version(2, date(2026, 4, 1), images=800), version(3, date(2026, 5, 1), expedites=40)]
    assert sla_on(date(2026, 3, 31), versions) == SlaInForce(1, SlaTerms(200, 20), SlaTerms(200, 20))
    assert sla_on(date(2026, 4, 1), versions) == SlaInForce(2, SlaTerms(800, 20), SlaTerms(200, 20))
    assert sla_on(date(2026, 5, 1), versions) == SlaInForce(3, SlaTerms(800, 40), SlaTerms(200, 20))


def test_a_second_version_for_a_day_supersedes_all_terms_of_the_first() -> None:
    versions = [FIRST, version(2, date(2026, 4, 1), images=800), version(3, date(2026, 4, 1), expedites=40)]
    for listed in permutations(versions):
        assert sla_on(date(2026, 4, 1), listed) == SlaInForce(3, SlaTerms(200, 40), SlaTerms(200, 20))


def test_versions_follow_each_other_by_date_however_they_are_numbered_or_listed() -> None:
    versions = [FIRST, version(2, date(2026, 5, 1), images=800), version(3, date(2026, 4, 1), images=300, expedites=30)]
    for listed in permutations(versions):
        assert sla_on(date(2026, 4, 30), listed) == SlaInForce(3, SlaTerms(300, 30), SlaTerms(200, 20))
        assert sla_on(date(2026, 5, 1), listed) == SlaInForce(2, SlaTerms(800, 30), SlaTerms(200, 20))


OTHERS = NegotiableTerms(
    deliver_by=time(7, 30),
    expedite_turnaround=2 * HOUR,
    expedite_additional_turnaround=4 * HOUR,
    expedite_multiplier=Decimal("1.5"),
    rejection_turnaround=HOUR,
    review_turnaround=HOUR / 2,
    flow_available=True,
    support_response=3 * HOUR,
    support_phone=True,
)


def test_every_term_can_be_negotiated_and_continues_when_it_is_left_out() -> None:
    agreed = SlaVersion(2, date(2026, 4, 1), OTHERS, NEGOTIATED_AT)
    phone = SlaVersion(3, date(2026, 5, 1), NegotiableTerms(support_phone=False), NEGOTIATED_AT)
    versions = [FIRST, agreed, phone]
    with_others = replace(SlaTerms(200, 20), **OTHERS.stated)
    assert sla_on(date(2026, 3, 31), versions).custom == []
    april = sla_on(date(2026, 4, 1), versions)
    assert april == SlaInForce(2, with_others, SlaTerms(200, 20))
    assert april.custom == [term for term in SlaTerm if term not in (SlaTerm.IMAGES_PER_DAY, SlaTerm.EXPEDITES_PER_DAY)]
    may = sla_on(date(2026, 5, 1), versions)
    assert may.terms == replace(with_others, support_phone=False)
    assert may.custom == [term for term in april.custom if term is not SlaTerm.SUPPORT_PHONE]


def test_a_term_negotiated_to_the_plans_value_follows_a_later_plan() -> None:
    early, later = SlaTerms(200, 20, deliver_by=time(7)), SlaTerms(200, 20, deliver_by=time(11))
    first = replace(FIRST, plan=Plan.PROFESSIONAL, plan_terms=SlaTerms(200, 20))
    agreed = SlaVersion(2, date(2026, 4, 1), NegotiableTerms(deliver_by=time(7)), NEGOTIATED_AT)
    ended = SlaVersion(3, date(2026, 5, 1), NegotiableTerms(deliver_by=time(9)), NEGOTIATED_AT)
    plan = replace(version(4, date(2026, 6, 1)), plan=Plan.ENTERPRISE, plan_terms=later)
    june = date(2026, 6, 1)
    assert sla_on(june, [first, agreed, plan]) == SlaInForce(4, early, later)
    assert sla_on(june, [first, agreed, ended, plan]) == SlaInForce(4, later, later)


def test_stated_terms_are_read_back_equal_and_others_stay_unstated() -> None:
    for terms in (OTHERS, NegotiableTerms(), NegotiableTerms(0, 0), SlaTerms(1, 2).negotiable):
        assert stated_from_json(json.loads(json.dumps(stated_to_json(terms)))) == terms
    assert stated_to_json(NegotiableTerms(deliver_by=time(7, 30), support_phone=False)) == {
        "deliver_by": "07:30:00",
        "support_phone": False,
    }


def test_a_term_can_be_negotiated_down_to_nothing() -> None:
    assert sla_on(date(2026, 4, 1), [FIRST, version(2, date(2026, 4, 1), 0, 0)]).terms == SlaTerms(0, 0)


def test_terms_superseded_by_a_withdrawn_version_apply_again() -> None:
    april = date(2026, 4, 1)
    versions = [FIRST, version(2, april, images=800), replace(version(3, april, 300, 30), withdrawn_at=AT)]
    for listed in permutations(versions):
        assert sla_on(april, listed) == SlaInForce(2, SlaTerms(800, 20), SlaTerms(200, 20))
    alone = [FIRST, replace(version(2, april, images=800), withdrawn_at=AT)]
    assert sla_on(april, alone) == SlaInForce(1, SlaTerms(200, 20), SlaTerms(200, 20))


def test_a_superseded_or_withdrawn_version_is_shown_with_the_terms_it_would_have_had() -> None:
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    versions = [FIRST, version(2, april, images=800), replace(version(3, april, expedites=30), withdrawn_at=AT)]
    versions += [version(4, april, images=500), version(5, may, expedites=40)]
    shown = [(each.version, each.terms.images_per_day, each.terms.expedites_per_day) for each in shown_of(versions)]
    assert shown == [(1, 200, 20), (2, 800, 20), (3, 200, 30), (4, 500, 20), (5, 500, 40)]


def test_a_version_is_superseded_by_the_last_one_for_its_day_that_was_not_withdrawn() -> None:
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    versions = [FIRST, version(2, april), version(3, april), version(4, april), version(5, may)]
    assert [superseded_by(each, versions) for each in versions] == [None, 4, 4, None, None]
    versions[3] = replace(versions[3], withdrawn_at=AT)
    assert [superseded_by(each, versions) for each in versions] == [None, 3, None, None, None]
    versions[1] = replace(versions[1], withdrawn_at=AT)
    assert [superseded_by(each, versions) for each in versions] == [None] * 5


def test_a_version_is_shown_without_later_versions_of_its_day() -> None:
    """Two plans for one day, of which the last counts, and a negotiation between them."""
    april = date(2026, 4, 1)
    versions = [replace(FIRST, plan=Plan.PROFESSIONAL, plan_terms=SlaTerms(200, 20))]
    versions += [replace(version(2, april), plan=Plan.ENTERPRISE, plan_terms=SlaTerms(300, 30))]
    versions += [version(3, april, images=800)]
    versions += [replace(version(4, april), plan=Plan.SOLO, plan_terms=SlaTerms(50, 5))]
    assert shown_of(versions) == [
        SlaInForce(1, SlaTerms(200, 20), SlaTerms(200, 20)),
        SlaInForce(2, SlaTerms(300, 30), SlaTerms(300, 30)),
        SlaInForce(3, SlaTerms(800, 30), SlaTerms(300, 30)),
        SlaInForce(4, SlaTerms(800, 5), SlaTerms(50, 5)),
    ]
    assert sla_on(april, versions) == shown_of(versions)[-1]


def shown_of(versions: list[SlaVersion]) -> list[SlaInForce]:
    return [sla_of(each, versions) for each in versions]
