"""The clients' own references of orders and images, unique in an account (domain rules, section 5.18)."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from app.domain.errors import DomainError, Refusals
from app.domain.wording import quoted


class ReferenceTaken(DomainError):  # noqa: N818 - refusals are named by their case
    """An external reference that another order or image of the account has.

    The owner's id is `order_id` or `image_id`; both are None if another image of the same placement has the reference.
    `index` is the position in the list of the image that was to get the reference, from 0; None for the order itself.
    """

    def __init__(
        self,
        reference: str,
        owner: str,
        *,
        order_id: UUID | None = None,
        image_id: UUID | None = None,
        index: int | None = None,
    ) -> None:
        super().__init__(f"{quoted(reference)} is already the reference of {owner}.")
        self.reference = reference
        self.order_id = order_id
        self.image_id = image_id
        self.index = index


class ReferencedOrder(NamedTuple):
    """An order that has an external reference."""

    id: UUID
    number: int


class ReferencedImage(NamedTuple):
    """An image that has an external reference."""

    id: UUID
    filename: str


class TakenReferences(NamedTuple):
    """The orders and images of an account that have some external references, by reference."""

    orders: dict[str, ReferencedOrder]
    images: dict[str, ReferencedImage]


def require_free_references(of_order: str | None, of_images: Sequence[str | None], taken: TakenReferences) -> None:
    """Raise Refusals of ReferenceTaken, one for each reference of a placement that is taken, or given twice in it."""
    refusals: list[DomainError] = []
    order = None if of_order is None else taken.orders.get(of_order)
    if of_order is not None and order is not None:
        refusals.append(ReferenceTaken(of_order, f"order {order.number}", order_id=order.id))
    given: set[str] = set()
    for index, reference in enumerate(of_images):
        if reference is None:
            continue
        image = taken.images.get(reference)
        if image is not None:
            refusals.append(
                ReferenceTaken(reference, f"image {quoted(image.filename)}", image_id=image.id, index=index)
            )
        elif reference in given:
            refusals.append(ReferenceTaken(reference, "an earlier image in the list", index=index))
        given.add(reference)
    if refusals:
        raise Refusals(refusals)
