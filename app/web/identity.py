"""Authentication by API keys in the Authorization header. Only the hash of a secret is sent to the database."""

from base64 import b64decode
from typing import Final

from starlette.requests import HTTPConnection

from app.clock import Clock
from app.services.api_keys.keys import find_caller
from app.web.state import running_of
from db.queries.api_keys import Caller
from engine.errors import ApiError, ErrorCode, no_token

CHALLENGE: Final = 'Bearer realm="loupe"'
"""The WWW-Authenticate header of a response with status 401."""

BROWSERS_CHALLENGE: Final = 'Basic realm="loupe", charset="UTF-8"'
"""The same for a page: a browser asks for a user's name and a password, which is the key's secret."""

_BEARER: Final = "bearer"
_BASIC: Final = "basic"
_HEAD: Final = 38  # characters of a client's secret: the account, so that a neighbour's keys delay no other's


def token_of(request: HTTPConnection) -> str | None:
    """Return the bearer token of a request; None without one."""
    scheme, credentials = _authorization(request)
    return credentials if scheme == _BEARER and credentials else None


def token_or_password_of(request: HTTPConnection) -> str | None:
    """Return the bearer token of a request, or the password that a browser has asked for; None without either."""
    scheme, credentials = _authorization(request)
    return _password(credentials) if scheme == _BASIC else token_of(request)


def address_of(request: HTTPConnection) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""


def unknown_caller(request: HTTPConnection, secret: str | None) -> str:
    """Return the name of a caller whose key is not known yet: the address and the account that a client's secret names.

    So callers behind one address do not wait for each other.
    """
    return address_of(request) if secret is None else f"{address_of(request)} {secret[:_HEAD]}"


async def authenticate(request: HTTPConnection, secret: str | None, clock: Clock) -> Caller:
    """Return the caller with a secret, and note the use of its key.

    Raises ApiError if none is in force now, and Busy if too many are looked up.
    """
    if secret is None:
        raise no_token()
    running = running_of(request.app)
    async with running.gates.keys.enter(unknown_caller(request, secret)):
        caller = await find_caller(running.reader, clock, secret)
    if caller is None:
        raise ApiError(ErrorCode.UNAUTHENTICATED, "There is no such token, or it has expired or was revoked.")
    if running.key_uses is not None:
        running.key_uses.note(caller, caller.seen_at)
    return caller


def _authorization(request: HTTPConnection) -> tuple[str, str]:
    """Return the scheme of the Authorization header, in lower case, and its credentials."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    return scheme.lower(), credentials.strip()


def _password(credentials: str) -> str | None:
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[2].strip() or None
    except ValueError:
        return None
