"""Staff-only fields, objects, arguments, input fields and enum values, in a schema of its own."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import pytest
import strawberry

from engine.decorators import attribute, describe, field, input_type, object_type
from engine.staff import STAFF, guard_staff_parts

DONE: list[str] = []
"""The fields that were resolved."""


@dataclass(frozen=True)
class Caller:
    is_staff: bool


class Mood(StrEnum):
    CALM = "CALM"
    GRIM = "GRIM"


describe(Mood, "A mood.", {"CALM": "Calm.", "GRIM": "Grim."}, staff=["GRIM"])


@input_type
class PartInput:
    """A part."""

    name: str = strawberry.field(description="Its name.")
    price: int | None = strawberry.field(default=strawberry.UNSET, description="Its price.", directives=STAFF)


@input_type
class ThingInput:
    """A thing."""

    parts: list[PartInput] = strawberry.field(description="Its parts.")
    mood: Mood | None = strawberry.field(default=strawberry.UNSET, description="Its mood.")
    inner: "ThingInput | None" = strawberry.field(default=strawberry.UNSET, description="The thing within it.")


@object_type(staff=True)
class Secret:
    """A secret."""

    text: str = strawberry.field(description="Its text.")
    hint: str | None = strawberry.field(description="A hint.")


@object_type
class Thing:
    """A thing."""

    name: str = strawberry.field(description="Its name.")
    worker: str | None = attribute("Who made it.", staff=True)

    @field(staff=True)
    def cost(self) -> int:
        """Its cost."""
        DONE.append("cost")
        return 7

    @field
    def secret(self) -> Secret:
        """Its secret."""
        return Secret(text="text", hint="hint")

    @field
    def label(
        self,
        size: Annotated[int, strawberry.argument(description="Its size.")] = 1,
        ink: Annotated[str | None, strawberry.argument(description="Its ink.", directives=STAFF)] = strawberry.UNSET,
    ) -> str:
        """Its label."""
        return f"{size} {ink or 'black'}"


@object_type
class Query:
    """Reads."""

    @field
    def thing(self) -> Thing:
        """A thing."""
        return Thing(name="Shoe", worker="Ada")

    @field(staff=True)
    def things(self) -> list[Thing] | None:
        """All things."""
        DONE.append("things")
        return []


@object_type
class Mutation:
    """Writes."""

    @field
    def make(
        self,
        given: Annotated[ThingInput, strawberry.argument(name="input", description="A thing.")],
    ) -> str:
        """Make a thing."""
        DONE.append("make")
        return ", ".join(part.name for part in given.parts)


SCHEMA = strawberry.Schema(Query, Mutation)
guard_staff_parts(SCHEMA._schema)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


@pytest.fixture(autouse=True)
def _nothing_is_done() -> None:
    DONE.clear()


def ask(query: str, *, staff: bool = False) -> tuple[Any, list[tuple[str, Any]]]:
    """Execute a query; return the data, and the message, code and argument of each error."""
    result = SCHEMA.execute_sync(query, context_value=Caller(is_staff=staff))
    return result.data, [(error.message, error.extensions) for error in result.errors or ()]


FORBIDDEN = ("This is for staff only.", {"code": "FORBIDDEN"})


def forbidden(argument: str) -> tuple[str, Any]:
    return f"{argument}: This is for staff only.", {"code": "FORBIDDEN", "argument": argument}


def test_a_nullable_field_is_null_to_a_client_without_an_error() -> None:
    assert ask("{ thing { name worker } }") == ({"thing": {"name": "Shoe", "worker": None}}, [])
    assert ask("{ thing { name worker } }", staff=True) == ({"thing": {"name": "Shoe", "worker": "Ada"}}, [])


def test_a_field_that_is_not_nullable_is_forbidden() -> None:
    assert ask("{ thing { cost } }") == (None, [FORBIDDEN])
    assert DONE == []
    assert ask("{ thing { cost } }", staff=True) == ({"thing": {"cost": 7}}, [])


def test_a_root_field_is_forbidden_also_where_it_is_nullable() -> None:
    assert ask("{ things { name } }") == ({"things": None}, [FORBIDDEN])
    assert DONE == []
    assert ask("{ things { name } }", staff=True) == ({"things": []}, [])


def test_the_fields_of_a_staff_only_object_are_for_staff_only() -> None:
    assert ask("{ thing { secret { hint } } }") == ({"thing": {"secret": {"hint": None}}}, [])
    assert ask("{ thing { secret { text } } }") == (None, [FORBIDDEN])
    assert ask("{ thing { secret { text } } }", staff=True) == ({"thing": {"secret": {"text": "text"}}}, [])


@pytest.mark.parametrize("ink", ['"red"', "null"])
def test_a_staff_only_argument_of_a_client_is_forbidden(ink: str) -> None:
    assert ask("{ thing { label(size: 2) } }") == ({"thing": {"label": "2 black"}}, [])
    assert ask(f"{{ thing {{ label(ink: {ink}) }} }}") == (None, [forbidden("ink")])
    assert ask('{ thing { label(ink: "red") } }', staff=True) == ({"thing": {"label": "1 red"}}, [])


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ('{ parts: [{ name: "a" }, { name: "b", price: 1 }] }', "input.parts[1].price"),
        ('{ parts: [{ name: "a", price: null }] }', "input.parts[0].price"),
        ("{ parts: [], mood: GRIM }", "input.mood"),
        ("{ parts: [], inner: { parts: [], mood: GRIM } }", "input.inner.mood"),
    ],
)
def test_a_staff_only_part_of_an_input_is_forbidden_and_nothing_is_resolved(given: str, argument: str) -> None:
    asked = f"mutation {{ make(input: {given}) }}"
    assert ask(asked) == (None, [forbidden(argument)])
    assert DONE == []
    assert ask(asked, staff=True)[1] == []


def test_an_input_without_its_staff_only_parts_is_for_everyone() -> None:
    asked = 'mutation { make(input: { parts: [{ name: "a" }], mood: CALM, inner: null }) }'
    assert ask(asked) == ({"make": "a"}, [])


def test_staff_only_parts_are_printed_with_one_directive() -> None:
    lines = [line.strip() for line in SCHEMA.as_str().splitlines() if "@staff" in line]
    assert lines == [
        "directive @staff on FIELD_DEFINITION | OBJECT | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION | ENUM_VALUE",
        "GRIM @staff",
        "price: Int @staff",
        "things: [Thing!] @staff",
        "type Secret @staff {",
        "worker: String @staff",
        "cost: Int! @staff",
        "ink: String @staff",
    ]
