"""The demo's files in the data folder: its history, named by its seed, and the tokens of its accounts."""

import fcntl
import os
import re
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson
from pydantic import TypeAdapter, ValidationError

from app.demo.lines import Line
from app.domain.errors import SentenceError
from app.domain.instants import read_instant
from app.domain.wording import shown_path

_HISTORY = re.compile(r"demo-seed-[0-9]{1,18}\.jsonl")
_ACCOUNT = b'{"type":"account"'


@dataclass(frozen=True, slots=True)
class Client:
    """An account of the demo in its current state, and its token."""

    ref: str
    name: str
    plan: str
    time_zone: str
    token: str


@dataclass(frozen=True, slots=True)
class Access:
    """The tokens of the demo: one for each account and one for staff."""

    clients: list[Client]
    staff_token: str


class FolderUnusable(SentenceError):  # noqa: N818 - named by its case, like all errors here
    """A data folder that cannot be read or written."""

    def __init__(self, folder: Path, reason: str | None) -> None:
        super().__init__(
            f"The data folder {shown_path(folder)} cannot be used ({reason}):"
            " set LOUPE_DATA_DIR to a folder you may write."
        )


class DemoFolder:
    """The folder of a demo. It has at most one, so that a second start finds it whatever the requested seed.

    Files are written whole or not at all. Every method raises FolderUnusable if the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._access = folder / "demo-tokens.json"
        self._address = folder / "demo-address"

    @contextmanager
    def _usable(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise FolderUnusable(self._folder, error.strerror) from error

    def lock(self, when_waiting: Callable[[], object]) -> IO[bytes]:
        """Wait until no other start prepares the demo; closing the file lets the next one continue."""
        with self._usable():
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / "demo.lock").open("ab")
            if not _try_lock(lock, fcntl.LOCK_EX):
                when_waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            return lock

    def occupy(self, address: str) -> IO[str]:
        """Keep the address of a demo that is prepared or served here, until the file is closed."""
        with self._usable():
            self._folder.mkdir(parents=True, exist_ok=True)
            kept = self._address.open("a+")
            fcntl.flock(kept, fcntl.LOCK_SH)
            kept.truncate(0)
            kept.write(address)
            kept.flush()
            return kept

    def occupied_at(self) -> str | None:
        """Return the address of the demo that is prepared or served here, the latest one's of several; None if none."""
        with self._usable():
            try:
                with self._address.open() as kept:
                    return None if _try_lock(kept, fcntl.LOCK_EX) else kept.read()
            except FileNotFoundError:
                return None

    def history(self) -> Path | None:
        """Return the file of the history, if it has been written."""
        written = (each for each in self._folder.glob("demo-seed-*.jsonl") if _HISTORY.fullmatch(each.name))
        return min(written, default=None)

    def seed(self, history: Path) -> int:
        """Return the seed of a history."""
        return int(history.stem.removeprefix("demo-seed-"))

    def write_history(self, seed: int, lines: Iterable[Line]) -> Path:
        """Write the history and return its file."""
        file = self._folder / f"demo-seed-{seed}.jsonl"
        self._write(file, (orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines))
        return file

    def accounts(self, history: Path) -> list[str]:
        """Read the refs of the accounts of a history."""
        with self._usable(), history.open("rb") as lines:
            return [orjson.loads(line)["ref"] for line in lines if line.startswith(_ACCOUNT)]

    def ends_at(self, history: Path) -> datetime:
        """Return the instant (UTC) of the last line of a history."""
        with self._usable(), history.open("rb") as lines:
            [line] = deque(lines, maxlen=1)
        last = orjson.loads(line)
        return read_instant(last.get("placedAt") or last["at"])

    def access(self) -> Access | None:
        """Read the tokens; None if there are none or the file is invalid."""
        with self._usable():
            try:
                return TypeAdapter(Access).validate_json(self._access.read_bytes())
            except (FileNotFoundError, ValidationError):
                return None

    def write_access(self, access: Access) -> None:
        """Write the tokens to a file that only its owner can read."""
        self._write(self._access, [orjson.dumps(access, option=orjson.OPT_INDENT_2)])

    def _write(self, file: Path, parts: Iterable[bytes]) -> None:
        with self._usable():
            self._replace(file, parts)

    def _replace(self, file: Path, parts: Iterable[bytes]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for unfinished in self._folder.glob(f".{file.name}-*"):  # its writer was killed
            unfinished.unlink(missing_ok=True)
        handle, side = tempfile.mkstemp(dir=self._folder, prefix=f".{file.name}-")  # readable by its owner only
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.writelines(parts)
                _to_disk(stream)
            Path(side).replace(file)
        except BaseException:
            Path(side).unlink()
            raise


def _try_lock(file: IO[Any], kind: int) -> bool:
    """Lock a file, and return True, unless another process has locked it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _to_disk(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())
