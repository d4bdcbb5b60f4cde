"""Lines about orders by the rules; nothing is changed here (domain rules, sections 3 to 5)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID

from app.domain.account import Account
from app.domain.errors import AccountIsClosed, DomainError, ExpediteWindowClosed, Refusals
from app.domain.events.new_events import NewEvent
from app.domain.events.orders import cancelled, expedited, placed
from app.domain.instants import rfc3339
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import NewImage, Placement, place
from app.domain.orders.expedites import expedite
from app.domain.orders.history import as_of, unconfirmed, with_facts_after, with_history
from app.domain.orders.refusals import DeadlineNotOpen
from app.domain.orders.reviews import review_due_at, with_reviews
from app.domain.orders.state import ImageState, OrderState, RejectionState
from app.domain.production.operations import Operation
from app.domain.specifications import milliseconds_of
from app.domain.texts import composed
from app.domain.wording import quoted
from app.services.ids import new_ids
from app.services.imports.cache import AccountState, VersionState
from app.services.imports.deadlines import confirmed, require_no_later_portions
from app.services.imports.image_histories import image_histories, redo_deadline
from app.services.imports.lines import CancellationLine, ExpediteLine, ImagePart, OrderLine
from app.services.imports.references import composed_or_none
from app.services.imports.refusals import LineRefused


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a line about an order at `at`: its orders before and after, with new ones among these.

    `day` is the running ledger day with its use after it, `last_at` the latest instant of the line; instants are UTC.
    `operations` were done on images of new orders, each at an instant.
    """

    at: datetime
    last_at: datetime
    day: QuotaDay
    before: Sequence[OrderState]
    after: Sequence[OrderState]
    new_events: Sequence[NewEvent]
    operations: Sequence[tuple[datetime, Operation]] = ()


def place_order(line: OrderLine, state: AccountState, version: VersionState, now: datetime) -> Effect:
    """Place an order with the history of its images since; raises LineRefused."""
    _require_open(state, line.placed_at, "placedAt")
    histories, last_at = image_histories(line, state.account, now)
    _require_steps(line, version.steps)
    images = [_new_image(image) for image in line.images]
    day = state.day_at(line.placed_at)
    placement = Placement(
        composed(line.name),
        version.specification,
        images,
        line.placed_at,
        review_due_at(line.placed_at, day.sla.terms, state.account.zone_at(line.placed_at)),
        line.expedite,
        composed_or_none(line.external_reference),
        composed_or_none(line.instructions),
    )
    try:
        zone = state.account.upload_zone_at(line.placed_at)
        change = place(placement, day, zone, state.next_order_number, partial(new_ids, line.placed_at))
    except DomainError as refusal:
        raise LineRefused("expedite", str(refusal)) from refusal
    orders: Sequence[OrderState] = tuple(with_history(order, histories) for order in change.orders)
    new_events = list(placed(change.orders))
    if any(image.deadline is not None for image in line.images):
        orders, splits = confirmed(line, orders, day.sla, state.next_order_number + len(orders))
        new_events += splits
    operations = list(_operations(line, orders))
    return Effect(line.placed_at, last_at, change.day, (), orders, new_events, operations)


def _require_steps(line: OrderLine, steps: Collection[str]) -> None:
    """Raise LineRefused for an operation of a step that the specification of the order lacks."""
    for index, image in enumerate(line.images):
        for number, part in enumerate(image.operations):
            if composed(part.step) not in steps:
                field = f"images[{index}].operations[{number}].step"
                raise LineRefused(field, f"the specification has no step {quoted(part.step)}")


def _operations(line: OrderLine, orders: Iterable[OrderState]) -> Iterator[tuple[datetime, Operation]]:
    """Yield the operations of a line on the images of its orders, each with its instant."""
    for image in chain.from_iterable(order.images for order in orders):
        for part in line.images[image.number - 1].operations:
            step, milliseconds = composed(part.step), milliseconds_of(part.seconds)
            yield part.at, Operation(image.id, step, part.performed_by, milliseconds)


def _new_image(image: ImagePart) -> NewImage:
    filename, reference, instructions = composed(image.filename), image.external_reference, image.instructions
    if reference is None and instructions is None and image.preview_url is None:
        return NewImage(filename)
    return NewImage(filename, composed_or_none(reference), composed_or_none(instructions), image.preview_url)


def expedite_order(line: ExpediteLine, state: AccountState, orders: Sequence[OrderState]) -> Effect:
    """Expedite images of an order and its siblings as of the line's instant; raises LineRefused."""
    at = line.at
    _require_open(state, at, "at")
    then = [as_of(order, at) for order in orders]
    chosen = None if line.filenames is None else _chosen(line.order, [*map(composed, line.filenames)], then)
    day = state.day_at(at)
    try:
        change = expedite(then, chosen, at, day, state.next_order_number, partial(new_ids, at))
        change = with_reviews(change, at, state.account.zone_at(at))
    except DomainError as error:
        refusal = error.refusals[0] if isinstance(error, Refusals) else error
        raise LineRefused(_refused_field(refusal, line, orders), str(refusal)) from error
    known = {order.id for order in orders}
    require_no_later_portions(orders, {each.id if each.id in known else each.split_from for each in change.orders}, at)
    after = _with_later_facts(orders, change.orders, at, state.account)
    return Effect(at, at, change.day, orders, after, tuple(expedited(then, change.orders, at)))


def cancel_order(line: CancellationLine, state: AccountState, orders: Sequence[OrderState]) -> Effect:
    """Cancel images of an order and its siblings, or all their images not cancelled yet; raises LineRefused."""
    at = line.at
    chosen = None if line.filenames is None else _chosen(line.order, [*map(composed, line.filenames)], orders)
    live = [order for order in orders if order.cancelled_at is None]
    concerned = live if chosen is None and live else orders
    try:
        change = cancel(concerned, at, state.day_at(at), chosen)
    except DomainError as error:
        refusal = error.refusals[0] if isinstance(error, Refusals) else error
        raise LineRefused(_refused_field(refusal, line, orders), str(refusal)) from error
    changed = [pair for pair in zip(concerned, change.orders, strict=True) if pair[1] is not pair[0]]
    require_no_later_portions(orders, {before.id for before, _ in changed}, at)
    pairs = [(before, _with_later_deadline(after, at)) for before, after in changed]
    events = (cancelled(as_of(before, at), as_of(after, at), at) for before, after in pairs)
    return Effect(at, at, change.day, orders, [after for _, after in pairs], tuple(chain.from_iterable(events)))


def _require_open(state: AccountState, at: datetime, field: str) -> None:
    """Raise LineRefused for a line at or after the closing of its account; earlier ones are accepted."""
    try:
        state.account.require_open(at)
    except AccountIsClosed as refusal:
        raise LineRefused(field, str(refusal)) from refusal


def with_redo_deadlines(order: OrderState, account: Account, since: datetime) -> OrderState:
    """Return an order with new deadlines for its rejections from `since` on, by its account's zones and terms."""
    if not any(rejection.at >= since for image in order.images for rejection in image.rejections):
        return order
    images = tuple(
        image._replace(
            rejections=tuple(
                _with_redo_deadline(rejection, account) if rejection.at >= since else rejection
                for rejection in image.rejections
            ),
        )
        for image in order.images
    )
    return replace(order, images=images)


def _with_redo_deadline(rejection: RejectionState, account: Account) -> RejectionState:
    due_at, sla_version = redo_deadline(rejection.at, account)
    return replace(rejection, due_at=due_at, sla_version=sla_version)


def _chosen(ref: str, filenames: Sequence[str], orders: Sequence[OrderState]) -> list[UUID]:
    """Return the ids of all images with these names (NFC), in the order of the names, then of upload."""
    named: dict[str, list[ImageState]] = {}
    for image in sorted((image for order in orders for image in order.images), key=lambda image: image.number):
        named.setdefault(composed(image.filename), []).append(image)
    chosen: list[UUID] = []
    for index, filename in enumerate(filenames):
        images = named.pop(filename, None)
        if images is None:
            again = filename in filenames[:index]
            reason = (
                f"{quoted(filename)} is named twice"
                if again
                else f"order {quoted(ref)} has no image {quoted(filename)}"
            )
            raise LineRefused(f"filenames[{index}]", reason)
        chosen += (image.id for image in images)
    return chosen


def _refused_field(refusal: DomainError, line: ExpediteLine | CancellationLine, orders: Sequence[OrderState]) -> str:
    """Return the field of the line to which the refusal of an expedite or a cancellation belongs."""
    if isinstance(refusal, ExpediteWindowClosed):
        return "at"
    if line.filenames is None:
        return "order"
    refused = [image.filename for order in orders for image in order.images if image.id == _image_id(refusal)]
    if not refused:
        return "filenames"
    return f"filenames[{[*map(composed, line.filenames)].index(composed(refused[0]))}]"


def _image_id(refusal: DomainError) -> UUID | None:
    return getattr(refusal, "image_id", None)


def _with_later_deadline(order: OrderState, at: datetime) -> OrderState:
    """Return an order with images cancelled at an instant: a deadline that staff set later is not theirs.

    Raises LineRefused when no other image has it.
    """
    if order.confirmed_at is None or order.confirmed_at <= at:
        return order
    if not any(image.due_at == order.due_at and image.cancelled_at is None for image in order.images):
        raise LineRefused("at", f"staff set a deadline of the order later, at {rfc3339(order.confirmed_at)}")
    pairs = zip(order.images, unconfirmed(order).images, strict=True)
    return replace(order, images=tuple(image if image.cancelled_at is None else earlier for image, earlier in pairs))


def _with_later_facts(
    before: Sequence[OrderState], after: Sequence[OrderState], at: datetime, account: Account
) -> tuple[OrderState, ...]:
    """Return orders as an expedite left them with the later deliveries and rejections of their images."""
    origins = {order.id: order for order in before}
    known = {image.id: image for order in before for image in order.images}
    try:
        return tuple(with_facts_after(order, _origin(order, origins), known, at, account.terms_at) for order in after)
    except DeadlineNotOpen as refusal:
        reason = "staff set a deadline later for images that the expedite gives one by rule"
        raise LineRefused("at", reason) from refusal


def _origin(order: OrderState, origins: dict[UUID, OrderState]) -> OrderState:
    return origins[order.id if order.id in origins or order.split_from is None else order.split_from]
