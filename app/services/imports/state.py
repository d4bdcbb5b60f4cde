"""What an import has to know of accounts while it reads their lines."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.account import Account
from app.domain.ledger.quota import QuotaDay
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
    """An account as of the last line read of it; its `day` is the ledger day of that line.

    `watermark` and `next_order_number` are where its head will be. `written` is the place of the next event by the head
    in the database, which every change moves; None for an account that is not there yet. `uncounted` is how many more
    events than that were written since: by jobs, which change nothing an import goes by, and by its own batches to
    withdraw others. `untold` is one that an import began and no dated line told of yet: its opening is still open.
    `days` are ledger days in use in the database from the watermark on, by date.
    """

    id: UUID
    ref: str
    account: Account
    watermark: datetime
    last_at: datetime
    minutes_since: datetime
    next_order_number: int = 1
    written: int | None = None
    uncounted: int = 0
    untold: bool = False
    days: dict[date, QuotaDay] = field(default_factory=dict[date, QuotaDay])

    @property
    def zone(self) -> ZoneInfo:
        """The zone in force as of the last line."""
        return self.account.zone

    @property
    def created_at(self) -> datetime:
        """The instant of its opening."""
        return self.account.created_at

    def day_at(self, at: datetime) -> QuotaDay:
        """Return the ledger day of an instant not before the watermark, with its use."""
        if self.account.day is None or not self.account.day.contains(at):
            day = self.account.day_at(at)
            self.account = self.account.using(self.days.get(day.day.date, day))
        return self.account.day_at(at)

    def use(self, day: QuotaDay) -> None:
        """Note the use of the running ledger day."""
        self.account = self.account.using(day)
        self.days = {date_: later for date_, later in self.days.items() if date_ > day.day.date}
        self.days[day.day.date] = day

    def opening_at(self, at: datetime) -> "AccountState":
        """Return an untold account as it is when it begins at another instant."""
        account = self.account.opened_at(at, self.account.zones[0].time_zone)
        return replace(self, account=account, watermark=at, last_at=at, minutes_since=at)

    def move(self, at: datetime, time_zone: str) -> QuotaDay:
        """Move to another zone; return the ledger day that runs then, and longer now."""
        self.day_at(at)
        self.account = self.account.move(at, time_zone)
        return self.account.day_at(at)


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
