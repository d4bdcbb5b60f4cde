"""`loupe schema`: the printed form of the GraphQL schema, committed beside the code."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.database import CommandFailed
from app.cli.output import print_result
from app.cli.sentences import naming, shown_path

_NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the schema; - is standard output.")]
_File = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the schema.")]
_COMMITTED = Path("schema.graphql")
_STALE = "{file} differs from the schema of the code; `loupe schema export` writes it."


def export_command(file: _NewFile = _COMMITTED) -> None:
    """Write the schema of the code into a file.

    Example: loupe schema export schema.graphql
    """
    from api.printing import printed  # noqa: PLC0415 - making the schema takes longer than most other commands

    text = printed()
    if str(file) == "-":
        print_result(text, end="")
    else:
        with naming(file):
            file.write_text(text, encoding="utf-8")


def check_command(file: _File = _COMMITTED) -> None:
    """Compare the committed schema with the code's: exit code 1 if they differ, with the breaking changes.

    Example: loupe schema check
    """
    from api.printing import NoSchema, breaking_changes, printed  # noqa: PLC0415 - as above

    try:
        committed = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CommandFailed(f"{shown_path(file)} is no GraphQL schema: it is not written in UTF-8.") from None
    if committed == printed():
        print_result(f"{shown_path(file)} equals the schema of the code.")
        return
    try:
        broken = breaking_changes(committed)
    except NoSchema as reason:
        raise CommandFailed(f"{shown_path(file)} is no GraphQL schema: {reason}") from reason
    raise CommandFailed("\n".join([_STALE.format(file=shown_path(file)), *broken]))
