"""Callers who leave before their answer: their reads are cancelled, but a command that has begun runs to its end."""

import asyncio
from contextvars import ContextVar
from typing import Final


class Departure:
    """The possible departure of the caller of a request, whose task this one is."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self.has_cancelled = False
        """True once the task was cancelled because the caller left."""
        _possible.set(self)

    def ignore(self) -> None:
        """Run to the end from now on, whether the caller leaves or not."""
        self._task = None

    def occur(self) -> None:
        """Cancel the task of a caller who has left."""
        if self._task is not None:
            self.has_cancelled = self._task.cancel()


_possible: Final[ContextVar[Departure]] = ContextVar("departure")


def run_to_end() -> None:
    """Go on whether the caller leaves or not, from now on until the request has its answer."""
    departure = _possible.get(None)
    if departure is not None:
        departure.ignore()
