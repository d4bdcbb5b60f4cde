"""CPU of short commands, and of `loupe serve` until it is ready, beside another checkout's; with their subprocesses."""

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from bench.report import NO_MORE, Figure, ratio

_LIMITS: Final = {
    "--help": 0.3,
    "key create --staff": 0.5,
    "key list": 0.5,
    "account list": 0.5,
    "jobs status": 0.9,
    "migrate --check": 0.5,
    "serve --help": 0.5,
    "serve": NO_MORE,
}
"""The most that each may take of the other checkout's CPU."""
_Side: TypeAlias = tuple[Path, Mapping[str, str]]


def compare_startup(url: str, folder: Path, checkouts: Sequence[Path], rounds: int) -> list[Figure]:
    """Compare two checkouts, now and before, on a database, and on embedded ones that are made in a folder."""
    shared = [(checkout, {"LOUPE_DATABASE_URL": url}) for checkout in checkouts]
    embedded = [(checkout, {"LOUPE_DATA_DIR": str(folder / f"of-{at}")}) for at, checkout in enumerate(checkouts)]
    figures = [_compare(f"loupe {command}: CPU", command, shared, rounds) for command in _LIMITS]
    return [*figures, _compare("the same, embedded: CPU", "key create --staff", embedded, rounds)]


def _compare(name: str, command: str, sides: Sequence[_Side], rounds: int) -> Figure:
    took: tuple[list[float], list[float]] = ([], [])
    for round_ in range(rounds + 1):
        for at in (0, 1) if round_ % 2 else (1, 0):
            took[at].append(_cpu(*sides[at], command))
    return ratio(name, *took, _LIMITS[command])


def _cpu(checkout: Path, settings: Mapping[str, str], command: str) -> float:
    """Run a command, `loupe serve` until it is ready, and return its seconds of CPU."""
    before = _spent()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOUPE_")}
    with subprocess.Popen(  # noqa: S603 - our own
        [checkout / ".venv/bin/loupe", *command.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environment, **settings, "LOUPE_PORT": "0"},
        cwd=checkout,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        if command == "serve":
            process.terminate()
        process.stdout.read()
    return _spent() - before


def _spent() -> float:
    """Return the seconds of CPU of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
