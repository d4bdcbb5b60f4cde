"""Compare this checkout with another one in one run: `python -m bench.against FOLDER`.

The other checkout has a `.venv` of its own. Both serve from one server, each from a database of its own, and are
measured in turn; the figures are medians of the rounds. Each round of requests has new processes, because the speed of
one and the same code differs by a tenth between two processes. CPU of requests is of the application's process and of
PostgreSQL together, that of commands is theirs alone.
"""

import os
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import typer
import uvloop

from bench.imports import import_lines
from bench.processes import cpu_of_server
from bench.report import Figure, print_figures, ratio
from bench.scratch import Scratch, scratch
from bench.startup import compare_startup

_HERE: Final = Path(__file__).parents[1]
_SIZE: Final = 20_000
_WAYS: Final = {"dashboard, one at a time": "dashboard 1 40", "dashboard, 16 at once": "dashboard 16 80"} | {
    "placeOrder of 100 images": "place 20"
}
_REPEATS: Final = 4
_IMPORTED: Final = 12_000


@dataclass(slots=True)
class Side:
    """A checkout that serves, and its times: of each unit, `time` or `CPU`, and way, in seconds."""

    process: "subprocess.Popen[str]"
    server: int
    times: dict[tuple[str, str], list[float]] = field(default_factory=dict[tuple[str, str], list[float]])

    def ask(self, way: str, command: str) -> None:
        """Run a command on it, and keep its times."""
        before = cpu_of_server(self.server)
        self.send(command)
        seconds, cpu = self.receive()
        self.times.setdefault(("time", way), []).append(seconds)
        self.times.setdefault(("CPU", way), []).append(cpu + cpu_of_server(self.server) - before)

    def median(self, unit: str, way: str) -> float:
        """Return the median of its times, without the first, which warms up."""
        return median(self.times[unit, way][1:])

    def send(self, command: str) -> None:
        """Have it begin a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def receive(self) -> tuple[float, float]:
        """Return the times of a command: seconds, and seconds of the process's CPU."""
        assert self.process.stdout is not None
        seconds, cpu = map(float, self.process.stdout.readline().split())
        return seconds, cpu


def main(folder: Path, *, rounds: Annotated[int, typer.Option(help="How often each is asked.")] = 10) -> None:
    """Compare this checkout with the one in a folder."""
    started = time.monotonic()
    with scratch() as server:
        url = uvloop.run(server.new_database("startup"))
        figures = compare_startup(url, server.folder, (_HERE, folder), rounds)
        figures += _compare(server, folder, rounds) + _compare_servers(server, rounds)
    print_figures(f"Loupe against {folder.name}, in {time.monotonic() - started:.0f} s", figures)


def _compare(server: Scratch, folder: Path, rounds: int) -> list[Figure]:
    checkouts = {"now": _HERE, "before": folder}
    for database, checkout in checkouts.items():
        with _serving(server, checkout, database, _SIZE):
            pass  # its database is filled
    pairs = [_serve_once(server, checkouts) for _ in range(rounds + 1)]
    figures = [
        ratio(
            f"{way}: {unit}", [now.median(unit, way) for now, _ in pairs], [old.median(unit, way) for _, old in pairs]
        )
        for unit in ("CPU", "time")
        for way in _WAYS
    ]
    return [*figures, _compare_imports(server, folder, rounds)]


def _serve_once(server: Scratch, checkouts: Mapping[str, Path]) -> list[Side]:
    """Serve from each checkout with a new process, and ask them in turn; the first time warms up."""
    with ExitStack() as stack:
        sides = [stack.enter_context(_serving(server, at, database, 0)) for database, at in checkouts.items()]
        for repeat in range(_REPEATS + 1):
            for way, command in _WAYS.items():
                for side in sides if repeat % 2 else reversed(sides):
                    side.ask(way, command)
    return sides


def _compare_imports(server: Scratch, folder: Path, rounds: int) -> Figure:
    file = server.folder / "compared.jsonl"
    with file.open("wb") as lines:
        lines.writelines(import_lines(_IMPORTED // 20, 20))
    took: dict[Path, list[float]] = {folder: [], _HERE: []}
    for round_ in range(rounds + 1):
        for checkout in took if round_ % 2 else reversed(took):
            url = uvloop.run(server.empty_database(f"imported_{round_}_{checkout.name}".replace("-", "_")))
            settings = {"LOUPE_DATABASE_URL": url, "LOUPE_CLOCK": "2026-03-10T12:00:00Z"}
            _loupe(checkout, settings, "migrate")
            started = time.perf_counter()
            _loupe(checkout, settings, "import", str(file))
            took[checkout].append(time.perf_counter() - started)
    return ratio(f"import of {_IMPORTED:,} images: time", took[_HERE], took[folder])


def _loupe(checkout: Path, settings: dict[str, str], *command: str) -> None:
    named = [str(checkout / ".venv/bin/loupe"), *command]
    subprocess.run(named, check=True, env=os.environ | settings, stdout=subprocess.DEVNULL, cwd=checkout)  # noqa: S603


def _compare_servers(server: Scratch, rounds: int) -> list[Figure]:
    """Compare two servers on one database with one of them: CPU per request, PostgreSQL's included."""
    way, command = "dashboard, 16 at once", _WAYS["dashboard, 16 at once"]
    with ExitStack() as stack:
        one = stack.enter_context(_serving(server, _HERE, "shared", _SIZE))
        other = stack.enter_context(_serving(server, _HERE, "shared", 0))
        both: list[float] = []
        for _ in range(rounds + 1):
            one.ask(way, command)
            before = cpu_of_server(one.server)
            for side in (one, other):
                side.send(command)
            cpu = sum(side.receive()[1] for side in (one, other)) + cpu_of_server(one.server) - before
            both.append(cpu / 2)
        return [ratio("two servers beside one: CPU of a dashboard", both, one.times["CPU", way], 1.1)]


@contextmanager
def _serving(server: Scratch, checkout: Path, database: str, size: int) -> Generator[Side]:
    """Serve from a checkout, from a database that is made if it has a size."""
    url = uvloop.run(server.empty_database(database)) if size else server.url(database)
    command = [str(checkout / ".venv/bin/python"), str(checkout / "bench/served.py"), url, str(size)]
    paths = {"PYTHONPATH": f"{checkout}:{checkout / 'graphql'}", "PYTHONSAFEPATH": "1"}
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=checkout, env=os.environ | paths
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the line of its readiness
        try:
            yield Side(process, server.process)
        finally:
            process.kill()


if __name__ == "__main__":
    typer.run(main)
