"""Ledger days as JSON, in events and in stored results of commands: instants in ISO 8601."""

from datetime import date, datetime
from typing import Any, TypeAlias

from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import RecordedDay

Json: TypeAlias = dict[str, Any]


def day_to_json(day: RecordedDay) -> Json:
    """Return a ledger day with its use, in values that orjson writes."""
    allowance = day.allowance
    return {
        "date": day.day.date,
        "opensAt": day.day.opens_at,
        "closesAt": day.day.closes_at,
        "slaVersion": day.sla_version,
        "capacity": allowance.capacity,
        "used": allowance.used,
        "expediteCapacity": allowance.expedite_capacity,
        "expediteUsed": allowance.expedite_used,
    }


def day_from_json(stored: Json) -> RecordedDay:
    """Return the ledger day that `day_to_json` wrote; the SLA version is 0 in results that early releases stored."""
    opens_at, closes_at = (datetime.fromisoformat(stored[name]) for name in ("opensAt", "closesAt"))
    day = LedgerDay(date.fromisoformat(stored["date"]), opens_at, closes_at)
    allowance = Allowance(stored["capacity"], stored["used"], stored["expediteCapacity"], stored["expediteUsed"])
    return RecordedDay(day, stored.get("slaVersion", 0), allowance)
