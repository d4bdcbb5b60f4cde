"""Refusals by the rules, each with its data; the API maps them to codes in one table."""
# ruff: noqa: N818 - refusals are named by their case: ExpediteWindowClosed, not ...Error

from collections.abc import Sequence
from datetime import date, datetime

from app.domain.instants import rfc3339
from app.domain.wording import quoted


class SentenceError(Exception):
    """An error whose text is one sentence for people; a command prints it and ends."""


class DomainError(SentenceError):
    """A refusal by a rule of the business."""


class Refusals(DomainError):
    """All refusals of one command."""

    def __init__(self, refusals: Sequence[DomainError]) -> None:
        super().__init__(" ".join(map(str, refusals)))
        self.refusals = tuple(refusals)


class UnknownTimeZone(DomainError):
    """A name that is not a zone of the pinned tzdata package."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{quoted(name)} is not an IANA time zone.")
        self.name = name


class DateOutOfRange(DomainError):
    """A date or instant outside the supported years, 1970 to 2200."""

    def __init__(self, year: int) -> None:
        super().__init__(f"The year {year} is out of range: 1970 to 2200.")
        self.year = year


class BeforeFirstLedgerDay(DomainError):
    """An instant before the account's first ledger day, which opens at `opens_at` (UTC)."""

    def __init__(self, at: datetime, opens_at: datetime) -> None:
        super().__init__(f"{rfc3339(at)} is before the account's first day, which opens at {rfc3339(opens_at)}.")
        self.at = at
        self.opens_at = opens_at


class NoSlaInForce(DomainError):
    """A day before the account's first SLA version takes effect."""

    def __init__(self, day: date) -> None:
        super().__init__(f"No SLA is in force on {day.isoformat()}.")
        self.day = day


class ExpediteWindowClosed(DomainError):
    """An expedite requested on a UTC weekend; requests are open again from `opens_at` (UTC) on."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"Expedites can be asked for again from {rfc3339(opens_at)} on.")
        self.opens_at = opens_at


class AccountIsClosed(DomainError):
    """A new order, quote or expedite of an account that has been closed since `closed_at` (UTC)."""

    def __init__(self, closed_at: datetime) -> None:
        super().__init__(f"The account has been closed since {rfc3339(closed_at)}: nothing new can be ordered.")
        self.closed_at = closed_at


class NoGain(DomainError):
    """An expedite, at placing or later, that would not give every image at the 3 h or 6 h level an earlier deadline.

    `gaining` of the `asked` images would be due earlier.
    """

    def __init__(self, gaining: int, asked: int) -> None:
        images = "The image would not be" if asked == 1 else f"Of {asked:,} images, {gaining:,} would be"
        super().__init__(f"{images} due earlier than without the expedite.")
        self.gaining = gaining
        self.asked = asked
