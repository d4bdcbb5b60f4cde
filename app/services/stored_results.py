"""How the parts of a command's result are kept with its key, as JSON: instants as texts, keys as pairs of texts.

Keys are known for 24 hours, also over an upgrade, so what the release before stored is read alike.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from app.domain.instants import rfc3339
from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import RecordedDay

StoredResult: TypeAlias = dict[str, Any]
"""The result of a command that changed something, as JSON."""
Key: TypeAlias = tuple[UUID, UUID]
"""The account and the id."""


def keys_to_json(keys: Iterable[Key]) -> list[list[str]]:
    """Write keys."""
    return [[str(account_id), str(id_)] for account_id, id_ in keys]


def keys_from_json(keys: Sequence[Sequence[str]]) -> list[Key]:
    """Read keys."""
    return [(UUID(account_id), UUID(id_)) for account_id, id_ in keys]


def day_to_json(day: RecordedDay) -> dict[str, Any]:
    """Write a ledger day with what is used of it."""
    allowance = day.allowance
    return {
        "date": day.day.date.isoformat(),
        "opensAt": rfc3339(day.day.opens_at),
        "closesAt": rfc3339(day.day.closes_at),
        "slaVersion": day.sla_version,
        "capacity": allowance.capacity,
        "used": allowance.used,
        "expediteCapacity": allowance.expedite_capacity,
        "expediteUsed": allowance.expedite_used,
    }


def day_from_json(day: dict[str, Any]) -> RecordedDay:
    """Read a ledger day; one that the release before stored has the SLA version 0."""
    opens_at, closes_at = (datetime.fromisoformat(day[name]) for name in ("opensAt", "closesAt"))
    allowance = Allowance(day["capacity"], day["used"], day["expediteCapacity"], day["expediteUsed"])
    return RecordedDay(
        LedgerDay(date.fromisoformat(day["date"]), opens_at, closes_at), day.get("slaVersion", 0), allowance
    )
