from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest

from app.clock import Clock
from app.services.jobs.runs import Success
from app.settings import Settings
from db.connections import Pool
from jobs.catalogue import JOBS
from jobs.kinds.midnight import MIDNIGHT
from jobs.kinds.periodic import DAILY, EVERY_MINUTE, Done
from jobs.kinds.queued import QUEUED
from jobs.registry import DuplicateJob, Registry


async def at_midnight(_pool: Pool, _clock: Clock, _closes_at: datetime, account_ids: Sequence[UUID]) -> int:
    return len(account_ids)


async def now_and_then(_pool: Pool, _clock: Clock, _settings: Settings, _last: Success | None) -> Done:
    return Done()


def test_the_service_has_these_jobs_of_each_kind() -> None:
    assert {kind: [*JOBS.of(kind)] for kind in JOBS.kinds} == {
        MIDNIGHT: ["snapshot_pulse", "reset_guarantee", "roll_up_activity"],
        EVERY_MINUTE: ["watch_deadlines", "return_expired_leases", "alert_overdue_inquiries"],
        DAILY: ["prune", "correct_snapshots", "verify_pulse"],
        QUEUED: ["reprice_specifications"],
    }


def test_a_name_is_registered_once_over_all_kinds() -> None:
    jobs = Registry()
    assert jobs.register(MIDNIGHT, "count")(at_midnight) is at_midnight
    assert jobs.register(EVERY_MINUTE, "look")(now_and_then) is now_and_then
    for name in ("count", "look"):
        with pytest.raises(DuplicateJob, match=f"There is a job '{name}' already"):
            jobs.register(MIDNIGHT, name)(at_midnight)
        with pytest.raises(DuplicateJob, match=f"There is a job '{name}' already"):
            jobs.register(DAILY, name)(now_and_then)
    assert (list(jobs.of(MIDNIGHT)), list(jobs.of(EVERY_MINUTE)), jobs.names) == (
        ["count"],
        ["look"],
        ["count", "look"],
    )
