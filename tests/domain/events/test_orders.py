"""Events of commands on orders: placing, expedites, cancellations and deliveries."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from app.domain.events.orders import cancelled, delivered, expedited
from app.domain.events.orders import placed as placed_events
from app.domain.orders.cancellations import cancel
from app.domain.orders.expedites import expedite
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.state import Claim
from app.domain.production.commands import deliver
from tests.support.events.stored_data import data
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, new_ids, placed, quota

DELIVERED_AT = UPLOADED_AT + timedelta(hours=2)
REJECTED_AT = UPLOADED_AT + timedelta(hours=3)


def test_a_placing_event_has_all_fields_of_the_order() -> None:
    (order,) = placed(2)
    (event,) = placed_events([order])
    assert (event.at, event.type, event.order_id, event.image_id) == (UPLOADED_AT, "ORDER_PLACED", order.id, None)
    assert data(event) == {
        "before": None,
        "after": {
            "number": 1,
            "status": "IN_PRODUCTION",
            "specificationId": UUID(int=7),
            "specificationVersion": 1,
            "serviceLevel": "STANDARD",
            "deadlineStatus": "CONFIRMED",
            "dueAt": NEXT_MORNING,
            "slaVersion": 3,
            "imageCount": 2,
            "price": Decimal("2.90"),
            "currency": "USD",
            "placedAt": UPLOADED_AT,
            "expeditedAt": None,
            "confirmedAt": None,
            "completedAt": None,
            "cancelledAt": None,
            "splitFrom": None,
        },
        "firstNumber": 1,
        "firstPosition": 1,
        "firstExpeditePosition": None,
        "pricePerImage": Decimal("1.45"),
        "images": [{"id": image.id} for image in order.images],
    }


def test_a_split_at_placing_changes_no_field_of_the_original() -> None:
    original, sibling = placed(3, quota(used=198))
    *places, split = placed_events([original, sibling])
    assert [event.order_id for event in places] == [original.id, sibling.id]
    assert [(data(event)["after"]["imageCount"], data(event)["after"]["price"]) for event in places] == [
        (2, Decimal("2.90")),
        (1, Decimal("1.45")),
    ]
    assert places[1].image_id == sibling.images[0].id
    assert (split.type, split.order_id) == ("ORDER_SPLIT", original.id)
    assert data(split) == {
        "before": None,
        "after": None,
        "into": [{"id": sibling.id, "number": 2, "serviceLevel": "ADDITIONAL"}],
    }


def test_an_expedite_of_a_whole_order_has_the_changed_fields() -> None:
    (order,) = placed(1)
    at = UPLOADED_AT + MICROSECOND
    change = expedite([order], None, at, quota(), 2, new_ids)
    (event,) = expedited([order], change.orders, at)
    assert (event.type, event.image_id) == ("ORDER_EXPEDITED", order.images[0].id)
    assert data(event) == {
        "before": {"serviceLevel": "STANDARD", "dueAt": NEXT_MORNING, "price": Decimal("1.45"), "expeditedAt": None},
        "after": {
            "serviceLevel": "EXPEDITED",
            "dueAt": at + timedelta(hours=3),
            "price": Decimal("2.90"),
            "expeditedAt": at,
        },
        "pricePerImage": Decimal("2.90"),
        "images": [{"id": order.images[0].id, "expeditePosition": 1}],
    }


def test_images_that_are_split_off_have_an_event_of_each_order() -> None:
    (order,) = placed(2)
    change = expedite([order], [order.images[1].id], UPLOADED_AT, quota(), 2, new_ids)
    split, moved = expedited([order], change.orders, UPLOADED_AT)
    sibling = change.orders[1]
    assert (split.type, split.order_id, data(split)["after"]) == (
        "ORDER_SPLIT",
        order.id,
        {"imageCount": 1, "price": Decimal("1.45")},
    )
    assert (moved.order_id, data(moved)["before"]) == (sibling.id, None)
    assert data(moved)["after"]["splitFrom"] == order.id
    assert data(moved)["images"] == [{"id": order.images[1].id, "expeditePosition": 1}]


def test_an_expedite_into_two_levels_has_the_split_first_and_then_each_level() -> None:
    (order,) = placed(5)
    change = expedite([order], None, DELIVERED_AT, quota(expedited=18), 2, new_ids)
    split, turned, moved = expedited([order], change.orders, DELIVERED_AT)
    sibling = change.orders[1]
    assert data(split) == {
        "before": {"imageCount": 5, "price": Decimal("7.25")},
        "after": {"imageCount": 2, "price": Decimal("2.90")},
        "into": [{"id": sibling.id, "number": 2, "serviceLevel": "EXPEDITED_ADDITIONAL"}],
    }
    due_at = DELIVERED_AT + timedelta(hours=3)
    assert (turned.type, turned.order_id, data(turned)["before"], data(turned)["after"]) == (
        "ORDER_EXPEDITED",
        order.id,
        {"serviceLevel": "STANDARD", "dueAt": NEXT_MORNING, "price": Decimal("2.90"), "expeditedAt": None},
        {"serviceLevel": "EXPEDITED", "dueAt": due_at, "price": Decimal("5.80"), "expeditedAt": DELIVERED_AT},
    )
    assert (moved.order_id, data(moved)["before"], data(moved)["after"]["price"]) == (sibling.id, None, Decimal("8.70"))


def test_a_claim_that_expired_before_an_expedite_is_an_event_of_the_original_order() -> None:
    (order,) = placed(3)
    claims = [Claim("ann", DELIVERED_AT), Claim("ann", DELIVERED_AT), Claim("bob", DELIVERED_AT + MICROSECOND)]
    images = [image._replace(claim=claim) for image, claim in zip(order.images, claims, strict=True)]
    claimed = replace(order, images=tuple(images))
    chosen = [image.id for image in images[1:]]
    change = expedite([claimed], chosen, DELIVERED_AT, quota(), 2, new_ids)
    ended, split, moved = expedited([claimed], change.orders, DELIVERED_AT)
    assert (ended.type, ended.at, ended.order_id, ended.image_id) == (
        "CLAIM_EXPIRED",
        DELIVERED_AT,
        order.id,
        chosen[0],
    )
    assert [split.type, moved.type] == ["ORDER_SPLIT", "ORDER_EXPEDITED"]
    assert [image.claim for changed in change.orders for image in changed.images] == [claims[0], None, claims[2]]


def test_an_order_is_ready_once_its_only_open_images_are_split_off() -> None:
    (order,) = placed(2)
    order = with_history(order, [ImageHistory(DELIVERED_AT, ()), None])
    change = expedite([order], [order.images[1].id], REJECTED_AT, quota(), 2, new_ids)
    split = next(expedited([order], change.orders, REJECTED_AT))
    assert (data(split)["before"], data(split)["after"]) == (
        {"status": "IN_PRODUCTION", "imageCount": 2, "price": Decimal("2.90")},
        {"status": "READY_FOR_DOWNLOAD", "imageCount": 1, "price": Decimal("1.45")},
    )


def test_a_cancellation_has_the_status_before_it() -> None:
    (order,) = placed(1)
    (after,) = cancel([order], DELIVERED_AT, quota()).orders
    (event,) = cancelled(order, after, DELIVERED_AT)
    assert data(event) == {
        "before": {"status": "IN_PRODUCTION", "cancelledAt": None},
        "after": {"status": "CANCELLED", "cancelledAt": DELIVERED_AT},
    }


def test_cancelled_images_are_recorded_with_the_counts_that_remain() -> None:
    (order,) = placed(3)
    (after,) = cancel([order], DELIVERED_AT, quota(), [image.id for image in order.images[1:]]).orders
    (event,) = cancelled(order, after, DELIVERED_AT)
    assert (event.type, event.image_id, data(event)) == (
        "IMAGES_CANCELLED",
        None,
        {
            "before": {"imageCount": 3, "price": Decimal("4.35")},
            "after": {"imageCount": 1, "price": Decimal("1.45")},
            "images": tuple(image.id for image in order.images[1:]),
        },
    )


def test_an_order_whose_last_open_image_is_cancelled_in_time_is_ready_and_meets_its_deadline() -> None:
    (order,) = placed(2)
    first, second = order.images
    half = replace(order, images=(first._replace(first_delivered_at=DELIVERED_AT), second))
    for at, types_ in (
        (NEXT_MORNING, ["IMAGES_CANCELLED", "DEADLINE_MET"]),
        (NEXT_MORNING + MICROSECOND, ["IMAGES_CANCELLED"]),
    ):
        (after,) = cancel([half], at, quota(), [second.id]).orders
        events = list(cancelled(half, after, at))
        assert ([event.type for event in events], data(events[0])["after"]["status"]) == (types_, "READY_FOR_DOWNLOAD")


def test_the_delivery_of_the_last_image_in_time_meets_the_deadline() -> None:
    (order,) = placed(2)
    first, second = order.images
    held = replace(order, images=tuple(each._replace(claim=Claim("ann", NEXT_MORNING)) for each in order.images))
    half = deliver(held, [first.id], "ann", UPLOADED_AT)
    done = deliver(half, [second.id], "ann", UPLOADED_AT)
    types_ = [
        [event.type for event in delivered(*states, "ann", UPLOADED_AT)] for states in ((held, half), (half, done))
    ]
    assert types_ == [["IMAGES_DELIVERED"], ["IMAGES_DELIVERED", "DEADLINE_MET"]]


def test_a_deadline_that_one_image_missed_is_never_met() -> None:
    (order,) = placed(2)
    late = NEXT_MORNING + MICROSECOND
    held = replace(order, images=tuple(each._replace(claim=Claim("ann", late + MICROSECOND)) for each in order.images))
    done = deliver(held, [image.id for image in order.images], "ann", late)
    assert [event.type for event in delivered(held, done, "ann", late)] == ["IMAGES_DELIVERED"]


def test_an_order_whose_last_open_image_is_split_off_meets_its_deadline() -> None:
    (order,) = placed(2)
    first, second = order.images
    half = replace(order, images=(first._replace(first_delivered_at=DELIVERED_AT), second))
    at = DELIVERED_AT + MICROSECOND
    change = expedite([half], [second.id], at, quota(), 2, new_ids)
    split, met, moved = expedited([half], change.orders, at)
    assert [each.type for each in (split, met, moved)] == ["ORDER_SPLIT", "DEADLINE_MET", "ORDER_EXPEDITED"]
    assert (met.order_id, met.at, data(met)) == (order.id, at, {"before": None, "after": {"dueAt": NEXT_MORNING}})


def test_a_split_that_leaves_open_or_late_images_meets_no_deadline() -> None:
    (order,) = placed(3)
    first, second, third = order.images
    late = first._replace(first_delivered_at=NEXT_MORNING + MICROSECOND)
    for images in (order.images, (late, second._replace(first_delivered_at=DELIVERED_AT), third)):
        before = replace(order, images=images)
        change = expedite([before], [third.id], DELIVERED_AT, quota(), 2, new_ids)
        assert "DEADLINE_MET" not in [each.type for each in expedited([before], change.orders, DELIVERED_AT)]
