"""An answer is the same, whether or not its execution pauses before each item of each list."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st

from engine.decorators import field as resolved
from engine.decorators import object_type
from engine.errors import ApiError, ErrorCode
from engine.schema import Schema


@dataclass(frozen=True)
class Made:
    """A node of a tree: its number, None where it is missing, or negative where reading it fails."""

    number: int | None
    children: "list[Made | None]" = field(default_factory=list)


@object_type
class Node:
    """A node of a tree."""

    made: strawberry.Private[Made]

    @resolved
    def number(self) -> int | None:
        """Its number; null without one."""
        if self.made.number is not None and self.made.number < 0:
            raise ApiError(ErrorCode.BAD_USER_INPUT, f"{self.made.number} is negative.")
        return self.made.number

    @resolved
    def required(self) -> int:
        """Its number."""
        if self.made.number is None:
            raise ApiError(ErrorCode.BAD_USER_INPUT, "There is no number.")
        return self.made.number

    @resolved
    async def later(self) -> int | None:
        """Its number, read later; null without one."""
        await asyncio.sleep(0)
        return self.made.number

    @resolved
    def children(self) -> list["Node | None"]:
        """Its children; null for one that is missing."""
        return [None if each is None else Node(made=each) for each in self.made.children]

    @resolved
    def some(self) -> list["Node"] | None:
        """Its children that are not missing; null if one of them fails."""
        return [Node(made=each) for each in self.made.children if each is not None]

    @resolved
    def rows(self) -> list[list[int | None]]:
        """The numbers of its children's children."""
        rows = [child.children for child in self.made.children if child is not None]
        return [[None if each is None else each.number for each in row] for row in rows]


@object_type
class Query:
    """Reads."""

    @resolved
    async def tree(self, info: strawberry.Info[Made, None]) -> Node:
        """The tree of the request."""
        return Node(made=info.context)


SCHEMA = Schema(query=Query)
FIELDS = ["number", "later", "required", "rows"]
LISTS = ["children", "some"]
numbers = st.none() | st.integers(-2, 9)
trees = st.recursive(
    st.builds(Made, numbers),
    lambda below: st.builds(Made, numbers, st.lists(st.none() | below, max_size=4)),
    max_leaves=20,
)
selections = st.recursive(
    st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3).map(" ".join),
    lambda below: st.tuples(st.sampled_from(FIELDS), st.sampled_from(LISTS), below).map(
        lambda each: f"{each[0]} {each[1]} {{ {each[2]} }}"
    ),
    max_leaves=4,
)


def answer(tree: Made, document: str, *, pausing: bool) -> tuple[Any, list[Any]]:
    """Return the data, and the errors in their order."""

    with pytest.MonkeyPatch.context() as patch:
        if pausing:
            patch.setattr("app.turns.turn_is_over", lambda: True)
        result = asyncio.run(SCHEMA.execute(document, context_value=tree))
    return result.data, [error.formatted for error in result.errors or ()]


@given(trees, selections)
def test_an_answer_and_its_errors_are_the_same_with_a_pause_at_each_item(tree: Made, selection: str) -> None:
    document = f"{{ tree {{ {selection} }} }}"
    assert answer(tree, document, pausing=True) == answer(tree, document, pausing=False)
