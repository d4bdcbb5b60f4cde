"""Count the files and functions of ours that an operation passes: `python -m bench.walks`.

Each operation is done twice on a server of its own; the second time is counted, when caches are filled. Functions are
counted once, comprehensions within them not at all.
"""

import sys
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import CodeType, FrameType
from typing import Final
from uuid import UUID

import orjson
import uvloop
from rich.console import Console
from rich.table import Table

from app.domain.sla.enums import Plan
from app.domain.sla.terms import SlaTerms
from app.services.api_keys.keys import create_key
from app.services.imports import Report, Source, import_history
from app.services.jobs.cursors import SNAPSHOT
from app.services.midnight.snapshots import snapshot_pulse
from app.settings import Settings
from bench.client import Client, FixedClock, serving
from bench.dataset import make_account, make_specification
from bench.imports import ACCOUNTS, UNTIL, import_lines
from bench.placing import order_of_100_images
from bench.scratch import Scratch, scratch
from db.connections import Pool
from db.pools import open_pool
from db.writer import unit_of_work
from jobs.kinds.midnight import MIDNIGHT
from jobs.registry import Registry
from jobs.worker import Worker, new_owner

_ROOT: Final = Path(__file__).parents[1]
_OURS: Final = tuple(f"{_ROOT / room}/" for room in ("app", "db", "jobs", "graphql"))
_IMAGES: Final = 200
_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = UNTIL + timedelta(hours=11)  # in Copenhagen

_PULSE: Final = """
query ($asOf: DateTime!) { account { pulse(asOf: $asOf) {
  productivity { imagesUploaded trend { direction } } quality { rate } timeSavings { hours }
  productivityStreak { weeks } reliability { rate } averageLeadTime { seconds }
} } }
"""

Step = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Walk:
    """The functions of ours that an operation passed."""

    name: str
    code: set[CodeType] = field(default_factory=set[CodeType])

    @property
    def functions(self) -> list[tuple[str, str]]:
        """The file and the qualified name of each function, in the order of both."""
        found = {(each.co_filename.removeprefix(f"{_ROOT}/"), each.co_qualname) for each in self.code}
        return sorted(found)

    @property
    def files(self) -> set[str]:
        """The files passed."""
        return {file for file, _ in self.functions}

    @contextmanager
    def counting(self) -> Generator[None]:
        """Count the functions called in this thread."""
        sys.setprofile(self._note)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        is_function = not code.co_name.startswith("<") or code.co_name == "<lambda>"
        if event == "call" and is_function and code.co_filename.startswith(_OURS):
            self.code.add(code)


class _Silence:
    """A listener of an import that prints nothing."""

    def problem(self, line: int, text: str) -> None:
        """Fail: the lines are good."""
        raise AssertionError(f"{line}: {text}")

    def progress(self, position: int, report: Report) -> None:
        """Print nothing."""

    def resumed(self, line: int) -> None:
        """Fail: the lines are new."""
        raise AssertionError(line)

    def committed(self, report: Report) -> None:
        """Keep nothing."""


async def measure_walks(server: Scratch) -> list[Walk]:
    """Walk through each operation on databases of their own."""
    url = await server.new_database("walks")
    pool = await open_pool(url)
    try:
        account = await make_account(pool, "walked", _IMAGES, UNTIL)
        async with unit_of_work(pool) as writer:
            specification = await make_specification(writer, account, UNTIL)
            token = (await create_key(writer, UNTIL, account)).secret
            await writer.commit()
        async with serving(url, UNTIL) as app:
            client = Client(app, token)
            walks = [
                await _walk("placeOrder of 100 images", *[_placing(client, account, specification)] * 2),
                await _walk("pulse(asOf)", *[_pulse(client)] * 2),
            ]
        walks.append(await _walk("midnight snapshot", *(_midnight(pool, days) for days in (0, 1))))
        imports = await open_pool(await server.new_database("imports"))
        try:
            files = _files(server.folder)
            plan_terms = Settings().plan_terms
            walks.append(await _walk("import line", *(_import(imports, file, plan_terms) for file in files)))
        finally:
            await imports.close()
    finally:
        await pool.close()
    return walks


async def _walk(name: str, warm_up: Step, counted: Step) -> Walk:
    await warm_up()
    walk = Walk(name)
    with walk.counting():
        await counted()
    return walk


def _placing(client: Client, account: UUID, specification: UUID) -> Step:
    body = order_of_100_images(client, account, specification)

    async def place() -> None:
        data = await client.send(body)
        assert not data["placeOrder"]["userErrors"]

    return place


def _pulse(client: Client) -> Step:
    body = client.written(_PULSE, asOf=(UNTIL - _DAY).isoformat())
    return lambda: client.send(body)


def _midnight(pool: Pool, days: int) -> Step:
    now = _MIDNIGHT + days * _DAY + timedelta(minutes=1)
    settings, registry = Settings(), Registry()
    registry.register(MIDNIGHT, SNAPSHOT)(snapshot_pulse)

    async def run() -> None:
        done = await Worker(pool, FixedClock(now), settings, new_owner(), registry).run(MIDNIGHT)
        assert done

    return run


def _files(folder: Path) -> list[Path]:
    """Write a file of an account with its first order, and one of a line with another order of it."""
    lines = [(orjson.loads(line), line) for line in import_lines(2 * ACCOUNTS, 20)]
    account, specification, *orders = [
        line for read, line in lines if "studio-0" in (read.get("account"), read.get("ref"))
    ]
    files = [folder / name for name in ("first.jsonl", "line.jsonl")]
    files[0].write_bytes(b"".join((account, specification, orders[0])))
    files[1].write_bytes(orders[1])
    return files


def _import(pool: Pool, file: Path, plan_terms: Mapping[Plan, SlaTerms]) -> Step:
    async def run() -> None:
        with file.open("rb") as lines:
            source = Source(file.name, lines, None)
            await import_history(pool, source, clock=FixedClock(UNTIL), plan_terms=plan_terms, listener=_Silence())

    return run


def main() -> None:
    """Print the walks as a table; with names of files and functions for `--functions`."""
    with scratch() as server:
        walks = uvloop.run(measure_walks(server))
    table = Table("walk", "files", "functions")
    for walk in walks:
        table.add_row(walk.name, str(len(walk.files)), str(len(walk.functions)))
    console = Console()
    console.print(table)
    if "--functions" in sys.argv:
        for walk in walks:
            for file, function in walk.functions:
                console.print(f"{walk.name}: {file} {function}", soft_wrap=True)


if __name__ == "__main__":
    main()
