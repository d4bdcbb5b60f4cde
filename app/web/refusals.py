"""Refusals of requests that the server does not receive. They pass the outer layers, so that pages can read them."""

from http import HTTPStatus
from typing import Final, TypeAlias

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.media_types import JSON
from app.web.requests import Refused
from app.web.responses import failed, refused
from engine.errors import ApiError, ErrorCode
from engine.unavailable import RETRY_AFTER

MAX_HEAD: Final = 64 * 1024
"""Bytes of a request line and headers, at most."""
MAX_HEADERS: Final = 100
"""Headers of a request, at most."""

Refusal: TypeAlias = Refused | ApiError


def _busy(message: str) -> ApiError:
    return ApiError(ErrorCode.UNAVAILABLE, message, retryAfter=RETRY_AFTER)


NO_HTTP: Final = Refused(HTTPStatus.BAD_REQUEST, "This is no request of HTTP/1.1.")
UPGRADED_BODY: Final = Refused(HTTPStatus.BAD_REQUEST, "Send a body without the header Upgrade, by HTTP/1.1.")
LATE: Final = Refused(HTTPStatus.REQUEST_TIMEOUT, "The request took too long to arrive.")
LARGE_HEAD: Final = Refused(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"A request has at most {MAX_HEADERS} headers, and with them and its address at most {MAX_HEAD:,} bytes.",
)
MANY_BODIES: Final = _busy("Too many large requests are arriving; try again.")
MANY_CONNECTIONS: Final = _busy("There are too many connections; try again.")

_REFUSAL: Final = "refusal"  # the key in the scope


def large_body(most: int) -> Refused:
    """Return the refusal of a body with more bytes than this."""
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body of a request has at most {most:,} bytes.")


def refusing(scope: Scope, refusal: Refusal) -> Scope:
    """Return the scope of a request that is refused, of which not everything may be known."""
    response = refused(refusal, JSON) if isinstance(refusal, Refused) else failed(refusal.formatted, JSON)
    return {"method": "GET", "path": "/", "query_string": b"", **scope, _REFUSAL: response}


def with_refusals(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that a request which is refused has that answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        refusal: Response | None = scope.get(_REFUSAL)
        await (app if refusal is None else refusal)(scope, receive, send)

    return answer
