"""Programs in JavaScript, run by Node with npm's packages."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tools.node import install_packages, run


async def printed_by(script: Path, *arguments: str) -> Any:  # noqa: ANN401 - the JSON of any script
    """Run a script with these arguments, and return the JSON that it prints."""

    def finish() -> str:
        install_packages()
        done = run("node", str(script), *arguments, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return json.loads(await asyncio.to_thread(finish))
