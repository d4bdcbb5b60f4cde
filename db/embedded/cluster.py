"""One PostgreSQL data folder and its server: made, started and stopped; `db.embedded.server` decides when."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from urllib.parse import quote

from app.domain.wording import shown_path
from db.embedded.binaries import EmbeddedServerError, User
from db.embedded.nameless import under_a_name
from db.embedded.reasons import initdb_reason, shell_reason, stated_reasons

_SUPERUSER = "loupe"
_PORT = "5432"
_START_PATIENCE = 30.0  # seconds for the processes of a killed server to release the data
_STOP_PATIENCE = 60.0  # seconds for a server to write its memory to disk
_PAUSE = 0.02  # seconds
_IN_BACKGROUND = '"$@" > "$0" 2>&1 < /dev/null & echo $!'  # a shell script; $0 is the log
# A shell script; $0 is the file, whose text it reads.
_WRITE = 'cat > "$0.new" && mv "$0.new" "$0" || { rm -f "$0.new"; exit 1; }'
# Connections are accepted only on the socket, and only from the users whom pg_ident.conf lists. PostgreSQL does not
# recognise a user without a name; it has the folder of the socket, which nobody else may enter.
_ACCESS = "local all all {}\nhost all all all reject\n"
_ROOM = "\n" * 8192  # of a log, in bytes
# Lines of the log that are no reason to give up: traces of a killed server, and clients that came too early.
_PASSING = ("shared memory block", "lock file", "the database system is")
_LOCALES = {
    16: ("--locale=C", "--lc-ctype=C.UTF-8"),
    18: ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
}
# In files among the data: a container may have no other memory to share, and a killed server leaves none behind.
_SHARED_MEMORY = {"dynamic_shared_memory_type": "mmap"}
_SETTINGS = {
    "port": _PORT,
    **_SHARED_MEMORY,
    "listen_addresses": "",
    "max_connections": "200",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling a statement takes longer than running it here
    "max_parallel_workers_per_gather": "0",  # the cores are busy with other statements
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


class Answer(IntEnum):
    """The answer of the socket, in the exit codes of pg_isready."""

    ACCEPTS = 0
    REJECTS = 1  # it starts, recovers or stops
    NONE = 2


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder, the folders of its log and its socket, and the programs and user that serve it."""

    major: int
    data: Path
    log: Path
    sockets: Path
    binaries: Path
    user: User
    settings: Mapping[str, str]

    @property
    def url(self) -> str:
        """The URL to which clients connect."""
        return f"postgresql://{_SUPERUSER}@/postgres?host={quote(str(self.sockets), safe='')}&port={_PORT}"

    def has_data(self) -> bool:
        """Return True if the data folder has been made, False if it is missing or empty.

        Raises EmbeddedServerError if it belongs to another user, or has other files in it.
        """
        if not self.data.exists():
            return False
        if (owner := self.data.stat().st_uid) != self.user.uid:
            raise EmbeddedServerError(
                f"The folder {shown_path(self.data)} belongs to user {owner},"
                f" and PostgreSQL would run as user {self.user.uid}:"
                f" run as user {owner}, or set LOUPE_DATA_DIR to another folder."
            )
        has_version = (self.data / "PG_VERSION").exists()
        if not has_version and any(self.data.iterdir()):
            raise EmbeddedServerError(
                f"The folder {shown_path(self.data)} has files that are no data of PostgreSQL:"
                " remove it, or set LOUPE_DATA_DIR to another folder."
            )
        return has_version

    def initialise(self) -> None:
        """Make the data folder: in a temporary folder first, so that it is complete or missing."""
        prefix = under_a_name(self.user)
        side = Path(tempfile.mkdtemp(prefix="new-", dir=self.data.parent))
        os.chown(side, self.user.uid, self.user.gid)
        options = [
            "--auth-local=peer",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--no-instructions",
            *_LOCALES[self.major],
            *(f"--set={name}={value}" for name, value in _SHARED_MEMORY.items()),
            *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
        ]
        made = self.user.run(*prefix, self.binaries / "initdb", "-D", side, "-U", _SUPERUSER, *options)
        if made.returncode:
            shutil.rmtree(side, ignore_errors=True)
            reason = initdb_reason(made.stderr)
            raise EmbeddedServerError(f"PostgreSQL could not make its data in {shown_path(side.parent)}: {reason}.")
        side.rename(self.data)

    def start(self, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Start the server unless it runs; wait until it accepts connections, however long its recovery takes.

        Raises EmbeddedServerError when it cannot be started; returns early once it is cancelled.
        """
        self._restrict_access()
        deadline = time.monotonic() + _START_PATIENCE
        launched = None
        while (answer := self._answer()) is not Answer.ACCEPTS and not is_cancelled():
            if answer is Answer.NONE and not (launched and _serves(launched, self.data)):
                if launched:
                    self._explain_failure(may_try_again=time.monotonic() < deadline)
                launched = self._launch()
            time.sleep(_PAUSE)

    def stop(self) -> None:
        """Stop the server if there is one; its clients are disconnected, their commits stay."""
        stop_server(self.data)

    def is_up(self) -> bool:
        """Return True if the server's main process and its socket exist."""
        return (self.sockets / f".s.PGSQL.{_PORT}").exists() and server_of(self.data) is not None

    def _answer(self) -> Answer:
        ready = (self.binaries / "pg_isready", "-h", self.sockets, "-p", _PORT, "-U", _SUPERUSER, "-d", "postgres")
        code = self.user.run(*ready).returncode
        return Answer(code) if code in set(Answer) else Answer.NONE

    def _restrict_access(self) -> None:
        """Allow only root and the server's user to connect, also to data that an earlier release made open to all."""
        names = {User(0, 0).name, self.user.name} - {None}
        users = "".join(sorted(f'loupe "{name}" {_SUPERUSER}\n' for name in names))
        access = _ACCESS.format("trust" if self.user.name is None else "peer map=loupe")
        wanted = {self.data / "pg_hba.conf": access, self.data / "pg_ident.conf": users}
        changed = {file: text for file, text in wanted.items() if file.read_text(errors="replace") != text}
        if changed:
            self.stop()
        for file, text in changed.items():  # written by its owner, who could have put a link to another's file there
            self._write(file, text)

    def _write(self, file: Path, text: str) -> None:
        written = self.user.run("/bin/sh", "-c", _WRITE, file, given=text)
        if written.returncode:
            raise EmbeddedServerError(f"The file {shown_path(file)} cannot be written: {shell_reason(written.stderr)}.")

    def _launch(self) -> int:
        """Start a process of its own, whatever others left; return its number."""
        self.stop()  # a server nobody can connect to is of no use
        for orphan in self._orphans():
            with suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        for leftover in (self.data / "postmaster.pid", *self.sockets.glob(f".s.PGSQL.{_PORT}*"), self.log):
            leftover.unlink(missing_ok=True)
        self._write(self.log, _ROOM)  # on a full disk the reason would have no place
        sockets = '"' + str(self.sockets).replace('"', '""') + '"'
        settings = {**_SETTINGS, "unix_socket_directories": sockets, **self.settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = self.binaries / "postgres"
        return int(self.user.run("/bin/sh", "-c", _IN_BACKGROUND, self.log, postgres, "-D", self.data, *options).stdout)

    def _orphans(self) -> Iterator[int]:
        """Yield the processes of a server whose main process was killed: one amid a long statement continues it.

        No other server starts before they are gone. Where there is no /proc, they end by themselves.
        """
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended, or is another user's
                is_postgres = (process / "comm").read_text() == "postgres\n"
                if is_postgres and process.stat().st_uid == self.user.uid and (process / "cwd").samefile(self.data):
                    yield int(process.name)

    def _explain_failure(self, *, may_try_again: bool) -> None:
        """Raise the reason why the last start failed, unless another try may succeed."""
        logged = self.log.read_text(errors="replace") if self.log.exists() else ""
        reasons = [*stated_reasons(logged)]
        lasting = [reason for reason in reasons if not any(sign in reason for sign in _PASSING)]
        if lasting or not may_try_again:
            [reason, *_] = [*lasting, *reasons, "it was killed"]
            raise EmbeddedServerError(f"PostgreSQL does not start in {shown_path(self.data)}: {reason}.")


def stop_server(data: Path) -> None:
    """Stop the server of a data folder, whoever runs it, if there is one; commits stay."""
    deadline = time.monotonic() + _STOP_PATIENCE
    if (pid := server_of(data)) is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        while _serves(pid, data) and time.monotonic() < deadline:
            time.sleep(_PAUSE)


def server_of(data: Path) -> int | None:
    """Return the process that serves a data folder; None if there is none, whatever the pid file names."""
    try:
        pid = int((data / "postmaster.pid").read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _serves(pid, data) else None


def _serves(pid: int, data: Path) -> bool:
    """Return True if the process is a server of this folder, not one that got the number later."""
    return f"postgres -D {data} " in _command_of(pid)


def _command_of(pid: int) -> str:
    if not Path("/proc/self").exists():
        return User(os.geteuid(), os.getegid()).run("ps", "-ww", "-o", "command=", "-p", str(pid)).stdout
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""
