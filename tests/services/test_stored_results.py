"""The results that are stored with keys: read as they were written, also those of the release before."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import RecordedDay
from app.services.accounts.terms import TermsOutcome, TimeZoneOutcome
from app.services.orders.claiming import Claimed
from app.services.orders.outcome import Outcome
from app.services.specifications import SpecificationOutcome
from db.json_values import encode_json

AT = datetime(2026, 3, 11, 8, 1, 0, 5, tzinfo=UTC)
LATER = datetime(2026, 3, 11, 9, 1, tzinfo=UTC)
ACCOUNT, ID = UUID("019cd240-fb80-7000-9236-eb092265b1f5"), UUID("019cdbe9-d260-7000-89df-791a0b21fbac")
KEY = (ACCOUNT, ID)
OPENS_AT, CLOSES_AT = datetime(2026, 3, 11, 4, tzinfo=UTC), datetime(2026, 3, 12, 4, tzinfo=UTC)


def day(sla_version: int) -> RecordedDay:
    return RecordedDay(LedgerDay(date(2026, 3, 11), OPENS_AT, CLOSES_AT), sla_version, Allowance(4, 1, 2, 0))


STORED_DAY = {
    "date": "2026-03-11",
    "opensAt": "2026-03-11T04:00:00Z",
    "closesAt": "2026-03-12T04:00:00Z",
    "capacity": 4,
    "used": 1,
    "expediteCapacity": 2,
    "expediteUsed": 0,
}
"""As the release before stored it."""
AT_TEXT = "2026-03-11T08:01:00.000005Z"
KEYS = [[str(ACCOUNT), str(ID)]]
ACCOUNTS = [[str(ACCOUNT), str(ACCOUNT)]]


def reread(result: Any, stored: dict[str, Any]) -> Any:  # noqa: ANN401 - of one of the classes of results
    """Read a stored result as one of the same class."""
    read: Any = result.__class__.from_json
    return read(stored)


@pytest.mark.parametrize(
    "result",
    [
        Outcome(AT, [KEY], [KEY], day(3)),
        Outcome(AT, [KEY], []),
        Claimed(AT, LATER, [KEY], ()),
        SpecificationOutcome(AT, *KEY),
        TermsOutcome(AT, ACCOUNT, 7),
        TimeZoneOutcome(AT, ACCOUNT, day(3)),
    ],
)
def test_a_result_is_read_as_it_was_stored(result: Any) -> None:  # noqa: ANN401
    read = reread(result, orjson.loads(encode_json(result.to_json())))
    assert read == result
    assert (read.account_ids, read.changed) == ({ACCOUNT}, True)


@pytest.mark.parametrize(
    ("stored", "result"),
    [
        ({"at": AT_TEXT, "orders": KEYS, "images": [], "day": STORED_DAY}, Outcome(AT, [KEY], [], day(0))),
        ({"at": AT_TEXT, "orders": KEYS, "images": KEYS, "day": None}, Outcome(AT, [KEY], [KEY])),
        (
            {"at": AT_TEXT, "images": KEYS, "leaseUntil": "2026-03-11T09:01:00Z", "changed": True},
            Claimed(AT, LATER, [KEY], ()),
        ),
        ({"at": AT_TEXT, "specifications": KEYS, "changed": True}, SpecificationOutcome(AT, *KEY)),
        ({"at": AT_TEXT, "accounts": ACCOUNTS, "version": 7}, TermsOutcome(AT, ACCOUNT, 7)),
        (
            {"at": AT_TEXT, "accounts": ACCOUNTS, "day": STORED_DAY, "changed": True},
            TimeZoneOutcome(AT, ACCOUNT, day(0)),
        ),
    ],
)
def test_a_result_of_the_release_before_is_read(stored: dict[str, Any], result: Any) -> None:  # noqa: ANN401
    assert reread(result, stored) == result


def test_the_release_before_reads_what_is_stored_now() -> None:
    stored = orjson.loads(encode_json(Outcome(AT, [KEY], [KEY], day(3)).to_json()))
    instants = {"opensAt": OPENS_AT.isoformat(), "closesAt": CLOSES_AT.isoformat()}
    kept_day = {**STORED_DAY, **instants, "slaVersion": 3}
    assert stored == {"at": AT_TEXT, "orders": KEYS, "images": KEYS, "day": kept_day}


def test_a_claim_of_nothing_changes_nothing() -> None:
    assert not Claimed(AT, LATER, [], ()).changed
