from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.domain.orders.cancellations import cancel
from app.domain.orders.enums import ImageStatus, OrderStatus
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.state import OrderState, RejectionState, image_status, order_figures, price_of
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, placed, quota

IN_TIME = NEXT_MORNING
LATE = NEXT_MORNING + MICROSECOND


def rejection(at: datetime, redelivered_at: datetime | None = None) -> RejectionState:
    return RejectionState(UUID(int=1), at, "halo", at + timedelta(hours=5), 3, redelivered_at)


def order(*histories: ImageHistory | None) -> OrderState:
    """Return an order with an image for each history of deliveries and rejections; None is an image without any."""
    (placed_order,) = placed(len(histories))
    return with_history(placed_order, histories)


def cancelled(order: OrderState, at: datetime, *numbers: int) -> OrderState:
    """Cancel images of an order by their numbers, or all of it."""
    chosen = {image.id for image in order.images if image.number in numbers} if numbers else None
    (after,) = cancel([order], at, quota(), chosen).orders
    return after


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
    assert order_figures(cancelled(order(None), NEXT_MORNING)).late_at is None
    assert order_figures(cancelled(order(None), LATE)).late_at == NEXT_MORNING


def test_figures_are_of_the_images_that_are_not_cancelled() -> None:
    figures = order_figures(cancelled(order(None, ImageHistory(IN_TIME, ()), None), IN_TIME, 1))
    assert (figures.image_count, figures.cancelled_count, figures.delivered_count) == (2, 1, 1)
    assert (figures.first_position, figures.last_position) == (2, 3)
    assert (figures.status, figures.price, figures.late_at) == ("IN_PRODUCTION", Decimal("2.90"), NEXT_MORNING)


def test_an_order_is_ready_once_all_images_that_remain_are_delivered() -> None:
    figures = order_figures(cancelled(order(None, ImageHistory(UPLOADED_AT, ())), IN_TIME, 1))
    assert (figures.status, figures.delivered_at, figures.late_at) == ("READY_FOR_DOWNLOAD", UPLOADED_AT, None)


def test_an_order_with_an_image_cancelled_late_stays_late() -> None:
    assert order_figures(cancelled(order(None, ImageHistory(IN_TIME, ())), LATE, 1)).late_at == NEXT_MORNING


def test_a_cancelled_order_keeps_the_figures_that_it_had() -> None:
    some = cancelled(order(None, None, None), UPLOADED_AT, 1)
    gone = cancelled(some, IN_TIME, 2, 3)
    assert (gone.cancelled_at, order_figures(gone)) == (
        IN_TIME,
        replace(order_figures(some), status=OrderStatus.CANCELLED, late_at=None),
    )


def test_positions_are_the_first_and_the_last() -> None:
    figures = order_figures(placed(3, quota(used=10, expedited=4), expedite=True)[0])
    assert (figures.first_position, figures.last_position) == (11, 13)
    assert (figures.first_expedite_position, figures.last_expedite_position) == (5, 7)


def test_images_are_queued_delivered_rejected_or_cancelled() -> None:
    some = order(None, ImageHistory(IN_TIME, ()), ImageHistory(IN_TIME, (rejection(LATE),)))
    assert [image_status(image) for image in some.images] == ["QUEUED", "DELIVERED", "REJECTED"]
    assert image_status(replace(some.images[0], cancelled_at=LATE)) is ImageStatus.CANCELLED


def test_an_image_was_delivered_at_its_latest_delivery_also_while_that_is_rejected() -> None:
    again = LATE + timedelta(hours=1)
    (image,) = order(ImageHistory(IN_TIME, (rejection(LATE, again), rejection(again)))).images
    assert (image.delivered_at, image.first_rejected_at) == (again, LATE)
    assert image.open_rejection == rejection(again)


def test_the_price_is_the_sum_over_the_images() -> None:
    (three,) = placed(3)
    assert price_of(three.counted) == Decimal("4.35")
    first, *others = three.images
    mixed = replace(three, images=(replace(first, price=Decimal("2.90")), *others))
    assert price_of(mixed.counted) == Decimal("5.80")
