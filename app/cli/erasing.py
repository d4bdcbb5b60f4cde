"""`loupe erase`."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final
from uuid import UUID

import typer

from api.ids import account_global_id
from app.cli.database import CommandFailed, database_clock, migrated_database
from app.cli.options import AsJson, read_account, read_day
from app.cli.output import json_text, print_report, print_result
from app.cli.printing import as_table
from app.clock import SystemClock
from app.services.erasing.accounts import NoErasableDay, erasure_before
from app.services.erasing.erasing import Erased, Erasure, count_texts, erase_texts
from app.settings import read_settings
from db.connections import open_pool
from db.readers import PoolReader, Reader

_NAMES: Final[Mapping[str, str]] = {
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


def erase_command(
    *,
    account: Annotated[str, typer.Option(metavar="ID_OR_REF", help="The account whose texts are erased.")],
    before: Annotated[
        str, typer.Option(metavar="DATE", help="Erase texts about what was before this ledger day, at most today.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the rows with texts to erase; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase the texts that people wrote about what was before a day, for good; figures stay.

    Orders in production and inquiries not answered yet are passed over. Texts are erased in batches: if the command
    ends early, run it again. It asks nothing; see docs/operating.md for what backups hold.

    Example: loupe erase --account acme --before 2026-01-01 --dry-run
    """
    settings, day = read_settings(), read_day("--before", before)

    async def erase(url: str, clock: SystemClock) -> tuple[str, Erased]:
        pool = await open_pool(url, max_size=2)
        try:
            reader = PoolReader(pool)
            account_id = await read_account(reader, account)
            erasure = await _erasure(reader, clock, account_id, day)
            if dry_run:
                return account_global_id(account_id), await count_texts(reader, account_id, erasure)
            return account_global_id(account_id), await erase_texts(pool, clock, account_id, erasure)
        finally:
            await pool.close()

    with migrated_database(settings, "erase") as url:
        account_id, erased = asyncio.run(erase(url, database_clock(url, settings)))
    if as_json:
        subject = {"account": account_id, "before": day, "dryRun": dry_run}
        text = json_text({**subject, "erased": _all(erased.erased), "passedOver": dict(erased.passed)})
    else:
        text = _as_text(erased, "Rows with texts to erase" if dry_run else "Rows with erased texts")
    (print_result if dry_run else print_report)(text)


async def _erasure(reader: Reader, clock: SystemClock, account_id: UUID, day: date) -> Erasure:
    try:
        return await erasure_before(reader, clock, account_id, day)
    except NoErasableDay as refusal:
        raise CommandFailed(f"--before: {refusal}") from None


def _all(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in _NAMES}


def _as_text(erased: Erased, heading: str) -> str:
    rows = [(_NAMES[name], f"{count:,}") for name, count in _all(erased.erased).items() if count]
    passed = [
        ("passed over: orders in production", f"{erased.passed['orders']:,}"),
        ("passed over: inquiries not answered yet", f"{erased.passed['inquiries']:,}"),
    ]
    return f"{heading}:\n{as_table([*(rows or [('none', '')]), *passed])}"
