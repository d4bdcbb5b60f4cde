"""`loupe serve`."""

import asyncio
import errno
import socket
from functools import partial
from typing import Annotated, Final

import typer

from app.cli.database import CommandFailed, database_clock, migrated_database
from app.cli.deferred import importing
from app.cli.log import begin_log
from app.cli.options import Host, Port, number_between
from app.cli.output import print_report
from app.cli.supervisor import Task, supervise
from app.settings import read_settings
from db.capacity import capacity_problem

_MOST_WORKERS: Final = 64


def serve_command(
    *,
    host: Host = None,
    port: Port = None,
    with_jobs: Annotated[bool, typer.Option("--with-jobs", help="Run the jobs too, as loupe jobs does.")] = False,
    workers: Annotated[int, number_between(1, _MOST_WORKERS, "How many processes serve: about one for each core")] = 1,
) -> None:
    """Serve the GraphQL API until Ctrl-C, from the embedded PostgreSQL unless LOUPE_DATABASE_URL names another.

    The database is migrated first, unless LOUPE_MIGRATE is never. With LOUPE_READ_ONLY=true it is not, and only queries
    are answered. Several workers share the port; one that dies is started again.

    Example: loupe serve --port 9000 --with-jobs
    """
    settings = read_settings(host=host, port=port)
    command = "serve --with-jobs" if with_jobs else "serve"
    with (
        listen(settings.host, settings.port) as listener,
        migrated_database(settings, command, writes=with_jobs, keeps_log=True) as url,
    ):
        ready = partial(print_report, f"Loupe serves {address(listener)} - Ctrl-C ends it.")
        if workers > 1:
            _require_capacity(url, workers, with_jobs=with_jobs)
            begin_log(settings)
            clock = database_clock(url, settings)
            supervise(listener, Task(settings, clock.offset, command, with_jobs), workers, ready)
            return
        with importing():
            from app.cli.server import serve  # noqa: PLC0415 - a wrong setting, or --help, is shown without it

        begin_log(settings)
        serve(listener, url, settings, database_clock(url, settings), ready, with_jobs=with_jobs)


def _require_capacity(url: str, workers: int, *, with_jobs: bool) -> None:
    """Require a PostgreSQL that has connections for all workers; raises CommandFailed and DatabaseUnreachable."""
    if (problem := asyncio.run(capacity_problem(url, workers, with_jobs=with_jobs))) is not None:
        raise CommandFailed(problem)


def listen(host: str, port: int) -> socket.socket:
    """Bind the port first, so that no work is in vain if it is taken; raises CommandFailed."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, reuse_port=False
        )
    except (OSError, TypeError, UnicodeError) as error:  # the last two of a name that cannot be encoded
        raise CommandFailed(f"Port {port} of {host} {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """Return why a port cannot be bound, and the remedy."""
    if not isinstance(error, OSError):
        cause = "that is no host's name"
    elif error.errno == errno.EADDRINUSE:
        return "is taken: end the program that uses it, or choose another by --port or LOUPE_PORT"
    else:
        cause = str(error.strerror).partition(" (while ")[0]
    return f"cannot be bound ({cause}): choose others by --host and --port, or LOUPE_HOST and LOUPE_PORT"


def address(listener: socket.socket) -> str:
    """Return the URL of the API, as it is printed."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/graphql"
