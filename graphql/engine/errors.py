"""Errors as clients see them: a message for people and a code for programs, never a trace.

Errors meant for clients are raised as ApiError. Errors of graphql-core get the code of the step that found them.
Temporary failures are UNAVAILABLE. Any other error is internal: clients see an id, under which the log has the details.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

import structlog
from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    IntValueNode,
    Node,
    Token,
    TokenKind,
    VariableDefinitionNode,
)

from engine.scalars import MalformedValue
from engine.unavailable import RETRY_AFTER, why_unavailable

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.api")

# The messages with which graphql-core aborts for the size of a document, not for a mistake in it.
_PARSING_ABORTED: Final = " Parsing aborted."
_VALIDATION_ABORTED: Final = "Validation aborted."

_MAX_MESSAGE: Final = 1_000

_OPENING: Final = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L})
_CLOSING: Final = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R})


class ErrorCode(StrEnum):
    """The values of `extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    PLAN_NOT_ELIGIBLE = "PLAN_NOT_ELIGIBLE"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class ApiError(GraphQLError):
    """An error whose message and details are for clients."""

    def __init__(self, code: ErrorCode, message: str, **details: object) -> None:
        super().__init__(message, extensions={"code": code, **details})


def bad_input(argument: str, message: str) -> ApiError:
    """Return the error for a bad argument; `argument` is its path: filter.search, ids[2]."""
    return ApiError(ErrorCode.BAD_USER_INPUT, f"{argument}: {message}", argument=argument)


def format_error(error: GraphQLError, *, executed: bool) -> GraphQLError:
    """Return the error as clients see it; `executed` is True once the valid operation's execution began."""
    cause = _root_cause(error)
    if isinstance(cause, ApiError):
        return error
    if isinstance(cause, MalformedValue):
        return _malformed(error, cause)
    if isinstance(cause, GraphQLError):
        return _found_by_core(error, cause, executed=executed)
    if _is_endless_number(error):
        return _coded(error, ErrorCode.VALIDATION_FAILED, message="This number has too many digits.")
    reason = why_unavailable(cause)
    if reason is not None:
        return _coded(error, ErrorCode.UNAVAILABLE, message=reason, retryAfter=RETRY_AFTER)
    return _masked(error, cause)


def nothing_answered(data: Mapping[str, object] | None, errors: Collection[GraphQLError]) -> bool:
    """Return True if a result, with formatted errors, has no data at all and UNAVAILABLE as the only reason."""
    if not all(is_unavailable(error) for error in errors):
        return False
    failed = {error.path[0] for error in errors if error.path}
    return data is None or all(value is None and name in failed for name, value in data.items())


def is_unavailable(error: GraphQLError) -> bool:
    """Return True if a formatted error is temporary."""
    return (error.extensions or {}).get("code") == ErrorCode.UNAVAILABLE


def _root_cause(error: Exception) -> Exception:
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def _found_by_core(error: GraphQLError, cause: GraphQLError, *, executed: bool) -> GraphQLError:
    """Return an error of graphql-core with the code of the step that found it, or of the limit it exceeded."""
    if cause.message == _VALIDATION_ABORTED:
        return _coded(error, ErrorCode.TOO_COMPLEX, message="The document repeats or nests its fields too often.")
    if isinstance(cause, GraphQLSyntaxError):
        aborted = cause.message.endswith(_PARSING_ABORTED)
        return _coded(error, ErrorCode.TOO_COMPLEX if aborted else ErrorCode.PARSE_FAILED)
    return _coded(error, ErrorCode.BAD_USER_INPUT if executed else ErrorCode.VALIDATION_FAILED)


def _malformed(error: GraphQLError, cause: MalformedValue) -> GraphQLError:
    """Return the error of a value that its scalar cannot read, with the name of its argument or variable."""
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
        _shortened(message or error.message),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code, **details},
    )


def _shortened(message: str) -> str:
    """Cut a message in which graphql-core repeats its input, however long."""
    return message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]}..."


def _is_endless_number(error: GraphQLError) -> bool:
    """Return True if an error is about an integer in a document with more digits than Python parses."""
    node = error.nodes[0] if error.nodes else None
    return isinstance(node, IntValueNode) and isinstance(error.original_error, ValueError)


def _argument_path(value: Node) -> str:
    """Return the names that lead to a literal in a document, outermost first: filter.placedFrom.

    It is found backwards from the literal, since parsing a long document again for each of many errors is slow.
    """
    names: list[str] = []
    closed, wanted = 0, True
    token = value.loc.start_token.prev if value.loc else None
    while token is not None and token.kind is not TokenKind.PAREN_L:
        if token.kind in _CLOSING:
            closed += 1
        elif token.kind in _OPENING:
            wanted = wanted or closed == 0
            closed = max(closed - 1, 0)
        elif token.kind is TokenKind.COLON and wanted and closed == 0:
            names.append(_name_before(token))
            wanted = False
        token = token.prev
    return ".".join(reversed(names))


def _name_before(colon: Token) -> str:
    """Return the name before a colon, a variable's with its dollar sign."""
    name = colon.prev
    if name is None or name.value is None:
        return ""
    return f"${name.value}" if name.prev is not None and name.prev.kind is TokenKind.DOLLAR else name.value
