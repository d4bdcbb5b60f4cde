"""External references: unique in an account, and kept wherever an order or an image goes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refusals
from app.domain.orders.changes import NewImage, Placement, place
from app.domain.orders.expedites import expedite
from app.domain.orders.references import (
    ReferencedImage,
    ReferencedOrder,
    ReferenceTaken,
    TakenReferences,
    require_free_references,
)
from tests.support.order_states import COPENHAGEN, GHOST, REVIEWED_BY, UPLOADED_AT, new_ids, quota

REFERENCES = st.sampled_from(["a", "b", "A", "å", None])
TAKEN = TakenReferences({"a": ReferencedOrder(UUID(int=1), 12)}, {"b": ReferencedImage(UUID(int=2), "b.jpg")})


def refusals(of_order: str | None, *of_images: str | None) -> list[ReferenceTaken]:
    """Return the refusals of a placement with these references."""
    try:
        require_free_references(of_order, of_images, TAKEN)
    except Refusals as error:
        return [each for each in error.refusals if isinstance(each, ReferenceTaken)]
    return []


def test_a_taken_reference_is_refused_with_its_owner() -> None:
    of_order, of_image, again = refusals("a", "c", "b", None, "c")
    assert (of_order.reference, of_order.order_id, of_order.image_id, of_order.index) == ("a", UUID(int=1), None, None)
    assert (of_image.reference, of_image.order_id, of_image.image_id, of_image.index) == ("b", None, UUID(int=2), 1)
    assert (again.reference, again.order_id, again.image_id, again.index) == ("c", None, None, 3)
    assert [str(each) for each in (of_order, of_image, again)] == [
        "'a' is already the reference of order 12.",
        "'b' is already the reference of image 'b.jpg'.",
        "'c' is already the reference of an earlier image in the list.",
    ]


def test_orders_and_images_do_not_take_references_from_each_other_and_case_counts() -> None:
    assert refusals("b", "a", "A", "B") == []


@given(of_order=REFERENCES, of_images=st.lists(REFERENCES, max_size=6))
def test_one_refusal_is_given_for_each_reference_that_cannot_be_taken(
    of_order: str | None, of_images: list[str | None]
) -> None:
    wrong = [
        index for index, each in enumerate(of_images) if each is not None and (each == "b" or each in of_images[:index])
    ]
    expected = [None, *wrong] if of_order == "a" else wrong
    assert [each.index for each in refusals(of_order, *of_images)] == expected


def test_the_first_order_of_a_placement_has_its_reference_and_images_keep_theirs_when_they_move() -> None:
    images = [NewImage(f"{number}.jpg", f"sku-{number}", f"crop {number}") for number in range(4)]
    placement = Placement("Shoes", GHOST, images, UPLOADED_AT, REVIEWED_BY, False, "PO-1", "by Friday")
    day = quota(capacity=3)
    first, second = place(placement, day, COPENHAGEN, 1, new_ids).orders
    assert [(each.external_reference, each.instructions) for each in (first, second)] == [
        ("PO-1", "by Friday"),
        (None, "by Friday"),
    ]
    chosen = [first.images[1].id]
    staying, moved = expedite([first, second], chosen, UPLOADED_AT, day, 3, new_ids).orders
    assert (staying.external_reference, moved.external_reference, moved.instructions) == ("PO-1", None, "by Friday")
    [image] = moved.images
    assert (image.external_reference, image.instructions, image.number) == ("sku-1", "crop 1", 2)


def test_an_order_expedited_as_a_whole_keeps_its_reference() -> None:
    placement = Placement("Shoes", GHOST, [NewImage("a.jpg")], UPLOADED_AT, REVIEWED_BY, False, "PO-1")
    orders = place(placement, quota(), COPENHAGEN, 1, new_ids).orders
    [expedited] = expedite(orders, None, UPLOADED_AT, quota(), 2, new_ids).orders
    assert expedited.external_reference == "PO-1"


@pytest.mark.parametrize("count", [1, 4])
def test_a_placement_without_references_is_never_refused(count: int) -> None:
    assert refusals(None, *[None] * count) == []
