"""Explanations of deadlines other than those of a plain upload."""

from datetime import UTC, datetime
from typing import Any, Final

from api.order.steps import STEP_TYPES
from app.domain.deadlines.enums import DeadlineStatus, DeadlineStepCode
from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from db.tables.accounts import TimeZonePeriod
from db.writer import unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.serving import NewClient
from tests.support.studio import HOUR, Photo, Studio, open_account, write

TUESDAY = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
ENDED = "Support and production confirmed no deadline before the delivery or cancellation"
NEXT_MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
EXPLANATION = """{ account { order(number: 1) {
  deadline { status explanation { code text ... on CutoffStep { at } } }
  images { nodes { deadline { at status slaVersion explanation { code text } } } }
} } }"""


async def order(pool: Pool, client_of: NewClient, studio: Studio) -> dict[str, Any]:
    await write(pool, studio)
    found: dict[str, Any] = (await (await client_of(studio)).data(EXPLANATION))["account"]["order"]
    return found


def text(deadline: dict[str, Any], code: str) -> str:
    found: str = next(step["text"] for step in deadline["explanation"] if step["code"] == code)
    return found


def codes(deadline: dict[str, Any]) -> list[str]:
    return [step["code"] for step in deadline["explanation"]]


async def test_an_image_delivered_before_the_delivery_plan_has_its_kept_deadline(
    pool: Pool, client_of: NewClient
) -> None:
    studio = await open_account(pool, Studio())
    photos = [Photo(delivered_at=TUESDAY + HOUR / 2), Photo()]
    made = studio.order(TUESDAY, photos, level=ServiceLevel.EXPEDITED_PLAN, due_at=TUESDAY + 4 * HOUR)
    studio.images[0].due_at = made.kept_due_at = NEXT_MORNING
    made.sla_version, made.kept_sla_version = 2, 1
    found = await order(pool, client_of, studio)
    delivered, waiting = (node["deadline"] for node in found["images"]["nodes"])
    assert (delivered["at"], delivered["status"]) == ("2026-03-04T08:00:00Z", "CONFIRMED")
    assert codes(delivered) == [
        *("UPLOADED_AT", "CUTOFF", "GUARANTEE_POSITION", "BASE_DEADLINE"),
        *("EXPEDITE_POSITION", "PLAN_VOID", "SLA_VERSION"),
    ]
    assert (waiting["status"], codes(waiting)[-2:]) == ("CONFIRMED", ["STAFF_CONFIRMED", "SLA_VERSION"])
    assert [(each["slaVersion"], text(each, "SLA_VERSION")) for each in (delivered, waiting)] == [
        (1, "Under version 1 of the SLA"),
        (2, "Under version 2 of the SLA"),
    ]


async def test_a_delivery_plan_is_awaited_until_the_kept_deadline_passes_and_void_afterwards(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    studio = await open_account(pool, Studio())
    studio.order(TUESDAY, level=ServiceLevel.EXPEDITED_PLAN, due_at=clock.now() + HOUR, kept=True)
    found = await order(pool, client_of, studio)
    clock.advance(HOUR)
    due = await (await client_of(studio)).data(EXPLANATION)
    for known in (found, due["account"]["order"]):
        for each in (known["deadline"], known["images"]["nodes"][0]["deadline"]):
            assert each["status"] == "PLAN_REQUIRED"
            assert text(each, "AWAITING_STAFF").endswith("without it the deadline above stands")
    clock.advance(MICROSECOND)
    data = await (await client_of(studio)).data(EXPLANATION)
    for each in (data["account"]["order"]["deadline"], data["account"]["order"]["images"]["nodes"][0]["deadline"]):
        assert (each["status"], codes(each)[-2:]) == ("CONFIRMED", ["PLAN_VOID", "SLA_VERSION"])
        assert text(each, "PLAN_VOID").endswith(
            "made none by Tuesday 10 March 2026, 14:00 (UTC+01:00, Europe/Copenhagen), so the deadline above stands"
        )


async def test_a_cancelled_order_no_longer_awaits_staff(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    studio.order(TUESDAY, level=ServiceLevel.ADDITIONAL, position=201, cancelled_at=TUESDAY + HOUR)
    found = await order(pool, client_of, studio)
    [image] = found["images"]["nodes"]
    for deadline in (found["deadline"], image["deadline"]):
        assert text(deadline, "AWAITING_STAFF") == ENDED


async def test_an_order_delivered_without_a_deadline_no_longer_awaits_staff(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    photos = [Photo(delivered_at=TUESDAY + HOUR), Photo("b.jpg", TUESDAY + HOUR, ((TUESDAY + 2 * HOUR, None),))]
    studio.order(TUESDAY, photos, level=ServiceLevel.ADDITIONAL, position=201)
    found = await order(pool, client_of, studio)
    assert found["deadline"]["status"] == DeadlineStatus.TO_BE_CONFIRMED
    assert text(found["deadline"], "AWAITING_STAFF") == ENDED


async def test_each_instant_is_shown_in_the_time_zone_in_force_at_it(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    moved_at = TUESDAY + HOUR
    studio.order(TUESDAY, level=ServiceLevel.ADDITIONAL, position=201, due_at=NEXT_MORNING)
    studio.orders[0].confirmed_at = moved_at
    async with unit_of_work(pool) as writer:
        await writer.insert([TimeZonePeriod(account_id=studio.id, starts_at=moved_at, time_zone="Asia/Tokyo")])
        await writer.commit()
    found = await order(pool, client_of, studio)
    explanation = found["deadline"]["explanation"]
    assert [step["text"] for step in explanation[:3]] == [
        "Uploaded Tuesday 3 March 2026, 14:05 (UTC+01:00, Europe/Copenhagen)",
        "Before the cutoff at 24:00 on Tuesday 3 March 2026, so counted for that day",
        "Image 201, beyond the 200 guaranteed for Tuesday 3 March 2026",
    ]
    assert explanation[3]["text"] == (
        "Support and production set the deadline on Tuesday 3 March 2026, 23:05 (UTC+09:00, Asia/Tokyo): "
        "due Wednesday 4 March 2026, 17:00 (UTC+09:00, Asia/Tokyo)"
    )
    assert explanation[1]["at"] == "2026-03-03T23:00:00Z"  # as planned then, although the new zone made the day longer


PLACES: Final = "first: from last: to of imageCount date"
AWAITED: Final = "closed reviewBy turnaround timeZone planFrom priceMultiplier deadlineStands"
WINDOW: Final = "windowOpensAt windowClosesAt"
EVERY_STEP: Final = f"""{{ account {{ order(number: 1) {{ deadline {{ explanation {{ __typename code text
  ... on UploadedAtStep {{ at timeZone }} ... on CutoffStep {{ at date uploadBy countedFor }}
  ... on GuaranteePositionStep {{ {PLACES} }} ... on ExpeditePositionStep {{ {PLACES} at timeZone {WINDOW} }}
  ... on BaseDeadlineStep {{ at timeZone turnaround deliverBy }}
  ... on WeekendShiftStep {{ hours base: from moved: to timeZone }}
  ... on ClockChangeStep {{ at timeZone offsetBeforeSeconds offsetAfterSeconds }}
  ... on AwaitingStaffStep {{ {AWAITED} }} ... on StaffConfirmedStep {{ at deadline timeZone }}
  ... on SlaVersionStep {{ version }} ... on PlanVoidStep {{ at timeZone planFrom }}
  ... on ZoneChangedStep {{ at zone: from newZone: to dayClosesAt }}
}} }} images {{ nodes {{ deadline {{ explanation {{ __typename ... on RejectedAtStep {{ at timeZone }}
  ... on BaseDeadlineStep {{ at timeZone turnaround deliverBy }} }} }} }} }} }} }} }}"""


def test_every_step_code_has_a_type_with_its_name() -> None:
    named = {f"{code.title().replace('_', '')}Step" for code in DeadlineStepCode}
    assert {type_.__name__ for type_ in STEP_TYPES.values()} == named


async def test_steps_have_every_fact_that_their_text_names(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    studio = await open_account(pool, Studio())
    friday = datetime(2026, 3, 6, 13, 5, tzinfo=UTC)
    photos = [Photo(delivered_at=friday + HOUR, rejections=((friday + 2 * HOUR, None),))]
    studio.order(friday, photos, level=ServiceLevel.EXPEDITED_PLAN, due_at=clock.now() + HOUR, kept=True)
    await write(pool, studio)
    found = (await (await client_of(studio)).data(EVERY_STEP))["account"]["order"]
    steps = {step.pop("code"): step for step in found["deadline"]["explanation"]}
    zone = {"timeZone": "Europe/Copenhagen"}
    places = {"first": 1, "last": 1, "imageCount": 1, "date": "2026-03-06"}
    for step in steps.values():
        assert step.pop("text")
    assert steps["EXPEDITE_POSITION"] == {
        "__typename": "ExpeditePositionStep",
        **places,
        "of": 20,
        "at": "2026-03-06T13:05:00Z",
        **zone,
        "windowOpensAt": "2026-03-02T00:00:00Z",
        "windowClosesAt": "2026-03-07T00:00:00Z",
    }
    assert steps["AWAITING_STAFF"] == {
        "__typename": "AwaitingStaffStep",
        "closed": True,
        "reviewBy": None,
        "turnaround": None,
        **zone,
        "planFrom": 40,
        "priceMultiplier": "2",
        "deadlineStands": True,
    }
    [image] = found["images"]["nodes"]
    assert image["deadline"]["explanation"][:2] == [
        {"__typename": "RejectedAtStep", "at": "2026-03-06T15:05:00Z", **zone},
        {
            "__typename": "BaseDeadlineStep",
            "at": "2026-03-06T20:05:00Z",
            "turnaround": "PT5H",
            "deliverBy": None,
            **zone,
        },
    ]


async def test_a_deadline_set_by_staff_beyond_a_clock_change_has_its_instants_and_offsets(
    pool: Pool, client_of: NewClient
) -> None:
    studio = await open_account(pool, Studio())
    uploaded_at = datetime(2026, 3, 2, 13, tzinfo=UTC)
    due_at = datetime(2026, 4, 1, 10, tzinfo=UTC)
    studio.order(uploaded_at, level=ServiceLevel.ADDITIONAL, position=201, due_at=due_at)
    await write(pool, studio)
    found = (await (await client_of(studio)).data(EVERY_STEP))["account"]["order"]
    steps = {step.pop("code"): step for step in found["deadline"]["explanation"]}
    for step in steps.values():
        assert step.pop("text")
    zone = {"timeZone": "Europe/Copenhagen"}
    assert steps["CUTOFF"]["countedFor"] == "2026-03-02"
    assert steps["CLOCK_CHANGE"] == {
        "__typename": "ClockChangeStep",
        "at": "2026-03-29T01:00:00Z",
        "offsetBeforeSeconds": 3600.0,
        "offsetAfterSeconds": 7200.0,
        **zone,
    }
    assert steps["STAFF_CONFIRMED"] == {
        "__typename": "StaffConfirmedStep",
        "at": "2026-03-02T14:00:00Z",
        "deadline": "2026-04-01T10:00:00Z",
        **zone,
    }
