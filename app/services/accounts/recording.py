"""Recording the events of a command on an account that changes no order."""

from datetime import datetime

from app.domain.events.new_events import NewEvent
from app.services.accounts.counters import Counters, save_counters
from app.services.events import write_events
from db.writer import Writer


async def record(
    writer: Writer, counters: Counters, at: datetime, *new_events: NewEvent, keeps_watermark: bool = False
) -> None:
    """Write the events of a command at an instant (UTC) on an account whose counters are locked; the caller commits.

    Imports continue from that instant unless `keeps_watermark`: lines of instants before it are then right as ever.
    """
    await write_events(writer, {counters.account_id: new_events}, {counters.account_id: counters}, at)
    counters.last_at = at
    if not keeps_watermark:
        counters.watermark = at
    await save_counters(writer, [counters])
