"""The Pulse and the images behind its counts, now and at an instant in the past."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from app.domain.orders.enums import ServiceLevel
from app.domain.pulse import definitions
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.rows import review_row
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

LEVELS: Final = ("standard", "additional", "expedited", "expeditedAdditional", "deliveryPlan")
TEN_DAYS_AGO = "2026-02-28T12:00:00Z"
NUMBERS: dict[tuple[str, ...], str] = {
    ("pulse", "productivity", "imagesUploaded"): "images",
    ("pulse", "quality", "deliveredCount"): "deliveredImages",
    ("pulse", "reliability", "onTimeCount"): "onTimeImages",
    ("pulse", "reliability", "lateCount"): "lateImages",
    **{
        ("sla", "compliance", term, number): images
        for term in (*LEVELS, "rejection", "review")
        for number, images in (("missedCount", "missedImages"), ("openCount", "openImages"))
    },
}
"""The counts of the current window, each with the list of its images."""


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock, client_of: NewClient) -> Client:
    """A client with 70 orders of every level over 40 days, of two images each: some late, rejected or open."""
    studio = await open_account(pool, Studio())
    for number in range(70):
        placed_at = clock.now() - timedelta(hours=13 * (70 - number), minutes=7)
        delivered_at = placed_at + timedelta(hours=2 + number % 50) if number % 6 else None
        known = delivered_at if delivered_at is not None and delivered_at < clock.now() else None
        rejected_at = known + HOUR if known is not None and number % 5 == 1 else None
        redone_at = rejected_at + timedelta(hours=4 + number % 3) if rejected_at is not None and number % 2 else None
        rejections = ((rejected_at, redone_at),) if rejected_at is not None and rejected_at < clock.now() else ()
        order = studio.order(
            placed_at,
            [Photo("a.jpg", known, rejections), Photo("b.jpg", known)],
            level=list(ServiceLevel)[number % 5],
            due_at=placed_at + 2 * DAY if number % 2 else None,
            cancelled_at=placed_at + HOUR if known is None and number % 12 == 0 else None,
        )
        if number % 5 in {1, 4} and known:
            studio.reviews += [review_row(each, 1, placed_at, placed_at + DAY, known) for each in studio.images[-2:]]
        elif number % 5 in {1, 4} and order.confirmed_at is None:
            order.review_by = studio.images[-1].review_by = studio.images[-2].review_by = placed_at + DAY
    await write(pool, studio)
    return await client_of(studio)


def query(path: tuple[str, ...], shown: str, as_of: str | None) -> str:
    first, *others = path[:-1]
    body = shown
    for field in reversed(others):
        body = f"{field} {{ {body} }}"
    argument = f'(asOf: "{as_of}")' if as_of else ""
    return f"{{ account {{ {first}{argument} {{ {body} }} }} }}"


def at(data: dict[str, Any], path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any value
    found: Any = data["account"]
    for field in path:
        found = found[field]
    return found


@pytest.mark.parametrize("as_of", [None, TEN_DAYS_AGO])
@pytest.mark.parametrize("path", NUMBERS, ids=".".join)
async def test_the_images_behind_a_count_are_as_many_as_it_says(
    client: Client, path: tuple[str, ...], as_of: str | None
) -> None:
    images = NUMBERS[path]
    number = at(await client.data(query(path, path[-1], as_of)), path)
    listed: list[str] = []
    after, goes_on = "", True
    while goes_on:
        page = (
            f"{images}(first: 7{after}) {{ totalCount edges {{ node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }}"
        )
        found = at(await client.data(query(path, page, as_of)), (*path[:-1], images))
        if number is None:
            assert found is None
            return
        assert found["totalCount"] == number
        listed += [edge["node"]["id"] for edge in found["edges"]]
        after, goes_on = f', after: "{found["pageInfo"]["endCursor"]}"', found["pageInfo"]["hasNextPage"]
    assert len(listed) == number
    if path[2] not in {"rejection", "review"}:
        assert len(set(listed)) == len(listed)


async def test_open_promises_and_their_images_are_null_for_the_past(client: Client) -> None:
    shown = "deliveryPlan { openCount openImages { nodes { id } totalCount } }"
    data = await client.data(query(("sla", "compliance", ""), shown, TEN_DAYS_AGO))
    assert at(data, ("sla", "compliance", "deliveryPlan")) == {"openCount": None, "openImages": None}
    data = await client.data(query(("sla", "compliance", ""), "deliveryPlan { openCount }", None))
    assert at(data, ("sla", "compliance", "deliveryPlan", "openCount")) == 2


async def test_rejected_images_are_those_delivered_that_were_not_approved(client: Client) -> None:
    shown = "rejectedCount rejectedImages(first: 100) { totalCount nodes { rejections { id } } }"
    quality = at(await client.data(query(("pulse", "quality", ""), shown, None)), ("pulse", "quality"))
    number = quality["rejectedCount"]
    assert number > 0
    assert quality["rejectedImages"]["totalCount"] == number
    assert [len(node["rejections"]) for node in quality["rejectedImages"]["nodes"]] == [1] * number


async def test_met_and_missed_add_up_to_reliability(client: Client) -> None:
    counts = "{ metCount missedCount }"
    terms = f"compliance {{ {' '.join(f'{level} {counts}' for level in LEVELS)} }}"
    data = await client.data(
        f"{{ account {{ sla {{ {terms} }} pulse {{ reliability {{ dueCount onTimeCount lateCount }} }} }} }}"
    )
    reliability, kept = data["account"]["pulse"]["reliability"], data["account"]["sla"]["compliance"].values()
    assert reliability["onTimeCount"] == sum(term["metCount"] for term in kept)
    assert reliability["lateCount"] == sum(term["missedCount"] for term in kept)
    assert reliability["dueCount"] == reliability["onTimeCount"] + reliability["lateCount"]


async def test_the_midnight_that_ends_a_month_and_a_week_belongs_to_them(
    pool: Pool, clock: FrozenClock, client_of: NewClient
) -> None:
    """February 2026 ends with a Saturday, user time; the week, a day later."""
    studio = await open_account(pool, Studio())
    midnight = clock.now() - 9 * DAY - 13 * HOUR  # 28 February, 23:00 UTC
    studio.order(midnight - 10 * DAY, [Photo(), Photo()])
    await write(pool, studio)
    client = await client_of(studio)
    shown = "productivity { imagesThisMonth } productivityStreak { weeks uploadedThisWeek keepBy }"

    async def asked(as_of: str) -> tuple[object, ...]:
        pulse = at(await client.data(query(("pulse", ""), shown, as_of)), ("pulse",))
        streak = pulse["productivityStreak"]
        return pulse["productivity"]["imagesThisMonth"], streak["weeks"], streak["uploadedThisWeek"], streak["keepBy"]

    week_end = "2026-03-01T23:00:00Z"
    assert await asked("2026-02-28T23:00:00Z") == (2, 1, False, week_end)
    assert await asked("2026-02-28T23:00:00.000001Z") == (0, 1, False, week_end)
    assert await asked(week_end) == (0, 1, False, week_end)
    assert await asked("2026-03-01T23:00:00.000001Z") == (0, 0, False, "2026-03-08T23:00:00Z")


async def test_the_pulse_of_a_small_studio(pool: Pool, clock: FrozenClock, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    at_nine = clock.now() - 2 * DAY - 3 * HOUR  # Sunday 8 March, 09:00 UTC
    studio.order(at_nine, [Photo("a.jpg", at_nine + 2 * HOUR), Photo("b.jpg", at_nine + 4 * HOUR)])
    studio.order(at_nine - 35 * DAY, [Photo("c.jpg", at_nine - 35 * DAY + 20 * HOUR)])
    await write(pool, studio)
    client = await client_of(studio)
    data = await client.data(
        """{ account { pulse {
          asOf currentWindow { start end } previousWindow { start end }
          productivity { label summary trend { direction changePercent changePoints sentiment }
            imagesUploaded previousImagesUploaded imagesThisMonth allTimeProcessed }
          quality { label summary trend { direction changePercent changePoints sentiment }
            rate previousRate deliveredCount approvedCount rejectedCount }
          timeSavings { label summary trend { direction } hours previousHours bySteps { step hours imageCount } }
          productivityStreak { label summary trend { direction } weeks longest since uploadedThisWeek keepBy }
          reliability { label summary trend { direction } rate previousRate dueCount onTimeCount lateCount }
          averageLeadTime { label summary trend { direction sentiment } seconds previousSeconds deliveredCount }
        } } }"""
    )
    assert data["account"]["pulse"] == {
        "asOf": "2026-03-10T12:00:00Z",
        "currentWindow": {"start": "2026-02-08T12:00:00Z", "end": "2026-03-10T12:00:00Z"},
        "previousWindow": {"start": "2026-01-09T12:00:00Z", "end": "2026-02-08T12:00:00Z"},
        "productivity": {
            "label": "Productivity",
            "summary": "2 images, up 100.0 %",
            "trend": {"direction": "UP", "changePercent": 100.0, "changePoints": None, "sentiment": "POSITIVE"},
            "imagesUploaded": 2,
            "previousImagesUploaded": 1,
            "imagesThisMonth": 2,
            "allTimeProcessed": 3,
        },
        "quality": {
            "label": "Quality",
            "summary": "100.0 % right first time, unchanged",
            "trend": {"direction": "FLAT", "changePercent": 0.0, "changePoints": 0.0, "sentiment": "NEUTRAL"},
            "rate": 1.0,
            "previousRate": 1.0,
            "deliveredCount": 2,
            "approvedCount": 2,
            "rejectedCount": 0,
        },
        "timeSavings": {
            "label": "Time Savings",
            "summary": "0.2 hours saved, up 100.0 %",
            "trend": {"direction": "UP"},
            "hours": 551 / 3600,
            "previousHours": 275.5 / 3600,
            "bySteps": [
                {"step": "CLIPPING", "hours": 0.1, "imageCount": 2},
                {"step": "SHADOW", "hours": 191 / 3600, "imageCount": 2},
            ],
        },
        "productivityStreak": {
            "label": "Productivity Streak",
            "summary": "1 week in a row",
            "trend": None,
            "weeks": 1,
            "longest": 1,
            "since": "2026-03-02",
            "uploadedThisWeek": False,
            "keepBy": "2026-03-15T23:00:00Z",
        },
        "reliability": {
            "label": "Reliability",
            "summary": "100.0 % on time, unchanged",
            "trend": {"direction": "FLAT"},
            "rate": 1.0,
            "previousRate": 1.0,
            "dueCount": 2,
            "onTimeCount": 2,
            "lateCount": 0,
        },
        "averageLeadTime": {
            "label": "Average Lead Time",
            "summary": "3 h 0 min, down 85.0 %",
            "trend": {"direction": "DOWN", "sentiment": "POSITIVE"},
            "seconds": 10800.0,
            "previousSeconds": 72000.0,
            "deliveredCount": 2,
        },
    }


def kpis() -> Iterator[str]:
    yield from ("productivity", "quality", "timeSavings", "productivityStreak", "reliability", "averageLeadTime")


@pytest.mark.parametrize("kpi", list(kpis()))
async def test_every_figure_is_a_kpi(client: Client, kpi: str) -> None:
    shown = "... on KPI { __typename label summary trend { direction } }"
    data = await client.data(f"{{ account {{ pulse {{ {kpi} {{ {shown} }} }} }} }}")
    figure = data["account"]["pulse"][kpi]
    assert figure["label"]
    assert figure["summary"]
    assert (figure["trend"] is None) is (kpi == "productivityStreak")


@pytest.mark.parametrize("as_of", ["", '(asOf: "2026-02-01T12:00:00Z")'])
async def test_every_figure_says_its_definition_whatever_the_instant(client: Client, as_of: str) -> None:
    data = await client.data(f"{{ account {{ pulse{as_of} {{ kpis {{ label definition }} }} }} }}")
    assert {kpi["label"]: kpi["definition"] for kpi in data["account"]["pulse"]["kpis"]} == {
        "Productivity": definitions.PRODUCTIVITY,
        "Quality": definitions.QUALITY,
        "Time Savings": definitions.TIME_SAVINGS,
        "Productivity Streak": definitions.PRODUCTIVITY_STREAK,
        "Reliability": definitions.RELIABILITY,
        "Average Lead Time": definitions.AVERAGE_LEAD_TIME,
    }


async def test_a_pulse_can_be_read_as_of_the_creation_and_as_of_now(client: Client) -> None:
    ask = "query ($asOf: DateTime) { account { pulse(asOf: $asOf) { asOf } sla(asOf: $asOf) { version } } }"
    for as_of in ("2026-01-05T08:00:00Z", "2026-03-10T12:00:00Z"):
        data = await client.data(ask, {"asOf": as_of})
        assert data["account"] == {"pulse": {"asOf": as_of}, "sla": {"version": 1}}


@pytest.mark.parametrize("field", ["pulse(asOf: $asOf) { asOf }", "sla(asOf: $asOf) { version }"])
@pytest.mark.parametrize(
    ("as_of", "message"),
    [
        ("2026-01-05T07:59:59.999999Z", "asOf: The account began at 2026-01-05T08:00:00Z."),
        ("2026-03-10T12:00:05.000001Z", "asOf: 2026-03-10T12:00:05.000001Z is yet to come."),
        ("2200-12-31T23:59:59Z", "asOf: 2200-12-31T23:59:59Z is yet to come."),
        ("1970-01-01T00:00:00Z", "asOf: The account began at 2026-01-05T08:00:00Z."),
    ],
)
async def test_a_pulse_before_the_creation_or_in_the_future_is_refused(
    client: Client, field: str, as_of: str, message: str
) -> None:
    error = await client.error(f"query ($asOf: DateTime) {{ account {{ {field} }} }}", {"asOf": as_of})
    assert error == {"message": message, "code": "BAD_USER_INPUT", "argument": "asOf"}


async def test_an_instant_up_to_five_seconds_ahead_counts_as_now(client: Client) -> None:
    asked = '{ account { ahead: pulse(asOf: "2026-03-10T12:00:05Z") { ...all } pulse { ...all } } }'
    data = await client.data(asked + "fragment all on Pulse { asOf currentWindow { end } productivity { summary } }")
    assert data["account"]["ahead"] == data["account"]["pulse"]
    assert data["account"]["pulse"]["asOf"] == "2026-03-10T12:00:00Z"


async def test_the_six_figures_are_listed_in_the_order_of_the_page(client: Client) -> None:
    names = ["productivity", "quality", "timeSavings", "productivityStreak", "reliability", "averageLeadTime"]
    figure = "{ label summary trend { direction } }"
    each = " ".join(f"{name} {figure}" for name in names)
    pulse = (await client.data(f"{{ account {{ pulse {{ kpis {figure} {each} }} }} }}"))["account"]["pulse"]
    assert pulse["kpis"] == [pulse[name] for name in names]
