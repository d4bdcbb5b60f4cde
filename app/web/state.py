"""The resources of the application while it runs."""

from typing import Protocol, cast

from starlette.applications import Starlette

from app.services.api_keys.uses import KeyUses
from app.services.quotes.tokens import QuoteKey
from db.connections import Pool
from db.readers import Database


class AppState(Protocol):
    """The resources that all requests share: pools, the key that signs quotes, and the uses of API keys.

    The state of a Starlette application, with types.
    """

    reader: Database
    writing_pool: Pool
    claiming_pool: Pool
    quote_key: QuoteKey
    key_uses: KeyUses


def state_of(app: Starlette) -> AppState:
    """Return the state of an application; its attributes are set as it starts."""
    return cast("AppState", app.state)
