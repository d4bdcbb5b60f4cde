"""The SLA in force, its versions, and the use of a day's guarantee."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.sla.enums import Plan
from db.connections import Pool
from db.tables.accounts import LedgerDay, SlaVersion
from tests.support.clock import FrozenClock
from tests.support.serving import Client, NewClient
from tests.support.studio import CREATED_AT, DAY, Photo, Studio, open_account, write


def negotiated(studio: Studio, version: int, effective: date, images: int | None, expedites: int | None) -> None:
    studio.versions.append(
        SlaVersion(
            account_id=studio.id,
            version=version,
            effective_date=effective,
            images_per_day=images,
            expedites_per_day=expedites,
            negotiated_at=CREATED_AT + DAY,
            note=None,
            plan_terms=None,
            message=None,
        )
    )


@pytest.fixture
async def studio(pool: Pool) -> Studio:
    """A studio whose terms changed on 1 March, will change on 1 April, where a second version supersedes the first."""
    made = await open_account(pool, Studio())
    negotiated(made, 2, date(2026, 3, 1), 500, None)
    negotiated(made, 3, date(2026, 4, 1), 800, 30)
    negotiated(made, 4, date(2026, 4, 1), None, 40)
    await write(pool, made)
    return made


@pytest.fixture
async def client(studio: Studio, client_of: NewClient) -> Client:
    return await client_of(studio)


async def test_the_sla_shows_every_term(client: Client) -> None:
    data = await client.data(
        """{ account { sla {
          version effectiveFrom standard { deliverBy uploadBy summary }
          guarantee { imagesPerDay custom planDefault additionalImages }
          expedite { imagesPerDay custom planDefault turnaround additionalTurnaround deliveryPlanFrom priceMultiplier
            available opensAt closesAt }
          rejection { turnaround free } flow { available turnaround url }
          support { helpCenterUrl email phone days responseTime }
        } } }"""
    )
    assert data["account"]["sla"] == {
        "version": 2,
        "effectiveFrom": "2026-02-28T23:00:00Z",
        "standard": {
            "deliverBy": "09:00",
            "uploadBy": "24:00",
            "summary": "Next morning by 09:00 for all images uploaded by midnight, Monday to Friday",
        },
        "guarantee": {
            "imagesPerDay": 500,
            "custom": True,
            "planDefault": 200,
            "additionalImages": "To be confirmed by support and production",
        },
        "expedite": {
            "imagesPerDay": 20,
            "custom": False,
            "planDefault": 20,
            "turnaround": "PT3H",
            "additionalTurnaround": "PT6H",
            "deliveryPlanFrom": 40,
            "priceMultiplier": "2",
            "available": True,
            "opensAt": None,
            "closesAt": "2026-03-14T00:00:00Z",
        },
        "rejection": {"turnaround": "PT5H", "free": True},
        "flow": {"available": False, "turnaround": "PT1H", "url": "https://studio.example/flow"},
        "support": {
            "helpCenterUrl": "https://help.example",
            "email": "support@studio.example",
            "phone": False,
            "days": "Monday to Friday",
            "responseTime": "PT5H",
        },
    }


@pytest.mark.parametrize(
    ("as_of", "version", "images"),
    [("2026-02-28T22:59:59.999999Z", 1, 200), ("2026-02-28T23:00:00Z", 2, 500), ("2026-03-10T12:00:00Z", 2, 500)],
)
async def test_a_version_starts_with_its_ledger_day(client: Client, as_of: str, version: int, images: int) -> None:
    ask = "query ($asOf: DateTime) { account { sla(asOf: $asOf) { version guarantee { imagesPerDay } } } }"
    data = await client.data(ask, {"asOf": as_of})
    assert data["account"]["sla"] == {"version": version, "guarantee": {"imagesPerDay": images}}


async def test_on_the_weekend_the_expedite_window_is_closed(client: Client) -> None:
    data = await client.data(
        '{ account { sla(asOf: "2026-03-07T10:00:00Z") { expedite { available opensAt closesAt } } } }'
    )
    assert data["account"]["sla"]["expedite"] == {
        "available": False,
        "opensAt": "2026-03-09T00:00:00Z",
        "closesAt": None,
    }


VERSIONS = """
query ($first: Int, $after: String) { account { slaVersions(first: $first, after: $after) {
  nodes { version effectiveFrom guarantee { imagesPerDay } expedite { imagesPerDay } }
  pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
} } }
"""


async def test_versions_are_listed_newest_first_including_future_and_superseded_ones(client: Client) -> None:
    data = await client.data(VERSIONS)
    assert [list(flat(node)) for node in data["account"]["slaVersions"]["nodes"]] == [
        [4, "2026-03-31T22:00:00Z", 500, 40],
        [3, "2026-03-31T22:00:00Z", 800, 30],
        [2, "2026-02-28T23:00:00Z", 500, 20],
        [1, "2026-01-04T23:00:00Z", 200, 20],
    ]
    assert data["account"]["slaVersions"]["totalCount"] == 4


def flat(node: dict[str, Any]) -> list[Any]:
    return [
        node["version"],
        node["effectiveFrom"],
        *(node[terms]["imagesPerDay"] for terms in ("guarantee", "expedite")),
    ]


async def test_versions_are_paged(client: Client) -> None:
    first = (await client.data(VERSIONS, {"first": 3}))["account"]["slaVersions"]
    assert [node["version"] for node in first["nodes"]] == [4, 3, 2]
    assert first["pageInfo"] | {"endCursor": ""} == {"hasNextPage": True, "hasPreviousPage": False, "endCursor": ""}
    after = first["pageInfo"]["endCursor"]
    second = (await client.data(VERSIONS, {"first": 3, "after": after}))["account"]["slaVersions"]
    assert [node["version"] for node in second["nodes"]] == [1]
    assert second["pageInfo"] | {"endCursor": ""} == {"hasNextPage": False, "hasPreviousPage": True, "endCursor": ""}


async def test_enterprise_terms_are_compared_with_their_plan(pool: Pool, client_of: NewClient) -> None:
    client = await client_of(await open_account(pool, Studio(plan=Plan.ENTERPRISE, expedites_per_day=40)))
    terms = "imagesPerDay custom planDefault"
    data = await client.data(f"{{ account {{ sla {{ guarantee {{ {terms} }} expedite {{ {terms} }} }} }} }}")
    assert data["account"]["sla"] == {
        "guarantee": {"imagesPerDay": 200, "custom": False, "planDefault": 200},
        "expedite": {"imagesPerDay": 40, "custom": True, "planDefault": 20},
    }


GUARANTEE = """
query ($date: Date) { account { dailyGuarantee(date: $date) {
  date opensAt resetsAt capacity used remaining additional expediteCapacity expediteUsed expediteRemaining
} } }
"""


async def test_the_running_day_shows_the_use_of_its_allowance(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    studio.days.append(
        LedgerDay(
            account_id=studio.id,
            date=date(2026, 3, 10),
            opens_at=datetime(2026, 3, 9, 23, tzinfo=UTC),
            closes_at=datetime(2026, 3, 10, 23, tzinfo=UTC),
            sla_version=1,
            capacity=200,
            used=235,
            expedite_capacity=20,
            expedite_used=5,
        )
    )
    await write(pool, studio)
    data = await (await client_of(studio)).data(GUARANTEE)
    assert data["account"]["dailyGuarantee"] == {
        "date": "2026-03-10",
        "opensAt": "2026-03-09T23:00:00Z",
        "resetsAt": "2026-03-10T23:00:00Z",
        "capacity": 200,
        "used": 235,
        "remaining": 0,
        "additional": 35,
        "expediteCapacity": 20,
        "expediteUsed": 5,
        "expediteRemaining": 15,
    }


@pytest.mark.parametrize(
    ("day", "capacity", "expedites"), [("2026-02-10", 200, 20), ("2026-03-05", 500, 20), ("2026-04-01", 500, 40)]
)
async def test_a_day_without_use_has_the_terms_of_its_sla(
    client: Client, day: str, capacity: int, expedites: int
) -> None:
    guarantee = (await client.data(GUARANTEE, {"date": day}))["account"]["dailyGuarantee"]
    assert guarantee["date"] == day
    assert (guarantee["capacity"], guarantee["used"], guarantee["remaining"]) == (capacity, 0, capacity)
    assert (guarantee["expediteCapacity"], guarantee["expediteRemaining"]) == (expedites, expedites)


@pytest.mark.parametrize("day", ["2026-01-04", "1970-01-01"])
async def test_a_day_before_the_accounts_creation_is_null(client: Client, day: str) -> None:
    assert (await client.data(GUARANTEE, {"date": day}))["account"]["dailyGuarantee"] is None


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2201-01-01", "9999-12-31"])
async def test_a_date_beyond_the_supported_years_is_refused(client: Client, day: str) -> None:
    error = await client.error(GUARANTEE, {"date": day})
    assert error["code"] == "BAD_USER_INPUT"
    assert error["argument"] == "date"


async def test_compliance_counts_kept_and_missed_promises(pool: Pool, clock: FrozenClock, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    at = datetime(2026, 3, 2, 13, tzinfo=UTC)
    due_at = datetime(2026, 3, 3, 8, tzinfo=UTC)
    photos = [Photo(delivered_at=due_at), Photo(delivered_at=due_at + DAY), Photo()]
    studio.order(at, photos)
    studio.order(clock.now(), [Photo()])
    await write(pool, studio)
    client = await client_of(studio)
    data = await client.data("{ account { sla { compliance { standard { metCount missedCount openCount rate } } } } }")
    assert data["account"]["sla"]["compliance"]["standard"] == {
        "metCount": 1,
        "missedCount": 2,
        "openCount": 1,
        "rate": 1 / 3,
    }
