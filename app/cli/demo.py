"""`loupe demo`."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from socket import socket
from typing import Annotated, NamedTuple

import stamina

from app.cli.database import CommandFailed, database_clock, migrated_database, transaction
from app.cli.deferred import importing
from app.cli.imports import listening, run_import, sum_up
from app.cli.log import begin_log
from app.cli.options import Host, Port, number_between
from app.cli.output import print_note, print_report
from app.cli.serving import address, listen
from app.clock import Clock, SystemClock
from app.demo.access import create_access, opens
from app.demo.catalogue import set_catalogue
from app.demo.clock import ClockBehind, advanced
from app.demo.commands import give_commands
from app.demo.folder import Access, DemoFolder
from app.demo.history import generate
from app.demo.studios import STUDIOS
from app.domain.instants import rfc3339
from app.domain.wording import shown_path
from app.services.imports import AccountMoved, SourceUnreadable, open_source
from app.settings import Settings, data_folder, read_settings
from db.pools import open_pool

_SEED = 1
_MAX_SEED = 2**31 - 1
_ADDRESSES = {
    "help_center_url": "https://help.loupe.example",
    "flow_url": "https://loupe.example/flow",
    "support_email": "support@loupe.example",
}


class _Wanted(NamedTuple):
    """The history that the first start invents, and the origin that serves its pictures."""

    seed: int | None
    days: int
    accounts: int
    origin: str


def demo_command(
    *,
    seed: Annotated[int | None, number_between(0, _MAX_SEED, "Which history to invent, when there is none yet")] = None,
    days: Annotated[int, number_between(1, 1_000, "How long it is, in days")] = 120,
    accounts: Annotated[int, number_between(1, len(STUDIOS), "How many studios it has")] = len(STUDIOS),
    host: Host = None,
    port: Port = None,
) -> None:
    """Serve invented studios with a history up to now, run jobs for them, and print access tokens.

    The first start invents and imports the history; later ones use it. Ctrl-C ends the service and keeps the data.
    It serves the pictures of the history itself, at the port of the first start.
    Web pages on any port of localhost may call the API.

    Example: loupe demo --seed 7
    """
    settings = _with_addresses(read_settings(host=host, port=port))
    folder = DemoFolder(path := data_folder(settings))
    with (
        _listen(settings, folder, path) as listener,
        migrated_database(settings, "demo", keeps_log=True) as url,
        folder.occupy(address(listener)),
    ):
        wanted = _Wanted(seed, days, accounts, f"http://localhost:{listener.getsockname()[1]}")
        with folder.lock(
            lambda: print_note(f"Waiting for another start, which prepares the demo in {shown_path(path)}.")
        ):
            _require_seed(folder, path, seed)
            clock = asyncio.run(_clock(folder, path, url, database_clock(url, settings)))
            access = asyncio.run(_known_access(folder, url, clock)) or _prepare(folder, wanted, url, clock, settings)
        with importing():
            from app.cli.server import serve  # noqa: PLC0415 - as in `loupe serve`
            from app.cli.welcome import welcome  # noqa: PLC0415 - it imports the server, too

        begin_log(settings)
        greet = partial(print_report, welcome(address(listener), access, settings, clock.now()))
        serve(listener, url, settings, clock, greet, with_jobs=True, any_localhost=True, with_demo_pictures=True)


def _listen(settings: Settings, folder: DemoFolder, path: Path) -> socket:
    """Bind the port first; raises CommandFailed, also if the demo of the folder has the port already."""
    try:
        return listen(settings.host, settings.port)
    except CommandFailed as error:
        occupied = folder.occupied_at()
        if occupied is None or f":{settings.port}/" not in occupied:
            raise
        raise CommandFailed(
            f"The demo in {shown_path(path)} is prepared or served at {occupied} already:"
            " use it there, or choose another port by --port or LOUPE_PORT."
        ) from error


async def _clock(folder: DemoFolder, path: Path, url: str, clock: SystemClock) -> SystemClock:
    """Return the clock of the demo, which goes on from where it was used before; raises ClockBehind."""
    history = folder.history()
    if history is None:
        return clock
    if (now := clock.now()) < (end := folder.ends_at(history)):
        raise ClockBehind(path, end, now)
    async with transaction(url) as reader:
        used = await advanced(reader, folder.accounts(history), clock)
    if used is not clock:
        print_note(
            f"The demo in {shown_path(path)} was used until {rfc3339(used.now())}: its clock goes on from there."
        )
    return used


async def _known_access(folder: DemoFolder, url: str, clock: Clock) -> Access | None:
    """Return the tokens of the start before; None if there are none, or not all of them are in force."""
    access = folder.access()
    if access is None:
        return None
    async with transaction(url) as reader:
        return access if await opens(reader, access, clock) else None


def _prepare(folder: DemoFolder, wanted: _Wanted, url: str, clock: Clock, settings: Settings) -> Access:
    """Import the history, invented unless an interrupted start has left it, and create tokens."""
    history = folder.history() or _write_history(folder, wanted, clock, settings)
    try:
        import_demo(history, url, clock, settings)
    except (SourceUnreadable, AccountMoved) as error:
        raise CommandFailed(str(error)) from error
    except (KeyboardInterrupt, SystemExit):
        print_note("The demo is not ready yet. Start it again: it continues from there.")
        raise
    access = asyncio.run(_create_access(url, clock, folder.accounts(history), settings))
    folder.write_access(access)
    return access


@stamina.retry(on=AccountMoved, wait_jitter=0)  # the server may still commit the last batch of a start that was killed
def import_demo(history: Path, url: str, clock: Clock, settings: Settings) -> None:
    """Import the history of the demo, or the rest of it.

    Raises AccountMoved, SourceUnreadable and CommandFailed.
    """
    with open_source(str(history)) as source, listening(source) as listener:
        report = asyncio.run(run_import(url, source, settings, clock, listener))
    if report.problems:
        raise CommandFailed(
            f"The database has studios of another demo than {shown_path(history)}:"
            " set LOUPE_DATA_DIR to its folder, or LOUPE_DATABASE_URL to another database."
        )
    print_report(sum_up(report))


def _with_addresses(settings: Settings) -> Settings:
    """Return the settings with addresses of the invented service where there are none."""
    addresses = {name: getattr(settings, name) or address for name, address in _ADDRESSES.items()}
    return settings.model_copy(update=addresses)


def _require_seed(folder: DemoFolder, path: Path, seed: int | None) -> None:
    history = folder.history()
    if history is not None and seed not in {None, folder.seed(history)}:
        raise CommandFailed(
            f"The data folder {shown_path(path)} has the demo of seed {folder.seed(history)} already:"
            " leave out --seed, or set LOUPE_DATA_DIR to another folder."
        )


def _write_history(folder: DemoFolder, wanted: _Wanted, clock: Clock, settings: Settings) -> Path:
    """Invent a history up to this minute; a start that was broken off leaves it for the next one to go on with."""
    seed = _SEED if wanted.seed is None else wanted.seed
    until = clock.now().replace(second=0, microsecond=0)
    currency = settings.catalogue_currency
    lines = generate(seed, until, days=wanted.days, accounts=wanted.accounts, origin=wanted.origin, currency=currency)
    return folder.write_history(seed, lines)


async def _create_access(url: str, clock: Clock, refs: Sequence[str], settings: Settings) -> Access:
    """Fill an empty catalogue of retouching steps, give the first commands, and create keys."""
    async with transaction(url) as writer:
        await set_catalogue(writer, clock, settings.catalogue_currency)
    pool = await open_pool(url, max_size=1)
    try:
        await give_commands(pool, clock, refs)
    finally:
        await pool.close()
    async with transaction(url) as writer:
        return await create_access(writer, clock.now(), refs)
