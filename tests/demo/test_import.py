"""The history of the demo follows the rules: the import accepts every line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.demo.folder import DemoFolder
from app.demo.history import generate
from app.domain.local_time import time_zone
from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.as_of import AsOf
from app.domain.sla.terms import PLAN_TERMS
from app.services.imports.report import Report
from app.services.imports.session import import_history
from app.services.imports.source import open_source
from db.connections import Pool
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import PoolReader
from tests.support.clock import FrozenClock

UNTIL = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAYS = 40


class Listener:
    """Records the problems."""

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []

    def problem(self, line: int, text: str) -> None:
        self.problems.append((line, text))

    def progress(self, position: int, report: Report) -> None:
        pass

    def resumed(self, line: int) -> None:
        raise AssertionError(line)

    def committed(self, report: Report) -> None:
        pass


async def _import(pool: Pool, folder: Path, seed: int) -> tuple[Report, list[tuple[int, str]]]:
    listener = Listener()
    history = DemoFolder(folder).write_history(seed, generate(seed, UNTIL, days=DAYS))
    with open_source(str(history)) as source:
        clock = FrozenClock(UNTIL)
        report = await import_history(pool, source, clock=clock, plan_terms=PLAN_TERMS, listener=listener)
    return report, listener.problems


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_line_is_accepted_and_known_the_second_time(pool: Pool, tmp_path: Path, seed: int) -> None:
    first, problems = await _import(pool, tmp_path, seed)
    assert problems == []
    lines = list(generate(seed, UNTIL, days=DAYS))
    assert first.imported.total() == len(lines)
    again, problems = await _import(pool, tmp_path, seed)
    assert problems == []
    assert (again.imported.total(), again.known) == (0, len(lines))


async def test_the_imported_history_has_every_service_level_and_rollups_equal_to_its_rows(
    pool: Pool, tmp_path: Path
) -> None:
    await _import(pool, tmp_path, seed=1)
    levels = await pool.fetch("SELECT DISTINCT service_level FROM orders")
    assert {row["service_level"] for row in levels} == set(ServiceLevel)
    accounts = await pool.fetch("SELECT id, time_zone FROM accounts")
    requests = [AsOf(row["id"], UNTIL, time_zone(row["time_zone"]), is_now=True) for row in accounts]
    reader = PoolReader(pool)
    assert await pulse_figures(reader, requests) == await reference_figures(reader, requests)
