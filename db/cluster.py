"""One PostgreSQL data folder and its server: made, started and stopped. Who may do so when is up to `db.embedded`."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import quote

from db.binaries import EmbeddedServerError, User

_SUPERUSER = "loupe"
_PORT = "5432"
_START_PATIENCE = 30.0  # seconds for the processes of a killed server to let go of the data
_PAUSE = 0.02  # seconds
_IN_BACKGROUND = '"$@" > "$0" 2>&1 < /dev/null & echo $!'  # a shell script; $0 is the log
# What of the log is no reason to give up: traces of a killed server, and clients that came too early.
_PASSING = ("shared memory block", "lock file", "the database system is")
_LOCALES = {
    16: ("--locale=C", "--lc-ctype=C.UTF-8"),
    18: ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
}
_SETTINGS = {
    "port": _PORT,
    "listen_addresses": "",
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
    """What the socket says, in pg_isready's exit codes."""

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
        """Where clients connect."""
        return f"postgresql://{_SUPERUSER}@/postgres?host={quote(str(self.sockets), safe='')}&port={_PORT}"

    def initialise(self) -> None:
        """Make the data folder: in a side folder first, so that it is there whole or not at all."""
        side = Path(tempfile.mkdtemp(prefix="new-", dir=self.data.parent))
        os.chown(side, self.user.uid, self.user.gid)
        sync = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        options = ["--auth=trust", "--encoding=UTF8", "--no-instructions", *_LOCALES[self.major], *sync]
        made = self._run("initdb", "-D", side, "-U", _SUPERUSER, *options)
        if made.returncode:
            shutil.rmtree(side, ignore_errors=True)
            reason = (made.stderr.strip().splitlines() or ["it was killed"])[-1]
            raise EmbeddedServerError(f"PostgreSQL could not make its data in {side.parent}: {reason}.")
        side.rename(self.data)

    def start(self) -> None:
        """Start the server unless it runs; wait until it accepts connections, however long its recovery takes."""
        deadline = time.monotonic() + _START_PATIENCE
        launched = None
        while (answer := self._answer()) is not Answer.ACCEPTS:
            if answer is Answer.NONE and not (launched and _serves(launched, self.data)):
                if launched:
                    self._explain_failure(may_try_again=time.monotonic() < deadline)
                launched = self._launch()
            time.sleep(_PAUSE)

    def stop(self) -> None:
        """Stop the server if there is one; its clients are disconnected, what they committed stays."""
        if server_of(self.data) is not None:
            self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast")

    def _answer(self) -> Answer:
        code = self._run("pg_isready", "-h", self.sockets, "-p", _PORT).returncode
        return Answer(code) if code in set(Answer) else Answer.NONE

    def _launch(self) -> int:
        """Start a process of its own, whatever was left by others; returns its number."""
        self.stop()  # a server nobody can connect to is of no use
        for leftover in (self.data / "postmaster.pid", *self.sockets.glob(f".s.PGSQL.{_PORT}*"), self.log):
            leftover.unlink(missing_ok=True)
        sockets = '"' + str(self.sockets).replace('"', '""') + '"'
        settings = {**_SETTINGS, "unix_socket_directories": sockets, **self.settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = self.binaries / "postgres"
        return int(self.user.run("/bin/sh", "-c", _IN_BACKGROUND, self.log, postgres, "-D", self.data, *options).stdout)

    def _explain_failure(self, *, may_try_again: bool) -> None:
        """Raise why the last start failed, unless it may succeed when tried again."""
        logged = self.log.read_text(errors="replace") if self.log.exists() else ""
        reasons = re.findall(r"(?:FATAL|PANIC): *(.+)", logged)
        lasting = [reason for reason in reasons if not any(sign in reason for sign in _PASSING)]
        if lasting or not may_try_again:
            raise EmbeddedServerError(f"PostgreSQL does not start: {(lasting or reasons or ['it was killed'])[-1]}.")

    def _run(self, program: str, *arguments: str | Path) -> CompletedProcess[str]:
        return self.user.run(self.binaries / program, *arguments)


def server_of(data: Path) -> int | None:
    """Return the process that serves a data folder; None for none, whatever process the pid file names."""
    try:
        pid = int((data / "postmaster.pid").read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _serves(pid, data) else None


def _serves(pid: int, data: Path) -> bool:
    """Tell whether the process is a server of this folder, not one that got the number later."""
    return f"postgres -D {data} " in _command_of(pid)


def _command_of(pid: int) -> str:
    if not Path("/proc/self").exists():
        return User(os.geteuid(), os.getegid()).run("ps", "-ww", "-o", "command=", "-p", str(pid)).stdout
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
    except FileNotFoundError:
        return ""
