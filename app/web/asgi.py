"""The composition root of the API: settings, the clock, the pools and the routes meet here."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Route

from app.clock import Clock
from app.settings import Settings
from app.web.endpoint import GraphQLEndpoint
from app.web.graphiql import graphiql_asset
from app.web.health import healthz, readyz
from app.web.state import keep_reader, keep_writing_pool
from db.connections import PoolReader, open_pool

# Reads walk an index from a bound and stop. The planner knows neither the bound nor how large the account is.
_PLANNING: Final[Mapping[str, str]] = {
    "plan_cache_mode": "force_generic_plan",  # a statement is planned once: that takes longer than most reads do
    "enable_bitmapscan": "off",  # a bitmap is made of the whole range, of a large account all in vain
    "jit": "off",  # compiling takes longer than any read does
}


def create_app(*, database_url: str, settings: Settings, clock: Clock) -> Starlette:
    """Make the application; its pools are opened as it starts, DatabaseUnreachable then, and closed as it ends.

    Writes have a pool of their own: one that waits for an account that others write to keeps nobody from reading.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        pool = await open_pool(database_url, settings=_PLANNING)
        keep_reader(app, PoolReader(pool))
        writing_pool = await open_pool(database_url, settings=_PLANNING)
        keep_writing_pool(app, writing_pool)
        yield
        await writing_pool.close()
        await pool.close()

    return Starlette(
        routes=[
            Route("/graphql", GraphQLEndpoint(settings, clock)),
            Route("/graphiql/{name}", graphiql_asset),
            Route("/healthz", healthz),
            Route("/readyz", readyz()),
        ],
        lifespan=lifespan,
    )
