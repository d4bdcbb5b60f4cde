"""Lateness of images and rejections, exact to the microsecond (domain rules, section 3, "Late")."""

from datetime import datetime, timedelta


def late_at(
    due_at: datetime | None, first_delivered_at: datetime | None, cancelled_at: datetime | None
) -> datetime | None:
    """Return the instant from which an image is late by the present facts: its deadline; None if it never is.

    So at an instant T it is late exactly when `late_at < T`, and open when `late_at >= T`. An image
    delivered or cancelled not after its deadline is not late, nor is one without a deadline. A rejection is judged the
    same way by its own deadline and its redelivery.
    """
    if due_at is None:
        return None
    ended_at = first_delivered_at if first_delivered_at is not None else cancelled_at
    return due_at if ended_at is None or ended_at > due_at else None


def on_time(due_at: datetime | None, first_delivered_at: datetime | None) -> bool | None:
    """Return True if the first delivery was not after the deadline; None without a deadline or a delivery."""
    if due_at is None or first_delivered_at is None:
        return None
    return first_delivered_at <= due_at


def late_by(due_at: datetime | None, first_delivered_at: datetime | None) -> timedelta | None:
    """Return the time from the deadline to the first delivery; None unless it was late."""
    if due_at is None or first_delivered_at is None or first_delivered_at <= due_at:
        return None
    return first_delivered_at - due_at
