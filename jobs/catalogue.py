"""The catalogue: all jobs of the service (domain rules, section 7)."""

from dataclasses import asdict
from typing import Final

from app.clock import Clock
from app.services.deadline_alerts.watch import watch_deadlines
from app.services.housekeeping.leases import RETURN, return_expired_leases
from app.services.housekeeping.pruning import PRUNE, prune
from app.services.housekeeping.verification import VERIFY, verify_next
from app.services.jobs.cursors import ACTIVITY, RESET, SNAPSHOT, WATCH
from app.services.jobs.runs import Success
from app.services.midnight.activity import roll_up_activity
from app.services.midnight.corrections import CORRECT, correct_snapshots
from app.services.midnight.resets import reset_guarantee
from app.services.midnight.snapshots import snapshot_pulse
from app.services.overdue_inquiries import ALERT, alert_overdue_inquiries
from app.services.repricing import REPRICE, reprice
from app.settings import Settings
from db.connections import Pool
from jobs.kinds.midnight import MIDNIGHT
from jobs.kinds.periodic import DAILY, EVERY_MINUTE, Done
from jobs.kinds.queued import QUEUED
from jobs.registry import Registry
from jobs.worker import new_owner

JOBS: Final = Registry()
"""All jobs; those of a kind run in this order, so that the watch reads the ledger before it is pruned."""

JOBS.register(MIDNIGHT, SNAPSHOT)(snapshot_pulse)
JOBS.register(MIDNIGHT, RESET)(reset_guarantee)
JOBS.register(MIDNIGHT, ACTIVITY)(roll_up_activity)


@JOBS.register(EVERY_MINUTE, WATCH)
async def watch(pool: Pool, clock: Clock, settings: Settings, last: Success | None) -> Done:
    """Emit alerts to deadlines at risk and to missed ones."""
    lead = settings.at_risk_lead
    since, horizon = (None, None) if last is None else (last.began_at, last.horizon)
    watched = await watch_deadlines(pool, clock, since, lead, horizon)
    return Done(watched.failed, {"emitted": watched.emitted}, watched.until + lead)


@JOBS.register(EVERY_MINUTE, RETURN)
async def return_leases(pool: Pool, clock: Clock, _settings: Settings, _last: Success | None) -> Done:
    """Return images whose claim has run out."""
    returned = await return_expired_leases(pool, clock)
    return Done(returned.failed, {"images": returned.images})


@JOBS.register(EVERY_MINUTE, ALERT)
async def alert_inquiries(pool: Pool, clock: Clock, _settings: Settings, _last: Success | None) -> Done:
    """Emit the events of inquiries that were not answered in time."""
    alerted = await alert_overdue_inquiries(pool, clock)
    return Done(alerted.failed, {"emitted": alerted.emitted})


@JOBS.register(DAILY, PRUNE)
async def prune_daily(pool: Pool, clock: Clock, settings: Settings, _last: Success | None) -> Done:
    """Delete rows that are kept for a limited time and are older."""
    counts = asdict(await prune(pool, clock, settings.run_retention))
    return Done(counts.pop("failed"), counts)


@JOBS.register(DAILY, CORRECT)
async def correct_daily(pool: Pool, clock: Clock, _settings: Settings, _last: Success | None) -> Done:
    """Correct snapshots whose month and week an earlier release counted otherwise."""
    corrected = await correct_snapshots(pool, clock)
    return Done(corrected.failed, {"snapshots": corrected.snapshots})


@JOBS.register(DAILY, VERIFY)
async def verify_daily(pool: Pool, clock: Clock, settings: Settings, _last: Success | None) -> Done:
    """Compare the Pulse of some accounts with the rows it is counted from."""
    if not settings.verified_accounts:
        return Done()
    verified = await verify_next(pool, clock, new_owner(), settings.verified_accounts)
    return Done(len(verified.failed), {"accounts": verified.accounts}, accounts=verified.accounts, error=verified.error)


JOBS.register(QUEUED, REPRICE)(reprice)
