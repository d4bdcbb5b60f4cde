"""The external references in lines of an import, and the taken ones."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.errors import Refusals
from app.domain.orders.references import (
    ReferencedImage,
    ReferencedOrder,
    ReferenceTaken,
    TakenReferences,
    require_free_references,
)
from app.domain.orders.state import OrderState
from app.domain.texts import composed
from app.services.imports.lines import OrderLine
from app.services.imports.refusals import LineRefused
from db.queries.references import taken_references
from db.readers import Reader

References: TypeAlias = dict[UUID, TakenReferences]
"""References that are taken, by account: at least those that the lines of a chunk give."""

NO_REFERENCES: Final = TakenReferences({}, {})


def composed_or_none(text: str | None) -> str | None:
    """Return an optional text in NFC."""
    return None if text is None else composed(text)


def require_free(line: OrderLine, taken: TakenReferences) -> None:
    """Raise LineRefused for a line with a reference that is taken, or that it gives twice."""
    if not has_references(line):
        return
    try:
        require_free_references(composed_or_none(line.external_reference), _of_images(line), taken)
    except Refusals as error:
        raise _refused(error) from error


def has_references(line: OrderLine) -> bool:
    """Return whether an order line has references, of the order or an image; most files have none."""
    return line.external_reference is not None or any(image.external_reference for image in line.images)


def note_references(references: References, account_id: UUID, order: OrderState) -> None:
    """Add the references of a new order and its images to the taken ones."""
    images = {
        image.external_reference: ReferencedImage(image.id, image.filename)
        for image in order.images
        if image.external_reference is not None
    }
    if order.external_reference is None and not images:
        return
    taken = references.setdefault(account_id, TakenReferences({}, {}))
    taken.images.update(images)
    if order.external_reference is not None:
        taken.orders[order.external_reference] = ReferencedOrder(order.id, order.number)


async def load_references(reader: Reader, before: References, lines: Iterable[tuple[UUID, OrderLine]]) -> References:
    """Return the taken ones among the references of lines; `before` has the ones of the previous chunk.

    That chunk may still be written. Each account with references takes a statement for orders and one for images.
    """
    of_orders: defaultdict[UUID, set[str]] = defaultdict(set)
    of_images: defaultdict[UUID, set[str]] = defaultdict(set)
    for account_id, line in lines:
        if line.external_reference is not None:
            of_orders[account_id].add(composed(line.external_reference))
        if images := {reference for reference in _of_images(line) if reference is not None}:
            of_images[account_id] |= images
    references: References = {}
    for account_id in {**of_orders, **of_images}:
        orders, images = of_orders[account_id], of_images[account_id]
        taken, known = await taken_references(reader, account_id, orders, images), before.get(account_id, NO_REFERENCES)
        taken.orders.update((reference, known.orders[reference]) for reference in orders & known.orders.keys())
        taken.images.update((reference, known.images[reference]) for reference in images & known.images.keys())
        references[account_id] = taken
    return references


def _of_images(line: OrderLine) -> list[str | None]:
    return [composed_or_none(image.external_reference) for image in line.images]


def _refused(error: Refusals) -> LineRefused:
    refusal = error.refusals[0]
    index = refusal.index if isinstance(refusal, ReferenceTaken) else None
    field = "externalReference" if index is None else f"images[{index}].externalReference"
    return LineRefused(field, str(refusal))
