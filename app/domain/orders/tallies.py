"""The contributions of orders to the rollups of their account (domain rules, section 6)."""

from collections import Counter

from app.domain.deadlines.lateness import late_at
from app.domain.orders.reviews import ended_reviews, review_ended_at, review_late_at
from app.domain.orders.state import OrderState
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, ReviewFacts, Tally


def tally_order(tally: Tally, order: OrderState, sign: int = 1) -> None:
    """Count all images, rejections and ended reviews of an order in the rollups; with sign -1, subtract them."""
    _tally_images(tally, order, sign)
    for rejection in (each for image in order.images for each in image.rejections):
        redo = RejectionFacts(rejection.at, rejection.due_at, rejection.late_at, rejection.redelivered_at)
        tally.add_rejection(redo, sign)
    alike = Counter(
        (review.due_at, review_late_at(image, review), review_ended_at(image, review))
        for image in order.images
        if image.reviews
        for review in ended_reviews(image)
    )
    for facts, count in alike.items():
        tally.add_reviews(ReviewFacts(*facts), sign * count)


def _tally_images(tally: Tally, order: OrderState, sign: int) -> None:
    specification = order.specification
    alike = Counter(
        (image.due_at, image.first_delivered_at, image.first_rejected_at, image.cancelled_at) for image in order.images
    )
    for (due_at, first_delivered_at, first_rejected_at, cancelled_at), count in alike.items():
        facts = ImageFacts(
            service_level=order.service_level,
            specification_id=specification.id,
            specification_version=specification.version,
            uploaded_at=order.placed_at,
            due_at=due_at,
            late_at=late_at(due_at, first_delivered_at, cancelled_at),
            first_delivered_at=first_delivered_at,
            first_rejected_at=first_rejected_at,
            cancelled_at=cancelled_at,
        )
        tally.add_images(facts, sign * count)
