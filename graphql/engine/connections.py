"""Lists in pages, in Relay's shape. Rows are read once a field of the page is resolved."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar

import strawberry

from db.queries.pages import MAX_SIZE, Key, Page, Slice, Span
from engine.arguments import or_none
from engine.cursors import CursorKind, MalformedCursor, Owner
from engine.decorators import field, object_type
from engine.errors import bad_input

Item = TypeVar("Item")
Row = TypeVar("Row")

DEFAULT_SIZE: Final = 20

First: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description="The number of items to return, from the start of the list or after the cursor: 1 to 100."
    ),
]
After: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="The cursor of the item that the page starts after; empty for none."),
]
Last: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description="The number of items to return, up to the end of the list or before the cursor: 1 to 100."
    ),
]
Before: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="The cursor of the item that the page ends before; empty for none."),
]


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row, Item]):
    """A list in pages: its cursors and keys, the reader of a slice, the count of all items, and the form of a row.

    `owner` is the object whose list it is, which its cursors name.
    """

    cursors: CursorKind
    span: Span
    read: Callable[[Slice], Awaitable[Page[Row]]]
    count: Callable[[], Awaitable[int]]
    show: Callable[[Row], Item]
    owner: Owner = ()

    def first(self, size: int | None, after: str | None) -> "Connection[Item]":
        """Return the page after a cursor; raises ApiError naming a bad argument."""
        return self.page(size, after, None, None)

    def page(self, first: int | None, after: str | None, last: int | None, before: str | None) -> "Connection[Item]":
        """Return the page of the arguments; raises ApiError naming a bad one.

        Without a size it is next to its only cursor: the first items after it, or the last ones before it.
        """
        first, last = or_none(first), or_none(last)
        if first is not None and last is not None:
            raise bad_input("last", "Give either first or last, not both.")
        bounds = self._key("after", or_none(after)), self._key("before", or_none(before))
        backwards = first is None and (last is not None or (bounds[0] is None and bounds[1] is not None))
        size = _size("last", last) if backwards else _size("first", first)
        return Connection(listing=self, part=Slice(size, *bounds, backwards=backwards))

    def cursor(self, key: Key) -> str:
        """Write the cursor of a row."""
        return self.cursors.write(key, self.owner)

    async def reaches(self, key: Key | None, *, backwards: bool) -> bool:
        """Return whether the list has an item at a cursor's key, or beyond it as seen from the page."""
        if key is None:
            return False
        bound = self.span.including(key, as_after=not backwards)
        part = Slice(1, before=bound, backwards=True) if backwards else Slice(1, after=bound)
        return bool((await self.read(part)).rows)

    def _key(self, argument: str, cursor: str | None) -> Key | None:
        if not cursor:  # Relay's clients pass an empty one before they have any
            return None
        try:
            return self.cursors.read(cursor, self.owner)
        except MalformedCursor:
            raise bad_input(argument, "This is not a cursor of this list.") from None


@object_type
class Edge(Generic[Item]):
    """An item of a list and its cursor."""

    cursor: str = strawberry.field(description="The item's cursor, for `after` and `before` of the same list; opaque.")
    node: Item = strawberry.field(description="The item.")


@object_type
class PageInfo:
    """The position of a page in its list."""

    listing: strawberry.Private[Listing[Any, Any]]
    part: strawberry.Private[Slice]

    @field
    async def has_next_page(self) -> bool:
        """True if the list continues after the page."""
        if not self.part.backwards and (await self.listing.read(self.part)).more:
            return True
        return await self.listing.reaches(self.part.before, backwards=False)

    @field
    async def has_previous_page(self) -> bool:
        """True if the list has items before the page."""
        if self.part.backwards and (await self.listing.read(self.part)).more:
            return True
        return await self.listing.reaches(self.part.after, backwards=True)

    @field
    async def start_cursor(self) -> str | None:
        """The cursor of the first item; null if the page is empty."""
        rows = (await self.listing.read(self.part)).rows
        return self.listing.cursor(rows[0][0]) if rows else None

    @field
    async def end_cursor(self) -> str | None:
        """The cursor of the last item; null if the page is empty."""
        rows = (await self.listing.read(self.part)).rows
        return self.listing.cursor(rows[-1][0]) if rows else None


@object_type
class Connection(Generic[Item]):
    """A page of a list."""

    listing: strawberry.Private[Listing[Any, Item]]
    part: strawberry.Private[Slice]

    @field
    async def edges(self) -> list[Edge[Item]]:
        """The items of the page, each with its cursor."""
        page = await self.listing.read(self.part)
        return [Edge(cursor=self.listing.cursor(key), node=self.listing.show(row)) for key, row in page.rows]

    @field
    async def nodes(self) -> list[Item]:
        """The items of the page."""
        return [self.listing.show(row) for _, row in (await self.listing.read(self.part)).rows]

    @field
    def page_info(self) -> PageInfo:
        """The position of the page in its list."""
        return PageInfo(listing=self.listing, part=self.part)

    @field
    async def total_count(self) -> int:
        """The number of items in the whole list; counted only if requested."""
        return await self.listing.count()


def _size(argument: str, size: int | None) -> int:
    if size is None:
        return DEFAULT_SIZE
    if not 1 <= size <= MAX_SIZE:
        raise bad_input(argument, f"A page has 1 to {MAX_SIZE} items, not {size}.")
    return size


def known(count: int) -> Callable[[], Awaitable[int]]:
    """Return a count for a list whose length is known."""

    async def counted() -> int:
        return count

    return counted
