"""Requests as GraphQL over HTTP defines them: the parameters of a URL, or a body of JSON."""

from codecs import BOM_UTF8
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from cross_web import HTTPException, StarletteRequestAdapter
from starlette.requests import Request
from starlette.types import Message, Receive
from strawberry.http.types import HTTPMethod

from app.web.media_types import JSON, is_json

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of a request's body, at most: 2,000 file names of 255 characters of any script, escaped, fit in."""

MAX_HEADER: Final = 1_000
"""Characters of a header that names media types, at most: reading one takes time, before the caller is known."""

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})

_UNCODED: Final = frozenset({"", "identity"})
_PARAMETERS: Final = ("query", "operationName", "variables", "extensions")


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

    @property
    def query_params(self) -> Mapping[str, str]:
        """The parameters of GraphQL in the URL, without empty ones; raises Refused for one that is given twice."""
        given = self._request.query_params
        for name in _PARAMETERS:
            if len(given.getlist(name)) > 1:
                raise Refused(HTTPStatus.BAD_REQUEST, f"The URL has several parameters {name}.")
        return {name: given[name] for name in _PARAMETERS if given.get(name)}

    @property
    def content_type(self) -> str | None:
        """The type of the body, JSON; None for a GET. Raises Refused for another type, charset or coding."""
        if self.method == "GET":
            return None
        if self.headers.get("content-encoding", "").lower() not in _UNCODED:
            message = "Send the body without a Content-Encoding."
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, {"Accept-Encoding": "identity"})
        if not is_json(header_of(self._request, "content-type")):
            message = "Send the body as JSON in UTF-8, with the header Content-Type: application/json."
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
        return JSON

    async def get_body(self) -> bytes:
        """Return the body without a byte order mark, which some clients put first."""
        return (await super().get_body()).removeprefix(BOM_UTF8)


def header_of(request: Request, name: str) -> str:
    """Return a header, which may have several lines; without one it is empty."""
    return ", ".join(request.headers.getlist(name))


def limited(receive: Receive) -> Receive:
    """Wrap the receiver of a body's parts, so that it raises Refused as soon as their sum is too large."""
    received = 0

    async def receive_part() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY:
            most = f"The body of a request has at most {MAX_BODY // 1024 // 1024} MiB."
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, most)
        return message

    return receive_part
