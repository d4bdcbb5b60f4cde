"""The sentences of errors that are not Loupe's own: of the command line's arguments and of the system."""

import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import typer

from app.domain.wording import isolated, printable, quoted, shown_path, with_full_stop

_OF_THE_USER: Final = re.compile(r"'[^']*'|(?<= )\(.*\)(?=$)|(?<=option: ).*")
_EXTRA: Final = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)", re.DOTALL)


def usage_sentence(error: typer.TyperException) -> str:
    """Return the sentence for wrong arguments; empty where the help has been shown instead."""
    from pydantic import ValidationError  # noqa: PLC0415 - most commands have right arguments

    from app.wrong_values import problem  # noqa: PLC0415 - as above

    if isinstance(error, typer.BadParameter) and isinstance(error.__cause__, ValidationError):
        return f"{_name(error)} is wrong: {with_full_stop(printable(problem(error.__cause__)))}"
    message = error.format_message()
    if extra := _EXTRA.fullmatch(message):
        return f"Too many arguments: {quoted(extra[1])}."
    return with_full_stop(_OF_THE_USER.sub(lambda found: isolated(found[0]), printable(message)))


def system_sentence(error: OSError) -> str:
    """Return the sentence for an error of the system, with the name of its file if there is one."""
    reason = error.strerror or str(error)
    return (
        f"{reason}."
        if error.filename is None
        else f"{shown_path(os.fsdecode(error.filename))} cannot be used: {reason}."
    )


@contextmanager
def naming(file: Path) -> Generator[None]:
    """Give errors of the system in the block the name of a file, which those of writing lack."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error


def _name(error: typer.BadParameter) -> str:
    names = error.param.opts if error.param is not None else [""]
    return names[0] if names[0].startswith("-") or error.param is None else error.param.metavar or names[0]
