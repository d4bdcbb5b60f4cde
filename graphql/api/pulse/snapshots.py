"""Snapshots: the Pulse of an account as of the end of each of its ledger days (domain rules, section 7)."""

from collections.abc import Awaitable
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

import strawberry

from api.context import Context
from api.ids import NodeType
from api.pulse.reads import shown_pulse
from api.pulse.types import Pulse
from db.queries.pages import Page, Slice
from db.queries.snapshots import Days, SnapshotRow
from engine.connections import Listing
from engine.cursors import NUMBER, CursorKind
from engine.decorators import object_type
from engine.ids import GlobalId
from engine.nodes import Node, reads
from engine.weights import LOOK_UP

_CURSORS: Final = CursorKind("pulseHistory", (NUMBER,))


@object_type(count=LOOK_UP)
class PulseSnapshot(Node):
    """A snapshot of the Pulse as of the end of a ledger day; it never changes."""

    day: date = strawberry.field(name="date", description="The ledger day; it ended at the instant of the Pulse.")
    pulse: Pulse = strawberry.field(description="The Pulse as of the end of the day.")
    recorded_at: datetime = strawberry.field(description="The instant at which the snapshot was recorded.")


def snapshot(row: SnapshotRow) -> PulseSnapshot:
    """Return the API's snapshot of a row."""
    return PulseSnapshot(
        name_in_api=GlobalId(NodeType.PULSE_SNAPSHOT, row.account_id, row.id),
        day=row.date,
        pulse=shown_pulse(row.account_id, row.as_of, row.figures, row.streak),
        recorded_at=row.recorded_at,
    )


def snapshots_of(context: Context, account_id: UUID, days: Days) -> Listing[SnapshotRow, PulseSnapshot]:
    """List an account's snapshots of a range of days, newest first."""
    loaders = context.loaders

    def read(part: Slice) -> Awaitable[Page[SnapshotRow]]:
        return loaders.snapshots_of_accounts.load((account_id, part, days))

    count = partial(loaders.snapshot_counts.load, (account_id, days))
    return Listing(_CURSORS, days.span, read, count, snapshot, (account_id,))


@reads(NodeType.PULSE_SNAPSHOT)
async def snapshot_node(context: Context, named: GlobalId) -> PulseSnapshot | None:
    """Return the snapshot with this id; None without one. Raises ApiError without a dashboard."""
    account = await context.account(named.account_id)
    if account is None:
        return None
    await context.require_dashboard(account.id)
    row = await context.loaders.snapshots.load(named.within_account)
    return None if row is None else snapshot(row)
