"""The events of lines that are not about orders; their data has what was before and after."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.domain.ledger import ZonePeriod
from app.domain.order_events import Happening
from app.domain.sla import SlaVersion, sla_on
from app.domain.vocabulary import EventType
from app.services.importing.lines import SpecificationLine


def specification_created(specification_id: UUID, line: SpecificationLine, at: datetime) -> Happening:
    """Tell of the first version of a specification."""
    facts: dict[str, object] = {"id": specification_id, "version": 1, "name": line.name}
    facts |= {"pricePerImage": str(line.price_per_image), "currency": line.currency, "steps": steps_of(line)}
    return _of_account(at, EventType.SPECIFICATION_CHANGED, None, facts)


def terms_negotiated(version: SlaVersion, versions: Sequence[SlaVersion]) -> Happening:
    """Tell of a new SLA version; before it is what its first day would have had without it."""
    replaced = sla_on(version.effective_date, versions)
    before: dict[str, object] = {"version": replaced.version, "imagesPerDay": replaced.terms.images_per_day}
    before["expeditesPerDay"] = replaced.terms.expedites_per_day
    after: dict[str, object] = {"version": version.version, "effectiveDate": version.effective_date}
    after |= {"imagesPerDay": version.images_per_day, "expeditesPerDay": version.expedites_per_day}
    return _of_account(version.negotiated_at, EventType.SLA_NEGOTIATED, before, after)


def time_zone_changed(period: ZonePeriod, replaced: ZonePeriod) -> Happening:
    """Tell of a move to another zone."""
    before: dict[str, object] = {"timeZone": replaced.time_zone}
    return _of_account(period.starts_at, EventType.TIME_ZONE_CHANGED, before, {"timeZone": period.time_zone})


def steps_of(line: SpecificationLine) -> list[dict[str, object]]:
    """Return the steps as the table `specification_versions` keeps them."""
    return [{"step": part.step, "milliseconds": int(part.seconds * 1000)} for part in line.steps]


def _of_account(
    at: datetime, type_: EventType, before: dict[str, object] | None, after: dict[str, object]
) -> Happening:
    return Happening(at, type_, None, None, {"before": before, "after": after})
