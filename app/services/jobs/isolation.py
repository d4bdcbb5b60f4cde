"""Isolation of failures: in work for many accounts, one that fails does not stop the others."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias
from uuid import UUID

import structlog

from db.failures import is_locked, is_outage

BatchWork: TypeAlias = Callable[[Sequence[UUID]], Awaitable[None]]
"""Does something for all of the accounts, or for none."""

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


async def isolate_failures(job: str, account_ids: Sequence[UUID], work: BatchWork) -> dict[UUID, Exception]:
    """Do work for accounts at once, or for one after the other if that fails; return errors by account.

    Raises an outage, which is no failure of an account.
    """
    try:
        await work(account_ids)
    except Exception as error:
        if is_outage(error):
            raise
        if len(account_ids) > 1:
            return await _one_by_one(job, account_ids, work)
        if not is_locked(error):
            _log.warning("account_failed", job=job, account=str(account_ids[0]), exc_info=error)
        return {account_ids[0]: error}
    return {}


async def _one_by_one(job: str, account_ids: Sequence[UUID], work: BatchWork) -> dict[UUID, Exception]:
    failed: dict[UUID, Exception] = {}
    for account_id in account_ids:
        failed |= await isolate_failures(job, [account_id], work)
    return failed
