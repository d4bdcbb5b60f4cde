"""What an import has to know of accounts while it reads their lines."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.ledger.days import ZonePeriod, first_ledger_day, ledger_day_at, zone_at
from app.domain.ledger.quota import QuotaDay, unused_day
from app.domain.local_time import time_zone
from app.domain.sla.terms import SlaVersion, sla_on
from app.services.imports.lines import AccountLine, SpecificationLine

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class PendingAccount:
    """An account whose first instant is not told yet, with its specifications by ref; both wait for it."""

    line: AccountLine
    digest: bytes
    specifications: dict[str, tuple[SpecificationLine, bytes]] = field(
        default_factory=dict[str, tuple[SpecificationLine, bytes]]
    )


@dataclass(slots=True)
class AccountState:
    """An account as of the last line read of it.

    `watermark` and `next_order_number` are where its head will be. `written` is the place of the next event by the head
    in the database, which every change moves; None for an account that is not there yet. `uncounted` is how many more
    events than that were written since: by jobs, which change nothing an import goes by, and by its own batches to
    withdraw others. `untold` is one that an import began and no dated line told of yet: its opening is still open.
    `days` are ledger days in use in the database from the watermark on, by date.
    """

    id: UUID
    ref: str
    periods: list[ZonePeriod]
    versions: list[SlaVersion]
    watermark: datetime
    last_at: datetime
    minutes_since: datetime
    next_order_number: int = 1
    written: int | None = None
    uncounted: int = 0
    untold: bool = False
    days: dict[date, QuotaDay] = field(default_factory=dict[date, QuotaDay])
    _day: QuotaDay | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in force as of the last line."""
        return time_zone(self.periods[-1].time_zone)

    @property
    def created_at(self) -> datetime:
        """The instant at which it begins."""
        return self.periods[0].starts_at

    def zone_at(self, at: datetime) -> ZoneInfo:
        """Return the zone in force at an instant."""
        return zone_at(at, self.periods)

    def sla_version_at(self, at: datetime) -> int:
        """Return the number of the SLA version in force in the ledger day of an instant."""
        return sla_on(ledger_day_at(at, self.periods).date, self.versions).version

    def day_at(self, at: datetime) -> QuotaDay:
        """Return the ledger day of an instant not before the watermark, with what is used of it."""
        if self._day is None or not self._day.contains(at):
            day = unused_day(at, self.periods, self.versions)
            self._day = self.days.get(day.day.date, day)
        return self._day

    def use(self, day: QuotaDay) -> None:
        """Note what is used of the running ledger day now."""
        self._day = day
        self.days = {date_: later for date_, later in self.days.items() if date_ > day.day.date}
        self.days[day.day.date] = day

    def opening_at(self, at: datetime) -> "AccountState":
        """Return an untold account as it is when it begins at another instant."""
        account = replace(self, watermark=at, last_at=at, minutes_since=at)
        account.begin(ZonePeriod(at, self.periods[0].time_zone))
        return account

    def begin(self, period: ZonePeriod) -> None:
        """Let an untold account begin with this period; version 1 of its SLA starts with its first ledger day."""
        self.periods = [period]
        effective_date = first_ledger_day(self.periods).date
        self.versions = [replace(self.versions[0], effective_date=effective_date, negotiated_at=period.starts_at)]
        self._day = None

    def move(self, period: ZonePeriod) -> QuotaDay:
        """Change the zone; return the ledger day that runs then, and longer now."""
        running = self.day_at(period.starts_at)
        self.periods.append(period)
        self._day = None
        return running.extended(self.periods)


class Recent(Generic[K, V]):
    """What the batch at hand and the one before it had to do with, by key.

    A batch is read while the one before it is still being written, so what both touched cannot be read from the
    database yet; what is older can. That keeps memory flat.
    """

    __slots__ = ("_current", "_previous")

    def __init__(self) -> None:
        self._current: dict[K, V] = {}
        self._previous: dict[K, V] = {}

    def __setitem__(self, key: K, value: V) -> None:
        self._current[key] = value

    def __contains__(self, key: K) -> bool:
        return key in self._current or key in self._previous

    def __getitem__(self, key: K) -> V:
        if key not in self._current:
            self._current[key] = self._previous[key]
        return self._current[key]

    def get(self, key: K) -> V | None:
        """Look up, and keep what is found for the batch at hand."""
        return self[key] if key in self else None  # noqa: SIM401 - that is what `get` is

    def values(self) -> list[V]:
        """Return all that is known."""
        return list({**self._previous, **self._current}.values())

    def turn(self) -> None:
        """Begin the next batch."""
        self._previous, self._current = self._current, {}
