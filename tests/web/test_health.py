"""Health: liveness of the process and readiness of the service."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx import ASGITransport, AsyncClient

from app.web.asgi import create_app
from db.connections import connect
from db.migrate import migrate
from tests.support.clock import FrozenClock
from tests.support.database import TEMPLATE, execute, migrate_as_tomorrow, temporary_database
from tests.support.serving import SETTINGS


@asynccontextmanager
async def serving(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    """Serve a database in any state."""
    app = create_app(database_url=database, settings=SETTINGS, clock=clock)
    transport = ASGITransport(app)
    async with app.router.lifespan_context(app), AsyncClient(transport=transport, base_url="http://loupe") as http:
        yield http


async def status(http: AsyncClient, path: str) -> tuple[int, str]:
    response = await http.get(path)
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"status"}
    return response.status_code, response.json()["status"]


@pytest.mark.parametrize(("path", "answer"), [("/healthz", "alive"), ("/readyz", "ready")])
async def test_health_needs_no_token(http: AsyncClient, path: str, answer: str) -> None:
    assert await status(http, path) == (200, answer)


async def test_a_service_without_its_database_is_alive_and_ready_again_once_it_is_back(
    server: str, clock: FrozenClock
) -> None:
    async with temporary_database(server, TEMPLATE) as database, serving(database, clock) as http:
        name = urlsplit(database).path[1:]
        await execute(server, f"DROP DATABASE {name} WITH (FORCE)")
        assert await status(http, "/readyz") == (503, "the database does not answer")
        assert await status(http, "/healthz") == (200, "alive")
        await execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        assert await status(http, "/readyz") == (200, "ready")


async def test_a_service_on_an_empty_database_is_ready_once_it_is_migrated(server: str, clock: FrozenClock) -> None:
    async with temporary_database(server) as database, serving(database, clock) as http:
        assert await status(http, "/readyz") == (503, "the database is not migrated")
        assert await status(http, "/healthz") == (200, "alive")
        await migrate(database)
        assert await status(http, "/readyz") == (200, "ready")


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE alembic_version SET version_num = 'another'", "DELETE FROM applied_revisions"],
        ["DELETE FROM alembic_version"],
        ["UPDATE alembic_version SET version_num = '2026_11_22_0001'"],
    ],
)
async def test_a_service_on_an_older_or_unknown_schema_is_not_ready(
    server: str, clock: FrozenClock, statements: list[str]
) -> None:
    async with temporary_database(server, TEMPLATE) as database, serving(database, clock) as http:
        await execute(database, *statements)
        assert await status(http, "/readyz") == (503, "the database is not migrated")


async def test_running_and_new_services_are_ready_after_a_newer_release_migrated(
    server: str, clock: FrozenClock, tmp_path: Path
) -> None:
    async with temporary_database(server, TEMPLATE) as database:
        async with serving(database, clock) as http:
            await migrate_as_tomorrow(database, tmp_path)
            assert await status(http, "/readyz") == (200, "ready")
        async with serving(database, clock) as http:
            assert await status(http, "/readyz") == (200, "ready")


async def test_a_failing_application_closes_its_connections(database: str, clock: FrozenClock) -> None:
    app = create_app(database_url=database, settings=SETTINGS, clock=clock)
    with pytest.raises(ZeroDivisionError):
        async with app.router.lifespan_context(app):
            raise ZeroDivisionError
    connection = await connect(database)
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    assert await connection.fetch(query) == [(0,)]
    await connection.close()
