"""The rollups of an order count its images, rejections and reviews."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import Change, confirm
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.reviews import with_reviews
from app.domain.orders.state import OrderState, RejectionState
from app.domain.orders.tallies import tally_order
from app.domain.pulse.rollups import DAY, HOUR, MINUTE, Tally
from db.tables.rollups import Rollup
from tests.support.order_states import COPENHAGEN, MICROSECOND, NEXT_MORNING, UPLOADED_AT, placed, quota
from tests.support.sla import SLA

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = list(Rollup.model_fields)[3:]
FULL = quota(used=200)
PROMISED_AT = UPLOADED_AT + timedelta(hours=5)


def counted(*orders: OrderState) -> dict[tuple[int, datetime], dict[str, int]]:
    """Return the amounts of orders that are not 0 by grain and bucket, then by column."""
    tally = Tally()
    for order in orders:
        tally_order(tally, order)
    return {
        (grain, bucket): {column: amount for column, amount in zip(COLUMNS, amounts, strict=True) if amount}
        for grain, bucket, *amounts in tally.rollup_rows(BEGINNING)
    }


def sent_back() -> OrderState:
    """Return an order of two images, one of which was delivered, rejected and delivered at once."""
    late = NEXT_MORNING + MICROSECOND
    rejection = RejectionState(UUID(int=1), late, "halo", late + timedelta(hours=5), 3, late)
    (order,) = placed(2)
    return with_history(order, [ImageHistory(NEXT_MORNING, (rejection,)), None])


def owed(images: int = 3) -> OrderState:
    """Return an order beyond the guarantee, to which staff owe a deadline."""
    (order,) = with_reviews(Change(placed(images, FULL), FULL), UPLOADED_AT, COPENHAGEN).orders
    return order


def test_an_order_counts_its_images_and_rejections() -> None:
    amounts = counted(sent_back())
    upload, delivery = UPLOADED_AT.replace(minute=0), NEXT_MORNING
    lead = (NEXT_MORNING - UPLOADED_AT) // MICROSECOND
    assert amounts[MINUTE, UPLOADED_AT] == amounts[HOUR, upload] == {"uploaded": 2}
    assert amounts[HOUR, delivery] == {
        "delivered": 1,
        "rejected": 1,
        "lead_microseconds": lead,
        "met_standard": 1,
        "met_rejection": 1,
        "late_standard": 1,
    }
    assert amounts[DAY, UPLOADED_AT.replace(hour=0)] == {"uploaded": 2}


def test_reviews_count_once_they_have_ended_and_cancelled_ones_nowhere() -> None:
    order = owed()
    assert [*counted(order).values()] == [{"uploaded": 3}] * 3  # a minute, an hour and a day
    (order,) = cancel([order], UPLOADED_AT, FULL, {order.images[0].id}).orders
    order = with_history(order, [None, ImageHistory(UPLOADED_AT + timedelta(hours=1), ()), None])
    dated = confirm(order, PROMISED_AT + MICROSECOND, NEXT_MORNING, SLA)
    amounts = counted(dated)
    assert amounts[MINUTE, UPLOADED_AT + timedelta(hours=1)]["met_review"] == 1
    assert amounts[MINUTE, PROMISED_AT] == {"late_review": 1}
    assert sum(found.get("met_review", 0) for (grain, _), found in amounts.items() if grain == DAY) == 1


def test_the_counts_of_an_order_can_be_subtracted_again() -> None:
    for order in (sent_back(), owed()):
        tally = Tally()
        tally_order(tally, order)
        tally_order(tally, order, -1)
        assert tally.rollup_rows(BEGINNING) == []
