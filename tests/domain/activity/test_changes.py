"""Changes of closed ledger days by the changes of orders; all were placed on Tuesday 3 March in Copenhagen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.domain.activity.changes import DayAmounts, DayKey, activity_changes
from app.domain.ledger.days import ZonePeriod
from app.domain.orders.cancellations import cancel
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.state import OrderState, RejectionState
from tests.support.order_states import GHOST, NEXT_MORNING, UPLOADED_AT, placed, quota

WEDNESDAY = datetime(2026, 3, 3, 23, tzinfo=UTC)
THURSDAY = WEDNESDAY + timedelta(days=1)
PERIODS = [ZonePeriod(datetime(2026, 1, 5, tzinfo=UTC), "Europe/Copenhagen")]
TUESDAYS: DayKey = (date(2026, 3, 3), GHOST.id, GHOST.version)
WEDNESDAYS: DayKey = (date(2026, 3, 4), GHOST.id, GHOST.version)
PRICE = GHOST.price


def changes(
    before: Sequence[OrderState], after: Sequence[OrderState], until: datetime | None = WEDNESDAY
) -> dict[DayKey, DayAmounts]:
    return activity_changes(before, after, until, PERIODS)


def test_an_order_of_the_running_day_changes_no_closed_one() -> None:
    assert changes([], placed(2), UPLOADED_AT) == {}


def test_nothing_is_changed_before_the_first_day_was_counted() -> None:
    assert changes([], placed(2), None) == {}


def test_an_imported_order_is_added_to_the_day_of_its_upload() -> None:
    assert changes([], placed(2)) == {TUESDAYS: DayAmounts(uploaded=2, spend=2 * PRICE)}


def test_a_cancellation_changes_the_day_of_the_upload() -> None:
    before = placed(2)
    after = cancel(before, WEDNESDAY, quota()).orders
    assert changes(before, after) == {TUESDAYS: DayAmounts(uploaded=-2, cancelled=2, spend=-2 * PRICE)}


def test_an_image_that_moves_to_a_sibling_at_twice_the_price_changes_the_spend_of_its_day() -> None:
    [before] = placed(2)
    kept, moved = before.images
    sibling = replace(before, id=UUID(int=1), images=(moved._replace(price=2 * PRICE),))
    assert changes([before], [replace(before, images=(kept,)), sibling]) == {TUESDAYS: DayAmounts(spend=PRICE)}


def test_a_delivery_in_the_running_day_changes_no_closed_one() -> None:
    [before] = placed(2)
    after = with_history(before, [ImageHistory(NEXT_MORNING, ()), None])
    assert changes([before], [after]) == {}


def test_an_imported_delivery_is_added_to_its_own_day() -> None:
    [before] = placed(2)
    after = with_history(before, [ImageHistory(NEXT_MORNING, ()), None])
    lead = (NEXT_MORNING - UPLOADED_AT) // timedelta(microseconds=1)
    assert changes([before], [after], THURSDAY) == {
        WEDNESDAYS: DayAmounts(delivered=1, on_time=1, late=-1, lead_microseconds=lead)
    }


def test_an_image_delivered_after_its_deadline_stays_late_on_the_day_of_the_deadline() -> None:
    late = NEXT_MORNING + timedelta(hours=1)
    [before] = placed(1)
    after = with_history(before, [ImageHistory(late, ())])
    lead = (late - UPLOADED_AT) // timedelta(microseconds=1)
    assert changes([before], [after], THURSDAY) == {WEDNESDAYS: DayAmounts(delivered=1, lead_microseconds=lead)}


def test_each_rejection_is_added_to_its_own_day() -> None:
    [order] = placed(1)
    first = RejectionState(UUID(int=1), WEDNESDAY, "halo", NEXT_MORNING, 3, NEXT_MORNING)
    second = RejectionState(UUID(int=2), NEXT_MORNING, "crop", THURSDAY, 3, None)
    before = with_history(order, [ImageHistory(UPLOADED_AT, ())])
    after = with_history(order, [ImageHistory(UPLOADED_AT, (first, second))])
    assert changes([before], [after], THURSDAY) == {WEDNESDAYS: DayAmounts(rejected=2)}


def test_amounts_are_by_day_and_specification_version() -> None:
    other = replace(GHOST, version=2, price=Decimal(3))
    orders = [*placed(1), *(replace(order, specification=other) for order in placed(1, at=WEDNESDAY))]
    assert changes([], orders, THURSDAY) == {
        TUESDAYS: DayAmounts(uploaded=1, spend=PRICE),
        WEDNESDAYS: DayAmounts(late=1),
        (date(2026, 3, 4), GHOST.id, 2): DayAmounts(uploaded=1, spend=PRICE),
    }
