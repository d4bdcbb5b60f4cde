"""Loads what a batch of lines has to do with and is not remembered: known accounts, lines, specifications, orders."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from app.domain.account import Account
from app.domain.orders.state import OrderedSpecification
from app.services.accounts.facts import quota_day
from app.services.imports.batch import KnownLine
from app.services.imports.cache import Cache
from app.services.imports.conflicts import AccountMoved, require_unmoved
from app.services.imports.digests import LineKey, known_keys
from app.services.imports.lines import (
    CancellationLine,
    ExpediteLine,
    Line,
    OrderLine,
    TermsLine,
    TimeZoneLine,
    account_of,
)
from app.services.imports.reading import GoodLine
from app.services.imports.state import AccountState
from db.connections import Record, Statement
from db.queries import imports as queries
from db.queries.accounts import account_histories
from db.queries.order_states import OrderKey, order_states
from db.readers import Reader


class Loader:
    """Fills the memory ahead of a batch, by a statement for each kind of thing and only if any is missing."""

    def __init__(self, reader: Reader, cache: Cache) -> None:
        self._reader = reader
        self._memory = cache

    async def prepare(self, lines: Sequence[GoodLine]) -> None:
        """Load what these lines name; raises AccountMoved when someone else began one of the accounts meanwhile."""
        refs = {account_of(line.content) for line in lines}
        await self._load_accounts([ref for ref in refs if ref not in self._memory.accounts])
        stored = [
            (account, line.content, list(known_keys(account.id, line.content, line.digest)))
            for line in lines
            if (account := self._memory.accounts.get(account_of(line.content)))
        ]
        keys = {key for *_, keys in stored for key in keys}
        await self._load_lines([key for key in keys if key not in self._memory.lines])
        new = [(account, line) for account, line, keys in stored if not any(key in self._memory.lines for key in keys)]
        await self._load_specifications(new)
        await self._load_orders(new)

    async def require_unmoved(self, refs: Sequence[str]) -> None:
        """Raise AccountMoved if someone else wrote to one of these accounts, or began it, since it was loaded.

        What the import itself wrote has to be in the database.
        """
        for row in await self._fetch(queries.COUNTERS_BY_REF, [(ref,) for ref in refs]):
            account = self._memory.accounts.get(row["ref"])
            if account is None or account.written is None:
                raise AccountMoved(row["ref"])
            expected = account.written + account.uncounted
            await require_unmoved(self._reader, row["id"], row["ref"], expected, row["next_event_sequence"])

    async def _load_accounts(self, refs: Sequence[str]) -> None:
        rows = await self._fetch(queries.COUNTERS_BY_REF, [(ref,) for ref in refs])
        if not rows:
            return
        for row in rows:
            if row["ref"] in self._memory.pending:
                raise AccountMoved(row["ref"])
        histories = await account_histories(self._reader, [row["id"] for row in rows])
        begun = await self._begun_only([row["id"] for row in rows if row["next_order_number"] == 1])
        since = [(row["id"], row["watermark"]) for row in rows]
        days = _grouped(await self._fetch(queries.LEDGER_DAYS, since))
        for row in rows:
            id_, history = row["id"], histories[row["id"]]
            account = Account(history.zones, history.versions)
            self._memory.accounts[row["ref"]] = AccountState(
                id=id_,
                ref=row["ref"],
                account=account,
                watermark=row["watermark"],
                last_at=row["last_at"],
                minutes_since=row["minutes_since"],
                next_order_number=row["next_order_number"],
                written=row["next_event_sequence"],
                untold=id_ in begun and len(account.zones) == len(account.versions) == 1,
                days={each["date"]: quota_day(each, account) for each in days.get(id_, ())},
            )

    async def _begun_only(self, ids: Sequence[UUID]) -> set[UUID]:
        """Tell which of these accounts imports began, and told no zone of that was to be their first instead."""
        rows = await self._fetch(queries.BEGUN_AND_MOVED, [(id_,) for id_ in ids])
        moved = {row["account_id"] for row in rows if row["kind"] != "account"}
        return {row["account_id"] for row in rows} - moved

    async def _load_lines(self, keys: Sequence[LineKey]) -> None:
        for row in await self._fetch(queries.IMPORT_LINES, keys):
            key = LineKey(row["account_id"], row["kind"], row["ref"])
            self._memory.lines[key] = KnownLine(row["digest"], row["subject_id"])

    async def _load_specifications(self, lines: Iterable[tuple[AccountState, Line]]) -> None:
        named = {(account.id, line.specification) for account, line in lines if isinstance(line, OrderLine)}
        missing = [key for key in named if key not in self._memory.specifications]
        for row in await self._fetch(queries.SPECIFICATIONS_BY_REF, missing):
            self._memory.specifications[row["account_id"], row["ref"]] = OrderedSpecification(
                row["id"], row["version"], row["price_per_image"], row["currency"]
            )

    async def _load_orders(self, lines: Sequence[tuple[AccountState, Line]]) -> None:
        """Load the orders that lines amend: by ref, or for what was rejected since their instant."""
        named = {
            (account.id, line.order) for account, line in lines if isinstance(line, ExpediteLine | CancellationLine)
        }
        missing = [key for key in named if key not in self._memory.groups]
        rows = await self._fetch(queries.ORDERS_BY_REF, missing)
        groups: dict[tuple[UUID, str], list[UUID]] = {}
        for row in rows:
            groups.setdefault((row["account_id"], row["ref"]), []).append(row["id"])
        for key, ids in groups.items():
            self._memory.groups[key] = tuple(ids)
        since = {(account.id, line.at) for account, line in lines if isinstance(line, TermsLine | TimeZoneLine)}
        rows += await self._fetch(queries.REJECTED_ORDERS, list(since))
        asked = {(row["account_id"], row["id"]) for row in rows}
        await self._load_states([key for key in asked if key[1] not in self._memory.orders])

    async def _load_states(self, keys: Sequence[OrderKey]) -> None:
        if keys:
            for (account_id, id_), order in (await order_states(self._reader, keys)).items():
                self._memory.orders[id_] = account_id, order

    async def _fetch(self, statement: Statement, keys: Sequence[tuple[object, ...]]) -> list[Record]:
        """Fetch rows for keys, each of whose parts is a parameter; asks nothing when there are none."""
        return await self._reader.fetch(statement, *zip(*keys, strict=True)) if keys else []


def _grouped(rows: Iterable[Record]) -> dict[UUID, list[Record]]:
    """Group sorted rows by their first column."""
    return {key: list(group) for key, group in groupby(rows, itemgetter(0))}
