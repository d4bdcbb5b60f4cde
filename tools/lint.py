"""The rules of schema.graphql, of operations and of TypeScript, and the types of the page of GraphiQL.

`make clients` checks the clients in TypeScript, whose types are made first.

Usage: python -m tools.lint
"""

import sys
from typing import Final

from tools.node import ROOT, NodeMissing, PackagesMissing, ProgramFailed, install_packages, run_all
from tools.ui import PAGE

ESLINT: Final = ("eslint", "--max-warnings=0")

_FILES: Final = ("schema.graphql", "examples", "clients/python/operations", str(PAGE))
_PROGRAMS: Final = ((".", *ESLINT, *_FILES), (str(PAGE), "tsc"))


def main() -> None:
    """Check rules and types; fails with what ESLint or TypeScript writes."""
    try:
        install_packages()
        run_all(ROOT, _PROGRAMS)
    except (NodeMissing, PackagesMissing, ProgramFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
