"""The raw lines of an import file, plain or gzipped, read chunk by chunk so that memory stays flat."""

import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

MAX_LINE_BYTES: Final = 16 * 2**20
"""Enough for 2,000 images with a dozen rejections each."""
STANDARD_INPUT: Final = "-"

_GZIP_MAGIC: Final = b"\x1f\x8b"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_BUFFER: Final = 2**18


class SourceUnreadable(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """The file cannot be read, or not on from a line; the text is one sentence for people."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line that is not blank, counted from 1; `data` is None when it is longer than `MAX_LINE_BYTES`."""

    number: int
    data: bytes | None


class Source:
    """Lines to import. `name` is what messages call it; `size` is in bytes as stored, None when unknown."""

    def __init__(self, name: str, stored: io.BufferedReader, size: int | None) -> None:
        self.name = name
        self.size = size
        self._stored = stored
        self._lines = _unpacked(stored)
        self._number = 0
        self._damage: Exception | None = None

    @property
    def position(self) -> int:
        """Bytes read so far, as stored; 0 where the size is unknown, too."""
        return 0 if self.size is None else self._stored.tell()

    def chunk(self, max_lines: int, max_bytes: int) -> list[RawLine]:
        """Read on: at most so many lines, fewer once they have so many bytes; none at the end.

        Raises SourceUnreadable when the file is damaged, after what came before was given.
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
        """Read up to the next line that is not blank; None at the end, or where the file is damaged."""
        try:
            while data := self._lines.readline(MAX_LINE_BYTES + 1):
                self._number += 1
                if len(data) > MAX_LINE_BYTES:
                    self._skip_rest(data)
                    return RawLine(self._number, None)
                if self._number == 1:
                    data = data.removeprefix(_BYTE_ORDER_MARK)
                if stripped := data.rstrip():
                    return RawLine(self._number, stripped)
        except (OSError, EOFError, zlib.error) as error:
            self._damage = error
        return None

    def _skip_rest(self, data: bytes) -> None:
        while data and not data.endswith(b"\n"):
            data = self._lines.readline(_BUFFER)


@contextmanager
def open_source(name: str) -> Generator[Source]:
    """Open a file, or standard input for "-"; raises SourceUnreadable."""
    try:
        stored = _standard_input() if name == STANDARD_INPUT else _file(name)
        source = Source(name, cast("io.BufferedReader", stored), _size_of(stored))
    except OSError as error:
        raise SourceUnreadable(f"{name} cannot be read: {error.strerror}.") from error
    yield source
    stored.close()  # not after an error: a reader that was left behind may hold it until something comes


def _file(name: str) -> BinaryIO:
    return Path(name).open("rb", buffering=_BUFFER)


def _standard_input() -> BinaryIO:
    """Open it anew: Python's end waits for the lock of its own object, which a reader that is left behind may hold."""
    if cast("object", sys.stdin) is None:
        raise SourceUnreadable("Standard input is closed.")
    return open(sys.stdin.fileno(), "rb", _BUFFER, closefd=False)


def _size_of(stored: BinaryIO) -> int | None:
    """Tell the size of a file in bytes; None for what is none, like a pipe, whose end is not known before it comes."""
    status = os.fstat(stored.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _unpacked(stored: io.BufferedReader) -> BinaryIO:
    """Return the stream of lines; gzip is told by its first bytes."""
    if stored.peek(len(_GZIP_MAGIC))[: len(_GZIP_MAGIC)] != _GZIP_MAGIC:
        return stored
    # Not buffered once more: of a damaged file that would lose what was read in the same go as the damage.
    return cast("BinaryIO", gzip.GzipFile(fileobj=stored, mode="rb"))
