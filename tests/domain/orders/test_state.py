from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.domain.orders.enums import ImageStatus, OrderStatus
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.state import OrderState, RejectionState, image_status, order_figures, order_price, tally_order
from app.domain.pulse.rollups import Tally
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, placed, quota

IN_TIME = NEXT_MORNING
LATE = NEXT_MORNING + MICROSECOND


def rejection(at: datetime, redelivered_at: datetime | None = None) -> RejectionState:
    return RejectionState(UUID(int=1), at, "halo", at + timedelta(hours=5), 3, redelivered_at)


def order(*histories: ImageHistory | None) -> OrderState:
    """Return an order with an image for each history of deliveries and rejections; None is an image without any."""
    (placed_order,) = placed(len(histories))
    return with_history(placed_order, histories)


def test_an_order_is_in_production_until_every_image_is_delivered() -> None:
    figures = order_figures(order(ImageHistory(IN_TIME, ()), None))
    assert (figures.status, figures.delivered_count, figures.delivered_at) == (OrderStatus.IN_PRODUCTION, 1, None)


def test_an_order_is_ready_at_its_last_delivery() -> None:
    figures = order_figures(order(ImageHistory(LATE, ()), ImageHistory(IN_TIME, ())))
    assert (figures.status, figures.delivered_count, figures.delivered_at) == ("READY_FOR_DOWNLOAD", 2, LATE)


def test_a_rejected_order_is_in_production_until_it_is_redelivered() -> None:
    sent_back = order(ImageHistory(IN_TIME, (rejection(LATE),)))
    figures = order_figures(sent_back)
    assert (figures.status, figures.delivered_count, figures.rejected_count) == ("IN_PRODUCTION", 0, 1)
    assert figures.delivered_at is None
    again = LATE + timedelta(hours=1)
    figures = order_figures(order(ImageHistory(IN_TIME, (rejection(LATE, again),))))
    assert (figures.status, figures.rejected_count, figures.delivered_at) == ("READY_FOR_DOWNLOAD", 0, again)


def test_a_downloaded_order_is_completed() -> None:
    assert order_figures(replace(order(ImageHistory(IN_TIME, ())), completed_at=LATE)).status == "COMPLETED"


def test_an_order_is_late_from_its_deadline_on_while_an_image_is() -> None:
    assert order_figures(order(ImageHistory(IN_TIME, ()), None)).late_at == NEXT_MORNING
    assert order_figures(order(ImageHistory(IN_TIME, ()), ImageHistory(LATE, ()))).late_at == NEXT_MORNING
    assert order_figures(order(ImageHistory(IN_TIME, ()))).late_at is None


def test_an_order_cancelled_by_its_deadline_is_not_late_and_after_it_stays_late() -> None:
    assert order_figures(replace(order(None), cancelled_at=NEXT_MORNING)).late_at is None
    assert order_figures(replace(order(None), cancelled_at=LATE)).late_at == NEXT_MORNING


def test_positions_are_the_first_and_the_last() -> None:
    figures = order_figures(placed(3, quota(used=10, expedited=4), expedite=True)[0])
    assert (figures.first_position, figures.last_position) == (11, 13)
    assert (figures.first_expedite_position, figures.last_expedite_position) == (5, 7)


def test_images_are_queued_delivered_rejected_or_cancelled() -> None:
    some = order(None, ImageHistory(IN_TIME, ()), ImageHistory(IN_TIME, (rejection(LATE),)))
    assert [image_status(some, image) for image in some.images] == ["QUEUED", "DELIVERED", "REJECTED"]
    assert image_status(replace(some, cancelled_at=LATE), some.images[0]) is ImageStatus.CANCELLED


def test_an_image_was_delivered_at_its_latest_delivery_also_while_that_is_rejected() -> None:
    again = LATE + timedelta(hours=1)
    (image,) = order(ImageHistory(IN_TIME, (rejection(LATE, again), rejection(again)))).images
    assert (image.delivered_at, image.first_rejected_at) == (again, LATE)
    assert image.open_rejection == rejection(again)


def test_the_price_is_the_sum_over_the_images() -> None:
    (three,) = placed(3)
    assert order_price(three) == Decimal("4.35")
    first, *others = three.images
    mixed = replace(three, images=(replace(first, price=Decimal("2.90")), *others))
    assert order_price(mixed) == Decimal("5.80")


def test_the_counts_of_an_order_can_be_subtracted_again() -> None:
    sent_back = order(ImageHistory(IN_TIME, (rejection(LATE, LATE),)), None)
    tally = Tally()
    tally_order(tally, sent_back)
    day, hour, minute = 1440, 60, 1
    upload, delivery = UPLOADED_AT.replace(minute=0), NEXT_MORNING
    lead = (IN_TIME - UPLOADED_AT) // MICROSECOND
    counted = {row[:2]: row[2:] for row in tally.rollup_rows(datetime(2026, 1, 1, tzinfo=UTC))}
    assert counted[minute, UPLOADED_AT] == (2, *[0] * 11)
    assert counted[hour, upload] == (2, *[0] * 11)
    assert counted[hour, delivery] == (0, 1, 1, lead, 1, 0, 0, 1, 1, 0, 0, 0)
    assert counted[day, UPLOADED_AT.replace(hour=0)] == (2, *[0] * 11)
    tally_order(tally, sent_back, -1)
    assert tally.rollup_rows(datetime(2026, 1, 1, tzinfo=UTC)) == []
