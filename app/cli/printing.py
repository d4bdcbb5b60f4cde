"""Tables for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.domain.instants import rfc3339

NOTHING: Final = "-"
"""What a table has where there is nothing."""


def as_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out in columns; what would end a line or move the cursor is escaped."""
    shown = [[_printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in shown)


def instant_or(at: datetime | None, otherwise: str = NOTHING) -> str:
    """Write an instant, or a word where there is none."""
    return otherwise if at is None else rfc3339(at)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
