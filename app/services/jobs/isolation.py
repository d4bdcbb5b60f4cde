"""Work for many accounts at once, of which one that fails does not stop the others."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias
from uuid import UUID

import structlog

from db.failures import is_locked, is_outage

Work: TypeAlias = Callable[[Sequence[UUID]], Awaitable[None]]
"""Does what there is to do for accounts, for all of them or for none."""

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


async def isolate_failures(job: str, account_ids: Sequence[UUID], work: Work) -> dict[UUID, Exception]:
    """Do work for accounts, for one after the other where it fails for all; return for which it failed, and why.

    Raises what is not an account's own: that the server cannot be asked.
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


async def _one_by_one(job: str, account_ids: Sequence[UUID], work: Work) -> dict[UUID, Exception]:
    failed: dict[UUID, Exception] = {}
    for account_id in account_ids:
        failed |= await isolate_failures(job, [account_id], work)
    return failed
