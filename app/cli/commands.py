"""All commands of `loupe`. They read the settings, make the clock and hold the database, and pass them on."""

import os
import signal
import sys
from typing import NoReturn

import typer

from app.cli import accounts, demo, imports, jobs, keys, schema, serving
from app.cli.database import CommandFailed
from app.cli.output import OutputFailed, prepare_streams, print_note, settle_streams
from app.demo.folder import FolderUnusable
from app.domain.errors import DomainError
from app.settings import SettingsError
from db.embedded.binaries import EmbeddedServerError
from db.failures import DatabaseUnreachable, OutcomeUnknown, ServerError
from db.migrate import MigrationFailed

_SENTENCES = (
    CommandFailed,
    DatabaseUnreachable,
    DomainError,
    EmbeddedServerError,
    FolderUnusable,
    MigrationFailed,
    OSError,
    OutcomeUnknown,
    OutputFailed,
    ServerError,
    SettingsError,
)

cli = typer.Typer(
    name="loupe",
    help="The backend of a photo-retouching client's dashboard: does the service keep its word?",
    epilog="Set by variables such as LOUPE_DATABASE_URL, LOUPE_DATA_DIR, LOUPE_MIGRATE and LOUPE_PORT; see README.md.",
    no_args_is_help=True,
    add_completion=False,
)
cli.command("serve")(serving.serve_command)
cli.command("migrate")(serving.migrate_command)
cli.command("import")(imports.import_command)
cli.command("demo")(demo.demo_command)
cli.add_typer(accounts.account, name="account")
cli.add_typer(keys.key, name="key")
cli.add_typer(keys.key, name="token", help="Another name for key.")
cli.add_typer(jobs.jobs, name="jobs")
cli.add_typer(schema.schema, name="schema")


def run() -> None:
    """Run the command line; an error is one sentence on standard error, and exit code 1."""
    prepare_streams()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # as nohup wants it
            signal.signal(ending, _leave)  # so that the embedded server is let go of, whoever ends the process
    try:
        sys.exit(cli(standalone_mode=False))
    except typer.TyperException as error:
        _fail(error.format_message().replace("Value error, ", ""))
    except _SENTENCES as error:
        _fail(_sentence(error))
    finally:
        settle_streams()


def _sentence(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    reason = error.strerror or str(error)
    return f"{reason}." if error.filename is None else f"{os.fsdecode(error.filename)} cannot be used: {reason}."


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


def _fail(sentence: str) -> NoReturn:
    if sentence:  # none where the help has been shown instead
        print_note(f"loupe: {sentence}")
    sys.exit(1)
