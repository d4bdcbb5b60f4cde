"""`loupe serve` with two workers, in processes of their own: its log, its workers and their connections."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.commands import PATIENCE, begun


@dataclass
class Serving:
    """A parent with its workers, and the URL at which they serve."""

    process: "subprocess.Popen[str]"
    url: str
    workers: list[int]

    def logged(self, event: str) -> dict[str, Any]:
        """Wait for the next line of the log with an event."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            entry: dict[str, Any] = json.loads(line)
            if entry["event"] == event:
                return entry
        raise AssertionError(event)

    def connections(self, *workers: int) -> list[int]:
        """Count the open connections of clients that each worker has."""
        return [len(sockets_of(worker) & self._accepted()) for worker in workers]

    def _accepted(self) -> set[str]:
        """Return the inodes of the connections that clients have opened."""
        port = f":{urlsplit(self.url).port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        return {row[9] for row in rows if row[1].endswith(port) and row[3] == "01"}


@contextmanager
def serving_workers(*options: str, **settings: str) -> Generator[Serving]:
    """Serve by two workers on a free port; yields it once both are ready."""
    with begun("serve", "--port", "0", "--workers", "2", *options, **settings) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found is not None
            serving = Serving(process, found.group(), [])
            serving.workers += [serving.logged("worker_ready")["worker"] for _ in range(2)]
            yield serving
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=PATIENCE)
            process.kill()


def sockets_of(process: int) -> set[str]:
    """Return the inodes of the sockets of a process."""
    links = [str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir() if each.is_symlink()]
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def kill(process: int) -> None:
    """Kill a process that is no child of this one."""
    os.kill(process, signal.SIGKILL)


def is_running(process: int) -> bool:
    """Return True if a process exists and has not ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
