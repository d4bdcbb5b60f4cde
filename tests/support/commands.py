"""The commands of `loupe`: a list of them, and how they run in processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.core import TyperGroup
from typer.main import get_group

from app.cli.commands import cli
from app.cli.deferred import DeferredCommand

LOUPE = Path(sys.executable).with_name("loupe")
PATIENCE = 60.0
JOBS = [
    "watch_deadlines",
    "return_expired_leases",
    "alert_overdue_inquiries",
    "snapshot_pulse",
    "reset_guarantee",
    "roll_up_activity",
    "reprice_specifications",
    "prune",
    "correct_snapshots",
    "verify_pulse",
]
"""The names of all jobs, in the order of `run-due`."""


def commands(group: TyperGroup | None = None, path: str = "") -> Iterator[tuple[str, DeferredCommand]]:
    """Yield the full name of each command of a group, by default of all, and the command; `token` is left out."""
    for name, command in (group or get_group(cli)).commands.items():
        if isinstance(command, TyperGroup):
            yield from () if name == "token" else commands(command, f"{path}{name} ")
        else:
            assert isinstance(command, DeferredCommand)
            yield f"{path}{name}", command


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment of the tests with these settings of Loupe and no others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LOUPE_")}
    return inherited | settings


def begun(*arguments: str, **settings: str) -> "subprocess.Popen[str]":
    """Begin a command with nothing but these settings."""
    return subprocess.Popen(  # noqa: S603
        [LOUPE, *arguments],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(*arguments: str, **settings: str) -> Generator["subprocess.Popen[str]"]:
    """Run a command until it is ended; yield it once it has printed that it is ready."""
    with begun(*arguments, **settings) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().endswith(" - Ctrl-C ends it.\n")
            yield process
        finally:
            process.kill()


def run_due(database: str, clock: str, *options: str) -> tuple[int, dict[str, Any]]:
    """Run due jobs; return the exit code and the counts by job."""
    process = begun("jobs", "run-due", "--json", *options, LOUPE_DATABASE_URL=database, LOUPE_CLOCK=clock)
    said, wrong = process.communicate(timeout=PATIENCE)
    assert said, wrong
    return process.returncode, {job.pop("job"): job for job in json.loads(said)["jobs"]}
