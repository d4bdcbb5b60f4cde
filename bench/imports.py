"""Speed of `loupe import`, and its memory for a file four times as long."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from bench.report import TIMES, Figure
from bench.scratch import Scratch

UNTIL = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACCOUNTS = 4
_DAYS = 120  # half of it older than the minutes that rollups keep
_PAUSE = 0.02  # seconds
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_RATE = "images/s"
_LOUPE = Path(sys.executable).with_name("loupe")


@dataclass(frozen=True, slots=True)
class Run:
    """The cost of one import: seconds from start to end of the command, and megabytes at its peak."""

    images: int
    seconds: float
    megabytes: float

    @property
    def rate(self) -> float:
        """Images a second, the command's start included."""
        return self.images / self.seconds


async def measure_imports(scratch: Scratch, images: int) -> list[Figure]:
    """Import files of that many images, at 20 and at 3 to an order, and one four times as long."""
    wide = await _import(scratch, "wide", images, per_order=20)
    narrow = await _import(scratch, "narrow", images // 2, per_order=3)
    long = await _import(scratch, "long", images * 4, per_order=20)
    growth = f"{wide.megabytes:,.0f} MB for {wide.images:,} images, {long.megabytes:,.0f} MB for {long.images:,}"
    return [
        Figure("import, 20 images an order", wide.rate, 5_000, _RATE, _described(wide), at_least=True),
        Figure("import, 3 images an order", narrow.rate, 3_000, _RATE, _described(narrow), at_least=True),
        Figure("import, four times the file", long.rate, 5_000, _RATE, _described(long), at_least=True),
        Figure("import, four times the file: peak memory", long.megabytes / wide.megabytes, 1.2, TIMES, growth),
    ]


def _described(run: Run) -> str:
    return f"{run.images:,} images in {run.seconds:.1f} s"


async def _import(scratch: Scratch, name: str, images: int, *, per_order: int) -> Run:
    """Import a file into a database of its own by the command itself."""
    url = await scratch.new_database(name)
    file = scratch.folder / f"{name}.jsonl"
    orders = images // per_order
    with file.open("wb") as lines:
        lines.writelines(import_lines(orders, per_order))
    started = time.monotonic()
    megabytes = run_command(
        [str(_LOUPE), "import", str(file)], {"LOUPE_DATABASE_URL": url, "LOUPE_CLOCK": UNTIL.isoformat()}
    )
    return Run(orders * per_order, time.monotonic() - started, megabytes)


def run_command(command: list[str], settings: dict[str, str]) -> float:
    """Run a command to its end and return its peak memory in megabytes.

    Linux reports it while the process lives. The value of `wait4` at the end includes the memory of the parent, too.
    """
    peak = 0
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        while process.poll() is None:
            peak = max(peak, _kilobytes_at_peak(process.pid))
            time.sleep(_PAUSE)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return peak / 1024


def _kilobytes_at_peak(process: int) -> int:
    found = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    return int(found[1]) if found else 0  # none of one that has just ended


def import_lines(orders: int, per_order: int) -> Iterator[bytes]:
    """Yield some accounts with orders in turn, all delivered but the last day's, one image in twenty rejected."""
    for account in range(ACCOUNTS):
        ref = f"studio-{account}"
        yield _line(type="account", ref=ref, name=ref, plan="ENTERPRISE", timeZone="Europe/Copenhagen")
        steps = [{"step": "CLIPPING", "seconds": 180}, {"step": "SHADOW", "seconds": 95.5}]
        yield _line(
            type="specification",
            account=ref,
            ref="ghost",
            name="Ghost",
            pricePerImage="1.45",
            currency="USD",
            steps=steps,
        )
    for order in range(orders):
        placed_at = UNTIL - timedelta(days=_DAYS) * (1 - order / orders)
        images = [_image(f"{order:07}-{place}.jpg", order + place, placed_at, place) for place in range(per_order)]
        yield _line(
            type="order",
            account=f"studio-{order % ACCOUNTS}",
            ref=f"o-{order}",
            name=f"Order {order}",
            specification="ghost",
            placedAt=placed_at.isoformat(),
            images=images,
        )


def _image(filename: str, draw: int, placed_at: datetime, place: int) -> dict[str, object]:
    """Deliver images five at a time, some hours apart."""
    image: dict[str, object] = {"filename": filename}
    delivered_at = placed_at + timedelta(hours=4 + place // 5, minutes=draw % 60)
    if delivered_at + timedelta(days=1) < UNTIL:
        image["deliveredAt"] = delivered_at.isoformat()
        if draw % 20 == 0:
            rejected_at, redelivered_at = delivered_at + timedelta(hours=2), delivered_at + timedelta(hours=5)
            rejection = {"at": rejected_at.isoformat(), "reason": "Halo", "redeliveredAt": redelivered_at.isoformat()}
            image["rejections"] = [rejection]
    return image


def _line(**fields: object) -> bytes:
    return orjson.dumps(fields) + b"\n"
