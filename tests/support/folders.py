"""The folder of a test run, in which all servers of the run have their data.

Each process of the run holds a lock on it, which the system releases when the process ends, however it ends. So the
next run knows which runs were killed, and removes their servers and folders.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.embedded.cluster import server_of

_OF_RUN = "LOUPE_TEST_FOLDER"
_PREFIX = "loupe-run-"
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - of Linux; folders made there have random names
_ENOUGH = 4 * 1024**3  # bytes
_PATIENCE = 10.0  # seconds for a server to end
_PAUSE = 0.02  # seconds


@contextmanager
def run_folder() -> Generator[Path]:
    """Hold the folder of this run: a new one, or that of the parent process."""
    if _OF_RUN in os.environ:
        folder = folder_of_run()
        with _held(folder):
            yield folder
        return
    within = parent_of_runs()
    remove_orphaned(within)
    side = Path(tempfile.mkdtemp(prefix=f"new-{_PREFIX}", dir=within))
    side.chmod(0o711)  # as root the servers run as another user, who has to enter it
    with _held(side):
        folder = side.rename(within / side.name.removeprefix("new-"))  # so it has been held ever since it has its name
        os.environ[_OF_RUN] = str(folder)
        try:
            yield folder
        finally:
            del os.environ[_OF_RUN]
            remove(folder)


def parent_of_runs() -> Path:
    """Choose the parent of the folders of runs: shared memory if there is enough, since nothing of them is kept.

    Tests mostly create files, which is five times faster there than on a disk. TMPDIR overrides it.
    """
    if "TMPDIR" not in os.environ and _SHARED_MEMORY.is_dir() and os.access(_SHARED_MEMORY, os.W_OK):
        is_executable = not os.statvfs(_SHARED_MEMORY).f_flag & os.ST_NOEXEC  # for the server's programs
        if is_executable and shutil.disk_usage(_SHARED_MEMORY).free >= _ENOUGH:
            return _SHARED_MEMORY
    return Path(tempfile.gettempdir())


def folder_of_run() -> Path:
    """Return the folder that this run holds."""
    return Path(os.environ[_OF_RUN])


def remove_orphaned(within: Path) -> None:
    """Remove this user's folders of killed runs, none of whose processes is left, and end the servers in them."""
    for folder in within.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # a process holds it, it is another user's, or it is gone
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_uid == os.geteuid():
                    remove(folder)
            finally:
                os.close(lock)


def remove(folder: Path) -> None:
    """Remove a folder after ending the servers whose data are in it."""
    for pid_file in [*folder.rglob("postmaster.pid")]:
        _end_server(pid_file.parent)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Generator[None]:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)


def _end_server(data: Path) -> None:
    """End a server at once: its data are not needed, and it frees its shared memory."""
    for kind in (signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + _PATIENCE
        if (pid := server_of(data)) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, kind)
        while server_of(data) is not None and time.monotonic() < deadline:
            time.sleep(_PAUSE)
