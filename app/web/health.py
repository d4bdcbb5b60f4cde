"""Health, for whoever runs the service: the only answers that need no token."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import orjson
import structlog
from alembic.script import ScriptDirectory
from starlette.requests import Request
from starlette.responses import Response

import db.migrations
from app.web.state import reader_of
from db.connections import Reader, Statement

# The newest migration that a database has had: the one row of Alembic's own table.
_REVISION: Final = Statement("revision", "SELECT version_num FROM alembic_version")

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.health")


async def healthz(_request: Request) -> Response:
    """Answer as long as the process lives."""
    return _answer(200, "alive")


def readyz() -> Callable[[Request], Awaitable[Response]]:
    """Make the answer that says whether the database can be asked and has the schema of this code."""
    newest = ScriptDirectory(str(Path(db.migrations.__file__).parent)).get_current_head()

    async def answer(request: Request) -> Response:
        try:
            revision = await _revision(reader_of(request))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            _log.warning("not_ready", reason=f"{type(error).__name__}: {error}")
            return _answer(503, "the database does not answer")
        return _answer(200, "ready") if revision == newest else _answer(503, "the database is not migrated")

    return answer


async def _revision(reader: Reader) -> str | None:
    try:
        row = await reader.fetch_row(_REVISION)
    except asyncpg.UndefinedTableError:
        return None
    return None if row is None else row["version_num"]


def _answer(status_code: int, status: str) -> Response:
    return Response(orjson.dumps({"status": status}), status_code, media_type="application/json")
