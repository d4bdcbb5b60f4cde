"""The clients in TypeScript: files made from the schema, types and rules checked.

Usage: python -m tools.clients
"""

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tools.node import ROOT, NodeMissing, PackagesMissing, install_packages, run

_MAKING: Final = (("apollo", "graphql-codegen", "--silent"), ("relay", "relay-compiler", "--noWatchman"))
"""The programs that make files: the folder, the name and the arguments of each."""

_CHECKING: Final = ((".", "tsc"), (".", "eslint", "."))
"""The programs that check types and rules of all clients."""


class ProgramFailed(Exception):  # noqa: N818 - named by its case, like all errors here
    """A program failed; the message is what it wrote."""


def make(root: Path = ROOT) -> None:
    """Make the files of `root / "clients"` from `root / "schema.graphql"`; raises ProgramFailed."""
    _run_all(_MAKING, root)


def check(root: Path = ROOT) -> None:
    """Check types and rules of the clients, whose files are made; raises ProgramFailed."""
    _run_all(_CHECKING, root)


def _run_all(programs: Iterable[tuple[str, ...]], root: Path) -> None:
    """Run programs at the same time."""
    with ThreadPoolExecutor() as pool:
        for running in [pool.submit(_run, root, *program) for program in programs]:
            running.result()


def _run(root: Path, folder: str, name: str, *arguments: str) -> None:
    program = root / "node_modules" / ".bin" / name
    done = run("node", str(program), *arguments, folder=root / "clients" / folder, capture_output=True, text=True)
    if done.returncode:
        raise ProgramFailed(f"{name}: {done.stdout}{done.stderr}")


def main() -> int:
    """Make the clients' files and check the clients; return the exit code after one message on standard error."""
    try:
        install_packages()
        make()
        check()
    except (NodeMissing, PackagesMissing, ProgramFailed) as error:
        raise SystemExit(str(error)) from None
    return 0


if __name__ == "__main__":
    sys.exit(main())
