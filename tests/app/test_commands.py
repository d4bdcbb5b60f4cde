"""The list of commands: what it prints, and what is imported for it."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from app.cli.deferred import function_at
from tests.support.commands import commands, environment

HEAVY = {
    "alembic",
    "asyncpg",
    "graphql",
    "pydantic",
    "rich.console",
    "sqlalchemy",
    "strawberry",
    "structlog",
    "uvicorn",
}
IMPORTED = f"""
import sys
from app.cli import main
try:
    main()
finally:
    print(*sorted({HEAVY} & set(sys.modules)), file=sys.stderr)
"""
INTERRUPTED = """
import sys
from app.cli import main

interrupted = sys.argv.pop(1)

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == interrupted:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Finder())
main()
"""


def python(code: str, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *arguments], env=environment(settings), capture_output=True, text=True, check=False
    )


def test_every_command_is_listed_by_the_first_paragraph_of_its_docstring() -> None:
    listed = {command.place: command.short_help for _, command in commands()}
    docstrings = {place: inspect.getdoc(function_at(place)) or "" for place in listed}
    assert listed == {place: " ".join(text.partition("\n\n")[0].split()) for place, text in docstrings.items()}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_an_option_without_a_command_imports_no_package_that_takes_long(option: str) -> None:
    done = python(IMPORTED, option)
    assert (done.returncode, done.stderr) == (0, "\n")
    assert done.stdout


@pytest.mark.parametrize("command", ["key create --staff", "account list", "migrate --check"])
def test_a_short_command_imports_what_it_needs_alone(database: str, command: str) -> None:
    done = python(IMPORTED, *command.split(), LOUPE_DATABASE_URL=database)
    assert (done.returncode, done.stderr) == (0, "asyncpg pydantic\n")


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(cli, ["--help"])
    assert done.exit_code == 0
    for command in ("serve", "migrate", "import", "demo", "account", "key", "token", "jobs", "schema"):
        assert re.search(rf"^  {command} ", done.output, re.MULTILINE)


@pytest.mark.parametrize("arguments", [[], ["account"], ["token"], ["schema"]])
def test_a_group_without_a_command_shows_its_help_and_fails(arguments: list[str]) -> None:
    done = CliRunner().invoke(cli, arguments)
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout == CliRunner().invoke(cli, [*arguments, "--help"]).stdout


def test_a_command_shows_its_own_help_under_its_full_name() -> None:
    shown = CliRunner().invoke(cli, ["token", "revoke", "--help"], prog_name="loupe").output
    assert shown.startswith("Usage: loupe token revoke [OPTIONS] {KEY}\n")
    assert "A key's number, its prefix or the whole secret." in shown


def test_the_version_is_the_packages() -> None:
    done = CliRunner().invoke(cli, ["--version"])
    assert (done.exit_code, done.output) == (0, f"loupe {version('loupe')}\n")


def test_a_misspelt_command_is_one_sentence_with_the_nearest(refused: Callable[..., str]) -> None:
    assert refused("key", "craete") == "No such command 'craete'. Did you mean 'create'?"


@pytest.mark.parametrize("module", ["app.cli.commands", "app.cli.keys", "db.connections"])
def test_ctrl_c_ends_a_command_without_a_word_also_while_it_starts(module: str) -> None:
    done = python(INTERRUPTED, module, "key", "list")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
