"""The history of each image of an order line since its upload, with its instants in order and not in the future."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.account import Account
from app.domain.deadlines.rules import rejection_deadline
from app.domain.orders.history import ImageHistory
from app.domain.orders.results import ImageResult
from app.domain.orders.state import RejectionState
from app.domain.texts import composed
from app.services.ids import new_id
from app.services.imports.lines import DeadlinePart, OrderLine, RejectionPart
from app.services.imports.refusals import LineRefused


def image_histories(line: OrderLine, account: Account, now: datetime) -> tuple[list[ImageHistory | None], datetime]:
    """Return the history of each image of a line, None of those not begun, and the latest instant of the line.

    Instants are UTC. A deadline that staff set may lie in the future, its confirmation may not. Raises LineRefused.
    """
    histories: list[ImageHistory | None] = []
    placed_at = last_at = line.placed_at
    for index, image in enumerate(line.images):
        delivered_at, begun_at = image.delivered_at, image.delivered_at
        for number, operation in enumerate(image.operations):
            if not placed_at <= operation.at <= now:
                raise _misplaced(f"images[{index}].operations[{number}].at", operation.at, now, "is before placedAt")
            last_at = max(last_at, operation.at)
            begun_at = operation.at if begun_at is None else min(begun_at, operation.at)
        claimed_at = begun_at if image.operations else None  # whoever did the first step had claimed the image
        if image.deadline is not None:
            _check_deadline(f"images[{index}].deadline", image.deadline, placed_at, now)
            last_at = max(last_at, image.deadline.confirmed_at)
        if delivered_at is None:
            for name, given in (
                ("rejections", image.rejections),
                ("resultUrl", image.result_url),
                ("resultPreviewUrl", image.result_preview_url),
            ):
                if given:
                    raise LineRefused(f"images[{index}].{name}", "the image was never delivered")
            histories.append(None if claimed_at is None else ImageHistory(None, (), first_claimed_at=claimed_at))
            continue
        if not placed_at <= delivered_at <= now:
            raise _misplaced(f"images[{index}].deliveredAt", delivered_at, now, "is before placedAt")
        rejections: tuple[RejectionState, ...] = ()
        if image.rejections:
            rejections = _rejections(image.rejections, f"images[{index}].rejections", delivered_at, account, now)
            delivered_at = rejections[-1].redelivered_at or rejections[-1].at
        last_at = max(last_at, delivered_at)
        result = ImageResult(image.result_url, image.result_preview_url)
        histories.append(ImageHistory(image.delivered_at, rejections, result, claimed_at))
    return histories, last_at


def redo_deadline(rejected_at: datetime, account: Account) -> tuple[datetime, int]:
    """Return when an image rejected at an instant is due again (both UTC), and the SLA version that says so."""
    sla = account.terms_at(rejected_at)
    return rejection_deadline(rejected_at, account.zone_at(rejected_at), sla.terms), sla.version


def _rejections(
    parts: Sequence[RejectionPart], path: str, delivered_at: datetime, account: Account, now: datetime
) -> tuple[RejectionState, ...]:
    """Return the rejections of an image, each after a delivery and before the next one."""
    rejections: list[RejectionState] = []
    delivery: datetime | None = delivered_at
    for index, part in enumerate(parts):
        if delivery is None:
            raise LineRefused(f"{path}[{index}]", "the image was not delivered again after the rejection before")
        if not delivery <= part.at <= now:
            raise _misplaced(f"{path}[{index}].at", part.at, now, "is before the delivery")
        delivery = part.redelivered_at
        if delivery is not None and not part.at <= delivery <= now:
            raise _misplaced(f"{path}[{index}].redeliveredAt", delivery, now, "is before the rejection")
        due_at, sla_version = redo_deadline(part.at, account)
        reason = composed(part.reason)
        rejections.append(
            RejectionState(new_id(part.at), part.at, reason, due_at, sla_version, delivery, part.category)
        )
    return tuple(rejections)


def _check_deadline(path: str, deadline: DeadlinePart, placed_at: datetime, now: datetime) -> None:
    confirmed_at = deadline.confirmed_at
    if not placed_at <= confirmed_at <= now:
        raise _misplaced(f"{path}.confirmedAt", confirmed_at, now, "is before placedAt")
    if deadline.at <= confirmed_at:
        raise LineRefused(f"{path}.at", "is not after confirmedAt: a deadline is set in the future")


def _misplaced(field: str, at: datetime, now: datetime, early: str) -> LineRefused:
    """Return the refusal of an instant that is after now, or else before an earlier one."""
    return LineRefused(field, "is in the future" if at > now else early)
