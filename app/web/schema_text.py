"""The schema as text, for people and for programs that generate code."""

from functools import cache
from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.printing import printed
from app.clock import Clock
from app.web.identity import authenticate, token_of
from app.web.media_types import JSON
from app.web.requests import header_of
from app.web.responses import failed_by

_PLAIN: Final = "text/plain"  # which browsers show; GraphQL's definitions have no registered type of their own
_CACHING: Final = {"Cache-Control": "no-cache"}  # the entity tag tells whether it has changed


async def schema_text(request: Request, *, clock: Clock, needs_key: bool) -> Response:
    """Answer with the text; 304 to a caller that has it already, 401 to one without the key that is needed.

    A token that is sent has to be in force, even where none is needed, as for introspection.
    """
    token = token_of(request)
    if needs_key or token is not None:
        try:
            await authenticate(request, token, clock)
        except Exception as error:  # noqa: BLE001 - each is answered
            return failed_by(error, JSON)
    text, tag = _tagged()
    headers = {**_CACHING, "ETag": tag}
    if _has(header_of(request, "if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type=_PLAIN)


@cache
def _tagged() -> tuple[bytes, str]:
    """Return the text and its entity tag, which are the same as long as the process lives."""
    text = printed().encode()
    return text, f'"{sha256(text).hexdigest()[:32]}"'


def _has(known: str, tag: str) -> bool:
    """Return whether an If-None-Match header names a tag, or a weak one: proxies that compress weaken it."""
    return known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}
