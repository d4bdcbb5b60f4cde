"""The stored form of the events of deadlines at risk, missed and met, and of reviews overdue, as in `stored`."""

from collections.abc import Mapping
from typing import Any, Final

from app.domain.events import keys, kinds
from app.domain.events.enums import EventType
from app.domain.events.forms import Form, StoredTexts
from app.domain.events.keys import Data


def _write_alert(event: kinds.DeadlineAtRisk | kinds.DeadlineMissed) -> tuple[Data, Data]:
    return {"before": None, "after": keys.ALERT.write(event), "images": event.images}, {}


def _read_at_risk(data: Data, _: StoredTexts) -> kinds.DeadlineAtRisk:
    return kinds.DeadlineAtRisk(images=keys.read_ids(data), **keys.ALERT.read(data["after"]))


def _read_missed(data: Data, _: StoredTexts) -> kinds.DeadlineMissed:
    return kinds.DeadlineMissed(images=keys.read_ids(data), **keys.ALERT.read(data["after"]))


def _write_overdue(event: kinds.ReviewOverdue) -> tuple[Data, Data]:
    return {"before": None, "after": keys.DEADLINE.write(event), "images": event.images}, {}


def _read_overdue(data: Data, _: StoredTexts) -> kinds.ReviewOverdue:
    return kinds.ReviewOverdue(images=keys.read_ids(data), **keys.DEADLINE.read(data["after"]))


def _write_met(event: kinds.DeadlineMet) -> tuple[Data, Data]:
    return {"before": None, "after": keys.DEADLINE.write(event)}, {}


def _read_met(data: Data, _: StoredTexts) -> kinds.DeadlineMet:
    return kinds.DeadlineMet(**keys.DEADLINE.read(data["after"]))


ALERT_FORMS: Final[Mapping[EventType, Form[Any]]] = {
    EventType.DEADLINE_AT_RISK: Form(_write_alert, _read_at_risk),
    EventType.DEADLINE_MISSED: Form(_write_alert, _read_missed),
    EventType.DEADLINE_MET: Form(_write_met, _read_met),
    EventType.REVIEW_OVERDUE: Form(_write_overdue, _read_overdue),
}
