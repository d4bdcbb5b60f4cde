"""What the application holds while it runs."""

from typing import cast

from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from app.services.api_keys.uses import KeyUses
from app.services.quotes.tokens import QuoteKey
from db.connections import Pool
from db.readers import Database


def keep_reader(app: Starlette, reader: Database) -> None:
    """Give all requests to come a reader."""
    app.state.reader = reader


def reader_of(request: HTTPConnection) -> Database:
    """Return the reader that the application was given."""
    return cast("Database", request.app.state.reader)


def keep_writing_pool(app: Starlette, pool: Pool) -> None:
    """Give all requests to come a pool to write by."""
    app.state.writing_pool = pool


def writing_pool_of(request: HTTPConnection) -> Pool:
    """Return the pool to write by that the application was given."""
    return cast("Pool", request.app.state.writing_pool)


def keep_claiming_pool(app: Starlette, pool: Pool) -> None:
    """Give all requests to come a pool to claim images by."""
    app.state.claiming_pool = pool


def claiming_pool_of(request: HTTPConnection) -> Pool:
    """Return the pool to claim images by that the application was given."""
    return cast("Pool", request.app.state.claiming_pool)


def keep_quote_key(app: Starlette, key: QuoteKey) -> None:
    """Give all requests to come the key that signs quotes."""
    app.state.quote_key = key


def quote_key_of(request: HTTPConnection) -> QuoteKey:
    """Return the key that signs quotes, which the application was given."""
    return cast("QuoteKey", request.app.state.quote_key)


def keep_key_uses(app: Starlette, uses: KeyUses) -> None:
    """Give all requests to come what notes the uses of keys."""
    app.state.key_uses = uses


def key_uses_of(request: HTTPConnection) -> KeyUses:
    """Return what notes the uses of keys, which the application was given."""
    return cast("KeyUses", request.app.state.key_uses)
