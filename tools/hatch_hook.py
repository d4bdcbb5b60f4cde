"""Hatch's hook: adds GraphiQL to a wheel or an sdist, and refuses either without it as its files are now.

It builds nothing itself.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GraphiQLHook(BuildHookInterface[BuilderConfig]):
    """Adds the page of GraphiQL, which git ignores; an editable install serves what is built later."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the page; abort a build without it."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from tools.ui import BUILT, is_current  # noqa: PLC0415 - as Hatch loads this file, the repository is not importable

        if not is_current(Path(self.root)):
            self.app.abort("GraphiQL is not built, or of other files than there are now: make wheel builds it.")
        build_data["force_include"][str(Path(self.root, BUILT))] = str(BUILT)
