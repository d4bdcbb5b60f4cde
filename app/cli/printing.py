"""Tables for people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.domain.instants import rfc3339
from app.domain.wording import isolated, printable

NOTHING: Final = "-"
"""The cell of an absent value."""

_WIDEST: Final = 100_000  # characters, so that no cell is cut or wrapped on any terminal


def as_table(rows: Iterable[Sequence[str]], headings: Sequence[str] = ()) -> str:
    """Return rows in columns, under headings if there are any; names do not move others.

    Line ends and control characters are escaped.
    """
    table = Table(*headings, box=None, show_header=bool(headings), padding=(0, 2, 0, 0), pad_edge=False)
    for row in rows:
        table.add_row(*(Text(isolated(printable(cell))) for cell in row))
    console = Console(file=StringIO(), width=_WIDEST, color_system=None)
    with console.capture() as text:
        console.print(table)
    return "\n".join(map(str.rstrip, text.get().splitlines()))


def instant_or(at: datetime | None, otherwise: str = NOTHING) -> str:
    """Return an instant as text, or a word in place of an absent one."""
    return otherwise if at is None else rfc3339(at)
