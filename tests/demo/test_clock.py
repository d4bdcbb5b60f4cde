"""The clock of the demo goes on from where it was, and says when expedites are possible."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.clock import clock_from
from app.demo.clock import ClockBehind, advanced, closed_window
from db.connections import Pool
from db.readers import PoolReader
from tests.support.studio import Studio, open_account

ROOT = Path(__file__).parents[2]
USED_UNTIL = datetime(2026, 11, 28, 9, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "hours"),
    [(USED_UNTIL - timedelta(hours=3), 3), (USED_UNTIL + timedelta(days=30), 0)],
)
async def test_the_clock_goes_on_from_the_last_instant_of_the_studios(
    pool: Pool, reader: PoolReader, at: datetime, hours: int
) -> None:
    await open_account(pool, Studio(ref="demo-nordlys", created_at=USED_UNTIL))
    clock = clock_from(at)
    used = await advanced(reader, ["demo-nordlys", "demo-absent"], clock)
    assert round((used.offset - clock.offset) / timedelta(hours=1), 2) == hours
    assert await advanced(reader, ["demo-absent"], clock) is clock


def test_a_clock_before_the_history_is_refused_with_both_instants() -> None:
    refusal = ClockBehind(Path("/data"), USED_UNTIL, USED_UNTIL - timedelta(days=1))
    assert str(refusal) == (
        "The history of the demo in /data ends at 2026-11-28T09:04:05Z, after the clock's 2026-11-27T09:04:05Z:"
        " set LOUPE_CLOCK to a later instant, or LOUPE_DATA_DIR to another folder."
    )


def test_at_a_weekend_the_opening_of_the_window_is_in_the_zone_of_the_studio() -> None:
    saturday, opening = datetime(2026, 11, 28, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    sentence = (
        "At weekends nothing can be expedited, until Sunday, 29 November 2026, 19:00 in America/New_York;"
        " make demo CLOCK=2026-11-30T09:00:00Z starts then."
    )
    just_before = timedelta(microseconds=1)
    assert closed_window(saturday, "America/New_York") == sentence
    assert closed_window(opening - just_before, "America/New_York") == sentence
    assert closed_window(saturday - just_before, "America/New_York") is None
    assert closed_window(opening, "America/New_York") is None


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ([], "exec .venv/bin/python -m tools.demo\n"),
        (
            ["CLOCK=2026-11-30T09:00:00Z"],
            "LOUPE_CLOCK='2026-11-30T09:00:00Z' exec .venv/bin/python -m tools.demo\n",
        ),
    ],
)
def test_make_passes_the_clock_on(options: list[str], command: str) -> None:
    make = ["make", "--dry-run", "--assume-old=.venv/.installed", "demo", *options]
    # The tests themselves may be run by make, whose inner ones print their folder as well.
    outside_make = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    printed = subprocess.run(make, cwd=ROOT, env=outside_make, capture_output=True, text=True, check=True)  # noqa: S603
    assert printed.stdout == command
