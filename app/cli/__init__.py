"""The command line: `loupe`."""

import gc


def main() -> None:
    """Run the command line.

    Importing modules makes no garbage, and collections take a quarter of the time in which a command starts. Later ones
    leave out all objects made until then.
    """
    gc.disable()
    from app.cli.commands import run  # noqa: PLC0415 - as above

    gc.freeze()
    gc.enable()
    run()
