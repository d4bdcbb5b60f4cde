"""Authentication by API keys in the Authorization header. Only the hash of a secret is sent to the database."""

from typing import Final

from app.clock import Clock
from app.services.api_keys.keys import find_caller
from db.queries.api_keys import Caller
from db.readers import Reader
from engine.errors import ApiError, ErrorCode

CHALLENGE: Final = 'Bearer realm="loupe"'
"""The WWW-Authenticate header of a response with status 401."""

_SCHEME: Final = "bearer"


async def authenticate(reader: Reader, authorization: str | None, clock: Clock) -> Caller:
    """Return the caller whose key is in the Authorization header; raises ApiError if that is none in force now."""
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != _SCHEME or not secret.strip():
        raise ApiError(ErrorCode.UNAUTHENTICATED, "Send a token in the header Authorization: Bearer TOKEN.")
    caller = await find_caller(reader, clock, secret.strip())
    if caller is None:
        raise ApiError(ErrorCode.UNAUTHENTICATED, "There is no such token, or it has expired or was revoked.")
    return caller
