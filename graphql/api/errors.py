"""What clients see when something is wrong: a message for people and a code for programs, never a trace.

Errors that are meant for clients are raised as ApiError. Those of graphql-core itself get the code of the step that
found them. Anything else is ours to mend: clients see an id, under which the log has the rest.
"""

from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

import structlog
from graphql import (
    ArgumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    Node,
    ObjectFieldNode,
    VariableDefinitionNode,
    Visitor,
    parse,
    visit,
)

from api.scalars import MalformedValue

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.api")


class ErrorCode(StrEnum):
    """The values of `extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    PLAN_NOT_ELIGIBLE = "PLAN_NOT_ELIGIBLE"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    INTERNAL = "INTERNAL"


class ApiError(GraphQLError):
    """An error that clients are meant to see."""

    def __init__(self, code: ErrorCode, message: str, **details: object) -> None:
        super().__init__(message, extensions={"code": code, **details})


def bad_input(argument: str, message: str) -> ApiError:
    """Make the error for an argument that cannot be used; `argument` is its path: filter.search, ids[2]."""
    return ApiError(ErrorCode.BAD_USER_INPUT, f"{argument}: {message}", argument=argument)


def present(error: GraphQLError, *, executed: bool) -> GraphQLError:
    """Return the error as clients see it; `executed` says that the operation was valid and its execution had begun."""
    cause = _root_cause(error)
    if isinstance(cause, ApiError):
        return error
    if isinstance(cause, GraphQLSyntaxError):
        return _coded(error, ErrorCode.PARSE_FAILED)
    if isinstance(cause, MalformedValue):
        return _malformed(error, cause)
    if isinstance(cause, GraphQLError):
        return _coded(error, ErrorCode.BAD_USER_INPUT if executed else ErrorCode.VALIDATION_FAILED)
    return _masked(error, cause)


def _root_cause(error: Exception) -> Exception:
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def _malformed(error: GraphQLError, cause: MalformedValue) -> GraphQLError:
    """Name the argument of a value that its scalar cannot be read from, or the variable it came in."""
    node = error.nodes[0] if error.nodes else None
    if isinstance(node, VariableDefinitionNode):
        return _coded(error, ErrorCode.BAD_USER_INPUT, argument=f"${node.variable.name.value}")
    argument = "" if node is None else _argument_path(node)
    return _coded(error, ErrorCode.BAD_USER_INPUT, message=f"{argument}: {cause}", argument=argument)


def _masked(error: GraphQLError, cause: Exception) -> GraphQLError:
    reference = uuid4().hex
    _log.error("internal_error", id=reference, path=error.path, exc_info=cause)
    message = f"Something went wrong on our side. Support can find it by the id {reference}."
    return _coded(error, ErrorCode.INTERNAL, message=message, id=reference)


def _coded(error: GraphQLError, code: ErrorCode, *, message: str | None = None, **details: Any) -> GraphQLError:  # noqa: ANN401
    return GraphQLError(
        message or error.message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code, **details},
    )


def _argument_path(value: Node) -> str:
    """Return the names that lead to a literal in an operation: filter.placedFrom."""
    if value.loc is None:
        return ""
    finder = _ArgumentFinder(value.loc.start)
    visit(parse(value.loc.source), finder)
    return ".".join(finder.names)


class _ArgumentFinder(Visitor):
    """Collects the names of the argument and the input fields around a position."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.names: list[str] = []
        self._position = position

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        """Note an argument around the position."""
        self._note(node)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        """Note an input field around the position."""
        self._note(node)

    def _note(self, node: ArgumentNode | ObjectFieldNode) -> None:
        if node.loc is not None and node.loc.start <= self._position < node.loc.end:
            self.names.append(node.name.value)
