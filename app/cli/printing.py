"""Tables for people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from app.domain.instants import rfc3339
from app.domain.wording import isolated, printable

NOTHING: Final = "-"
"""The cell of an absent value."""


def as_table(rows: Iterable[Sequence[str]], headings: Sequence[str] = ()) -> str:
    """Return rows in columns, under headings if there are any; names do not move others.

    Line ends and control characters are escaped.
    """
    lines = [*([headings] if headings else []), *([isolated(printable(cell)) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(_padded, line, widths)).rstrip() for line in lines)


def instant_or(at: datetime | None, otherwise: str = NOTHING) -> str:
    """Return an instant as text, or a word in place of an absent one."""
    return otherwise if at is None else rfc3339(at)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
