"""Headers of every response: what browsers and caches may do with it, unless the response says otherwise itself."""

from collections.abc import MutableSequence
from typing import Final, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_Header: TypeAlias = tuple[bytes, bytes]

_OF_ALL: Final[tuple[_Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"private, no-store"),
)
_OF_PAGES: Final[_Header] = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)


def with_headers(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that no response is kept or taken for another type, and no page runs scripts.

    A response with one of these headers of its own keeps it.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(message["headers"])
            await send(message)

        await app(scope, receive, send_with_headers)

    return answer


def _complete(headers: MutableSequence[_Header]) -> None:
    """Add what is missing; ASGI's names are in lower case."""
    given = dict(headers)
    wanted = (*_OF_ALL, _OF_PAGES) if given.get(b"content-type", b"").startswith(b"text/html") else _OF_ALL
    headers.extend(each for each in wanted if each[0] not in given)
