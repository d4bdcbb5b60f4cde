"""The pools and services of a running application, which all its requests share."""

from dataclasses import dataclass
from typing import cast

from starlette.applications import Starlette

from app.services.api_keys.uses import KeyUses
from app.services.quotes.tokens import QuoteKey
from db.circuit import Circuit
from db.connections import Pool
from db.readers import Database


@dataclass(slots=True)
class Running:
    """The reader, the pools of commands and of claims, the key that signs quotes, and the uses of API keys.

    A read-only server notes no uses. `circuit` is that of the pools and the reader.
    """

    reader: Database
    writing_pool: Pool
    claiming_pool: Pool
    quote_key: QuoteKey
    key_uses: KeyUses | None
    circuit: Circuit


def keep_running(app: Starlette, running: Running) -> None:
    """Give these to all requests to come."""
    app.state.running = running


def running_of(app: Starlette) -> Running:
    """Return what the application was given as it started."""
    return cast("Running", app.state.running)
