"""The clock of the demo, which is never before its history, and the window of expedites by it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from app.clock import SystemClock
from app.domain.deadlines.rules import expedite_window
from app.domain.errors import SentenceError
from app.domain.instants import rfc3339
from app.domain.local_time import time_zone
from app.domain.wording import shown_path
from db.queries.accounts import ACCOUNTS_IN_ORDER, last_instants
from db.readers import Reader

_MORNING: Final = timedelta(hours=9)  # after the window of expedites opens


class ClockBehind(SentenceError):  # noqa: N818 - named by its case, like all errors here
    """A clock that is before the end of the demo's history (both UTC)."""

    def __init__(self, folder: Path, ends_at: datetime, now: datetime) -> None:
        super().__init__(
            f"The history of the demo in {shown_path(folder)} ends at {rfc3339(ends_at)},"
            f" after the clock's {rfc3339(now)}:"
            " set LOUPE_CLOCK to a later instant, or LOUPE_DATA_DIR to another folder."
        )


async def advanced(reader: Reader, refs: Sequence[str], clock: SystemClock) -> SystemClock:
    """Return a clock that goes on from the last instant of these accounts if `clock` is before it."""
    ids = [row["id"] for row in await reader.fetch(ACCOUNTS_IN_ORDER, refs)]
    now = clock.now()
    last = max((await last_instants(reader, ids)).values(), default=now)
    return SystemClock(clock.offset + (last - now)) if last > now else clock


def closed_window(now: datetime, zone: str) -> str | None:
    """Return a sentence on when the window of expedites opens, in a zone; None while it is open at `now` (UTC)."""
    opens_at = expedite_window(now).opens_at
    if opens_at is None:
        return None
    opening = f"{opens_at.astimezone(time_zone(zone)):%A, %-d %B %Y, %H:%M}"
    command = f"make demo CLOCK={opens_at + _MORNING:%Y-%m-%dT%H:%M:%SZ}"
    return f"At weekends nothing can be expedited, until {opening} in {zone}; {command} starts then."
