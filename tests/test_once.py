"""Work that is done once is waited for, also where one of its programs is all that is left of it."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.node import ROOT
from tools.once import once

# Begins a program that never ends within a work, and prints its process.
WORKING = """
import subprocess, sys, time
from pathlib import Path
from tools.once import once
def work(held):
    program = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL, pass_fds=(held,))
    print(program.pid, flush=True)
    program.wait()
once(Path(sys.argv[1]), Path(sys.argv[2]), lambda: "1", work)
"""


def test_work_whose_process_is_killed_is_done_again_once_its_programs_have_ended(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "lock", tmp_path / "stamp"
    lock.touch()
    command = [sys.executable, "-c", WORKING, str(lock), str(stamp)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as working:  # noqa: S603
        assert working.stdout is not None
        program = int(working.stdout.readline())
        working.kill()
    with lock.open("rb") as another, pytest.raises(BlockingIOError):
        fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.kill(program, signal.SIGKILL)
    done = list[int]()
    once(lock, stamp, lambda: "1", done.append)
    once(lock, stamp, lambda: "1", done.append)
    assert (len(done), stamp.read_text()) == (1, "1")
