"""The raw lines of an import file, plain or gzipped, read chunk by chunk so that memory stays flat."""

import asyncio
import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Final, cast

from app.domain.wording import isolated, printable

MAX_LINE_BYTES: Final = 16 * 2**20
"""Enough for 2,000 images with a dozen rejections each."""
STANDARD_INPUT: Final = "-"

_GZIP_MAGIC: Final = b"\x1f\x8b"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_BUFFER: Final = 2**18


class SourceUnreadable(Exception):  # noqa: N818 - named by its case, like all errors here
    """A file that cannot be read, or not beyond a line; the text is one sentence for people."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line that is not blank; `number` counts from 1, `data` is None if it is longer than `MAX_LINE_BYTES`."""

    number: int
    data: bytes | None


class Source:
    """The lines to import, under a `name` for messages; `size` is in bytes as stored, None when unknown."""

    def __init__(self, name: str, stored: io.BufferedReader, size: int | None) -> None:
        self.name = name
        self.size = size
        self._stored = stored
        self._lines = _unpacked(stored)
        self._number = 0
        self._damage: Exception | None = None

    @property
    def position(self) -> int:
        """The number of bytes read so far, as stored; 0 where the size is unknown."""
        return 0 if self.size is None else self._stored.tell()

    async def next_chunk(self, max_lines: int, max_bytes: int) -> list[RawLine]:
        """Read the next lines in a thread, as `chunk` does, while other work goes on.

        The thread is a daemon, unlike asyncio's own: a process that ends does not wait for standard input.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[RawLine]] = loop.create_future()

        def read() -> None:
            try:
                settle = partial(future.set_result, self.chunk(max_lines, max_bytes))
            except Exception as error:  # noqa: BLE001 - the awaiting task gets it
                settle = partial(future.set_exception, error)
            with suppress(RuntimeError):  # the loop is closed: nothing awaits it any more
                loop.call_soon_threadsafe(_unless_done, future, settle)

        Thread(target=read, name="import-reader", daemon=True).start()
        return await future

    def chunk(self, max_lines: int, max_bytes: int) -> list[RawLine]:
        """Read at most so many lines, fewer once they have so many bytes, none at the end.

        Raises SourceUnreadable when the file is damaged, after the lines before were returned.
        """
        chunk: list[RawLine] = []
        size = 0
        while len(chunk) < max_lines and size < max_bytes:
            line = self._next()
            if line is None:
                break
            chunk.append(line)
            size += len(line.data or b"")
        if not chunk and self._damage is not None:
            raise SourceUnreadable(f"cannot be read on: {self._damage}", self._number + 1) from self._damage
        return chunk

    def _next(self) -> RawLine | None:
        """Read the next line that is not blank; None at the end, or where the file is damaged."""
        try:
            while data := self._lines.readline(MAX_LINE_BYTES + 1):
                self._number += 1
                if len(data) > MAX_LINE_BYTES:
                    self._skip_rest(data)
                    return RawLine(self._number, None)
                while data.startswith(_BYTE_ORDER_MARK):  # of each of several files put together
                    data = data.removeprefix(_BYTE_ORDER_MARK)
                if stripped := data.rstrip():
                    return RawLine(self._number, stripped)
        except (OSError, EOFError, zlib.error) as error:
            self._damage = error
        return None

    def _skip_rest(self, data: bytes) -> None:
        while data and not data.endswith(b"\n"):
            data = self._lines.readline(_BUFFER)


def _unless_done(future: asyncio.Future[list[RawLine]], settle: Callable[[], None]) -> None:
    """Settle a future, unless the task that awaited it was cancelled."""
    if not future.done():
        settle()


@contextmanager
def open_source(name: str) -> Generator[Source]:
    """Open a file, or standard input for "-"; raises SourceUnreadable."""
    try:
        stored = _standard_input() if name == STANDARD_INPUT else _file(name)
        source = Source(name, cast("io.BufferedReader", stored), _size_of(stored))
    except OSError as error:
        raise SourceUnreadable(f"{isolated(printable(name))} cannot be read: {error.strerror}.") from error
    yield source
    stored.close()  # not after an error: a reader left behind may hold it until there is input


def _file(name: str) -> BinaryIO:
    return Path(name).open("rb", buffering=_BUFFER)


def _standard_input() -> BinaryIO:
    """Open it again: Python's exit waits for the lock of its own object, which a reader left behind may hold."""
    if cast("object", sys.stdin) is None:
        raise SourceUnreadable("Standard input is closed.")
    return open(sys.stdin.fileno(), "rb", _BUFFER, closefd=False)


def _size_of(stored: BinaryIO) -> int | None:
    """Return the size of a file in bytes; None for a pipe and the like, whose end is not known in advance."""
    status = os.fstat(stored.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _unpacked(stored: io.BufferedReader) -> BinaryIO:
    """Return the stream of lines; gzip is recognized by its first bytes."""
    if stored.peek(len(_GZIP_MAGIC))[: len(_GZIP_MAGIC)] != _GZIP_MAGIC:
        return stored
    # Without a buffer of its own, which would lose the lines of a damaged file that were read together with the damage.
    return cast("BinaryIO", gzip.GzipFile(fileobj=stored, mode="rb"))
