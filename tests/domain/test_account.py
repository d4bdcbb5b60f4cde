from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.domain.account import Account
from app.domain.errors import Refusals
from app.domain.ledger.days import ChangedBy, ZonePeriod
from app.domain.ledger.guarantee import Allowance
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms, SlaInForce, SlaTerms, SlaVersion

OPENED_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
PLAN = SlaTerms(50, 5, deliver_by=time(8))
DAY = timedelta(days=1)


@pytest.fixture
def account() -> Account:
    return Account.open(OPENED_AT, "Europe/Copenhagen", Plan.SOLO, PLAN, NegotiableTerms(80))


def test_an_account_opens_with_the_terms_of_its_plan_but_for_those_agreed_on(account: Account) -> None:
    assert account.versions == (
        SlaVersion(1, date(2026, 3, 10), NegotiableTerms(80, 5), OPENED_AT, None, PLAN, plan=Plan.SOLO),
    )
    assert account.terms_at(OPENED_AT) == SlaInForce(1, replace(PLAN, images_per_day=80), PLAN)
    assert (account.created_at, account.zone.key) == (OPENED_AT, "Europe/Copenhagen")


def test_an_account_may_be_opened_at_another_instant_and_in_another_zone(account: Account) -> None:
    before = OPENED_AT - 3 * DAY
    assert account.opened_at(before, "UTC") == Account.open(before, "UTC", Plan.SOLO, PLAN, NegotiableTerms(80))


def test_the_day_in_use_has_its_use_and_others_have_none(account: Account) -> None:
    used = account.using(account.day_at(OPENED_AT).using(7, 2))
    assert used.day_at(OPENED_AT).allowance == Allowance(80, 7, 5, 2)
    assert used.day_at(OPENED_AT + DAY).allowance == Allowance(80, 0, 5, 0)


def test_a_change_of_zone_extends_the_running_ledger_day_with_its_use(account: Account) -> None:
    used = account.using(account.day_at(OPENED_AT).using(7, 2))
    moved = used.move(OPENED_AT + timedelta(hours=1), "America/New_York", ChangedBy.STAFF)
    assert moved.zones[1] == ZonePeriod(OPENED_AT + timedelta(hours=1), "America/New_York", ChangedBy.STAFF)
    assert [zone.key for zone in map(moved.zone_at, (OPENED_AT, OPENED_AT + DAY))] == [
        "Europe/Copenhagen",
        "America/New_York",
    ]
    day = moved.day_at(OPENED_AT)
    assert (day.day.closes_at, day.allowance) == (datetime(2026, 3, 11, 4, tzinfo=UTC), Allowance(80, 7, 5, 2))


def test_negotiated_terms_are_in_force_from_their_day_on(account: Account) -> None:
    after = account.negotiate(OPENED_AT, Negotiation(NegotiableTerms(None, 9), date(2026, 3, 12)))
    assert [after.terms_on(date(2026, 3, day)).terms.expedites_per_day for day in (11, 12)] == [5, 9]
    with pytest.raises(Refusals):
        account.negotiate(OPENED_AT, Negotiation(NegotiableTerms(None, 9), date(2026, 3, 10)))


def test_days_before_the_first_ledger_day_are_no_days_to_upload_on(account: Account) -> None:
    assert account.latest_upload_for(OPENED_AT + timedelta(hours=1), OPENED_AT) is None
    next_morning = datetime(2026, 3, 11, 7, tzinfo=UTC)
    assert account.latest_upload_for(next_morning, OPENED_AT) == datetime(2026, 3, 10, 23, tzinfo=UTC)
