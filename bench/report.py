"""The figures of a run and their targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

TIMES = "x"
"""The unit of a ratio."""
SHARE = "% of a core"
NO_MORE: Final = 1 / 0.95
"""The limit of a ratio of times that should be at most the same, but for noise."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. The target is the most it may be, or with `at_least` the least."""

    name: str
    value: float
    target: float
    unit: str
    detail: str = ""
    at_least: bool = False

    @property
    def ok(self) -> bool:
        """Return True if the target is met."""
        return self.value >= self.target if self.at_least else self.value <= self.target


def ratio(name: str, now: Sequence[float], before: Sequence[float], limit: float = NO_MORE) -> Figure:
    """Return the ratio of the medians of seconds, without the first ones, which warm up."""
    ours, theirs = median(now[1:]), median(before[1:])
    return Figure(name, ours / theirs, limit, TIMES, f"{ours * 1000:.0f} ms and {theirs * 1000:.0f} ms a round")


def print_figures(title: str, figures: Iterable[Figure]) -> None:
    """Print a table with a row for each figure."""
    table = Table(title=title, title_justify="left")
    for heading in ("figure", "measured", "target", "", "from"):
        table.add_column(heading, justify="right" if heading in {"measured", "target"} else "left")
    for figure in figures:
        target = f"{'≥' if figure.at_least else '≤'} {figure.target:,g} {figure.unit}"
        measured = f"{figure.value:,.{2 if figure.unit in {TIMES, SHARE} else 0}f} {figure.unit}"
        table.add_row(figure.name, measured, target, "OK" if figure.ok else "MISSED", figure.detail)
    Console(width=120).print(table)
