"""Terms as JSON, as an SLA version stores its plan's and its own: durations in seconds, amounts as strings."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeAlias

from app.domain.sla.terms import NegotiableTerms, SlaTerms

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
COLUMNS: Final = ("images_per_day", "expedites_per_day")
"""The terms that have columns of their own in the table of versions."""
_READERS: Final = {each.name: _READ.get(each.type) for each in fields(SlaTerms)}
_WRITERS: Final = {each.name: _WRITE.get(each.type) for each in fields(SlaTerms)}


def terms_to_json(terms: SlaTerms) -> Json:
    """Return all terms, by the names of their fields."""
    return _written({name: getattr(terms, name) for name in _WRITERS})


def terms_from_json(stored: Json) -> SlaTerms:
    """Return the terms that `terms_to_json` wrote; a term unknown to an earlier release has its default."""
    return SlaTerms(**_read(stored))


def stated_to_json(terms: NegotiableTerms) -> Json:
    """Return the stated terms, by the names of their fields."""
    return _written(terms.stated)


def others_to_json(terms: NegotiableTerms) -> Json:
    """Return the stated terms that have no column of their own in the table of versions."""
    return {name: value for name, value in stated_to_json(terms).items() if name not in COLUMNS}


def stated_from_json(stored: Json) -> NegotiableTerms:
    """Return the terms that `stated_to_json` wrote."""
    return NegotiableTerms(**_read(stored))


def _written(values: Json) -> Json:
    return {name: write(value) if (write := _WRITERS[name]) else value for name, value in values.items()}


def _read(stored: Json) -> Json:
    known = {name: value for name, value in stored.items() if name in _READERS and value is not None}
    return {name: read(value) if (read := _READERS[name]) else value for name, value in known.items()}
