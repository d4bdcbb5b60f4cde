"""The composition root of the API: settings, the clock, the pools and the routes meet here."""

import gc
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from functools import partial
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from api.gates import gates_for
from app.clock import Clock
from app.services.api_keys.uses import noted_key_uses
from app.services.quotes.tokens import QuoteKey
from app.settings import Access, Settings
from app.web.cors import with_cors
from app.web.graphiql import graphiql_asset
from app.web.graphql import GraphQLEndpoint
from app.web.headers import with_headers
from app.web.health import healthz, readyz
from app.web.refusals import with_refusals
from app.web.schema_text import schema_text
from app.web.state import Running, keep_running
from db.capacity import CLAIMS, READERS, WRITERS
from db.connections import COMMANDS, PLANNED_ONCE, Pool, hang_up
from db.pools import new_circuit, open_pool
from db.readers import PoolReader

# The page's links are relative to its address, with a slash or without, below whatever path of a proxy.
_PAGE: Final = [Route("/graphiql/{name}", graphiql_asset), Route("/graphql/graphiql/{name}", graphiql_asset)]
_OLD_COLLECTED: Final = 1_000  # collections of young objects for one of all: some minutes of heavy reads


def create_app(
    *,
    database_url: str,
    settings: Settings,
    clock: Clock,
    alongside: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    any_localhost: bool = False,
    routes: Sequence[BaseRoute] = (),
    begin_full: bool = True,
) -> Starlette:
    """Make the application; its pools are opened as it starts (raises DatabaseUnreachable) and closed as it ends.

    Writes have a pool of their own: one that waits for an account does not keep others from reading. So do claims,
    which wait for each other. `alongside` is entered with the pools, for work in the same process. Pages of the origins
    in the settings may call it in a browser, and those of `any_localhost`, too. Further `routes` are served, too.
    The pools are full from the start, so that nobody else can take their connections; else they begin with one.
    """
    text = partial(schema_text, clock=clock, needs_key=settings.schema_sdl is Access.KEY)
    app = Starlette(
        routes=[
            *_with_and_without_slash("/graphql", GraphQLEndpoint(settings, clock)),
            *_open_to(settings.graphiql, _PAGE),
            *_open_to(settings.schema_sdl, _with_and_without_slash("/schema.graphql", text)),
            *_with_and_without_slash("/healthz", healthz),
            *_with_and_without_slash("/readyz", readyz),
            *routes,
        ],
        lifespan=partial(
            _serving, database_url=database_url, settings=settings, alongside=alongside, begin_full=begin_full
        ),
    )
    app.router.redirect_slashes = False  # Starlette would send callers to the host that their request names
    # Among Starlette's `middleware` it would be within the one that answers unexpected errors.
    answering = with_refusals(app.build_middleware_stack())
    app.middleware_stack = with_headers(with_cors(answering, settings, any_localhost=any_localhost))
    return app


def _with_and_without_slash(path: str, endpoint: Callable[..., Any]) -> list[Route]:
    """Return the routes of an address that may be written with a slash at its end."""
    return [Route(path, endpoint), Route(f"{path}/", endpoint)]


def _open_to(access: Access, routes: list[Route]) -> list[Route]:
    """Return the routes, or none if nobody is answered."""
    return [] if access is Access.OFF else routes


@asynccontextmanager
async def _serving(
    app: Starlette,
    database_url: str,
    settings: Settings,
    alongside: Callable[[], AbstractAsyncContextManager[object]],
    *,
    begin_full: bool,
) -> AsyncGenerator[None]:
    """Open the pools of an application, and close them however it ends."""
    circuit = new_circuit(database_url)
    async with AsyncExitStack() as stack:

        async def opened(size: int, **options: Any) -> Pool:  # noqa: ANN401 - those of `open_pool`
            kept = size if begin_full else 1
            pool = await open_pool(database_url, min_size=kept, max_size=size, circuit=circuit, **options)
            stack.push_async_callback(hang_up, pool)
            return pool

        writing = {"settings": COMMANDS, "limit": settings.write_timeout}
        reading_pool = await opened(READERS, use="reader", settings=PLANNED_ONCE, limit=settings.read_timeout)
        writing_pool = await opened(WRITERS, use="writer", **writing)
        claiming_pool = await opened(CLAIMS, use="claims", **writing)
        if begin_full:
            circuit.suspect()  # which has its own connection opened
        key_uses = None if settings.read_only else await stack.enter_async_context(noted_key_uses(writing_pool))
        running = Running(
            gates_for(settings),
            PoolReader(reading_pool),
            writing_pool,
            claiming_pool,
            QuoteKey(writing_pool),
            key_uses,
            circuit,
        )
        keep_running(app, running)
        await stack.enter_async_context(alongside())
        yield


# The schema and the modules live as long as the process: the collector need not walk them again and again. Nor need it
# often walk the rows of all answers under way, which takes longer than many turns: they are freed without it.
gc.collect()
gc.freeze()
gc.set_threshold(*gc.get_threshold()[:2], _OLD_COLLECTED)
