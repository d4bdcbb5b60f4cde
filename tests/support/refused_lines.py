"""Lines that an import refuses, and what a line is made of."""

from db.connections import Pool
from tests.support.import_files import ACCOUNT, Line, rows, run_import

LATER = "2026-03-03T11:00:00Z"
SATURDAY = "2026-03-07T10:00:00Z"
DELIVERED = "2026-03-03T12:00:00Z"
DEADLINE = {"at": "2026-03-05T12:00:00Z", "confirmedAt": "2026-03-03T11:00:00Z"}
FULL = ACCOUNT | {"imagesPerDay": 0}
CONTROL_CHARACTER = "has a line end or a control character"


def image(**more: object) -> Line:
    line: Line = {"filename": "a.jpg"}
    return line | more


async def refused(pool: Pool, *lines: Line | str) -> str:
    """Import lines of which the last is bad, assert that nothing of it was written, and return its problem."""
    outcome = await run_import(pool, lines)
    assert outcome.report.problems == 1
    assert await rows(pool, "SELECT count(*) FROM import_lines") == [(outcome.report.imported.total(),)]
    (problem,) = outcome.problems
    number, _, text = problem.partition(": ")
    assert number == str(len(lines))
    return text
