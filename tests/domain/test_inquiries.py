from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.account import Account
from app.domain.inquiries import answer_due_at, is_overdue
from app.domain.ledger.days import ChangedBy
from app.domain.sla.enums import Plan
from app.domain.sla.plans import NewPlan
from app.domain.sla.terms import PLAN_TERMS

TERMS = PLAN_TERMS[Plan.PROFESSIONAL]
OPENED_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ACCOUNT = Account.open(OPENED_AT, "Europe/Copenhagen", Plan.PROFESSIONAL, TERMS)
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "due_at"),
    [
        ("2026-03-04T12:00:00Z", "2026-03-04T17:00:00Z"),
        ("2026-03-06T21:00:00Z", "2026-03-09T02:00:00Z"),  # Friday 22:00 in Copenhagen
        ("2026-03-07T12:00:00Z", "2026-03-09T04:00:00Z"),
    ],
)
def test_an_answer_is_due_after_five_hours_from_monday_to_friday_user_time(at: str, due_at: str) -> None:
    assert answer_due_at(ACCOUNT, datetime.fromisoformat(at)) == datetime.fromisoformat(due_at)


def test_the_zone_in_force_decides_and_a_later_change_does_not() -> None:
    friday = datetime(2026, 3, 6, 21, tzinfo=UTC)
    moved = ACCOUNT.move(friday, "America/New_York", ChangedBy.STAFF)
    assert answer_due_at(moved, friday) == datetime(2026, 3, 7, 2, tzinfo=UTC)
    assert answer_due_at(moved, friday - MICROSECOND) == datetime(2026, 3, 9, 2, tzinfo=UTC) - MICROSECOND


def test_the_support_response_is_that_of_the_version_in_force() -> None:
    slow = NewPlan(Plan.SOLO, replace(TERMS, support_response=timedelta(hours=8)), date(2026, 3, 4))
    changed = ACCOUNT.change_plan(OPENED_AT, slow)
    opens_at = datetime(2026, 3, 3, 23, tzinfo=UTC)  # Wednesday's midnight in Copenhagen
    assert answer_due_at(changed, opens_at) == opens_at + timedelta(hours=8)
    assert answer_due_at(changed, opens_at - MICROSECOND) == opens_at - MICROSECOND + timedelta(hours=5)


def test_an_inquiry_is_overdue_if_it_was_not_answered_by_its_deadline() -> None:
    due_at = datetime(2026, 3, 4, 17, tzinfo=UTC)
    later = due_at + timedelta(days=1)
    assert [is_overdue(due_at, None, at) for at in (due_at, due_at + MICROSECOND)] == [False, True]
    assert [is_overdue(due_at, at, later) for at in (due_at, due_at + MICROSECOND)] == [False, True]
