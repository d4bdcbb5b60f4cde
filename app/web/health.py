"""Health checks for operators, which need no token."""

import asyncio
from typing import Final

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.web.state import running_of
from db.connections import Connection
from db.failures import DatabaseUnreachable
from db.revisions import Found, find_revision
from db.writer import Writer

_PATIENCE: Final = 1.5  # seconds: orchestrators wait for two or more

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.health")


async def healthz(_request: Request) -> Response:
    """Answer as long as the process lives."""
    return _answer(200, "alive")


async def readyz(request: Request) -> Response:
    """Answer 200 if the database answers soon and has the schema of this release, or of a newer one, else 503.

    It has a connection of its own, so that a busy server is ready, too.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            found = await running_of(request.app).circuit.ask(_find_revision)
    except (
        DatabaseUnreachable,
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ) as error:
        _log.warning("not_ready", reason=f"{type(error).__name__}: {error}")
        return _answer(503, "the database does not answer")
    return _answer(200, "ready") if found.suffices else _answer(503, "the database is not migrated")


async def _find_revision(connection: Connection) -> Found:
    return await find_revision(Writer(connection))


def _answer(status_code: int, status: str) -> Response:
    return Response(orjson.dumps({"status": status}), status_code, media_type="application/json")
