"""Requests as GraphQL over HTTP defines them: the parameters of a URL, or a body of JSON."""

from codecs import BOM_UTF8
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType, NoneType
from typing import Any, Final, cast

import orjson
from cross_web import HTTPException, StarletteRequestAdapter
from starlette.requests import Request
from strawberry.http import GraphQLRequestData
from strawberry.http.types import HTTPMethod

from app.web.media_types import is_json
from engine.errors import ApiError, ErrorCode

MAX_HEADER: Final = 1_000
"""Characters of a header that names media types, at most: reading one takes time, before the caller is known."""

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})

_UNCODED: Final = frozenset({"", "identity"})
_PARTS: Final[Mapping[str, tuple[type, str]]] = {
    "query": (str, "a string"),
    "operationName": (str, "a string"),
    "variables": (dict, "an object"),
    "extensions": (dict, "an object"),
}
"""The parts of a request, each with its type; they are the parameters of a URL, too."""

_IN_JSON: Final = ("variables", "extensions")
_NOT_SUPPORTED: Final = "PersistedQueryNotSupported"  # the text by which clients know that they have to send the query


class Refused(HTTPException):
    """A request that is refused before its operation is read, with the headers of the response."""

    def __init__(self, status: HTTPStatus, reason: str, headers: Mapping[str, str] = NO_HEADERS) -> None:
        super().__init__(status, reason)
        self.headers = headers


class ReadRequest(StarletteRequestAdapter):
    """A request as Strawberry reads it: what RFC 9110 and GraphQL over HTTP call equal is the same here."""

    @property
    def method(self) -> HTTPMethod:
        """The method; GET for HEAD, which is answered alike, and the server leaves out the body."""
        return "GET" if super().method == "HEAD" else super().method

    async def read(self) -> GraphQLRequestData:
        """Read the operation; an empty name is no name.

        Raises Refused for a request without one, and ApiError for a persisted query without its text.
        """
        parts = self._read_url() if self.method == "GET" else await self._read_body()
        for part, (type_, description) in _PARTS.items():
            if not isinstance(parts.get(part), (type_, NoneType)):
                raise Refused(HTTPStatus.BAD_REQUEST, f"`{part}` has to be {description} or null.")
        query, name, variables, extensions = (parts.get(part) for part in _PARTS)
        if query:
            return GraphQLRequestData(query, variables, name or None, extensions)
        if extensions is None or extensions.get("persistedQuery") is None:
            raise Refused(HTTPStatus.BAD_REQUEST, "The request has no query.")
        raise ApiError(ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED, _NOT_SUPPORTED)

    def _read_url(self) -> Mapping[str, Any]:
        """Read the parameters of the URL; empty ones are left out."""
        given = self._request.query_params
        for name in _PARTS:
            if len(given.getlist(name)) > 1:
                raise Refused(HTTPStatus.BAD_REQUEST, f"The URL has several parameters {name}.")
        texts = {name: text for name, text in given.items() if text and name in _PARTS}
        return {name: _read_json(text) if name in _IN_JSON else text for name, text in texts.items()}

    async def _read_body(self) -> Mapping[str, Any]:
        """Read the body, an object in JSON; some clients put a byte order mark first."""
        if header_of(self._request, "content-encoding").lower() not in _UNCODED:
            message = "Send the body without a Content-Encoding."
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, {"Accept-Encoding": "identity"})
        if not is_json(header_of(self._request, "content-type")):
            message = "Send the body as JSON in UTF-8, with the header Content-Type: application/json."
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
        body = _read_json((await self.get_body()).removeprefix(BOM_UTF8))
        if not isinstance(body, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, 'The JSON of a request is an object: {"query": ...}')
        return cast("dict[str, Any]", body)


def header_of(request: Request, name: str) -> str:
    """Return a header, which may have several lines; without one it is empty."""
    return ", ".join(request.headers.getlist(name))


def _read_json(data: bytes | str) -> object:
    """Read a body, or a parameter of a URL; raises Refused."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, _json_problem(error, in_url=isinstance(data, str))) from error


def _json_problem(error: orjson.JSONDecodeError, *, in_url: bool) -> str:
    """Return the reason why a part of a request cannot be read."""
    if error.msg.endswith(" surrogate in string"):
        part = "URL" if in_url else "body"
        return f"Line {error.lineno} of the JSON in the {part} has half of a surrogate pair, which is no character."
    return f"The {'variables and extensions in a URL have' if in_url else 'body has'} to be JSON."
