"""`loupe demo`."""

import asyncio
import shlex
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer

from app.cli.database import CommandFailed, begin_log, database_clock, migrated_database, transaction
from app.cli.imports import import_command
from app.cli.printing import as_table
from app.cli.serving import address, listen, serve
from app.clock import Clock
from app.demo.access import create_access, opens
from app.demo.catalogue import set_catalogue
from app.demo.folder import Access, DemoFolder
from app.demo.history import generate
from app.demo.studios import STUDIOS
from app.settings import Settings, read_settings

_SEED = 1
_URLS = {"help_center_url": "https://help.loupe.example", "flow_url": "https://loupe.example/flow"}
_FIRST_QUERY = "{ account { name pulse { productivity { summary } reliability { summary } } } }"


def demo_command(
    *,
    seed: Annotated[int | None, typer.Option(min=0, help="Which history to invent, when there is none yet.")] = None,
    days: Annotated[int, typer.Option(min=1, max=1_000, help="How long it is.")] = 120,
    accounts: Annotated[int, typer.Option(min=1, max=len(STUDIOS), help="How many studios it has.")] = len(STUDIOS),
) -> None:
    """Serve invented studios with a history up to now, run jobs for them, and print access tokens.

    The first start invents and imports the history; later ones use it. Ctrl-C ends the service and keeps the data.
    It serves the pictures of the history itself, at the port of the first start.
    Web pages on any port of localhost may call the API.

    Example: loupe demo --seed 7
    """
    settings = _with_urls(read_settings())
    folder = DemoFolder(settings.data_dir)
    with listen(settings.host, settings.port) as listener, migrated_database(settings, keeps_log=True) as url:
        clock = database_clock(url, settings)
        with _usable(settings.data_dir):
            lock = folder.lock()
        with lock:
            with _usable(settings.data_dir):
                _require_seed(folder, settings.data_dir, seed)
                access = folder.access()
            if access is None or not asyncio.run(_opens(url, clock, access)):
                with _usable(settings.data_dir):
                    origin = f"http://localhost:{listener.getsockname()[1]}"
                    history = folder.history() or _write_history(folder, clock, seed, days, accounts, origin)
                import_command(str(history))
                access = asyncio.run(_create_access(url, clock, folder.accounts(history), settings))
                with _usable(settings.data_dir):
                    folder.write_access(access)
        begin_log(settings)
        welcome = _welcome(address(listener), access, settings)
        serve(
            listener,
            url,
            settings,
            clock,
            lambda: typer.echo(welcome),
            with_jobs=True,
            any_localhost=True,
            with_demo_pictures=True,
        )


def _with_urls(settings: Settings) -> Settings:
    """Return the settings with URLs of the invented service where there are none."""
    urls = {name: getattr(settings, name) or url for name, url in _URLS.items()}
    return settings.model_copy(update=urls)


@contextmanager
def _usable(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise CommandFailed(
            f"The data folder {folder} cannot be used ({error.strerror}): set LOUPE_DATA_DIR to a folder you may write."
        ) from error


def _require_seed(folder: DemoFolder, path: Path, seed: int | None) -> None:
    history = folder.history()
    if history is not None and seed not in {None, folder.seed(history)}:
        raise CommandFailed(
            f"The data folder {path} has the demo of seed {folder.seed(history)} already:"
            " leave out --seed, or set LOUPE_DATA_DIR to another folder."
        )


def _write_history(folder: DemoFolder, clock: Clock, seed: int | None, days: int, accounts: int, origin: str) -> Path:
    """Invent a history up to this minute; a start that was broken off leaves it for the next one to go on with."""
    seed = _SEED if seed is None else seed
    until = clock.now().replace(second=0, microsecond=0)
    return folder.write_history(seed, generate(seed, until, days=days, accounts=accounts, origin=origin))


async def _opens(url: str, clock: Clock, access: Access) -> bool:
    async with transaction(url) as reader:
        return await opens(reader, access, clock)


async def _create_access(url: str, clock: Clock, refs: Sequence[str], settings: Settings) -> Access:
    """Create keys, and fill an empty catalogue of retouching steps."""
    async with transaction(url) as writer:
        await set_catalogue(writer, clock, settings.catalogue_currency)
        return await create_access(writer, clock.now(), refs)


def _welcome(url: str, access: Access, settings: Settings) -> str:
    """Print the address of the API, tokens, and a first query."""
    rows = [(client.name, client.plan, client.time_zone, client.token) for client in access.clients]
    rows.append(("Staff", "", "", access.staff_token))
    plans = " and ".join(sorted(settings.dashboard_plans))
    return "\n".join(
        [
            "",
            f"Loupe serves the demo at {url} - Ctrl-C ends it. GraphiQL is there in a browser.",
            f"Tokens of clients, and one of staff, who see all; {plans} have the dashboard:",
            "",
            as_table(rows),
            "",
            "A first query:",
            "",
            _first_query(url, access),
            "",
        ]
    )


def _first_query(url: str, access: Access) -> str:
    body = orjson.dumps({"query": _FIRST_QUERY}).decode()
    headers = [f"Authorization: Bearer {access.clients[0].token}", "Content-Type: application/json"]
    return shlex.join(["curl", "-s", url, *(part for header in headers for part in ("-H", header)), "-d", body])
