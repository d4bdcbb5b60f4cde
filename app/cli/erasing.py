"""`loupe erase`."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import typer

from api.ids import account_global_id
from app.cli.database import CommandFailed, database_clock, migrated_database
from app.cli.options import AsJson, read_account, read_day, require_storable
from app.cli.output import Pace, json_text, print_note, print_report, print_result
from app.cli.printing import as_table
from app.clock import SystemClock
from app.services.erasing.accounts import NoErasableDay, erasure_before
from app.services.erasing.erasing import Erasure, count_texts, erase_texts
from app.services.erasing.statistics import forget_values
from app.services.erasing.workers import count_worker, erase_worker
from app.settings import read_settings
from db.connections import Pool
from db.pools import open_pool
from db.readers import PoolReader, Reader

_OF_WORKER: Final[Mapping[str, str]] = {"images": "images", "events": "events"}
_OF_ACCOUNT: Final[Mapping[str, str]] = {
    "orders": "orders",
    "images": "images",
    "rejections": "rejections",
    "inquiries": "inquiries",
    "events": "events",
    "slaVersions": "versions of the SLA",
    "specificationVersions": "versions of specifications",
    "keys": "keys",
    "answers": "answers of idempotency keys",
}
"""The rows that may have texts, by their names in JSON, for people."""
_PASSED: Final = {"orders": "orders in production", "inquiries": "inquiries not answered yet"}


class _Done(NamedTuple):
    """The erased rows, or those counted in a dry run, with their `names`; `subject` is the first part of the JSON."""

    subject: dict[str, Any]
    names: Mapping[str, str]
    erased: Counter[str]
    passed: Counter[str]


class _Progress:
    """Shows a running erasure on standard error: a line every few seconds."""

    def __init__(self) -> None:
        self._rows = 0
        self._pace = Pace()

    def add(self, rows: int) -> None:
        """Count rows that were erased, and print the number so far unless that was just done."""
        self._rows += rows
        if self._pace.is_due():
            print_note(f"Rows erased so far: {self._rows:,}")


_Work = Callable[[Pool, SystemClock], Awaitable[_Done]]


def erase_command(
    *,
    account: Annotated[
        str | None, typer.Option(metavar="ID_OR_REF", help="The account whose texts are erased.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Erase texts about things before this ledger day, at most today.")
    ] = None,
    worker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Erase this name of a worker in all accounts.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the rows with texts to erase; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase an account's texts about things before a day, or the name of a worker, for good; figures stay.

    Orders in production and inquiries not answered yet are passed over. Texts are erased in batches: if the command
    ends early, run it again. It asks nothing; see docs/operating.md for what backups hold.

    Example: loupe erase --account acme --before 2026-01-01 --dry-run
    """
    work = _work(account, before, worker, dry_run=dry_run)
    settings = read_settings()

    async def erase(url: str, clock: SystemClock) -> _Done:
        pool = await open_pool(url, max_size=2, limit=settings.import_timeout)
        try:
            done = await work(pool, clock)
            if not dry_run:  # also where nothing was left to erase: an earlier run may have ended before this
                await forget_values(pool)
            return done
        finally:
            await pool.close()

    with migrated_database(settings, "erase", writes=not dry_run) as url:
        done = asyncio.run(erase(url, database_clock(url, settings)))
        (print_result if dry_run else print_report)((_as_json if as_json else _as_text)(done, dry_run=dry_run))


def _work(account: str | None, before: str | None, worker: str | None, *, dry_run: bool) -> _Work:
    """Return the work that the options ask for; raises CommandFailed."""
    if worker is not None and account is None:
        if before is not None:
            raise CommandFailed("--before goes with --account: a worker's name is erased whenever it was.")
        require_storable("--worker", worker)
        return _erase_worker(worker, dry_run=dry_run)
    if account is None or worker is not None:
        raise CommandFailed("Exactly one of --account and --worker is needed.")
    if before is None:
        raise CommandFailed("--account needs --before.")
    return _erase_account(account, read_day("--before", before), dry_run=dry_run)


def _erase_account(account: str, day: date, *, dry_run: bool) -> _Work:
    async def erase(pool: Pool, clock: SystemClock) -> _Done:
        reader = PoolReader(pool)
        account_id = await read_account(reader, "--account", account)
        erasure = await _erasure(reader, clock, account_id, day)
        done = await (
            count_texts(reader, account_id, erasure)
            if dry_run
            else erase_texts(pool, clock, account_id, erasure, _Progress().add)
        )
        return _Done({"account": account_global_id(account_id), "before": day}, _OF_ACCOUNT, *done)

    return erase


async def _erasure(reader: Reader, clock: SystemClock, account_id: UUID, day: date) -> Erasure:
    try:
        return await erasure_before(reader, clock, account_id, day)
    except NoErasableDay as refusal:
        raise CommandFailed(f"--before: {refusal}") from None


def _erase_worker(name: str, *, dry_run: bool) -> _Work:
    async def erase(pool: Pool, clock: SystemClock) -> _Done:
        done = await (
            count_worker(PoolReader(pool), name) if dry_run else erase_worker(pool, clock, name, _Progress().add)
        )
        return _Done({"accounts": done.accounts}, _OF_WORKER, done.erased, done.passed)

    return erase


def _as_json(done: _Done, *, dry_run: bool) -> str:
    rows = {"erased": {name: done.erased[name] for name in done.names}, "passedOver": done.passed}
    return json_text({**done.subject, "dryRun": dry_run, **rows})


def _as_text(done: _Done, *, dry_run: bool) -> str:
    heading = "Rows with texts to erase" if dry_run else "Rows with erased texts"
    rows = [(name, f"{count:,}") for key, name in done.names.items() if (count := done.erased[key])]
    passed = [(f"passed over: {name}", f"{done.passed[key]:,}") for key, name in _PASSED.items() if key in done.passed]
    return f"{heading}:\n{as_table([*(rows or [('none', '')]), *passed])}"
