"""The stored form of the events of an account, its terms and its specifications, as in `stored`."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.domain.contacts import Contact
from app.domain.events import keys
from app.domain.events.account_kinds import (
    AccountClosed,
    AccountCreated,
    AccountRenamed,
    AccountReopened,
    ContactChanged,
    DashboardAccessChanged,
    GuaranteeReset,
    PlanChanged,
    SlaNegotiated,
    SlaWithdrawn,
    SpecificationChanged,
    SuccessManagerChanged,
    TextsErased,
    TimeZoneChanged,
)
from app.domain.events.enums import EventType
from app.domain.events.facts import ERASED
from app.domain.events.forms import Form, StoredTexts
from app.domain.events.keys import INSTANT, Data, Keys
from app.domain.ledger.stored import day_from_json, day_to_json
from app.domain.sla.enums import Plan
from app.domain.sla.stored import stated_from_json, stated_to_json
from app.domain.sla.terms import ATTRIBUTES, NegotiableTerms

_VERSION: Final = Keys(
    {
        "version": ("version", int),
        "effectiveDate": ("effective_date", date.fromisoformat),
    }
)
_PLAN: Final = Keys(
    {
        "plan": ("plan", Plan),
        "version": ("version", int),
        "effectiveDate": ("effective_date", date.fromisoformat),
    }
)
_PREVIOUS_PLAN: Final = Keys(
    {
        "plan": ("previous_plan", Plan),
        "version": ("previous_version", int),
    }
)
_ERASED: Final = Keys({"erasedBefore": ("erased_before", date.fromisoformat)})
_TERMS: Final = {name: name[0] + name.title().replace("_", "")[1:] for name in ATTRIBUTES.values()}


def _write_created(event: AccountCreated) -> tuple[Data, Data]:
    return {"before": None, "after": keys.ACCOUNT.write(event) | _write_terms(event.terms)}, {}


def _read_created(data: Data, _: StoredTexts) -> AccountCreated:
    after = data["after"]
    return AccountCreated(terms=_read_terms(after), **keys.ACCOUNT.read({"name": ERASED} | after))


def _write_negotiated(event: SlaNegotiated) -> tuple[Data, Data]:
    data = {
        "before": {"version": event.previous_version} | _write_terms(event.previous_terms),
        "after": _VERSION.write(event) | _write_terms(event.terms),
    }
    return data, {"note": event.note, "message": event.message}


def _read_negotiated(data: Data, texts: StoredTexts) -> SlaNegotiated:
    before, after = data["before"], data["after"]
    return SlaNegotiated(
        terms=_read_terms(after),
        previous_version=before["version"],
        previous_terms=_read_terms(before),
        note=texts.one("note", after),
        message=texts.one("message", after),
        **_VERSION.read(after),
    )


def _write_moved(event: TimeZoneChanged) -> tuple[Data, Data]:
    return {"before": keys.PREVIOUS_ZONE.write(event), "after": keys.NEW_ZONE.write(event)}, {}


def _read_moved(data: Data, _: StoredTexts) -> TimeZoneChanged:
    previous, new = keys.PREVIOUS_ZONE.read(data["before"]), keys.NEW_ZONE.read(data["after"])
    return TimeZoneChanged(**previous, **new)


def _write_reset(event: GuaranteeReset) -> tuple[Data, Data]:
    return {"before": day_to_json(event.closed), "after": day_to_json(event.opened)}, {}


def _read_reset(data: Data, _: StoredTexts) -> GuaranteeReset:
    return GuaranteeReset(day_from_json(data["before"]), day_from_json(data["after"]))


def _write_specification(event: SpecificationChanged) -> tuple[Data, Data]:
    """Return a change of a specification; a new one has nothing before, and an archived one no version."""
    named = {"id": event.specification_id}
    if event.version is None:
        return {"before": {**named, "archivedAt": None}, "after": {**named, "archivedAt": event.archived_at}}, {}
    texts = {"instructions": event.after.instructions, "previousInstructions": event.before.instructions}
    after = {**named, "version": event.version, **keys.write_terms(event.after)}
    if event.version == 1:
        return {"before": None, "after": after}, texts
    data: Data = {"before": {**named, "version": event.version - 1, **keys.write_terms(event.before)}, "after": after}
    return {**data, "byCatalogue": True} if event.by_catalogue else data, texts


def _read_specification(data: Data, texts: StoredTexts) -> SpecificationChanged:
    before: Data = data["before"] or {}
    after: Data = data["after"]
    return SpecificationChanged(
        before=keys.read_terms(before, texts.one("previousInstructions", data)),
        after=keys.read_terms(after, texts.one("instructions", data)),
        by_catalogue=data.get("byCatalogue", False),
        **keys.SPECIFICATION.read(after),
    )


def _write_renamed(event: AccountRenamed) -> tuple[Data, Data]:
    return {"before": {"name": event.previous}, "after": {"name": event.name}}, {}


def _read_renamed(data: Data, _: StoredTexts) -> AccountRenamed:
    return AccountRenamed(data["after"].get("name", ERASED), data["before"].get("name", ERASED))


def _write_contacts(after: Contact | None, before: Contact | None) -> tuple[Data, Data]:
    """Return a change of a person; the data says only whether there was one, and is one."""
    texts = {
        "name": None if after is None else after.name,
        "email": None if after is None else after.email,
        "previousName": None if before is None else before.name,
        "previousEmail": None if before is None else before.email,
    }
    return {"before": None if before is None else {}, "after": None if after is None else {}}, texts


def _read_contacts(data: Data, texts: StoredTexts) -> tuple[Contact | None, Contact | None]:
    """Return the person after a change and the one before it."""
    after = None if data["after"] is None else _contact(data, texts, "name", "email")
    before = None if data["before"] is None else _contact(data, texts, "previousName", "previousEmail")
    return after, before


def _write_manager(event: SuccessManagerChanged) -> tuple[Data, Data]:
    return _write_contacts(event.manager, event.previous)


def _read_manager(data: Data, texts: StoredTexts) -> SuccessManagerChanged:
    return SuccessManagerChanged(*_read_contacts(data, texts))


def _write_contact(event: ContactChanged) -> tuple[Data, Data]:
    return _write_contacts(event.contact, event.previous)


def _read_contact(data: Data, texts: StoredTexts) -> ContactChanged:
    return ContactChanged(*_read_contacts(data, texts))


def _contact(data: Data, texts: StoredTexts, name: str, email: str) -> Contact:
    return Contact(texts.one(name, data) or ERASED, texts.one(email, data))


def _write_access(event: DashboardAccessChanged) -> tuple[Data, Data]:
    return {"before": {"enabled": event.previous}, "after": {"enabled": event.enabled}}, {}


def _read_access(data: Data, _: StoredTexts) -> DashboardAccessChanged:
    return DashboardAccessChanged(data["after"]["enabled"], data["before"]["enabled"])


def _write_closed(event: AccountClosed) -> tuple[Data, Data]:
    return {"before": {"closedAt": None}, "after": {"closedAt": event.closed_at}}, {"reason": event.reason}


def _read_closed(data: Data, texts: StoredTexts) -> AccountClosed:
    return AccountClosed(INSTANT(data["after"]["closedAt"]), texts.one("reason", data))


def _write_reopened(event: AccountReopened) -> tuple[Data, Data]:
    return {"before": {"closedAt": event.closed_at}, "after": {"closedAt": None}}, {"reason": event.reason}


def _read_reopened(data: Data, texts: StoredTexts) -> AccountReopened:
    return AccountReopened(INSTANT(data["before"]["closedAt"]), texts.one("reason", data))


def _write_withdrawn(event: SlaWithdrawn) -> tuple[Data, Data]:
    data = {
        "before": _VERSION.write(event) | _write_terms(event.previous_terms),
        "after": {"version": event.replacement} | _write_terms(event.terms),
    }
    return data, {"note": event.note, "message": event.message}


def _read_withdrawn(data: Data, texts: StoredTexts) -> SlaWithdrawn:
    before, after = data["before"], data["after"]
    return SlaWithdrawn(
        previous_terms=_read_terms(before),
        replacement=after["version"],
        terms=_read_terms(after),
        note=texts.one("note", data),
        message=texts.one("message", data),
        **_VERSION.read(before),
    )


def _write_plan(event: PlanChanged) -> tuple[Data, Data]:
    before = _PREVIOUS_PLAN.write(event) | _write_terms(event.previous_terms)
    return {"before": before, "after": _PLAN.write(event) | _write_terms(event.terms)}, {}


def _read_plan(data: Data, _: StoredTexts) -> PlanChanged:
    before, after = data["before"], data["after"]
    return PlanChanged(
        terms=_read_terms(after),
        previous_terms=_read_terms(before),
        **_PREVIOUS_PLAN.read(before),
        **_PLAN.read(after),
    )


def _write_erased(event: TextsErased) -> tuple[Data, Data]:
    return {"before": None, "after": _ERASED.write(event)}, {}


def _read_erased(data: Data, _: StoredTexts) -> TextsErased:
    return TextsErased(**_ERASED.read(data["after"]))


def _write_terms(terms: NegotiableTerms) -> Data:
    """Return the stated terms of an SLA by their keys."""
    return {_TERMS[name]: value for name, value in stated_to_json(terms).items()}


def _read_terms(data: Data) -> NegotiableTerms:
    """Return the terms of an SLA that `_write_terms` wrote, or an earlier release, which wrote some of them."""
    return stated_from_json({name: data.get(key) for name, key in _TERMS.items()})


ACCOUNT_FORMS: Final[Mapping[EventType, Form[Any]]] = {
    EventType.ACCOUNT_CREATED: Form(_write_created, _read_created),
    EventType.SLA_NEGOTIATED: Form(_write_negotiated, _read_negotiated),
    EventType.TIME_ZONE_CHANGED: Form(_write_moved, _read_moved),
    EventType.GUARANTEE_RESET: Form(_write_reset, _read_reset),
    EventType.SPECIFICATION_CHANGED: Form(_write_specification, _read_specification),
    EventType.ACCOUNT_RENAMED: Form(_write_renamed, _read_renamed),
    EventType.SUCCESS_MANAGER_CHANGED: Form(_write_manager, _read_manager),
    EventType.DASHBOARD_ACCESS_CHANGED: Form(_write_access, _read_access),
    EventType.CONTACT_CHANGED: Form(_write_contact, _read_contact),
    EventType.ACCOUNT_CLOSED: Form(_write_closed, _read_closed),
    EventType.ACCOUNT_REOPENED: Form(_write_reopened, _read_reopened),
    EventType.SLA_WITHDRAWN: Form(_write_withdrawn, _read_withdrawn),
    EventType.PLAN_CHANGED: Form(_write_plan, _read_plan),
    EventType.TEXTS_ERASED: Form(_write_erased, _read_erased),
}
