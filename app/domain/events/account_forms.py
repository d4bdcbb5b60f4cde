"""The stored form of the events of what staff change of an account, as in `stored`."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.domain.contacts import Contact
from app.domain.events.account_kinds import (
    AccountClosed,
    AccountRenamed,
    AccountReopened,
    PlanChanged,
    SlaWithdrawn,
    SuccessManagerChanged,
)
from app.domain.events.enums import EventType
from app.domain.events.facts import ERASED
from app.domain.events.forms import Form, StoredTexts
from app.domain.events.keys import INSTANT, Data, Keys
from app.domain.sla.enums import Plan


def _write_renamed(event: AccountRenamed) -> tuple[Data, Data]:
    return {"before": {"name": event.previous}, "after": {"name": event.name}}, {}


def _read_renamed(data: Data, _: StoredTexts) -> AccountRenamed:
    return AccountRenamed(data["after"]["name"], data["before"]["name"])


def _write_manager(event: SuccessManagerChanged) -> tuple[Data, Data]:
    """Return a change of the success manager; the data says only whether there was one, and is one."""
    before, after = event.previous, event.manager
    texts = {
        "name": None if after is None else after.name,
        "email": None if after is None else after.email,
        "previousName": None if before is None else before.name,
        "previousEmail": None if before is None else before.email,
    }
    return {"before": None if before is None else {}, "after": None if after is None else {}}, texts


def _read_manager(data: Data, texts: StoredTexts) -> SuccessManagerChanged:
    manager = None if data["after"] is None else _contact(data, texts, "name", "email")
    previous = None if data["before"] is None else _contact(data, texts, "previousName", "previousEmail")
    return SuccessManagerChanged(manager, previous)


def _contact(data: Data, texts: StoredTexts, name: str, email: str) -> Contact:
    return Contact(texts.one(name, data) or ERASED, texts.one(email, data))


def _write_closed(event: AccountClosed) -> tuple[Data, Data]:
    return {"before": {"closedAt": None}, "after": {"closedAt": event.closed_at}}, {"reason": event.reason}


def _read_closed(data: Data, texts: StoredTexts) -> AccountClosed:
    return AccountClosed(INSTANT(data["after"]["closedAt"]), texts.one("reason", data))


def _write_reopened(event: AccountReopened) -> tuple[Data, Data]:
    return {"before": {"closedAt": event.closed_at}, "after": {"closedAt": None}}, {"reason": event.reason}


def _read_reopened(data: Data, texts: StoredTexts) -> AccountReopened:
    return AccountReopened(INSTANT(data["before"]["closedAt"]), texts.one("reason", data))


_WITHDRAWN: Final = Keys(
    {
        "version": ("version", int),
        "effectiveDate": ("effective_date", date.fromisoformat),
        "imagesPerDay": ("previous_images_per_day", int),
        "expeditesPerDay": ("previous_expedites_per_day", int),
    }
)
_REPLACEMENT: Final = Keys(
    {
        "version": ("replacement", int),
        "imagesPerDay": ("images_per_day", int),
        "expeditesPerDay": ("expedites_per_day", int),
    }
)


def _write_withdrawn(event: SlaWithdrawn) -> tuple[Data, Data]:
    data = {"before": _WITHDRAWN.write(event), "after": _REPLACEMENT.write(event)}
    return data, {"note": event.note, "message": event.message}


def _read_withdrawn(data: Data, texts: StoredTexts) -> SlaWithdrawn:
    terms = _WITHDRAWN.read(data["before"]) | _REPLACEMENT.read(data["after"])
    return SlaWithdrawn(**terms, note=texts.one("note", data), message=texts.one("message", data))


_PLAN: Final = Keys(
    {
        "plan": ("plan", Plan),
        "version": ("version", int),
        "effectiveDate": ("effective_date", date.fromisoformat),
        "imagesPerDay": ("images_per_day", int),
        "expeditesPerDay": ("expedites_per_day", int),
    }
)
_PREVIOUS_PLAN: Final = Keys(
    {
        "plan": ("previous_plan", Plan),
        "version": ("previous_version", int),
        "imagesPerDay": ("previous_images_per_day", int),
        "expeditesPerDay": ("previous_expedites_per_day", int),
    }
)


def _write_plan(event: PlanChanged) -> tuple[Data, Data]:
    return {"before": _PREVIOUS_PLAN.write(event), "after": _PLAN.write(event)}, {}


def _read_plan(data: Data, _: StoredTexts) -> PlanChanged:
    return PlanChanged(**_PREVIOUS_PLAN.read(data["before"]), **_PLAN.read(data["after"]))


ACCOUNT_FORMS: Final[Mapping[EventType, Form[Any]]] = {
    EventType.ACCOUNT_RENAMED: Form(_write_renamed, _read_renamed),
    EventType.SUCCESS_MANAGER_CHANGED: Form(_write_manager, _read_manager),
    EventType.ACCOUNT_CLOSED: Form(_write_closed, _read_closed),
    EventType.ACCOUNT_REOPENED: Form(_write_reopened, _read_reopened),
    EventType.SLA_WITHDRAWN: Form(_write_withdrawn, _read_withdrawn),
    EventType.PLAN_CHANGED: Form(_write_plan, _read_plan),
}
