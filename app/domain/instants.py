"""The one reader and the one writer of instants as text, in RFC 3339 (domain rules, Time)."""

import re
from datetime import UTC, datetime
from typing import Final

from app.domain.bounds import YEARS

_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_MOST_CHARACTERS: Final = 100  # of a text that may be an instant


class BadInstant(ValueError):  # noqa: N818 - refusals are named by their case
    """A text that is no instant of the supported years; `problem` continues a sentence that begins with its name."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"It {problem}.")
        self.problem = problem


def read_instant(text: object, years: range = YEARS) -> datetime:
    """Return the instant, UTC, of a text in RFC 3339; digits after the microseconds are cut off.

    It needs an offset and is in the years 1970 to 2200, UTC, or in fewer. Raises BadInstant otherwise.
    """
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS or not _INSTANT.fullmatch(text):
        raise BadInstant("must be an instant with an offset, like 2026-03-02T13:05:00Z")
    try:
        at = datetime.fromisoformat(text.upper())  # it cuts digits off
        at = at if at.tzinfo is UTC else at.astimezone(UTC)
    except ValueError:
        raise BadInstant(f"is no instant that exists: {text}") from None
    except OverflowError:
        raise _out_of_range(years) from None
    return require_supported(at, years)


def require_supported(at: datetime, years: range = YEARS) -> datetime:
    """Return the instant (UTC) if it is in the years 1970 to 2200, or in fewer; raises BadInstant."""
    if at.year not in years:
        raise _out_of_range(years)
    return at


def _out_of_range(years: range) -> BadInstant:
    return BadInstant(f"must be in the years {years[0]} to {years[-1]}")


def rfc3339(at: datetime) -> str:
    """Write an instant in UTC: 2026-03-02T13:05:00Z, with microseconds where it has any."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
