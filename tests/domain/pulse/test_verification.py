from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.domain.activity.figures import ActivityFigures
from app.domain.pulse.figures import NONE_COUNTED, PulseFigures, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.streak import Streak, WeekRun
from app.domain.pulse.verification import AccountSums, Difference, differences, in_words, past_instant

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TUESDAY, FRIDAY = date(2026, 3, 10), date(2026, 3, 13)
AN_ACCOUNT = UUID(int=7)
STREAK = Streak(WeekRun(date(2026, 2, 23), date(2026, 3, 2)), longest=4, uploaded_this_week=False, keep_by=NOW)
CLIPPING = StepFigures("CLIPPING", images=3, milliseconds=540_000)
SHADOW = StepFigures("SHADOW", images=1, milliseconds=95_500)
CURRENT = WindowFigures(12, 3, 1, 86_400_000_001, TermCounts(standard=2), NONE_COUNTED, (CLIPPING, SHADOW))
FIGURES = PulseFigures(CURRENT, WindowFigures(), 7, 12, NONE_COUNTED)


def test_equal_figures_do_not_differ() -> None:
    assert differences(AccountSums(FIGURES, STREAK), AccountSums(FIGURES, STREAK)) == []


def test_each_difference_is_named_with_both_figures() -> None:
    rows = PulseFigures(
        WindowFigures(11, 3, 1, 86_400_000_001, TermCounts(rejection=1), NONE_COUNTED, (CLIPPING,)),
        WindowFigures(delivered=1),
        7,
        12,
        None,
    )
    found = differences(
        AccountSums(FIGURES, STREAK), AccountSums(rows, Streak(None, 4, uploaded_this_week=True, keep_by=None))
    )
    assert [(each.figure, each.served, each.rows) for each in found] == [
        ("current.met.rejection", 0, 1),
        ("current.met.standard", 2, 0),
        ("current.steps.SHADOW.images", 1, None),
        ("current.steps.SHADOW.milliseconds", 95_500, None),
        ("current.uploaded", 12, 11),
        *((f"open.{term}", 0, None) for term in sorted(TermCounts._fields)),
        ("previous.delivered", 0, 1),
        ("streak.current.first", date(2026, 2, 23), None),
        ("streak.current.last", date(2026, 3, 2), None),
        ("streak.keep_by", NOW, None),
        ("streak.uploaded_this_week", False, True),
    ]


def test_differences_of_activity_are_named_by_day_and_days_without_any_may_be_left_out() -> None:
    served = {TUESDAY: ActivityFigures(uploaded=2, spend={"USD": Decimal("2.90")}), FRIDAY: ActivityFigures()}
    rows = {TUESDAY: ActivityFigures(uploaded=2, spend={"USD": Decimal("1.45")})}
    found = differences(AccountSums(FIGURES, STREAK, served), AccountSums(FIGURES, STREAK, rows))
    assert found == [Difference("activity.2026-03-10.spend.USD", Decimal("2.90"), Decimal("1.45"))]


def test_a_line_names_five_figures_and_how_many_more() -> None:
    found = [Difference(f"figure{number}", number, number + 1) for number in range(7)]
    assert in_words(NOW, found[:1]) == "as of 2026-03-10T12:00:00Z: figure0 0 by rollups, 1 by rows"
    assert in_words(NOW, found).endswith("; figure4 4 by rollups, 5 by rows; and 2 more")


@given(st.uuids(), st.integers(0, 400 * 86_400_000_000), st.integers(0, 86_400_000_000))
def test_the_past_instant_is_within_the_past_and_one_a_day(account_id: UUID, age: int, later: int) -> None:
    since = NOW - timedelta(microseconds=age)
    chosen = past_instant(account_id, since, NOW)
    assert chosen == past_instant(account_id, since, NOW)
    assert since <= chosen < max(NOW, since + timedelta(microseconds=1))
    assert since <= past_instant(account_id, since, NOW + timedelta(microseconds=later)) <= NOW + timedelta(days=1)


def test_each_account_and_each_day_has_another_instant() -> None:
    days = [past_instant(AN_ACCOUNT, NOW - timedelta(days=100), NOW + timedelta(days=day)) for day in range(30)]
    accounts = [past_instant(UUID(int=number), NOW - timedelta(days=100), NOW) for number in range(30)]
    assert len({*days, *accounts}) >= 59
