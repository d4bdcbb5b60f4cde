"""Fields are resolved directly, in a schema of its own: attributes, methods, and the types of interfaces."""

import gc
import weakref
from enum import StrEnum
from typing import Annotated, Any

import pytest
import strawberry

from engine.decorators import describe, field, interface, object_type
from engine.schema import Schema


@interface
class Animal:
    """An animal."""

    name: str = strawberry.field(description="Its name.")

    @field
    def shout(self) -> str:
        """Its name in capitals."""
        return self.name.upper()


@object_type
class Dog(Animal):
    """A dog."""

    kennel: str | None = strawberry.field(name="house", description="Its house; null without one.")

    @field
    async def owner(self, info: strawberry.Info[str, None]) -> str:
        """The owner of the dog; the value is the request's context and the field's name."""
        return f"{info.context}, {info.field_name}"


@object_type
class Puppy(Dog):
    """A young dog, a type of its own."""

    @field
    def shout(self) -> str:
        """A short name."""
        return self.name[:1]


@object_type
class Query:
    """Reads."""

    @field
    def animals(self, first: Annotated[int, strawberry.argument(description="At most so many.")] = 9) -> list[Animal]:
        """All animals."""
        animals: list[Animal] = [Dog(name="Rex", kennel="A"), Puppy(name="Bo", kennel=None)]
        return animals[:first]


SCHEMA = Schema(query=Query, types=[Dog, Puppy])


async def animals(selection: str, arguments: str = "") -> list[dict[str, Any]]:
    result = await SCHEMA.execute(f"{{ animals{arguments} {{ {selection} }} }}", context_value="Ada")
    assert result.errors is None
    assert result.data is not None
    shown: list[dict[str, Any]] = result.data["animals"]
    return shown


async def test_an_attribute_is_read_by_its_name_in_python() -> None:
    assert await animals("name ... on Dog { house }") == [{"name": "Rex", "house": "A"}, {"name": "Bo"}]


async def test_a_method_is_that_of_the_class() -> None:
    assert await animals("shout") == [{"shout": "REX"}, {"shout": "B"}]


async def test_a_method_gets_the_context_and_the_field() -> None:
    assert await animals("... on Puppy { owner }") == [{}, {"owner": "Ada, owner"}]


async def test_the_type_of_an_interface_is_that_of_the_class() -> None:
    assert await animals("__typename") == [{"__typename": "Dog"}, {"__typename": "Puppy"}]


async def test_a_field_with_arguments_has_them_with_their_defaults() -> None:
    assert len(await animals("name")) == 2
    assert len(await animals("name", "(first: 1)")) == 1


class Colour(StrEnum):
    """The colour of a leaf."""

    GREEN = "GREEN"
    RED = "RED"


describe(Colour, "The colour of a leaf.", {"GREEN": "Green.", "RED": "Red."})


@object_type
class Leaf:
    """A leaf with any values, also ones that its fields do not allow."""

    colour: Colour = strawberry.field(description="Its colour.")
    length: int | None = strawberry.field(description="Its length; null if unknown.")
    vein: strawberry.Private[object] = None

    @field
    def number(self) -> int:
        """A number."""
        if self.vein is not None:
            raise LookupError("There is no vein.")
        return 7


@object_type
class Tree:
    """Reads of a leaf."""

    leaf: Leaf | None = strawberry.field(description="The leaf.")


TREE = Schema(query=Tree)


async def leaf(selection: str, **values: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401
    made: dict[str, Any] = {"colour": Colour.RED, "length": None, **values}
    result = await TREE.execute(f"{{ leaf {{ {selection} }} }}", root_value=Tree(leaf=Leaf(**made)))
    return result.data, [error.path for error in result.errors or ()]


async def test_scalars_and_enums_of_plain_fields_are_shown_with_their_aliases_and_nulls() -> None:
    data, errors = await leaf("colour hue: colour length number ... on Leaf { size: length }")
    assert (data, errors) == (
        {"leaf": {"colour": "RED", "hue": "RED", "length": None, "number": 7, "size": None}},
        [],
    )
    assert await leaf("length", length=12) == ({"leaf": {"length": 12}}, [])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("colour", {"colour": None}),
        ("colour", {"colour": "BLUE"}),
        ("number", {"vein": 1}),
    ],
)
async def test_a_plain_field_that_fails_is_located_and_makes_its_object_null(name: str, values: dict[str, Any]) -> None:
    assert await leaf(name, **values) == ({"leaf": None}, [["leaf", name]])


async def test_a_nullable_plain_field_that_fails_makes_only_itself_null() -> None:
    assert await leaf("colour length", length=2**40) == (
        {"leaf": {"colour": "RED", "length": None}},
        [["leaf", "length"]],
    )


async def test_a_resolver_that_was_replaced_is_called() -> None:
    guarded = Schema(query=Tree)
    fields: Any = guarded._schema.type_map["Leaf"]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    def hide(_leaf: object, _info: object) -> None:
        return None

    fields.fields["length"].resolve = hide
    root = Tree(leaf=Leaf(colour=Colour.RED, length=3))
    result = await guarded.execute("{ leaf { colour length } }", root_value=root)
    assert result.data == {"leaf": {"colour": "RED", "length": None}}


async def test_nothing_of_an_answer_waits_for_the_collector() -> None:
    root = Tree(leaf=Leaf(colour=Colour.RED, length=3))
    kept = weakref.ref(root)
    gc.disable()
    try:
        result = await TREE.execute("{ leaf { colour } }", root_value=root, context_value=root)
        assert result.data == {"leaf": {"colour": "RED"}}
        del root
        assert kept() is None
    finally:
        gc.enable()
