"""Keyset pages: the next rows of an ordered list after a key, at a cost independent of their position.

A list is ordered by a key whose last part makes it unique. Its statement walks an index from a bound, in one direction,
and stops. Further columns are joined to that page once it is made (MATERIALIZED): the planner might otherwise walk
again for each row of a table that it joins first. Both directions are one text: `{asc}` and `{desc}` in it are swapped
to walk backwards, and so is `{up}`, the operator that orders texts bytewise.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from app.turns import paused
from db.connections import Record, Statement

Key: TypeAlias = tuple[Any, ...]
"""The values a list is ordered by: instants, texts, integers; last an integer or a UUID that makes each unique."""

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
Parent = TypeVar("Parent")

MAX_SIZE: Final = 100
"""Rows in a page, at most."""
WALKED: Final = MAX_SIZE + 1
"""A literal LIMIT of this many rows is put inside the `LIMIT` by parameter: without it the planner, which cannot know
the parameter, would plan for a tenth of the account."""

_TURNED: Final = {"asc": ("ASC", "DESC"), "desc": ("DESC", "ASC"), "up": ("~<~", "~>~")}

EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)
LEAST_UUID: Final = UUID(int=0)
GREATEST_UUID: Final = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of a list: `size` rows between two of its keys, both exclusive, from its start or its end."""

    size: int
    after: Key | None = None
    before: Key | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row_co]):
    """Rows with their keys, in the order of the list; `more` says whether the slice has others beyond them."""

    rows: Sequence[tuple[Key, Row_co]]
    more: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The keys a list can have, both ends exclusive, and whether it starts with the greatest."""

    least: Key
    greatest: Key
    descending: bool = False

    def within(self, part: Slice) -> tuple[Key, Key]:
        """Return the bounds of a slice, the lesser first, both exclusive; equal ones hold nothing."""
        if self.least >= self.greatest:
            return self.greatest, self.greatest
        low, high = (part.before, part.after) if self.descending else (part.after, part.before)
        lower = max(self.least, low or self.least)
        upper = min(self.greatest, high or self.greatest)
        return min(lower, self.greatest), max(upper, self.least)

    def including(self, key: Key, *, as_after: bool) -> Key:
        """Return the neighbour of a key that, as an exclusive `after` or `before`, includes the key itself."""
        *leading, last = key
        step = 1 if as_after is self.descending else -1
        if isinstance(last, UUID):
            return (*leading, UUID(int=min(max(last.int + step, 0), GREATEST_UUID.int)))
        return (*leading, last + step)


class Walk(NamedTuple):
    """The two statements that read a list from its start and from its end."""

    forwards: Statement
    backwards: Statement

    def towards(self, part: Slice) -> Statement:
        """Return the statement that reads this slice."""
        return self.backwards if part.backwards else self.forwards


def walk(name: str, sql: str, many: str | None = None, **pieces: tuple[str, str]) -> Walk:
    """Make both statements of a list from its text; further pieces to swap can be named."""
    forwards, backwards = ({piece: both[way] for piece, both in (_TURNED | pieces).items()} for way in (0, 1))
    return Walk(
        Statement(name, sql.format(**forwards), many), Statement(f"{name}_backwards", sql.format(**backwards), many)
    )


def page(rows: Sequence[tuple[Key, Row]], part: Slice) -> Page[Row]:
    """Cut a page from rows in the direction walked, which are one more than its size if there are more."""
    kept = rows[: part.size]
    return Page(kept[::-1] if part.backwards else kept, more=len(rows) > part.size)


async def pages(
    records: Iterable[Record], parents: Sequence[Parent], part: Slice, read: Callable[[Record], tuple[Parent, Key, Row]]
) -> dict[Parent, Page[Row]]:
    """Return a page for each parent, cut from the rows of all parents, which are in the direction walked."""
    rows: dict[Parent, list[tuple[Key, Row]]] = {parent: [] for parent in parents}
    async for record in paused(records):
        parent, key, row = read(record)
        rows[parent].append((key, row))
    return {parent: page(found, part) for parent, found in rows.items()}
