"""How values of settings are read. Each reader raises ValueError, with the problem in words that follow the name."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from string import Formatter
from typing import Final, cast
from urllib.parse import SplitResult, urlsplit

import orjson

from app.domain.bounds import (
    MAX_MULTIPLIER,
    MAX_PER_DAY,
    MAX_URL,
    MIN_MULTIPLIER,
    MULTIPLIER_DECIMALS,
    TURNAROUNDS,
    YEARS,
    is_multiplier,
    is_turnaround,
)
from app.domain.instants import BadInstant, read_instant
from app.domain.sla.enums import Plan
from app.domain.sla.stored import COLUMNS
from app.domain.sla.terms import SlaTerms
from app.domain.texts import email_problem
from app.domain.wording import quoted
from app.services.currencies import CURRENCIES
from db.address import has_possible_ports, is_well_formed

ANY_ORIGIN: Final = "*"
"""The text for all origins."""
CLOCK_YEARS: Final = range(YEARS.start + 3, YEARS.stop - 3)
"""Years in which a clock may start: jobs and the demo look up to 1,000 days back, deadlines are ahead."""

_DIGITS: Final = re.compile("-?[0-9]{1,4000}")
_ORIGIN: Final = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]+)?", re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}  # which browsers leave out
_YEARS_OR_MONTHS: Final = re.compile("[+-]?P[^T]*[YM]")
_IN_DAYS: Final = "should be a duration of days, hours, minutes and seconds, such as P90D or PT1H"
_HOST: Final = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(\.[\w-]{1,63})*\.?")
_FILLED_IN: Final = frozenset({"account", "number"})
_LONGEST: Final = 20_000  # characters
_NOT_IN_LINES: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_JSON: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def require_text(value: str, *, lines: bool = False) -> None:
    """Require text that can be printed and stored: of one line, or with `lines` of several."""
    if len(value) > _LONGEST:
        raise ValueError(f"it is longer than {_LONGEST:,} characters")
    if any("\ud800" <= each <= "\udfff" for each in value):  # how Python reads bytes that are not UTF-8
        raise ValueError("it is not written in UTF-8")
    if (_NOT_IN_JSON if lines else _NOT_IN_LINES).search(value):
        raise ValueError("it has a control character" if lines else "it has a line end or a control character")


def split(value: object) -> object:
    """Return the parts between commas."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def whole_number(value: str | int) -> int:
    """Read digits alone: int() also reads 1_0 as 10."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value.strip()):
        raise ValueError("it should be a whole number")
    return int(value)


def duration(value: object) -> object:
    """Refuse years and months, which have no fixed length; days and what is shorter are left to pydantic."""
    if isinstance(value, str) and _YEARS_OR_MONTHS.match(value):
        raise ValueError(f"it {_IN_DAYS}")
    return value


def database_address(url: str) -> str:
    """Return the URL of a database; the problem never shows a password."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("it should begin with postgresql://")
    if not is_well_formed(url):
        raise ValueError("it is no URL; characters such as / and ? in a password are written as %2F and %3F")
    if not has_possible_ports(url):
        raise ValueError("its port should be 1 to 65535")
    return url


def origin(text: str) -> str:
    """Return an origin as browsers send it, or "*"."""
    if text == ANY_ORIGIN:
        return text
    parts = _parts(text.lower())
    if not _ORIGIN.fullmatch(text) or parts is None:
        raise ValueError(f"{_short(text)} is no origin such as https://dashboard.example or http://localhost:5173")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if parts.port in {None, _PORTS[parts.scheme]} else f":{parts.port}")


def clock_start(value: object) -> object:
    """Read the instant at which a clock starts."""
    if not isinstance(value, str):
        return value
    try:
        return read_instant(value, CLOCK_YEARS)
    except BadInstant as error:
        raise ValueError(f"it {error.problem}") from None


def folder(path: Path | None) -> Path | None:
    """Return a folder, which may start with ~ for a user's home."""
    try:
        return path and path.expanduser()
    except RuntimeError:
        raise ValueError(f"there is no home folder {path and path.parts[0]}: give the path without ~") from None


def host(text: str) -> str:
    """Return the name or the address of a host."""
    try:
        ip_address(text)
    except ValueError:
        if not _HOST.fullmatch(text):
            raise ValueError(f"{_short(text)} is no host such as localhost, 0.0.0.0 or ::1, without a port") from None
    return text


def web_address(text: str) -> str:
    """Return the URL of a web page."""
    parts = _parts(text)
    if parts is None or parts.scheme not in _PORTS or _is_spaced(text):
        raise ValueError(f"{_short(text)} is no URL such as https://help.example")
    return text


def order_address(template: str) -> str:
    """Return the URL or the path of an order's page, with {account} and {number} in it."""
    try:
        parsed = list(Formatter().parse(template))
    except ValueError:
        parsed = [("", "", "", None)]
    if any(name is not None and (name not in _FILLED_IN or form or kind) for _, name, form, kind in parsed):
        raise ValueError("only {account} and {number} may be in braces")
    filled = template.format(account="a", number=1)
    if _is_spaced(filled) or (not filled.startswith(("/", "#")) and _parts(filled) is None):
        raise ValueError(f"{_short(template)} is no URL or path such as https://shop.example/orders/{{number}}")
    return template


def email(address: str) -> str:
    """Return an email address."""
    if problem := email_problem(address):
        raise ValueError(f"it {problem}")
    return address


def currency(code: str) -> str:
    """Return the code of a currency."""
    if code not in CURRENCIES:
        raise ValueError(f"{_short(code)} is no currency of ISO 4217, such as USD")
    return code


def terms_of_plans(value: object) -> object:
    """Read JSON; numbers in it are no booleans, and durations have no years or months."""
    if not isinstance(value, str):
        return value
    try:
        plans: object = orjson.loads(value)
        json.loads(value, object_pairs_hook=_named_once, parse_int=str)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    for plan, terms in _items(plans):
        for name, term in _items(terms):
            if name in COLUMNS and isinstance(term, bool):
                raise ValueError(f"{plan}.{name} should be a number")
            if isinstance(term, str) and _YEARS_OR_MONTHS.match(term):
                raise ValueError(f"{plan}.{name} {_IN_DAYS}")
    return plans


def require_negotiable(terms: Mapping[Plan, SlaTerms]) -> None:
    """Require terms that could be negotiated, too."""
    for plan, given in terms.items():
        for term, allowed in _out_of_bounds(given):
            raise ValueError(f"{plan}.{term} should be {allowed}")


def _out_of_bounds(terms: SlaTerms) -> Iterator[tuple[str, str]]:
    """Yield the terms that nobody could negotiate either, with what is allowed."""
    for name in COLUMNS:
        if not 0 <= getattr(terms, name) <= MAX_PER_DAY:
            yield name, f"0 to {MAX_PER_DAY:,}"
    if terms.deliver_by.tzinfo is not None or terms.deliver_by.microsecond:
        yield "deliver_by", "00:00 to 23:59:59, without an offset"
    if not is_multiplier(terms.expedite_multiplier):
        yield (
            "expedite_multiplier",
            f"{MIN_MULTIPLIER} to {MAX_MULTIPLIER}, with at most {MULTIPLIER_DECIMALS} decimals",
        )
    for each in fields(SlaTerms):
        if each.type is timedelta and not is_turnaround(getattr(terms, each.name)):
            yield each.name, f"{TURNAROUNDS}, in whole seconds"
    if not terms.expedites_in_order:
        yield "expedite_turnaround", "at most expedite_additional_turnaround"


def _named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object whose names are all different; of equal ones the last would count."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{quoted(name)} is in it twice")
    return dict(pairs)


def _items(value: object) -> Iterator[tuple[str, object]]:
    """Yield the names and values of an object; none of another value."""
    if isinstance(value, dict):
        yield from cast("dict[str, object]", value).items()


def _parts(url: str) -> SplitResult | None:
    """Return the parts of the URL of a host; None if it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS and parts.hostname else None


def _is_spaced(url: str) -> bool:
    return len(url) > MAX_URL or any(each.isspace() for each in url)


def _short(text: str) -> str:
    return quoted(text if len(text) <= MAX_URL else f"{text[:50]}...")
