"""A wrong value of each option: one sentence that names it. The table is compared with the commands that there are."""

import re
from collections.abc import Callable
from typing import Final

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from app.cli.commands import cli
from app.cli.deferred import function_at
from tests.support.commands import commands

BYTES: Final = "\udcff"  # one that is not UTF-8, as Python reads it
ACCOUNT: Final = ("--name", "A", "--plan", "SOLO", "--time-zone", "UTC")
NO_INSTANT: Final = "--at must be in the years 1970 to 2200."
NAMELESS: Final = "--account is not written in UTF-8."
OPTIONS: Final[dict[str, dict[str, tuple[tuple[str, ...], str]]]] = {
    "serve": {
        "--host": (
            ("--host", "localhost:80"),
            "--host is wrong: 'localhost:80' is no host such as localhost, 0.0.0.0 ",
        ),
        "--port": (("--port", "99999"), "--port is wrong: it should be at most 65535."),
        "--workers": (("--workers", "0"), "--workers is wrong: it should be at least 1."),
    },
    "migrate": {},
    "import": {
        "file": ((BYTES,), r"\udcff cannot be read: No such file or directory."),
    },
    "demo": {
        "--host": (("--host", BYTES), r"--host is wrong: '\udcff' is no host such as localhost, 0.0.0.0 or ::1"),
        "--port": (("--port", "-1"), "--port is wrong: it should be at least 0."),
        "--seed": (
            ("--seed", "9" * 40),
            "--seed is wrong: it should be at most 2147483647.",
        ),
        "--days": (("--days", "1001"), "--days is wrong: it should be at most 1000."),
        "--accounts": (
            ("--accounts", "0"),
            "--accounts is wrong: it should be at least 1.",
        ),
    },
    "erase": {
        "--account": (("--account", BYTES, "--before", "2026-01-01"), NAMELESS),
        "--before": (("--account", "a", "--before", "1969-12-31"), "--before must be in the years 1970 to 2200."),
        "--worker": (("--worker", BYTES), "--worker is not written in UTF-8."),
    },
    "account create": {
        "--name": ((*ACCOUNT, "--name", BYTES), "The name is not written in UTF-8."),
        "--plan": ((*ACCOUNT, "--plan", "GOLD"), "--plan is wrong: 'GOLD' is not one of"),
        "--time-zone": ((*ACCOUNT, "--time-zone", "../UTC"), "'../UTC' is not an IANA time zone."),
        "--ref": ((*ACCOUNT, "--ref", ""), "The ref must not be blank."),
        "--images-per-day": (
            (*ACCOUNT, "--images-per-day", "-1"),
            "--images-per-day is wrong: it should be at least 0.",
        ),
        "--expedites-per-day": (
            (*ACCOUNT, "--expedites-per-day", "1_0"),
            "--expedites-per-day is wrong: it should be a whole number.",
        ),
    },
    "account list": {},
    "account show": {"name": ((BYTES,), "ID_OR_REF is not written in UTF-8.")},
    "key create": {
        "--account": (("--account", BYTES), NAMELESS),
        "--name": (("--staff", "--name", BYTES), "The key's name is not written in UTF-8."),
        "--expires": (
            ("--staff", "--expires", "P100000D"),
            "--expires must be in the years 1970 to 2200, or a length of time such as P90D.",
        ),
    },
    "key list": {"--account": (("--account", BYTES), NAMELESS)},
    "key show": {"name": ((BYTES,), "The key is not written in UTF-8.")},
    "key revoke": {"name": ((BYTES,), "The key is not written in UTF-8.")},
    "jobs run-due": {"--at": (("--at", "0001-01-01T00:00:00Z"), NO_INSTANT)},
    "jobs status": {},
    "jobs verify": {"--account": (("--account", BYTES), NAMELESS)},
    "jobs pause": {"job": ((BYTES,), r"There is no job '\udcff'. The jobs are ")},
    "jobs resume": {"job": (("",), "There is no job ''. The jobs are ")},
    "jobs retry": {
        "job": ((BYTES,), "JOB is not written in UTF-8."),
        "--account": (("a", "--account", BYTES), NAMELESS),
        "--key": (("a", "--key", BYTES), "--key is not written in UTF-8."),
    },
    "jobs drop": {
        "job": (("",), "JOB must not be blank."),
        "--account": (("a", "--account", ""), "--account must not be blank."),
        "--key": (("a", "--key", ""), "--key must not be blank."),
    },
    "schema export": {"file": (("/dev/null/x",), "/dev/null/x cannot be used: Not a directory.")},
    "schema check": {"file": ((__file__.removesuffix(".py"),), " cannot be used: No such file or directory.")},
}


def options_with_a_value(place: str) -> set[str]:
    """Return the options and arguments of a command's function, but for flags."""
    app = typer.Typer(add_completion=False)
    app.command()(function_at(place))
    return {each.opts[0] for each in get_command(app).params if not getattr(each, "is_flag", False)}


def test_each_option_with_a_value_has_a_wrong_one() -> None:
    found = {name: options_with_a_value(command.place) for name, command in commands()}
    assert found == {name: set(cases) for name, cases in OPTIONS.items()}


@pytest.mark.parametrize(
    ("command", "arguments", "sentence"),
    [
        pytest.param(command, *case, id=f"{command} {name}")
        for command, cases in OPTIONS.items()
        for name, case in cases.items()
    ],
)
def test_a_wrong_value_of_an_option_is_one_sentence_that_names_it(
    database: str, refused: Callable[..., str], command: str, arguments: tuple[str, ...], sentence: str
) -> None:
    error = refused(*command.split(), *arguments, LOUPE_DATABASE_URL=database)
    assert sentence in error
    assert "\n" not in error


BELL: Final = "\x1b[31m\u202e\u05d0"  # a control character, an override and a letter from right to left
SHOWN: Final = "\\x1b[31m\u202e\u05d0"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("serve", "--x"), "No such option: --x."),
        (("serve", "--prt", "3"), "No such option: --prt (Possible options: --port)."),
        (("serve", f"--{BELL}"), f"No such option: \u2068--{SHOWN}\u2069\u2069."),
        (("schema", "check", "a", "b", "c"), "Too many arguments: 'b c'."),
        (("migrate", BELL), f"Too many arguments: '\u2068{SHOWN}\u2069\u2069'."),
        (("serve", "--port"), "Option '--port' requires an argument."),
        (("serve", "--port", "1_0"), "--port is wrong: it should be a whole number."),
        (("serve", "--port", "9" * 5_000), "--port is wrong: it should be a whole number."),
        (("jobs", "retry"), "Missing argument 'JOB'."),
        (("jobs", "pause"), "Missing argument 'JOB'."),
        (("jobs", "paus"), "No such command 'paus'. Did you mean 'pause', 'status'?"),
        (
            ("schema", "export", f"/dev/null/{BELL}"),
            f"\u2068/dev/null/{SHOWN}\u2069\u2069 cannot be used: Not a directory.",
        ),
        (("schema", "export", "/dev/full"), "/dev/full cannot be used: No space left on device."),
        (("import", f"/{BELL}"), f"\u2068/{SHOWN}\u2069\u2069 cannot be read: No such file or directory."),
    ],
)
def test_wrong_arguments_are_one_sentence_that_nothing_in_them_moves(
    refused: Callable[..., str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert refused(*arguments).replace("\u2069\u2069", "\u2069") == sentence.replace("\u2069\u2069", "\u2069")


def test_help_names_values_by_words_of_the_field_and_not_by_pythons_types() -> None:
    for path in OPTIONS:
        text = CliRunner().invoke(cli, [*path.split(), "--help"]).output
        assert text.startswith("Usage: ")
        assert not re.search(r"<(str|int|path|int range)>", text), path
