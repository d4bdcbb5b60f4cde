"""Health checks for operators, which need no token."""

from typing import Final

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.web.state import running_of
from db.revisions import find_revision

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.health")


async def healthz(_request: Request) -> Response:
    """Answer as long as the process lives."""
    return _answer(200, "alive")


async def readyz(request: Request) -> Response:
    """Answer 200 if the database can be reached and has the schema of this release, or of a newer one, else 503."""
    try:
        found = await find_revision(running_of(request.app).reader)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        _log.warning("not_ready", reason=f"{type(error).__name__}: {error}")
        return _answer(503, "the database does not answer")
    return _answer(200, "ready") if found.suffices else _answer(503, "the database is not migrated")


def _answer(status_code: int, status: str) -> Response:
    return Response(orjson.dumps({"status": status}), status_code, media_type="application/json")
