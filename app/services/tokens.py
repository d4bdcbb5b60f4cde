"""Bearer tokens: random texts of which only the hash is kept."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from app.services.ids import new_id
from db.connections import Writer
from db.tables import Token

_PREFIX = "loupe_"  # so that scanners for leaked secrets can tell what they found
_RANDOM_BYTES = 32


async def create_token(writer: Writer, at: datetime, account_id: UUID | None) -> str:
    """Make a token for an account, or for staff without one; its text is never to be had again."""
    text = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    await writer.insert([Token(id=new_id(at), account_id=account_id, hash=token_hash(text), created_at=at)])
    return text


def token_hash(text: str) -> bytes:
    """Hash a token's text by SHA-256: plain, for the text is as random as a key."""
    return hashlib.sha256(text.encode()).digest()
