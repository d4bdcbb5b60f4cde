"""`loupe jobs verify`."""

import asyncio
import logging
from typing import Annotated

import typer

from api.ids import account_global_id
from app.cli.database import database_clock, migrated_database
from app.cli.options import AsJson, read_account
from app.cli.output import json_text, print_report
from app.clock import SystemClock
from app.logging import configure_logging
from app.services.housekeeping.verification import Verified, verify_accounts, verify_next
from app.services.jobs.runs import error_text
from app.settings import Settings, read_settings
from db.readers import PoolReader
from jobs.worker import new_owner, working_pool


def verify_command(
    *,
    account: Annotated[
        str | None,
        typer.Option(
            metavar="ID_OR_REF", help="This account; without it, the next that were not verified today (UTC)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the Pulse of accounts with the rows it is counted from, as the daily job does; nothing is repaired.

    The exit code is 1 if figures differ or an account could not be compared. Differences are shown by `loupe jobs
    status`, too, until a later comparison finds none.

    Example: loupe jobs verify --account acme
    """
    settings = read_settings()
    with migrated_database(settings, "jobs verify") as url:
        clock = database_clock(url, settings)
        configure_logging()
        logging.getLogger("loupe.jobs").setLevel(logging.ERROR)  # differences are printed at the end
        verified = asyncio.run(_verify(url, settings, clock, account))
        print_report(_verified_as_json(verified) if as_json else _verified_as_text(verified))
    if verified.failed:
        raise typer.Exit(1)


async def _verify(url: str, settings: Settings, clock: SystemClock, account: str | None) -> Verified:
    async with working_pool(url, settings.job_timeout) as pool:
        if account is None:
            return await verify_next(pool, clock, new_owner(), settings.verified_accounts)
        account_id = await read_account(PoolReader(pool), "--account", account)
        return await verify_accounts(pool, clock, new_owner(), [account_id])


def _verified_as_json(verified: Verified) -> str:
    failures = [
        {"account": account_global_id(account_id), "error": error_text(error)}
        for account_id, error in verified.failed.items()
    ]
    return json_text({"accounts": verified.accounts, "failures": failures})


def _verified_as_text(verified: Verified) -> str:
    lines = [f"Accounts that agree with their rows: {verified.accounts:,}"]
    lines += [f"{account_global_id(account_id)}: {error_text(error)}" for account_id, error in verified.failed.items()]
    return "\n".join(lines)
