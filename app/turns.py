"""Turns of the event loop, which callers at work take one after the other.

Long synchronous work asks `turn_is_over` now and then, and pauses if it is; then the other callers have their turns.
"""

import asyncio
from contextvars import ContextVar
from math import inf
from time import perf_counter
from typing import Final

caller: Final[ContextVar[str]] = ContextVar("caller")
"""Who a task works for: its address until its key is known, then its account, and for staff its key.

Tasks inherit it. Work without a caller takes no turns.
"""

TURN: Final = 0.001
"""Seconds of a turn: a few milliseconds would be felt by those who wait, and giving a turn takes microseconds."""


class _Turn:
    """The turn under way: when it is over, by `perf_counter`; never outside of one."""

    ends: float = inf


def begin_turn() -> None:
    """Begin a turn, as the event loop does."""
    _Turn.ends = perf_counter() + TURN


def end_turn() -> None:
    """End the turn under way."""
    _Turn.ends = inf


def turn_is_over() -> bool:
    """Return whether the turn under way has taken its time; false for work without a caller."""
    return perf_counter() >= _Turn.ends


async def pause() -> None:
    """Let the other callers have their turns."""
    await asyncio.sleep(0)
