"""Who calls: bearer tokens in the Authorization header. Nothing but their hash meets the database."""

from typing import Final

from api.context import Viewer
from api.errors import ApiError, ErrorCode
from app.services.tokens import token_hash
from db.connections import Reader
from db.queries.tokens import token_by_hash

CHALLENGE: Final = 'Bearer realm="loupe"'
"""What the WWW-Authenticate header of an answer with status 401 asks for."""

_SCHEME: Final = "bearer"


async def authenticate(reader: Reader, authorization: str | None) -> Viewer:
    """Tell the caller by the Authorization header; raises ApiError when that shows no token that was given out."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != _SCHEME or not token.strip():
        raise ApiError(ErrorCode.UNAUTHENTICATED, "Send a token in the header Authorization: Bearer TOKEN.")
    found = await token_by_hash(reader, token_hash(token.strip()))
    if found is None:
        raise ApiError(ErrorCode.UNAUTHENTICATED, "There is no such token.")
    return Viewer(found.account)
