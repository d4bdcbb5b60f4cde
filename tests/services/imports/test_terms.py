"""Lines with terms of an SLA: `terms` lines, and the first terms of accounts."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import pytest

from app.domain.sla.enums import Plan
from app.domain.sla.stored import stated_from_json
from app.domain.sla.terms import PLAN_TERMS, NegotiableTerms
from db.connections import Pool
from tests.support.import_files import ACCOUNT, SPECIFICATION, Line, change, order, rows, run_import

OTHERS: Final[Line] = {
    "deliverBy": "07:30",
    "expediteTurnaround": "PT2H",
    "expediteAdditionalTurnaround": "P1DT30M",
    "expediteMultiplier": "1.50",
    "rejectionTurnaround": "PT45M",
    "reviewTurnaround": "PT90M",
    "flowAvailable": True,
    "supportResponse": "PT3H",
    "supportPhone": False,
}
TERMS: Final = NegotiableTerms(
    deliver_by=time(7, 30),
    expedite_turnaround=timedelta(hours=2),
    expedite_additional_turnaround=timedelta(days=1, minutes=30),
    expedite_multiplier=Decimal("1.5"),
    rejection_turnaround=timedelta(minutes=45),
    review_turnaround=timedelta(minutes=90),
    flow_available=True,
    support_response=timedelta(hours=3),
    support_phone=False,
)
AGREED: Final = change("terms", "2026-03-03T10:30:00Z", effectiveDate="2026-03-04", message="As agreed.", **OTHERS)


async def versions(pool: Pool) -> list[tuple[int, date, NegotiableTerms, str | None]]:
    query = "SELECT version, effective_date, other_terms, message FROM sla_versions ORDER BY version"
    return [(row[0], row[1], stated_from_json(row[2] or {}), row[3]) for row in await pool.fetch(query)]


async def test_a_line_takes_every_term_and_orders_from_its_day_on_are_due_by_it(pool: Pool) -> None:
    at = "2026-03-04T10:00:00Z"
    delivered = {"filename": "a.jpg", "deliveredAt": "2026-03-04T11:00:00Z"}
    rejected = delivered | {"rejections": [{"at": "2026-03-04T12:00:00Z", "reason": "halo"}]}
    lines = [
        ACCOUNT,
        SPECIFICATION,
        order("o-1"),
        AGREED,
        order("o-2", [rejected], at),
        order("o-3", at=at, expedite=True),
    ]
    assert (await run_import(pool, lines)).problems == []
    assert (await versions(pool))[1] == (2, date(2026, 3, 4), TERMS, "As agreed.")
    query = "SELECT due_at, sla_version, price FROM orders ORDER BY number"
    assert await rows(pool, query) == [
        (utc("2026-03-04T08:00:00Z"), 1, Decimal("1.45")),
        (utc("2026-03-05T06:30:00Z"), 2, Decimal("1.45")),
        (utc("2026-03-04T12:00:00Z"), 2, Decimal("2.175")),
    ]
    assert await rows(pool, "SELECT due_at FROM rejections") == [(utc("2026-03-04T12:45:00Z"),)]


async def test_a_line_of_an_account_states_its_first_terms(pool: Pool) -> None:
    assert (
        await run_import(pool, [ACCOUNT | OTHERS | {"message": "Welcome."}, SPECIFICATION, order("o-1")])
    ).problems == []
    assert await versions(pool) == [(1, date(2026, 3, 3), TERMS, "Welcome.")]
    created = "SELECT data->'after'->>'deliverBy' FROM events WHERE type = 'ACCOUNT_CREATED'"
    assert await rows(pool, created) == [("07:30:00",)]
    assert await rows(pool, "SELECT due_at FROM orders") == [(utc("2026-03-04T06:30:00Z"),)]


@pytest.mark.parametrize(
    "same",
    [
        {"deliverBy": "07:30:00"},
        {"expediteTurnaround": "PT120M"},
        {"expediteMultiplier": 1.5},
        {"imagesPerDay": None, "expeditesPerDay": None},
    ],
)
async def test_a_line_is_known_however_its_terms_are_written_and_null_is_as_left_out(pool: Pool, same: Line) -> None:
    assert (await run_import(pool, [ACCOUNT, SPECIFICATION, AGREED])).problems == []
    again = await run_import(pool, [AGREED | same])
    assert (again.problems, again.report.known) == ([], 1)


async def test_a_term_stated_as_the_plans_value_follows_the_plan(pool: Pool) -> None:
    back = change("terms", "2026-03-03T11:00:00Z", effectiveDate="2026-03-05", deliverBy="09:00", supportPhone=None)
    assert (await run_import(pool, [ACCOUNT, SPECIFICATION, AGREED, back])).problems == []
    assert (await versions(pool))[2][2] == NegotiableTerms(deliver_by=PLAN_TERMS[Plan.PROFESSIONAL].deliver_by)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("deliverBy", "24:00", "is no time that exists: 24:00"),
        ("deliverBy", "7:30", "must be a time of the day, like 07:30 or 07:30:00"),
        ("deliverBy", 730, "must be a time of the day, like 07:30 or 07:30:00"),
        ("expediteTurnaround", "2h", "must be a duration in ISO 8601, like PT2H or PT90M"),
        ("expediteTurnaround", "P12345678D", "must be PT1M to P30D"),
        (
            "expediteTurnaround",
            "P2D",
            "Expedites would take 48 hours, longer than the 1,470 minutes of additional ones.",
        ),
        ("supportResponse", "PT59S", "must be PT1M to P30D"),
        ("reviewTurnaround", "P31D", "must be PT1M to P30D"),
        ("expediteMultiplier", "0.5", "must not be less than 1"),
        ("expediteMultiplier", 101, "must not be more than 100"),
        ("flowAvailable", "yes", "must be true or false"),
        ("message", "", "must not be blank"),
    ],
)
async def test_a_bad_term_is_refused_by_its_field(pool: Pool, field: str, value: object, problem: str) -> None:
    outcome = await run_import(pool, [ACCOUNT, SPECIFICATION, AGREED | {field: value}], check=True)
    assert outcome.problems == [f"3: {field}: {problem}"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)
