"""The event loop of the server, which gives its callers turns, so that none waits for all the work of another."""

from asyncio import Handle
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Final, TypeVarTuple

import uvloop

from app.turns import begin_turn, caller, end_turn, turn_is_over

Arguments = TypeVarTuple("Arguments")


class FairLoop(uvloop.Loop):
    """An event loop that gives turns to callers, round robin.

    The callbacks of a caller run in their order, in a turn as many as begin within its time, and at least one. Between
    two turns whatever has no caller runs: sockets and timers first, then callbacks.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: OrderedDict[str, deque[Handle]] = OrderedDict()  # none is empty, but of the turn under way
        self._context: Final = Context()

    def call_soon(
        self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> Handle:
        """Arrange for a callback to be called: in a turn of the caller whom its context names, if any."""
        if context is None:
            context = copy_context()
        of = context.get(caller)
        if of is None:
            return super().call_soon(callback, *args, context=context)
        handle = Handle(callback, args, self, context)
        callbacks = self._waiting.get(of)
        if callbacks is None:
            if not self._waiting:
                super().call_soon(self._give_turn, context=self._context)
            callbacks = self._waiting[of] = deque()
        callbacks.append(handle)
        return handle

    def _give_turn(self) -> None:
        """Give a turn to the caller who has waited longest, then arrange for the next one's."""
        of, callbacks = next(iter(self._waiting.items()))
        begin_turn(is_alone=len(self._waiting) == 1)
        try:
            while callbacks:
                handle = callbacks.popleft()
                if not handle.cancelled():
                    handle._run()  # noqa: SLF001 - as each event loop does
                if turn_is_over():
                    break
        finally:  # also if a callback ends the process
            end_turn()
            if callbacks:
                self._waiting.move_to_end(of)
            else:
                del self._waiting[of]
            if self._waiting:
                super().call_soon(self._give_turn, context=self._context)
