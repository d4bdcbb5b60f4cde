"""All commands of `loupe`. They read the settings, make the clock and hold the database, and pass them on."""

import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Final, NoReturn

import typer

from app.cli.deferred import Group, defer, function_at
from app.cli.output import prepare_streams, print_note, print_result
from app.cli.sentences import system_sentence, usage_sentence
from app.cli.signals import leave_on_signals
from app.domain.errors import SentenceError

# The function of each command, and the first paragraph of its docstring, which is listed without importing it.
_COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "serve": (
        "app.cli.serving:serve_command",
        "Serve the GraphQL API until Ctrl-C, from the embedded PostgreSQL unless LOUPE_DATABASE_URL names another.",
    ),
    "migrate": (
        "app.cli.migrating:migrate_command",
        "Migrate the database to the newest schema; one with that schema, or a newer release's, stays as it is.",
    ),
    "import": (
        "app.cli.imports:import_command",
        "Import a studio's history: accounts, specifications, and orders with their deliveries and rejections.",
    ),
    "demo": (
        "app.cli.demo:demo_command",
        "Serve invented studios with a history up to now, run jobs for them, and print access tokens.",
    ),
    "erase": (
        "app.cli.erasing:erase_command",
        "Erase an account's texts about things before a day, or the name of a worker, for good; figures stay.",
    ),
    "account create": ("app.cli.opening:account_create", "Create an account."),
    "account list": ("app.cli.accounts:account_list", "List accounts by name."),
    "account show": (
        "app.cli.accounts:account_show",
        "Show an account, with all its terms of today and the number of its orders.",
    ),
    "key create": (
        "app.cli.keys:key_create",
        "Create a key. Its secret is shown this once; only its hash is kept.",
    ),
    "key list": (
        "app.cli.keys:key_list",
        "List keys, all or those of an account or of staff, with their last use, to the minute.",
    ),
    "key show": ("app.cli.keys:key_show", "Show a key."),
    "key revoke": (
        "app.cli.keys:key_revoke",
        "Revoke a key: every process refuses it from now on. Revoking it again changes nothing.",
    ),
    "jobs run-due": (
        "app.cli.jobs:run_due_command",
        "Run due jobs and end; the exit code is 1 after a failure, or when interrupted by Ctrl-C or SIGTERM.",
    ),
    "jobs status": (
        "app.cli.jobs:status_command",
        "Show the last and the next run of each job in each zone, its lag and its failures, and which jobs are paused.",
    ),
    "jobs verify": (
        "app.cli.verifying:verify_command",
        "Compare the Pulse of accounts with the rows it is counted from, as the daily job does; nothing is repaired.",
    ),
    "jobs pause": (
        "app.cli.pausing:pause_command",
        "Pause a job: no run of it begins, in whatever process, until it is resumed.",
    ),
    "jobs resume": (
        "app.cli.pausing:resume_command",
        "Resume a job: within a minute schedulers do all of its work that has become due meanwhile, oldest first.",
    ),
    "jobs retry": (
        "app.cli.given_up:retry_command",
        "Try queued jobs again that were given up after too many failures; those of a paused kind, once it is resumed.",
    ),
    "jobs drop": (
        "app.cli.given_up:drop_command",
        "Drop queued jobs that were given up after too many failures; `jobRuns` still shows that they failed.",
    ),
    "schema export": ("app.cli.schema:export_command", "Write the schema of the code into a file."),
    "schema check": (
        "app.cli.schema:check_command",
        "Compare the committed schema with the code's: exit code 1 if they differ, with the breaking changes.",
    ),
}


def _show_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print_result(context.get_help())
        raise typer.Exit(1)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - an option's value
    if wanted:
        print_result(f"loupe {function_at('importlib.metadata:version')('loupe')}")
        raise typer.Exit


def _begin(
    context: typer.Context,
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    _show_help(context)


def _run_jobs(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        function_at("app.cli.jobs:run_jobs")()


def _group(text: str, otherwise: Callable[..., None] = _show_help, *, epilog: str | None = None) -> typer.Typer:
    """Make a group of commands; `otherwise` runs before each of them, and where none is given."""
    return typer.Typer(
        cls=Group,
        help=text,
        epilog=epilog,
        callback=otherwise,
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,  # boxes take as long to draw as all the rest of --help
    )


cli: Final = _group(
    "The backend of a photo-retouching client's dashboard: does the service keep its word?",
    _begin,
    epilog="Set by variables such as LOUPE_DATABASE_URL, LOUPE_DATA_DIR, LOUPE_MIGRATE and LOUPE_PORT; see README.md.",
)
_GROUPS: Final[Mapping[str, typer.Typer]] = {
    "": cli,
    "account": _group("Accounts: the clients of the service."),
    "key": _group("API keys of clients and staff."),
    "jobs": _group(
        "Jobs: at midnights, every minute, every day, and queued.\n\nWithout a command they run until Ctrl-C.",
        _run_jobs,
    ),
    "schema": _group("The GraphQL schema, as a file."),
}


def _fill() -> None:
    """Add the commands to their groups."""
    for path, (place, summary) in _COMMANDS.items():
        group_name, _, name = path.rpartition(" ")
        defer(_GROUPS[group_name], name, place, summary)
    for name, group in _GROUPS.items():
        if group is not cli:
            cli.add_typer(group, name=name)
    cli.add_typer(_GROUPS["key"], name="token", help="Another name for key.")


_fill()


def run() -> None:
    """Run the command line; an error is one sentence on standard error, and exit code 1."""
    prepare_streams()
    leave_on_signals()
    try:
        sys.exit(cli(standalone_mode=False))
    except typer.TyperException as error:
        _fail(usage_sentence(error))
    except OSError as error:
        _fail(system_sentence(error))
    except SentenceError as error:
        _fail(str(error))


def _fail(sentence: str) -> NoReturn:
    if sentence:  # none where the help has been shown instead
        print_note(f"loupe: {sentence}")
    sys.exit(1)
