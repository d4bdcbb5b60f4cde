"""The clients in TypeScript: files made from the schema, types and rules checked.

Usage: python -m tools.clients
"""

import sys
from pathlib import Path
from typing import Final

from tools.lint import ESLINT
from tools.node import ROOT, NodeMissing, PackagesMissing, ProgramFailed, install_packages, run_all

_MAKING: Final = (
    ("clients/apollo", "graphql-codegen", "--silent"),
    ("clients/relay", "relay-compiler", "--noWatchman"),
)
_CHECKING: Final = (("clients", "tsc"), (".", *ESLINT, "clients"))


def make(root: Path = ROOT) -> None:
    """Make the files of `root / "clients"` from `root / "schema.graphql"`; raises ProgramFailed."""
    run_all(root, _MAKING)


def check(root: Path = ROOT) -> None:
    """Check types and rules of the clients, whose files are made; raises ProgramFailed."""
    run_all(root, _CHECKING)


def main() -> None:
    """Make the clients' files and check the clients; fails with what a program writes."""
    try:
        install_packages()
        make()
        check()
    except (NodeMissing, PackagesMissing, ProgramFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
