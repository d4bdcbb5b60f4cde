"""`make demo`: the demo, and beside it the build of GraphiQL, unless that is there.

Usage: python -m tools.demo
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Final

from tools.node import ROOT, NodeMissing, PackagesMissing
from tools.ui import BuildFailed, build, is_current

_LOUPE: Final = str(Path(sys.executable).with_name("loupe"))
_BESIDE: Final = "build-beside"
_LOWEST_PRIORITY: Final = 19
_PAUSE: Final = 0.2  # seconds


def main() -> None:
    """Begin the build in a process of its own, unless the page is there or never served, and become the demo."""
    if sys.argv[1:2] == [_BESIDE]:
        build_beside(int(sys.argv[2]))
        return
    if os.environ.get("LOUPE_GRAPHIQL") != "off" and not is_current():
        command = [sys.executable, "-m", "tools.demo", _BESIDE, str(os.getpid())]
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    os.execv(_LOUPE, [_LOUPE, "demo"])  # noqa: S606


def build_beside(demo: int) -> None:
    """Build as long as the process of the demo runs, which goes first; a failure is one line, and the demo goes on."""
    os.nice(_LOWEST_PRIORITY)
    Thread(target=_end_with, args=(demo,), daemon=True).start()
    try:
        build()
    except (BuildFailed, NodeMissing, PackagesMissing):
        sys.stderr.write("GraphiQL could not be built: make ui says why. The demo goes on without it.\n")


def _end_with(demo: int) -> None:
    """End this process, with all that it has started, once its parent has ended, however it ends."""
    while os.getppid() == demo:
        time.sleep(_PAUSE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
