"""How every command on an account that changes no order ends."""

from datetime import datetime

from app.domain.events.orders import Happening
from app.services.accounts.counters import Head, advance_heads
from app.services.events import write_events
from db.connections import Writer


async def record(writer: Writer, head: Head, at: datetime, told: Happening) -> None:
    """Write what a command at an instant (UTC) did to an account, whose head is locked; the caller commits."""
    await write_events(writer, {head.account_id: [told]}, {head.account_id: head}, at)
    head.last_at = head.frontier = at
    await advance_heads(writer, [head])
