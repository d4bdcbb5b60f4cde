"""Programs of clients in processes of their own, and an API that is busy at first."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.asgi import create_app
from tests.support.clock import FrozenClock
from tests.support.listening import listen, served
from tests.support.serving import SETTINGS
from tests.support.system import program

CLIENTS: Final = Path(__file__).parents[2] / "clients"


class Ended(NamedTuple):
    """The exit code of a program, and all that it wrote."""

    code: int
    output: str
    errors: str


async def begin_python_program(name: str, *arguments: str, url: str, token: str) -> asyncio.subprocess.Process:
    """Begin a program of `clients/python`."""
    command = (sys.executable, str(CLIENTS / "python" / name), *arguments)
    return await _begin(*command, url=url, token=token)


async def run_python_program(name: str, *arguments: str, url: str, token: str) -> Ended:
    """Run a program of `clients/python` to its end."""
    return await ended(await begin_python_program(name, *arguments, url=url, token=token))


async def run_curl_program(name: str, *arguments: str, url: str, token: str) -> Ended:
    """Run a program of `clients/curl` to its end."""
    for needed in ("curl", "jq"):
        program(needed)
    command = (program("bash"), str(CLIENTS / "curl" / name), *arguments)
    return await ended(await _begin(*command, url=url, token=token))


async def _begin(*command: str, url: str, token: str) -> asyncio.subprocess.Process:
    """Begin a program, which writes no more than some KiB ahead of its reader."""
    return await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "LOUPE_URL": url, "LOUPE_TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        pipesize=4096,
        limit=1024,
    )


async def ended(process: asyncio.subprocess.Process) -> Ended:
    """Wait for the end of a program."""
    output, errors = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, output.decode(), errors.decode())


class BusyFirst:
    """An application that gives some responses first, and then those of another one."""

    def __init__(self, app: ASGIApp, *first: Response) -> None:
        self._app = app
        self._first = list(first)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self._first.pop(0) if self._first else self._app
        await answering(scope, receive, send)


@asynccontextmanager
async def busy_api(database: str, clock: FrozenClock, *first: Response) -> AsyncGenerator[str]:
    """Serve the API after some other responses; yields its URL."""
    app = create_app(database_url=database, settings=SETTINGS, clock=clock)
    listener, origin = listen()
    async with app.router.lifespan_context(app), served(BusyFirst(app, *first), listener):
        yield f"{origin}/graphql"
