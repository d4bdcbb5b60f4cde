"""The stored form of events of staff's changes to an account."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
import pytest

from app.domain.contacts import Contact
from app.domain.events import account_kinds, kinds
from app.domain.events.stored import VERSION, from_json, to_json
from app.domain.sla.enums import Plan
from app.domain.sla.terms import PLAN_TERMS, NegotiableTerms
from db.json_values import encode_json

CLOSED_AT = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
GRACE, ADA = Contact("Grace", "grace@example.com"), Contact("Ada")
ALL = PLAN_TERMS[Plan.SOLO].negotiable
OTHERS = NegotiableTerms(deliver_by=time(7, 30), expedite_multiplier=Decimal("1.5"), flow_available=False)
EVENTS: dict[str, kinds.Event] = {
    "renamed": account_kinds.AccountRenamed("ACME Ltd.", "ACME"),
    "first manager": account_kinds.SuccessManagerChanged(GRACE, None),
    "another manager": account_kinds.SuccessManagerChanged(ADA, GRACE),
    "no manager": account_kinds.SuccessManagerChanged(None, ADA),
    "first contact": account_kinds.ContactChanged(GRACE, None),
    "another contact": account_kinds.ContactChanged(ADA, GRACE),
    "closed": account_kinds.AccountClosed(CLOSED_AT, "insolvent"),
    "reopened": account_kinds.AccountReopened(CLOSED_AT, "paid"),
    "let in": account_kinds.DashboardAccessChanged(enabled=True, previous=None),
    "left to the plan": account_kinds.DashboardAccessChanged(enabled=None, previous=False),
    "closed without a reason": account_kinds.AccountClosed(CLOSED_AT),
    "terms negotiated": account_kinds.SlaNegotiated(3, date(2026, 4, 1), OTHERS, 2, ALL, "By phone"),
    "terms withdrawn": account_kinds.SlaWithdrawn(3, date(2026, 4, 1), OTHERS, 1, ALL, "No", "As you wished"),
    "plan changed": account_kinds.PlanChanged(Plan.SOLO, 4, date(2026, 4, 1), ALL, Plan.PROFESSIONAL, 3, OTHERS),
}


def stored(event: kinds.Event) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The columns of an event as they are read."""
    data, texts = orjson.loads(encode_json(to_json(event)))
    return data, texts


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_read_back_equal(name: str) -> None:
    data, texts = stored(EVENTS[name])
    assert data["version"] == VERSION
    assert from_json(EVENTS[name].type, data, texts) == EVENTS[name]


def test_a_success_manager_is_beside_the_event_and_reads_as_erased_without_the_texts() -> None:
    data, texts = stored(EVENTS["another manager"])
    assert texts == {"name": "Ada", "previousName": "Grace", "previousEmail": "grace@example.com"}
    assert data == {"before": {}, "after": {}, "version": VERSION}
    erased = account_kinds.SuccessManagerChanged(Contact("erased"), Contact("erased"))
    assert from_json(erased.type, data, {}) == erased


def test_an_erased_change_still_shows_whether_there_is_a_success_manager() -> None:
    for name in ("first manager", "no manager"):
        event = EVENTS[name]
        assert isinstance(event, account_kinds.SuccessManagerChanged)
        erased = from_json(event.type, stored(event)[0], {})
        assert isinstance(erased, account_kinds.SuccessManagerChanged)
        assert (erased.manager is None, erased.previous is None) == (event.manager is None, event.previous is None)


def test_the_reason_of_a_closing_is_beside_the_event() -> None:
    data, texts = stored(EVENTS["closed"])
    assert texts == {"reason": "insolvent"}
    assert data == {
        "before": {"closedAt": None},
        "after": {"closedAt": "2026-03-10T12:30:00+00:00"},
        "version": VERSION,
    }
    assert from_json(EVENTS["closed"].type, data, {}) == account_kinds.AccountClosed(CLOSED_AT)
