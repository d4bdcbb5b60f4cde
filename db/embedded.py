"""The embedded PostgreSQL: a server per folder, shared by all processes that use the folder at the time.

Each user holds a shared lock on one file. The first one starts the server; the last one out gets the lock for itself
and stops it. Starting and stopping take turns by a second lock. Both are let go of by the system when their process
dies, however it dies: a server that outlives its users is found by the next one and stopped by the last one then.
"""

import errno
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from db.binaries import EmbeddedServerError, User, find_binaries
from db.cluster import Cluster

_REMOVALS: Final = 50  # until what is left of a start that was broken off is left alone
_POLL: Final = 0.02  # seconds
_SOCKET_FOLDER_LIMIT = 85  # bytes; some systems take 103 for the whole path of a socket
_NO_SETTINGS: Mapping[str, str] = {}


@contextmanager
def embedded_server(folder: Path, *, major: int = 18, settings: Mapping[str, str] = _NO_SETTINGS) -> Generator[str]:
    """Hold the server of a folder and yield its URL; the folder is made if need be.

    `settings` are PostgreSQL's own and count for the user that starts the server. Raises EmbeddedServerError.
    """
    with _in_a_sentence(folder):
        base = folder.absolute().resolve() / str(major)
        user = _prepare_folder(base)
        users = _open(base / "users.lock")
    try:
        with _in_a_sentence(folder), _turn(base):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster = _cluster(base, major, user, settings)
            _start(cluster, users)
        try:
            yield cluster.url
        finally:
            with _turn(base):
                _stop_if_unused(cluster, users)
    finally:
        os.close(users)


def _start(cluster: Cluster, users: int) -> None:
    try:
        if not cluster.data.exists():
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
    _make_folders(base, 0o755 if os.geteuid() == 0 else 0o700)  # root's are entered by the server's user
    user = _server_user(base / "data")
    _require_reach(user, base)
    return user


def _cluster(base: Path, major: int, user: User, settings: Mapping[str, str]) -> Cluster:
    for unfinished in base.glob("new-*"):  # whoever made it was killed
        _remove(unfinished)
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
    """Make a folder that has its owner and mode from the moment it is there."""
    side = Path(tempfile.mkdtemp(prefix="new-", dir=folder.parent))
    os.chown(side, owner.uid, owner.gid)
    side.chmod(mode)
    try:
        side.rename(folder)
    except OSError as error:
        side.rmdir()
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # another process made it, and put something into it
            raise


def _server_user(data: Path) -> User:
    """Choose the user that runs the server: the data's owner, else this process's own or, for root, `nobody`."""
    if os.geteuid() != 0:
        return User(os.geteuid(), os.getegid())
    if data.exists():
        return User(data.stat().st_uid, data.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedServerError("PostgreSQL does not run as root, and there is no user `nobody` to run it.") from None
    return User(nobody.pw_uid, nobody.pw_gid)


def _require_reach(user: User, base: Path) -> None:
    if user.run("/bin/sh", "-c", 'cd "$0"', base).returncode:
        name = pwd.getpwuid(user.uid).pw_name
        raise EmbeddedServerError(
            f"The data folder {base} cannot be entered by the user {name}, as whom root runs PostgreSQL:"
            " set LOUPE_DATA_DIR to a folder outside private ones."
        )


def _socket_folder(run: Path, user: User) -> Path:
    """Choose where the socket is: beside the data, or elsewhere where that path cannot be a socket's.

    It may be too long; and a comma would make it several hosts in a URL.
    """
    if len(os.fsencode(run)) <= _SOCKET_FOLDER_LIMIT and "," not in str(run):
        return run
    digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:16]
    return _own_folder(Path(f"/tmp/loupe-{digest}"), user)  # noqa: S108 - its owner is checked


def _own_folder(folder: Path, user: User) -> Path:
    """Make a folder that belongs to the server's user alone; one that is somebody else's is refused."""
    if not os.path.lexists(folder):
        _make_folder(folder, 0o700, user)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or found.st_mode & 0o077:
        raise EmbeddedServerError(f"The folder {folder} is not the database server's own: remove it.")
    return folder


@contextmanager
def _in_a_sentence(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise EmbeddedServerError(
            f"The data folder {folder} cannot be used ({error.strerror}): set LOUPE_DATA_DIR to one you may write."
        ) from error
