"""Work that is done once, by whichever process is first."""

import fcntl
from collections.abc import Callable
from pathlib import Path


def once(lock: Path, stamp: Path, digest: Callable[[], str], work: Callable[[int], None]) -> None:
    """Do a work unless its stamp has the digest of what it is made of; processes that want it meanwhile wait.

    `lock` is a file that is there anyway. `stamp` is written after the work, so an interrupted one is done again. The
    work passes the descriptor of the lock to its programs: one that a kill leaves over is waited for, too.
    """
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        current = digest()
        if stamp.is_file() and stamp.read_text() == current:
            return
        work(held.fileno())
        stamp.parent.mkdir(exist_ok=True)  # npm makes none for no packages
        stamp.write_text(current)
