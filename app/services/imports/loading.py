"""Loads all that a chunk of lines names and the chunk before did not: accounts, lines, specifications and orders."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

from app.domain.orders.state import OrderedSpecification
from app.domain.specifications import steps_of
from app.services.imports.cache import AccountState, Cache, KnownLine, VersionState
from app.services.imports.conflicts import AccountMoved, require_unmoved
from app.services.imports.digests import LineKey, known_keys
from app.services.imports.lines import CancellationLine, ExpediteLine, Line, OrderLine, TermsLine, TimeZoneLine
from app.services.imports.reading import GoodLine
from app.services.imports.references import has_references, load_references
from db.connections import Record, Statement
from db.queries import imports as queries
from db.queries.accounts import account_of, quota_day
from db.queries.order_states import order_states
from db.readers import Reader

K = TypeVar("K")
V = TypeVar("V")

_NewLines: TypeAlias = Sequence[tuple[AccountState, Line]]


async def load(reader: Reader, before: Cache, lines: Sequence[GoodLine]) -> Cache:
    """Return the cache of a chunk of lines, by a statement for each kind of row and only if any is missing.

    The chunk before may still be written: all that it names is taken from its cache. Raises AccountMoved when someone
    else opened one of the accounts meanwhile.
    """
    cache = Cache(before.pending)
    await _load_accounts(reader, before, cache, {line.content.account for line in lines})
    stored = [
        (state, line.content, list(known_keys(state.id, line.content, line.digest)))
        for line in lines
        if (state := cache.accounts.get(line.content.account)) is not None
    ]
    missing = _missing({key for *_, keys in stored for key in keys}, before.lines, cache.lines)
    for *key, digest, subject_id in await _fetch(reader, queries.IMPORT_LINES, missing):
        cache.lines[LineKey(*key)] = KnownLine(digest, subject_id)
    new = [(state, line) for state, line, keys in stored if not any(key in cache.lines for key in keys)]
    named = {(state.id, line.specification) for state, line in new if isinstance(line, OrderLine)}
    unknown = _missing(named, before.specifications, cache.specifications)
    for row in await _fetch(reader, queries.SPECIFICATIONS_BY_REF, unknown):
        account_id, ref, starts_at, archived_at, *version, steps = row
        known = cache.specifications.get((account_id, ref), ())
        names = frozenset(step.step for step in steps_of(steps))
        found = VersionState(starts_at, OrderedSpecification(*version), names, archived_at)
        cache.specifications[account_id, ref] = (*known, found)
    placing = ((state.id, line) for state, line in new if isinstance(line, OrderLine) and has_references(line))
    cache.references = await load_references(reader, before.references, placing)
    if any(not isinstance(line, OrderLine) for _, line in new):
        await _load_orders(reader, before, cache, new)
    return cache


async def require_accounts_unmoved(reader: Reader, cache: Cache, refs: Sequence[str], started_at: datetime) -> None:
    """Raise AccountMoved if someone else wrote to one of these accounts, or opened it, since it was loaded.

    All that the import, which started at `started_at` (UTC), wrote has to be in the database.
    """
    for row in await _fetch(reader, queries.COUNTERS_BY_REF, [(ref,) for ref in refs]):
        state = cache.accounts.get(row["ref"])
        if state is None or state.next_sequence is None:
            raise AccountMoved(row["ref"])
        expected = state.next_sequence + state.extra_events
        await require_unmoved(reader, row["id"], row["ref"], expected, row["next_event_sequence"], started_at)


async def _load_accounts(reader: Reader, before: Cache, cache: Cache, refs: Collection[str]) -> None:
    missing = _missing(refs, before.accounts, cache.accounts)
    rows = await _fetch(reader, queries.COUNTERS_BY_REF, [(ref,) for ref in missing])
    if not rows:
        return
    days: defaultdict[UUID, list[Record]] = defaultdict(list)
    for row in await _fetch(reader, queries.LEDGER_DAYS, [(row["id"], row["watermark"]) for row in rows]):
        days[row["account_id"]].append(row)
    without_orders = [(row["id"],) for row in rows if row["next_order_number"] == 1]
    only_opened = {row["account_id"] for row in await _fetch(reader, queries.ONLY_OPENED, without_orders)}
    for row in rows:
        if row["ref"] in cache.pending:
            raise AccountMoved(row["ref"])
        account, id_ = account_of(row), row["id"]
        is_untouched = len(account.zones) == len(account.versions) == 1 and row["watermark"] == account.created_at
        cache.accounts[row["ref"]] = AccountState(
            id=id_,
            ref=row["ref"],
            account=account,
            watermark=row["watermark"],
            last_at=row["last_at"],
            minutes_since=row["minutes_since"],
            next_order_number=row["next_order_number"],
            next_sequence=row["next_event_sequence"],
            is_provisional=id_ in only_opened and is_untouched,
            days={each["date"]: quota_day(each, account) for each in days[id_]},
        )


async def _load_orders(reader: Reader, before: Cache, cache: Cache, lines: _NewLines) -> None:
    """Load the orders that lines amend: by ref, or because of a rejection since the instant of new terms or zones."""
    named = {(state.id, line.order) for state, line in lines if isinstance(line, ExpediteLine | CancellationLine)}
    unknown = _missing(named, before.groups, cache.groups)
    for row in await _fetch(reader, queries.ORDERS_BY_REF, unknown):
        key = row["account_id"], row["ref"]
        cache.groups[key] = (*cache.groups.get(key, ()), row["id"])
    orders = {id_: account_id for (account_id, _), ids in cache.groups.items() for id_ in ids}
    since = {(state.id, line.at) for state, line in lines if isinstance(line, TermsLine | TimeZoneLine)}
    changed = {account_id for account_id, _ in since}
    orders |= {id_: account_id for id_, (account_id, _) in before.orders.items() if account_id in changed}
    orders |= {row["id"]: row["account_id"] for row in await _fetch(reader, queries.REJECTED_ORDERS, since)}
    missing = _missing(orders, before.orders, cache.orders)
    if missing:
        for (account_id, id_), order in (await order_states(reader, [(orders[id_], id_) for id_ in missing])).items():
            if not order.counted:  # its images were read after someone else had cancelled them, it was read before
                raise AccountMoved(next(line.account for state, line in lines if state.id == account_id))
            cache.orders[id_] = account_id, order


async def _fetch(reader: Reader, statement: Statement, keys: Iterable[tuple[object, ...]]) -> list[Record]:
    """Fetch the rows of keys, each of whose parts is a parameter; without keys there is no statement."""
    columns = [*zip(*keys, strict=True)]
    return await reader.fetch(statement, *columns) if columns else []


def _missing(keys: Iterable[K], before: dict[K, V], cache: dict[K, V]) -> list[K]:
    """Copy the values that the chunk before has for keys; return the keys that it does not have."""
    missing: list[K] = []
    for key in keys:
        if key in before:
            cache[key] = before[key]
        else:
            missing.append(key)
    return missing
