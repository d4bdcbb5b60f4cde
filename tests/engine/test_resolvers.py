"""Fields are resolved directly, in a schema of its own: attributes, methods, and the types of interfaces."""

from typing import Annotated, Any

import strawberry

from engine.decorators import field, interface, object_type
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
