"""The command line: `loupe`."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it without a word, also while it starts."""
    try:
        from app.cli.commands import run  # noqa: PLC0415 - so that Ctrl-C is silent meanwhile

        run()
    except KeyboardInterrupt:
        sys.exit(130)  # as shells have it
