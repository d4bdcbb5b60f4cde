"""The accounts, lines, specifications and orders that an import knows while it replays a chunk of lines."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.account import Account
from app.domain.instants import rfc3339
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.references import TakenReferences
from app.domain.orders.state import OrderedSpecification, OrderState
from app.services.imports.digests import LineKey
from app.services.imports.lines import AccountLine, SpecificationLine
from app.services.imports.references import References
from app.services.imports.refusals import LineRefused


class KnownLine(NamedTuple):
    """The digest of an imported line, in either version of `digests`, and the id of the row that it added."""

    digest: bytes
    subject_id: UUID | None


@dataclass(slots=True)
class PendingAccount:
    """An account without a dated line so far, with its specifications by ref; it is opened with the first one."""

    line: AccountLine
    digest: bytes
    specifications: dict[str, tuple[SpecificationLine, bytes]] = field(
        default_factory=dict[str, tuple[SpecificationLine, bytes]]
    )


class VersionState(NamedTuple):
    """A version of a specification with its steps (NFC), in force from an instant (UTC) until the next one is.

    It ends with the archiving of the specification, too.
    """

    starts_at: datetime
    specification: OrderedSpecification
    steps: frozenset[str]
    archived_at: datetime | None = None


@dataclass(slots=True)
class AccountState:
    """An account as of its last line; instants are UTC.

    `watermark`, `last_at`, `minutes_since` and `next_order_number` are its counters then. `next_sequence` is the
    sequence of its next event in the database, None before the account is there; every change moves it. `extra_events`
    were written beyond that: by others, of changes on which no line depends, and by the import itself to withdraw
    events. `is_provisional` is an account that imports opened and that has no dated line: an earlier first line moves
    its opening. `days` are the ledger days in use in the database from the watermark on, by date.
    """

    id: UUID
    ref: str
    account: Account
    watermark: datetime
    last_at: datetime
    minutes_since: datetime
    next_order_number: int = 1
    next_sequence: int | None = None
    extra_events: int = 0
    is_provisional: bool = False
    days: dict[date, QuotaDay] = field(default_factory=dict[date, QuotaDay])

    def day_at(self, at: datetime) -> QuotaDay:
        """Return the ledger day of an instant not before the watermark, with its use."""
        day = self.account.day_at(at)
        if day is self.account.day:
            return day
        self.account = self.account.using(self.days.get(day.day.date, day))
        return self.account.day_at(at)

    def use(self, day: QuotaDay) -> None:
        """Set the use of the running ledger day."""
        self.account = self.account.using(day)
        self.days = {date_: later for date_, later in self.days.items() if date_ > day.day.date}
        self.days[day.day.date] = day

    def opened_at(self, at: datetime) -> "AccountState":
        """Return a provisional account as opened at another instant."""
        account = self.account.opened_at(at, self.account.zones[0].time_zone)
        return replace(self, account=account, watermark=at, last_at=at, minutes_since=at)


@dataclass(slots=True)
class Cache:
    """All that the lines of a chunk name, as of the last line replayed.

    `pending` has all accounts of the file that are not opened, by ref. The rest is of this chunk only, so that memory
    stays flat: `accounts` by ref, and by account and ref the versions of `specifications`, oldest first, and the orders
    that an order line became (`groups`). `references` are those taken of the ones that the lines give. `orders` are by
    id, with their accounts.
    """

    pending: dict[str, PendingAccount] = field(default_factory=dict[str, PendingAccount])
    accounts: dict[str, AccountState] = field(default_factory=dict[str, AccountState])
    lines: dict[LineKey, KnownLine] = field(default_factory=dict[LineKey, KnownLine])
    specifications: dict[tuple[UUID, str], tuple[VersionState, ...]] = field(
        default_factory=dict[tuple[UUID, str], tuple[VersionState, ...]]
    )
    groups: dict[tuple[UUID, str], tuple[UUID, ...]] = field(default_factory=dict[tuple[UUID, str], tuple[UUID, ...]])
    references: References = field(default_factory=dict[UUID, TakenReferences])
    orders: dict[UUID, tuple[UUID, OrderState]] = field(default_factory=dict[UUID, tuple[UUID, OrderState]])

    def first_order(self, account_id: UUID, ref: str) -> UUID | None:
        """Return the first of the orders that an order line became, None if there is no such line."""
        line = self.lines.get(LineKey(account_id, "order", ref))
        return None if line is None else line.subject_id

    def specification_at(self, account_id: UUID, ref: str, at: datetime) -> VersionState | None:
        """Return the version of a specification in force at an instant; None if there is no such specification.

        Raises LineRefused from its archiving on.
        """
        versions = self.specifications.get((account_id, ref))
        if versions is None:
            return None
        # Only a line that opens its account earlier is before the first version, which moves with the opening.
        begun = (each for each in reversed(versions) if each.starts_at <= at)
        version = next(begun, versions[0])
        if version.archived_at is not None and at >= version.archived_at:
            raise LineRefused("specification", f"was archived at {rfc3339(version.archived_at)}")
        return version
