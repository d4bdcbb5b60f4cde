"""Hatch's hook: refuses a wheel or an sdist without GraphiQL as its files are now. It builds nothing itself."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GraphiQLHook(BuildHookInterface[BuilderConfig]):
    """Checks the page of GraphiQL before a build; an editable install serves what is built later."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - as hatchling calls it
        """Abort a build without the page."""
        sys.path.insert(0, self.root)
        from tools.ui import is_current  # noqa: PLC0415 - as Hatch loads this file, the repository is not importable

        if version != "editable" and not is_current(Path(self.root)):
            self.app.abort("GraphiQL is not built, or of other files than there are now: make wheel builds it.")
