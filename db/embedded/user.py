"""The user of the embedded PostgreSQL: that of this process or, as root, a system user that runs nothing else.

The owner of a data folder can rewrite the file of those who may connect to it. So a user that other programs run as,
such as `nobody`, would give these programs all the data.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.domain.wording import shown_path
from db.embedded.binaries import EmbeddedServerError, User
from db.embedded.cluster import server_of, stop_server

SYSTEM_USER: Final = "loupe"
_FIRST_PERSON: Final = 1000  # the lowest uid of people; those below are the system's
_PLACES: Final = (os.environ.get("PATH", ""), "/usr/sbin", "/sbin")  # of useradd, which cron's PATH does not have
_OPTIONS: Final = (
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir=/nonexistent",
    "--shell=/usr/sbin/nologin",
    "--comment=Embedded PostgreSQL of Loupe",
)


def server_user(data: Path) -> User:
    """Choose the user that runs the server of a data folder; raises EmbeddedServerError.

    As root it is the system user, or the data's owner if that is a person: root does not take people's data away.
    """
    if os.geteuid() != 0:
        return User(os.geteuid(), os.getegid())
    if data.exists() and _is_person((owner := data.stat()).st_uid):
        return User(owner.st_uid, owner.st_gid)
    return system_user(SYSTEM_USER)


def system_user(name: str) -> User:
    """Find a system user, or make it; raises EmbeddedServerError if that fails. Only root may call this."""
    with _alone():
        reason = None if _find(name) else _make(name)
    found = _find(name)
    if found is not None and 0 < found.pw_uid < _FIRST_PERSON:
        return User(found.pw_uid, found.pw_gid)
    reason = f"cannot be made: {reason or 'useradd failed'}" if found is None else f"has uid {found.pw_uid}"
    raise EmbeddedServerError(
        f"PostgreSQL does not run as root, and the system user {name}, who would run it, {reason}."
        f" Make it by `useradd --system {name}`, or set LOUPE_DATABASE_URL to a server."
    )


def take_over(base: Path, user: User) -> None:
    """Give the server's files in a folder to its user; a server that another user runs is stopped. Only as root.

    Earlier releases ran it as `nobody`; and in another container the system user may have another number.
    """
    foreign = [each for each in (base / "data", base / "run") if each.exists() and each.stat().st_uid != user.uid]
    if foreign:
        stop_server(base / "data")
        if server_of(base / "data") is not None:
            raise EmbeddedServerError(
                f"The server of {shown_path(base)}, which another user runs, does not stop: end it."
            )
    for folder in foreign:
        _give(folder.resolve(), user)
    for programs in base.glob("binaries-*"):
        if programs.stat().st_uid != user.uid:  # its owner could have changed them; they are copied again
            shutil.rmtree(programs)


def _give(folder: Path, user: User) -> None:
    """Change the owner of a folder and of all in it.

    The folder is root's own meanwhile: nobody enters it, and an interrupted change is done again. No link is followed,
    and a file that has a second name may be one of the system's.
    """
    os.chown(folder, 0, 0)
    folder.chmod(0o700)
    for _, folders, files, inside in os.fwalk(folder):
        for name in (*folders, *files):
            if name in folders or os.stat(name, dir_fd=inside, follow_symlinks=False).st_nlink == 1:
                os.chown(name, user.uid, user.gid, dir_fd=inside, follow_symlinks=False)
    os.chown(folder, user.uid, user.gid)


def _is_person(uid: int) -> bool:
    try:
        return uid >= _FIRST_PERSON and pwd.getpwuid(uid).pw_name != "nobody"
    except KeyError:
        return False


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make(name: str) -> str | None:
    """Make a system user; returns why that failed."""
    program = shutil.which("useradd", path=os.pathsep.join(_PLACES))
    if program is None:
        return "there is no useradd"
    made = subprocess.run(  # noqa: S603 - the system's own program
        [program, *_OPTIONS, name], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return made.stderr.strip().rpartition("\n")[2]


@contextmanager
def _alone() -> Generator[None]:
    """Prevent other processes from making users meanwhile: of two useradd at once, one overwrites the other's."""
    lock = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
