"""The command line: `loupe`."""

import gc
import sys
from typing import Final

_INTERRUPTED: Final = 130  # as shells have it


def main() -> None:
    """Run the command line; Ctrl-C ends it without a word, also while it starts.

    Importing modules makes no garbage, and collections take a quarter of the time in which a command starts. Later ones
    leave out all objects made until then.
    """
    gc.disable()
    try:
        from app.cli.commands import run  # noqa: PLC0415 - as above

        gc.freeze()
        gc.enable()
        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
