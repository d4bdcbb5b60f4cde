"""Sessions of gql with Loupe, and operations, which ask again while it cannot answer."""

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast

from gql import Client, GraphQLRequest
from gql.client import SyncClientSession
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.httpx import HTTPXTransport
from gql.utilities import update_schema_scalars
from graphql import build_schema
from httpx import HTTPStatusError, NetworkError, RemoteProtocolError, TimeoutException

from loupe_client.scalars import SCALARS

Variables = TypeVar("Variables")
Answer = TypeVar("Answer")
Value = TypeVar("Value")

SCHEMA: Final = Path(__file__).parents[3] / "schema.graphql"
_PAUSE: Final = 1
_log: Final = logging.getLogger("loupe_client")


def connect() -> Client:
    """Return a client of LOUPE_URL with the key in LOUPE_TOKEN, which reads and writes scalars by `schema.graphql`."""
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"))
    update_schema_scalars(schema, SCALARS)
    transport = HTTPXTransport(
        os.environ.get("LOUPE_URL", "http://127.0.0.1:8000/graphql"),
        headers={"Authorization": f"Bearer {os.environ['LOUPE_TOKEN']}"},
        timeout=30,
    )
    return Client(schema=schema, transport=transport, serialize_variables=True, parse_results=True)


@dataclass(frozen=True)
class Operation(Generic[Variables, Answer]):
    """An operation, with the types of its variables and of the `data` of its answer."""

    document: str

    def ask(self, session: SyncClientSession, variables: Variables) -> Answer:
        """Return the data of the answer; while Loupe cannot answer, ask again.

        So a mutation needs an `idempotencyKey`: its answer may be lost after it was done. Other errors are raised,
        those of the answer as TransportQueryError.
        """
        given: Any = variables
        request = GraphQLRequest(self.document, variable_values=given or None)
        while True:
            try:
                answer: Answer = cast("Any", session.execute(request))
            except TransportError as error:
                pause = _pause_after(error)
                if pause is None:
                    raise
                _log.warning("%s; asking again in %s s", str(error).partition("\n")[0], pause)
                time.sleep(pause)
            else:
                return answer


def _pause_after(error: TransportError) -> int | None:
    """Return the seconds after which asking again makes sense; None if it makes none."""
    match error:
        case TransportConnectionFailed(__cause__=NetworkError() | RemoteProtocolError() | TimeoutException()):
            return _PAUSE  # a wrong URL, or a token that is no header, fails as a connection, too
        case TransportQueryError(errors=[{"extensions": {"code": "UNAVAILABLE", "retryAfter": int(seconds)}}, *_]):
            return seconds
        case TransportServerError(code=429 | 502 | 503 | 504, __cause__=HTTPStatusError(response=response)):
            wanted = response.headers.get("Retry-After", "")
            return int(wanted) if wanted.isdecimal() else _PAUSE
        case _:
            return None


def found(value: Value | None) -> Value:
    """Return what is nullable, but never null where the key sees the object, since errors of an answer are raised."""
    if value is None:
        raise LookupError("There is no such object for this key.")
    return value
