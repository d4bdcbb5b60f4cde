"""The schema as text, and the breaking changes from an earlier one."""

from graphql import GraphQLError, build_schema
from graphql.utilities import find_breaking_changes

from api.schema import schema


class NoSchema(Exception):  # noqa: N818 - named by its case, like all errors here
    """A text that is not a GraphQL schema; the message says why."""


def printed() -> str:
    """Return the schema of the code as text, as it is committed."""
    return schema.as_str() + "\n"


def breaking_changes(before: str) -> list[str]:
    """Return the breaking changes for clients of an earlier schema; raises NoSchema."""
    try:
        earlier = build_schema(before)
    except (GraphQLError, TypeError) as error:
        raise NoSchema(str(error).splitlines()[0]) from error
    return [change.description for change in find_breaking_changes(earlier, build_schema(printed()))]
