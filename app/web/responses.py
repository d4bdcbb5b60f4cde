"""Responses of the API: GraphQL's JSON, and the status that follows from the errors and the media type."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from cross_web import HTTPException
from graphql import GraphQLError, GraphQLFormattedError
from starlette.responses import Response

from app.web.identity import CHALLENGE
from app.web.media_types import GRAPHQL_RESPONSE
from app.web.requests import NO_HEADERS, Refused
from engine.errors import ApiError, ErrorCode, format_error
from engine.unavailable import RETRY_AFTER

_UNAVAILABLE: Final = HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_AFTER)}
_STATUSES: Final[Mapping[object, tuple[HTTPStatus, Mapping[str, str]]]] = {
    ErrorCode.UNAUTHENTICATED: (HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": CHALLENGE}),
    ErrorCode.UNAVAILABLE: _UNAVAILABLE,
    ErrorCode.INTERNAL: (HTTPStatus.INTERNAL_SERVER_ERROR, NO_HEADERS),
}
"""Statuses and headers for errors before the execution that are no fault of the operation."""


def answered(answer: Mapping[str, Any], media_type: str) -> Response:
    """Write the answer of an operation; where nothing of it was executed, no error has a path."""
    if answer.get("data") is not None:
        return _written(answer, media_type)
    errors: Sequence[GraphQLFormattedError] = answer["errors"]
    if not any("path" in error for error in errors):
        return _not_executed(errors, media_type)
    if all(_code(error) == ErrorCode.UNAVAILABLE for error in errors):
        return _written(answer, media_type, *_UNAVAILABLE)
    return _written(answer, media_type)


def failed(error: GraphQLFormattedError, media_type: str) -> Response:
    """Write an error before the execution of an operation."""
    return _not_executed([error], media_type)


def failed_by(error: Exception, media_type: str) -> Response:
    """Write an exception before the execution of an operation: clients see an id of a bug, and the log has the rest."""
    if isinstance(error, ApiError):
        return failed(error.formatted, media_type)
    shown = format_error(GraphQLError(str(error), original_error=error), executed=True)
    return failed(shown.formatted, media_type)


def refused(refusal: HTTPException, media_type: str) -> Response:
    """Write the refusal of a request that has no operation to execute."""
    headers = refusal.headers if isinstance(refusal, Refused) else NO_HEADERS
    error = ApiError(ErrorCode.BAD_USER_INPUT, refusal.reason)
    return _written({"errors": [error.formatted]}, media_type, HTTPStatus(refusal.status_code), headers)


def _not_executed(errors: Sequence[GraphQLFormattedError], media_type: str) -> Response:
    """Write errors without data; those of the operation itself are 200 in application/json, whose clients expect it."""
    of_operation = HTTPStatus.BAD_REQUEST if media_type == GRAPHQL_RESPONSE else HTTPStatus.OK
    status, headers = _STATUSES.get(_code(errors[0]), (of_operation, NO_HEADERS))
    return _written({"errors": errors}, media_type, status, headers)


def _code(error: GraphQLFormattedError) -> object:
    return error.get("extensions", {}).get("code")


def _written(
    content: Mapping[str, Any],
    media_type: str,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] = NO_HEADERS,
) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type=media_type)
