"""Values that fields of one request share, in a schema of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import cast

import strawberry

from db.readers import Reader
from engine.decorators import field, object_type
from engine.loaders import LoaderSet, by_key
from engine.schema import Schema


async def read_squares(_reader: Reader, numbers: Sequence[int]) -> Mapping[int, int]:
    await asyncio.sleep(0.01)
    return {number: number**2 for number in numbers}


class Squares(LoaderSet):
    squares = by_key(read_squares)


Info = strawberry.Info[Squares, None]


@object_type
class Number:
    """A number."""

    @field
    async def square(self, info: Info) -> int | None:
        """Its square."""
        return await info.context.squares.load(3)

    @field
    async def failure(self) -> int:
        """Nothing: it fails while the square is read."""
        await asyncio.sleep(0)
        raise ValueError


@object_type
class Query:
    """Reads."""

    @field
    def number(self) -> Number | None:
        """A number."""
        return Number()


async def test_a_failing_field_cancels_no_value_that_another_object_waits_for() -> None:
    document = "{ first: number { square failure } second: number { square } }"
    result = await Schema(query=Query).execute(document, context_value=Squares(cast("Reader", None)))
    assert result.data == {"first": None, "second": {"square": 9}}
    assert [error.path for error in result.errors or ()] == [["first", "failure"]]
