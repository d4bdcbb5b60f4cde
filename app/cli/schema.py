"""`loupe schema`: the printed form of the GraphQL schema, committed beside the code."""

from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLError, build_schema
from graphql.utilities import find_breaking_changes

from api.schema import schema as graphql_schema
from app.cli.database import CommandFailed

schema = typer.Typer(help="The GraphQL schema, as a file.", no_args_is_help=True)

SchemaFile = Annotated[Path, typer.Argument(help="The file of the schema; - is standard output.", allow_dash=True)]
_COMMITTED = Path("schema.graphql")
_STALE = "{file} is not what the code says; `loupe schema export` writes it anew."


@schema.command("export")
def export(file: SchemaFile = _COMMITTED) -> None:
    """Write the schema of the code into a file.

    Example: loupe schema export schema.graphql
    """
    text = graphql_schema.as_str() + "\n"
    if str(file) == "-":
        typer.echo(text, nl=False)
    else:
        file.write_text(text)


@schema.command("check")
def check(file: SchemaFile = _COMMITTED) -> None:
    """Compare the committed schema with the code's: exit code 1 where they differ, naming what would break clients.

    Example: loupe schema check
    """
    committed, printed = file.read_text(), graphql_schema.as_str() + "\n"
    if committed == printed:
        typer.echo(f"{file} is what the code says.")
        return
    raise CommandFailed("\n".join([_STALE.format(file=file), *_breaking_changes(file, committed, printed)]))


def _breaking_changes(file: Path, committed: str, printed: str) -> list[str]:
    try:
        before = build_schema(committed)
    except (GraphQLError, TypeError) as error:
        raise CommandFailed(f"{file} is no GraphQL schema: {str(error).splitlines()[0]}") from error
    return [change.description for change in find_breaking_changes(before, build_schema(printed))]
