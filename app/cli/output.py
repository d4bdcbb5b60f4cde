"""Standard output and standard error: what they lack is escaped, and what they do not take is not lost."""

import errno
import os
import sys
import time
from codecs import lookup
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO, cast

import orjson

from app.domain.errors import SentenceError

_LAST: Final = 2  # the number of standard error
SECONDS_BETWEEN_LINES: Final = 5


class OutputFailed(SentenceError):  # noqa: N818 - named by its case, like all errors here
    """Standard output does not take what a command was to print."""

    def __init__(self, error: OSError, consequence: str = "") -> None:
        super().__init__(f"Standard output cannot be written ({error.strerror}){consequence}.")


def prepare_streams() -> None:
    """Make the streams escape characters that they lack, and open closed ones on the null device.

    Otherwise the next file or connection would get the number of a closed one, and whatever is written to that.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        pass
    os.close(number)
    if cast("object", sys.stderr) is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the process runs
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_result(text: str, end: str = "\n") -> None:
    """Print the result of a command that only reads; raises OutputFailed, or BrokenPipeError if nobody reads on.

    Typer ends a command without a word after the latter, with exit code 1.
    """
    try:
        _write(sys.stdout, text + end)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(error) from error


def print_uncommitted(text: str, consequence: str) -> None:
    """Print what a command has made, before it is committed; raises OutputFailed, so that it is not.

    The line is ended by `end_line`, so that nobody reads it too early. `consequence` says what is not made then.
    """
    try:
        _write(sys.stdout, text)
    except OSError as error:
        raise OutputFailed(error, f", so {consequence}") from error


def end_line() -> None:
    """End the line of `print_uncommitted`, once that is committed."""
    with suppress(OSError):
        _write(sys.stdout, "\n")


def print_report(text: str) -> None:
    """Print what a command has done; on standard error if standard output does not take it."""
    try:
        _write(sys.stdout, f"{text}\n")
    except OSError as error:
        print_note(f"loupe: {OutputFailed(error, ', so here is its text')}\n{text}")


def print_note(line: str) -> None:
    """Print a line on standard error; it is dropped where that does not take it."""
    with suppress(OSError):
        _write(sys.stderr, f"{line}\n")


class Pace:
    """The pace of lines of progress: one every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def is_due(self) -> bool:
        """Return True if a line is due, and wait for the next one from now on."""
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_LINES:
            return False
        self._last = now
        return True


def json_text(value: object) -> str:
    """Write a value as JSON, in ASCII where standard output has another encoding than UTF-8."""
    text = orjson.dumps(value)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if lookup(encoding).name == "utf-8":
        return text.decode()
    import json  # noqa: PLC0415 - which commands do without elsewhere

    return json.dumps(orjson.loads(text))


def _write(stream: TextIO | None, text: str) -> None:
    """Write a text at once; raises OSError, after which whatever is written is dropped."""
    if stream is None:
        raise OSError(errno.EBADF, "it is closed")
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
        raise
