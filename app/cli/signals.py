"""Signals that end a command: at once, or as the command decides."""

import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NoReturn


def leave_on_signals() -> None:
    """Leave the process in order on SIGTERM and SIGHUP: the embedded server is let go of, whoever ends it."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # as nohup wants it
            signal.signal(ending, _leave)


@contextmanager
def signalled(handle: Callable[[int], object], *numbers: int) -> Generator[None]:
    """Call `handle` in the running event loop on these signals, in place of the handlers before."""
    import asyncio  # noqa: PLC0415 - most commands are short, and start without it

    loop = asyncio.get_running_loop()

    def pass_on(number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(handle, number)

    before = {each: signal.signal(each, pass_on) for each in numbers}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)
