"""The schema as a text, and what a change of it would break."""

from graphql import GraphQLError, build_schema
from graphql.utilities import find_breaking_changes

from api.schema import schema


class NoSchema(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """A text that is no GraphQL schema; its own text says why."""


def printed() -> str:
    """Print the schema of the code, as it is committed."""
    return schema.as_str() + "\n"


def breaking_changes(before: str) -> list[str]:
    """Tell what would break for clients of an earlier schema; raises NoSchema."""
    try:
        earlier = build_schema(before)
    except (GraphQLError, TypeError) as error:
        raise NoSchema(str(error).splitlines()[0]) from error
    return [change.description for change in find_breaking_changes(earlier, build_schema(printed()))]
