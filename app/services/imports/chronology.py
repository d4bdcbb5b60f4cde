"""Whether the instants of an order line are in order in themselves and not in the future."""

from datetime import datetime

from app.services.imports.lines import DeadlinePart, ImagePart, OrderLine
from app.services.imports.refusals import LineRefused


def last_instant(line: OrderLine, now: datetime) -> datetime:
    """Return the latest instant of what a line tells, UTC; raises LineRefused.

    A deadline that staff set may lie in the future, the setting of it not.
    """
    last = line.placed_at
    for place, image in enumerate(line.images):
        last = max(last, _last_of_image(image, f"images[{place}]", line.placed_at, now))
    return last


def _last_of_image(image: ImagePart, path: str, placed_at: datetime, now: datetime) -> datetime:
    last = placed_at
    if image.deadline is not None:
        last = _last_of_deadline(image.deadline, f"{path}.deadline", placed_at, now)
    if image.delivered_at is None:
        if image.rejections:
            raise LineRefused(f"{path}.rejections", "the image was never delivered")
        return last
    _require_order(f"{path}.deliveredAt", image.delivered_at, placed_at, "placedAt", now)
    return max(last, _last_of_rejections(image, path, image.delivered_at, now))


def _last_of_deadline(deadline: DeadlinePart, path: str, placed_at: datetime, now: datetime) -> datetime:
    _require_order(f"{path}.confirmedAt", deadline.confirmed_at, placed_at, "placedAt", now)
    if deadline.at <= deadline.confirmed_at:
        raise LineRefused(f"{path}.at", "is not after confirmedAt: a deadline is set in the future")
    return deadline.confirmed_at


def _last_of_rejections(image: ImagePart, path: str, delivered_at: datetime, now: datetime) -> datetime:
    """Follow an image from delivery to rejection to redelivery; return the last of them."""
    delivery: datetime | None = delivered_at
    for place, rejection in enumerate(image.rejections):
        field = f"{path}.rejections[{place}]"
        if delivery is None:
            raise LineRefused(field, "the image was not delivered again after the rejection before")
        _require_order(f"{field}.at", rejection.at, delivery, "the delivery", now)
        delivery = rejection.redelivered_at
        if delivery is not None:
            _require_order(f"{field}.redeliveredAt", delivery, rejection.at, "the rejection", now)
    return delivery or image.rejections[-1].at


def _require_order(field: str, at: datetime, earlier: datetime, what: str, now: datetime) -> None:
    if at < earlier:
        raise LineRefused(field, f"is before {what}")
    if at > now:
        raise LineRefused(field, "is in the future")
