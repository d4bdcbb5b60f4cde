"""Errors as clients see them: a message for people and a code for programs, never a trace.

Errors for clients are raised as ApiError. Those of graphql-core get the code of the step that found them. Changes that
the database does not take here are READ_ONLY; temporary errors are UNAVAILABLE. All others are bugs: clients see an id,
under which they are logged.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

import structlog
from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    IntValueNode,
)

from db.failures import is_read_only
from engine.bad_values import bad_value
from engine.scalars import MalformedValue
from engine.unavailable import RETRY_AFTER, why_unavailable

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.api")

# The messages of graphql-core for documents beyond its limits, as opposed to those with errors.
_PARSING_ABORTED: Final = " Parsing aborted."
_VALIDATION_ABORTED: Final = "Validation aborted."

_MAX_MESSAGE: Final = 1_000
_READ_ONLY: Final = "This needs a change of the database, and this server makes none."


class ErrorCode(StrEnum):
    """The values of `extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    PLAN_NOT_ELIGIBLE = "PLAN_NOT_ELIGIBLE"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    READ_ONLY = "READ_ONLY"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class ApiError(GraphQLError):
    """An error for clients."""

    def __init__(self, code: ErrorCode, message: str, **details: object) -> None:
        super().__init__(message, extensions={"code": code, **details})


def no_token() -> ApiError:
    """Return the error for a request without a token."""
    return ApiError(ErrorCode.UNAUTHENTICATED, "Send a token in the header Authorization: Bearer TOKEN.")


def read_only() -> ApiError:
    """Return the error for a change where only queries are answered."""
    return ApiError(ErrorCode.READ_ONLY, _READ_ONLY)


def bad_input(argument: str, message: str) -> ApiError:
    """Return the error for a bad argument; `argument` is its path: filter.search, ids[2]."""
    return ApiError(ErrorCode.BAD_USER_INPUT, f"{argument}: {message}", argument=argument)


def format_error(
    error: GraphQLError, *, executed: bool, variables: Mapping[str, Any] = MappingProxyType({})
) -> GraphQLError:
    """Return an error as clients see it; `executed` means that execution of the valid operation had begun.

    `variables` are those of the request.
    """
    cause = _root_cause(error)
    if isinstance(cause, ApiError):
        return error
    if isinstance(cause, MalformedValue):
        return _about_value(error, ErrorCode.BAD_USER_INPUT, variables, str(cause))
    if isinstance(cause, GraphQLError):
        return _found_by_core(error, cause, variables, executed=executed)
    if _is_endless_number(error):
        return _about_value(error, ErrorCode.VALIDATION_FAILED, variables, "This number has too many digits.")
    return _failed(error, cause)


def nothing_answered(data: Mapping[str, object] | None, errors: Collection[GraphQLError]) -> bool:
    """Return whether an answer has no data at all, with UNAVAILABLE as the only code of its formatted errors."""
    if not all(is_unavailable(error) for error in errors):
        return False
    failed = {error.path[0] for error in errors if error.path}
    return data is None or all(value is None and name in failed for name, value in data.items())


def is_unavailable(error: GraphQLError) -> bool:
    """Return whether an error, as clients see it, is temporary."""
    return (error.extensions or {}).get("code") == ErrorCode.UNAVAILABLE


def _root_cause(error: Exception) -> Exception:
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def _found_by_core(
    error: GraphQLError, cause: GraphQLError, variables: Mapping[str, Any], *, executed: bool
) -> GraphQLError:
    """Return an error of graphql-core with the code of its step (parse, validate, execute); TOO_COMPLEX if aborted."""
    if cause.message == _VALIDATION_ABORTED:
        return _coded(error, ErrorCode.TOO_COMPLEX, message="The document repeats or nests its fields too often.")
    if isinstance(cause, GraphQLSyntaxError):
        aborted = cause.message.endswith(_PARSING_ABORTED)
        return _coded(error, ErrorCode.TOO_COMPLEX if aborted else ErrorCode.PARSE_FAILED)
    code = ErrorCode.BAD_USER_INPUT if executed else ErrorCode.VALIDATION_FAILED
    return _about_value(error, code, variables)


def _about_value(
    error: GraphQLError, code: ErrorCode, variables: Mapping[str, Any], problem: str | None = None
) -> GraphQLError:
    """Return an error that names the argument or the variable whose value it is about, if it is about one."""
    found = bad_value(error, variables)
    if found is None:
        return _coded(error, code, message=problem)
    return _coded(error, code, message=f"{found.path}: {problem or found.problem}", argument=found.path)


def _failed(error: GraphQLError, cause: Exception) -> GraphQLError:
    """Return the error for a failure of the database, or for a bug."""
    if is_read_only(cause):
        return _coded(error, ErrorCode.READ_ONLY, message=_READ_ONLY)
    reason = why_unavailable(cause)
    if reason is not None:
        return _coded(error, ErrorCode.UNAVAILABLE, message=reason, retryAfter=RETRY_AFTER)
    return _masked(error, cause)


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
    """Cut a message: graphql-core repeats values of any length."""
    return message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]}..."


def _is_endless_number(error: GraphQLError) -> bool:
    """Return whether an error is about a whole number with more digits than Python parses."""
    node = error.nodes[0] if error.nodes else None
    return isinstance(node, IntValueNode) and isinstance(error.original_error, ValueError)
