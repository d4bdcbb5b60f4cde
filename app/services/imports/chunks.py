"""Reads chunks of lines while other work goes on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread

from app.services.imports.source import RawLine, Source


async def next_chunk(source: Source, max_lines: int, max_bytes: int) -> list[RawLine]:
    """Read the next chunk of a source in a thread; raises what that raises.

    It is a daemon, unlike asyncio's own threads: a process that is to end does not wait for what may never come on
    standard input.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[RawLine]] = loop.create_future()

    def read() -> None:
        try:
            settle = partial(future.set_result, source.chunk(max_lines, max_bytes))
        except Exception as error:  # noqa: BLE001 - who waits for the chunk gets it
            settle = partial(future.set_exception, error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_unless_done, future, settle)

    Thread(target=read, name="import-reader", daemon=True).start()
    return await future


def _unless_done(future: asyncio.Future[list[RawLine]], settle: Callable[[], None]) -> None:
    """Settle a future, unless who waited for it gave up."""
    if not future.done():
        settle()
