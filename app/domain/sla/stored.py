"""Whole sets of terms as JSON, as an SLA version stores its plan's: durations in seconds, amounts as strings."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeAlias

from app.domain.sla.terms import SlaTerms

Json: TypeAlias = dict[str, Any]

_READ: Final[Mapping[object, Callable[[Any], object]]] = {
    timedelta: partial(timedelta, 0),  # of seconds
    time: time.fromisoformat,
    Decimal: Decimal,
}
_WRITE: Final[Mapping[object, Callable[[Any], object]]] = {
    timedelta: timedelta.total_seconds,
    time: time.isoformat,
    Decimal: str,
}
_FIELDS: Final = [(each.name, _READ.get(each.type), _WRITE.get(each.type)) for each in fields(SlaTerms)]


def terms_to_json(terms: SlaTerms) -> Json:
    """Return all terms, by the names of their fields."""
    return {name: write(getattr(terms, name)) if write else getattr(terms, name) for name, _, write in _FIELDS}


def terms_from_json(stored: Json) -> SlaTerms:
    """Return the terms that `terms_to_json` wrote; a term unknown to an earlier release has its default."""
    known = [(name, read) for name, read, _ in _FIELDS if name in stored]
    values: Json = {name: read(stored[name]) if read else stored[name] for name, read in known}
    return SlaTerms(**values)
