"""The embedded PostgreSQL: a server per folder, shared by all processes that use the folder at the time.

Each user holds a shared lock on one file. The first one starts the server; the last one out gets the lock for itself
and stops it. Starting and stopping take turns by a second lock. The system releases both when their process dies,
however it dies: a server that outlives its users is found by the next one and stopped by the last one then.
"""

import errno
import fcntl
import hashlib
import logging
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Thread
from typing import Final

from app.domain.wording import shown_path
from db.embedded.binaries import EmbeddedServerError, User, find_binaries
from db.embedded.cluster import Cluster
from db.embedded.user import server_user, take_over

_REMOVALS: Final = 50  # until the remains of an interrupted start are ignored
_POLL: Final = 0.02  # seconds
_LOOK_EVERY: Final = 0.5  # seconds
_SOCKET_FOLDER_LIMIT = 85  # bytes; some systems take 103 for the whole path of a socket
_NO_SETTINGS: Mapping[str, str] = {}

_log: Final = logging.getLogger("loupe.database")


@contextmanager
def embedded_server(
    folder: Path,
    *,
    major: int = 18,
    settings: Mapping[str, str] = _NO_SETTINGS,
    when_lost: Callable[[], object] | None = None,
) -> Generator[str]:
    """Hold the server of a folder and yield its URL; the folder is made if need be.

    `settings` are PostgreSQL's own and count for the user that starts the server. With `when_lost`, the server is
    started again whenever its main process or its socket is gone; once that fails, `when_lost` is called in another
    thread, and the reason is raised as the context is left. Raises EmbeddedServerError.
    """
    with _in_a_sentence(folder):
        base = Path(os.path.realpath(folder)) / str(major)
        user = _prepare_folder(base)
        users = _open(base / "users.lock")
    try:
        with _in_a_sentence(folder), _turn(base):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster = _cluster(base, major, user, settings)
            _start(cluster, users)
        try:
            with _kept_up(cluster, base, when_lost) if when_lost else nullcontext():
                yield cluster.url
        finally:
            with _in_a_sentence(folder), _turn(base):
                _stop_if_unused(cluster, users)
    finally:
        os.close(users)


@contextmanager
def _kept_up(cluster: Cluster, base: Path, when_lost: Callable[[], object]) -> Generator[None]:
    """Start the server again whenever it is gone; of several processes that see it, one does so, the first in turn."""
    is_leaving = Event()
    failures: list[Exception] = []

    def watch() -> None:
        while not is_leaving.wait(_LOOK_EVERY):
            try:
                _heal(cluster, base, is_leaving.is_set)
            except Exception as error:  # noqa: BLE001 - or the database would be dead for ever
                failures.append(error)
                when_lost()
                return

    watcher = Thread(target=watch, name="embedded-postgresql", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_leaving.set()
        watcher.join()
        if failures:
            raise failures[0]


def _heal(cluster: Cluster, base: Path, is_cancelled: Callable[[], bool]) -> None:
    try:
        if cluster.is_up():
            return
    except OSError:  # of this process, which has too many files open, for example: it is no sign of the server
        return
    with _in_a_sentence(base), _turn(base):
        if not cluster.is_up():
            _log.warning("The embedded PostgreSQL is gone; it is started again.")
            cluster.start(is_cancelled)


def _start(cluster: Cluster, users: int) -> None:
    has_data = cluster.has_data()
    try:
        if not has_data:
            cluster.initialise()
        cluster.start()
    except BaseException:
        _stop_if_unused(cluster, users)
        raise


def _stop_if_unused(cluster: Cluster, users: int) -> None:
    if _is_last(users):
        cluster.stop()
        if cluster.sockets != cluster.log.parent:
            shutil.rmtree(cluster.sockets, ignore_errors=True)


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _turn(base: Path) -> Generator[None]:
    turn = _open(base / "turn.lock")
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


def _open(lock: Path) -> int:
    return os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)


def _prepare_folder(base: Path) -> User:
    user = server_user(base / "data")
    _require_reach(user, base)
    _make_folders(base, 0o755 if os.geteuid() == 0 else 0o700)  # root's are entered by the server's user
    return user


def _cluster(base: Path, major: int, user: User, settings: Mapping[str, str]) -> Cluster:
    for unfinished in base.glob("new-*"):  # its maker was killed
        _remove(unfinished)
    if os.geteuid() == 0:
        take_over(base, user)
    run = _own_folder(base / "run", user)
    return Cluster(
        major=major,
        data=base / "data",
        log=run / "postgres.log",
        sockets=_socket_folder(run, user),
        binaries=find_binaries(major, user, base),
        user=user,
        settings=settings,
    )


def _remove(unfinished: Path) -> None:
    """Remove a folder, into which an initdb may write for another moment although who began it was killed."""
    for _ in range(_REMOVALS):
        shutil.rmtree(unfinished, ignore_errors=True)
        if not unfinished.exists():
            return
        time.sleep(_POLL)


def _make_folders(folder: Path, mode: int) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent, mode)
        _make_folder(folder, mode, User(os.geteuid(), os.getegid()))


def _make_folder(folder: Path, mode: int, owner: User) -> None:
    """Make a folder that has its owner and mode from the moment it exists."""
    side = Path(tempfile.mkdtemp(prefix="new-", dir=folder.parent))
    try:
        os.chown(side, owner.uid, owner.gid)
        side.chmod(mode)
        side.rename(folder)
    except OSError as error:
        side.rmdir()
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # another process made it, and put something into it
            raise


def _require_reach(user: User, base: Path) -> None:
    """Require that the user can enter the part of the path that exists, and so what will be made in it."""
    existing = next(each for each in (base, *base.parents) if each.is_dir())
    if user.run("/bin/sh", "-c", 'cd "$0"', existing).returncode:
        raise EmbeddedServerError(
            f"The data folder {shown_path(base)} cannot be entered by the user {user.name},"
            " as whom root runs PostgreSQL: set LOUPE_DATA_DIR to a folder outside private ones."
        )


def _socket_folder(run: Path, user: User) -> Path:
    """Choose the folder of the socket: beside the data, or elsewhere if that path cannot be a socket's.

    It may be too long; and a comma would make it several hosts in a URL.
    """
    if len(os.fsencode(run)) <= _SOCKET_FOLDER_LIMIT and "," not in str(run):
        return run
    digest = hashlib.sha256(b"%d %b" % (user.uid, os.fsencode(run))).hexdigest()[:16]
    return _own_folder(Path(f"/tmp/loupe-{digest}"), user)  # noqa: S108 - its owner is checked


def _own_folder(folder: Path, user: User) -> Path:
    """Make a folder that belongs to the server's user alone; one that is somebody else's is refused."""
    if not os.path.lexists(folder):
        _make_folder(folder, 0o700, user)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or found.st_mode & 0o077:
        raise EmbeddedServerError(f"The folder {shown_path(folder)} is not the database server's own: remove it.")
    return folder


@contextmanager
def _in_a_sentence(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise EmbeddedServerError(
            f"The data folder {shown_path(folder)} cannot be used ({error.strerror}{_where(error, folder)}):"
            " mend that, or set LOUPE_DATA_DIR to another folder."
        ) from error


def _where(error: OSError, folder: Path) -> str:
    """Return the file or folder of an error, unless it is the data folder itself, which is named anyway."""
    named = Path(error.filename2 or error.filename or folder)
    existing = next((each for each in (named, *named.parents) if os.path.lexists(each)), folder)
    return f": {shown_path(existing)}" if existing.is_absolute() and existing != folder else ""
