"""Turns of the event loop, which callers at work take one after the other.

Long synchronous work runs by `in_turns`, and calls `breathe` now and then: it pauses there if its turn is over, and the
other callers have theirs. So it need not be written as a coroutine, and its parts keep their order.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextvars import ContextVar
from math import inf
from threading import local
from time import perf_counter
from typing import Any, Final, Generic, ParamSpec, TypeVar

from greenlet import GreenletExit, getcurrent, greenlet

Arguments = ParamSpec("Arguments")
Item = TypeVar("Item")
Value = TypeVar("Value")

caller: Final[ContextVar[str]] = ContextVar("caller")
"""Who a task works for: its address until its key is known, then its account, and for staff its key.

Tasks inherit it. Work without a caller takes no turns.
"""

TURN: Final = 0.001
"""Seconds of a turn: a few milliseconds would be felt by those who wait, and giving a turn takes microseconds."""

ALONE: Final = 0.002
"""Seconds of a turn while nobody else waits for one: each costs some time, and sockets are read between two."""


class _Turn:
    """The turn under way: when it is over, by `perf_counter`; never outside of one."""

    ends: float = inf


def begin_turn(*, is_alone: bool) -> None:
    """Begin a turn, as the event loop does: a longer one for a caller for whom no other waits."""
    _Turn.ends = perf_counter() + (ALONE if is_alone else TURN)


def end_turn() -> None:
    """End the turn under way."""
    _Turn.ends = inf


def turn_is_over() -> bool:
    """Return whether the turn under way has taken its time; false for work without a caller."""
    return perf_counter() >= _Turn.ends


async def pause() -> None:
    """Let the other callers have their turns."""
    await asyncio.sleep(0)


async def in_turns(work: Callable[Arguments, Value], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
    """Call synchronous work, which pauses where it calls `breathe`; return its result, or raise its error.

    A task that is cancelled meanwhile raises CancelledError within the work.
    """
    call = _Call(work, args, kwargs)
    worker = _idle.workers.pop() if _idle.workers else greenlet(_serve)
    worker.gr_context = getcurrent().gr_context
    worker.switch(call)
    while not call.is_done:
        try:
            await pause()
        except BaseException as error:  # noqa: BLE001 - the work raises it
            worker.throw(error)
        else:
            worker.switch()
    worker.gr_context = None
    _idle.workers.append(worker)
    return call.outcome()


def breathe() -> None:
    """Pause if the turn is over, and within `in_turns`."""
    if turn_is_over():
        event_loop = getcurrent().parent
        if event_loop is not None:
            event_loop.switch()


def paced(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items, and breathe before each."""
    for item in items:
        breathe()
        yield item


async def paused(items: Iterable[Item]) -> AsyncIterator[Item]:
    """Yield items, and pause before one if the turn is over: `paced` for a coroutine that takes them itself."""
    for item in items:
        if turn_is_over():
            await pause()
        yield item


class _Call(Generic[Value]):
    """A call of synchronous work, and its outcome once it is done."""

    __slots__ = ("_args", "_error", "_kwargs", "_result", "_work", "is_done")

    def __init__(self, work: Callable[..., Value], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._work, self._args, self._kwargs = work, args, kwargs
        self._error: BaseException | None = None
        self.is_done = False

    def run(self) -> None:
        """Do the work."""
        try:
            self._result = self._work(*self._args, **self._kwargs)
        except GreenletExit:  # nobody awaits the call any more
            raise
        except BaseException as error:  # noqa: BLE001 - it is raised where the call is awaited
            self._error = error
        self.is_done = True

    def outcome(self) -> Value:
        """Return the result, or raise the error: once, since the traceback of an error refers to this call."""
        error, self._error = self._error, None
        if error is None:
            return self._result
        try:
            raise error
        finally:
            del error


class _Idle(local):
    """The greenlets of a thread that have no call: making one takes as long as a few fields do."""

    def __init__(self) -> None:
        self.workers: list[greenlet] = []


_idle: Final = _Idle()


def _serve(call: _Call[Any] | None) -> None:
    """Run calls for ever, and keep none of them."""
    while call is not None:
        call.run()
        call = None
        event_loop = getcurrent().parent
        call = None if event_loop is None else event_loop.switch()
