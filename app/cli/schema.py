"""`loupe schema`: the printed form of the GraphQL schema, committed beside the code."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.database import CommandFailed
from app.cli.output import print_result

schema = typer.Typer(help="The GraphQL schema, as a file.", no_args_is_help=True)

SchemaFile = Annotated[Path, typer.Argument(help="The file of the schema; - is standard output.", allow_dash=True)]
_COMMITTED = Path("schema.graphql")
_STALE = "{file} differs from the schema of the code; `loupe schema export` writes it."


@schema.command("export")
def export(file: SchemaFile = _COMMITTED) -> None:
    """Write the schema of the code into a file.

    Example: loupe schema export schema.graphql
    """
    from api.printing import printed  # noqa: PLC0415 - making the schema takes longer than most other commands

    text = printed()
    if str(file) == "-":
        print_result(text, end="")
    else:
        file.write_text(text)


@schema.command("check")
def check(file: SchemaFile = _COMMITTED) -> None:
    """Compare the committed schema with the code's: exit code 1 if they differ, with changes that would break clients.

    Example: loupe schema check
    """
    from api.printing import NoSchema, breaking_changes, printed  # noqa: PLC0415 - as above

    committed = file.read_text()
    if committed == printed():
        print_result(f"{file} equals the schema of the code.")
        return
    try:
        broken = breaking_changes(committed)
    except NoSchema as reason:
        raise CommandFailed(f"{file} is no GraphQL schema: {reason}") from reason
    raise CommandFailed("\n".join([_STALE.format(file=file), *broken]))
