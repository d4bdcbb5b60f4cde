"""Events that the history of an order gives: deliveries, rejections, deadlines set, and deadlines met."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.events.histories import facts_after
from app.domain.events.orders import confirmed
from app.domain.orders.changes import confirm
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.state import OrderState, RejectionState
from tests.support.events.stored_data import data
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, placed, quota
from tests.support.sla import SLA, sla

DELIVERED_AT = UPLOADED_AT + timedelta(hours=2)
REJECTED_AT = UPLOADED_AT + timedelta(hours=3)
PLANNED_AT = NEXT_MORNING - timedelta(hours=6)
IN_PRODUCTION = {"status": "IN_PRODUCTION"}
READY = {"status": "READY_FOR_DOWNLOAD"}


def rejection(at: datetime, redelivered_at: datetime | None = None) -> RejectionState:
    return RejectionState(UUID(int=1), at, "halo", at + timedelta(hours=5), 3, redelivered_at)


def counts(delivered: int, rejected: int) -> dict[str, int | None]:
    return {"deliveredCount": delivered, "rejectedCount": rejected, "completedAt": None}


def types(order: OrderState, after: datetime | None = None) -> list[str]:
    return [new_event.type for new_event in facts_after(order, after)]


def test_deliveries_of_one_instant_are_one_event() -> None:
    (order,) = placed(3)
    order = with_history(order, [ImageHistory(DELIVERED_AT, ()), ImageHistory(DELIVERED_AT, ()), None])
    (event,) = facts_after(order, None)
    assert (event.type, event.image_id) == ("IMAGES_DELIVERED", None)
    assert data(event) == {
        "before": IN_PRODUCTION | counts(0, 0),
        "after": IN_PRODUCTION | counts(2, 0),
        "images": tuple(image.id for image in order.images[:2]),
    }


def test_a_rejection_puts_the_order_back_into_production_and_its_redelivery_makes_it_ready_again() -> None:
    (order,) = placed(1)
    order = with_history(order, [ImageHistory(DELIVERED_AT, (rejection(REJECTED_AT, NEXT_MORNING),))])
    delivered, met, rejected, redelivered = facts_after(order, None)
    assert (met.at, met.type) == (DELIVERED_AT, "DEADLINE_MET")
    assert (data(delivered)["before"], data(delivered)["after"]) == (IN_PRODUCTION | counts(0, 0), READY | counts(1, 0))
    assert (rejected.at, rejected.type, data(rejected)["after"]) == (
        REJECTED_AT,
        "IMAGES_REJECTED",
        IN_PRODUCTION | counts(0, 1),
    )
    assert data(rejected)["images"] == [
        {
            "id": order.images[0].id,
            "rejection": UUID(int=1),
            "dueAt": REJECTED_AT + timedelta(hours=5),
            "slaVersion": 3,
            "category": None,
        }
    ]
    assert (redelivered.at, data(redelivered)["after"]) == (NEXT_MORNING, READY | counts(1, 0))


def test_events_of_one_instant_are_in_the_order_of_each_image() -> None:
    (order,) = placed(2)
    twice = (rejection(DELIVERED_AT, DELIVERED_AT), rejection(DELIVERED_AT, DELIVERED_AT))
    order = with_history(order, [ImageHistory(DELIVERED_AT, twice), ImageHistory(DELIVERED_AT, ())])
    assert types(order) == [
        "IMAGES_DELIVERED",
        "DEADLINE_MET",
        "IMAGES_REJECTED",
        "IMAGES_DELIVERED",
        "IMAGES_REJECTED",
        "IMAGES_DELIVERED",
    ]
    assert [len(data(event).get("images", ())) for event in facts_after(order, None)] == [2, 0, 1, 1, 1, 1]


def test_events_after_an_instant_start_from_the_counts_at_it() -> None:
    (order,) = placed(1)
    order = with_history(order, [ImageHistory(DELIVERED_AT, (rejection(REJECTED_AT),))])
    assert types(order, DELIVERED_AT - MICROSECOND) == ["IMAGES_DELIVERED", "DEADLINE_MET", "IMAGES_REJECTED"]
    (event,) = facts_after(order, DELIVERED_AT)
    assert data(event)["before"] == READY | counts(1, 0)


def test_a_deadline_set_by_staff_names_the_images_that_took_it() -> None:
    (order,) = placed(2, quota(used=200))
    order = with_history(order, [ImageHistory(DELIVERED_AT, ()), None])
    order = confirm(order, REJECTED_AT, NEXT_MORNING, SLA)
    event = next(each for each in facts_after(order, None) if each.type == "DEADLINE_CONFIRMED")
    assert (event.at, event.image_id) == (REJECTED_AT, order.images[1].id)
    assert data(event) == {
        "before": {"deadlineStatus": "TO_BE_CONFIRMED", "dueAt": None, "confirmedAt": None},
        "after": {"deadlineStatus": "CONFIRMED", "dueAt": NEXT_MORNING, "confirmedAt": REJECTED_AT},
        "images": (order.images[1].id,),
        "pricePerImage": Decimal("1.45"),
    }


def test_the_event_of_a_plan_has_its_price() -> None:
    _, planned = placed(60, expedite=True)
    (event,) = facts_after(confirm(planned, DELIVERED_AT, PLANNED_AT, SLA), None)
    assert (data(event)["before"]["price"], data(event)["after"]["price"]) == (Decimal("58.00"), Decimal("116.00"))
    assert data(event)["pricePerImage"] == Decimal("2.90")


def test_the_event_of_a_plan_has_the_kept_deadline_that_it_replaces_also_in_a_replay() -> None:
    _, planned = placed(60, expedite=True)
    early = with_history(planned, [None] * 20 + [ImageHistory(UPLOADED_AT, ())] + [None] * 39)
    made = confirm(early, DELIVERED_AT, PLANNED_AT, expedited=sla(4))
    event = confirmed(early, made, DELIVERED_AT, None)
    assert data(event)["before"]["dueAt"] == NEXT_MORNING
    assert (data(event)["before"]["slaVersion"], data(event)["after"]["slaVersion"]) == (3, 4)
    replayed = next(each for each in facts_after(made, None) if each.type is EventType.DEADLINE_CONFIRMED)
    assert replayed == event
    assert len(data(event)["images"]) == 39


def test_a_deadline_set_before_the_instant_has_no_event() -> None:
    (order,) = placed(1, quota(used=200))
    assert types(confirm(order, DELIVERED_AT, NEXT_MORNING, SLA), DELIVERED_AT) == []


def test_facts_after_a_cancellation_count_the_images_that_remained() -> None:
    (order,) = placed(3)
    first, second, third = order.images
    again = (rejection(REJECTED_AT + MICROSECOND, PLANNED_AT),)
    images = (
        first._replace(first_delivered_at=DELIVERED_AT, rejections=again),
        second._replace(cancelled_at=DELIVERED_AT),
        third._replace(cancelled_at=REJECTED_AT),
    )
    progress = [
        (data(each)["before"]["status"], data(each)["after"]["status"])
        for each in facts_after(replace(order, images=images), None)
        if each.type != "DEADLINE_MET"
    ]
    assert progress == [
        ("IN_PRODUCTION", "IN_PRODUCTION"),
        ("READY_FOR_DOWNLOAD", "IN_PRODUCTION"),
        ("IN_PRODUCTION", "READY_FOR_DOWNLOAD"),
    ]


def test_a_cancelled_order_without_deliveries_has_no_facts() -> None:
    (order,) = placed(1)
    assert types(replace(order, cancelled_at=DELIVERED_AT)) == []
