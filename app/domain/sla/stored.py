"""Whole sets of terms as JSON, as an SLA version stores its plan's: durations in seconds, amounts as strings."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from app.domain.sla.terms import SlaTerms

Json: TypeAlias = dict[str, Any]

_READ: Final[Mapping[object, Callable[[Any], object]]] = {
    timedelta: lambda seconds: timedelta(seconds=seconds),
    time: time.fromisoformat,
    Decimal: Decimal,
}
_WRITE: Final[Mapping[object, Callable[[Any], object]]] = {
    timedelta: timedelta.total_seconds,
    time: time.isoformat,
    Decimal: str,
}


def terms_to_json(terms: SlaTerms) -> Json:
    """Return all terms, by the names of their fields."""
    return {each.name: _WRITE.get(each.type, _same)(getattr(terms, each.name)) for each in fields(terms)}


def terms_from_json(stored: Json) -> SlaTerms:
    """Return the terms that `terms_to_json` wrote; a term that a release before did not know is as by default."""
    known = (each for each in fields(SlaTerms) if each.name in stored)
    values: Json = {each.name: _READ.get(each.type, _same)(stored[each.name]) for each in known}
    return SlaTerms(**values)


def _same(value: object) -> object:
    return value
