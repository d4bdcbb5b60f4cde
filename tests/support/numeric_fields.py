"""Documents that select all numbers of the API, made from its schema: those of answers, and those of inputs."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias, cast

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_required_argument,
)

from api.schema import schema

LOUPE: Final[GraphQLSchema] = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
NUMBERS: Final = frozenset({"Int", "Float", "Decimal"})
ROOTS: Final = {
    "accounts": "accounts",
    "orders": "orders(first: 100)",
    "events": "events(first: 100)",
    "jobRuns": "jobRuns",
    "inquiries": "inquiries",
    "retouchingSteps": "retouchingSteps",
}
"""The lists of staff, as they are asked."""
Path: TypeAlias = tuple[str, ...]
Composite: TypeAlias = GraphQLObjectType | GraphQLInterfaceType


def documents_of_numbers() -> Iterator[tuple[str, str]]:
    """Yield each type of object that has numbers and is reached without arguments, with a query of all of them."""
    for name, path in sorted(_paths().items()):
        numbers = " ".join(_numbers(_type(name)))
        if numbers:
            yield name, "{ " + " { ".join(path) + f" {{ __typename {numbers}" + " }" * (len(path) + 1)


def types_with_numbers() -> set[str]:
    """Return all types of objects that have numbers."""
    objects = (each for each in LOUPE.type_map.values() if isinstance(each, GraphQLObjectType))
    return {each.name for each in objects if _numbers(each) and not each.name.startswith("__")}


def objects_in(value: Any, name: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a part of an answer
    """Yield the objects of a type in an answer."""
    parts: Iterable[Any] = ()
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        parts = found.values()
        if found.get("__typename") == name:
            yield found
    elif isinstance(value, list):
        parts = cast("Iterable[Any]", value)
    for part in parts:
        yield from objects_in(part, name)


def documents_of_arguments(value: int) -> Iterator[str]:
    """Yield a query with this value of each whole number that is an argument of a field."""
    for name, path in sorted((_paths() | {"Query": ()}).items()):
        for field, definition in _type(name).fields.items():
            for argument, each in definition.args.items():
                if _named(each.type).name == "Int":
                    shown = "{ __typename }" if isinstance(_named(definition.type), Composite) else ""
                    asked = f"{field}({argument}: {value}) {shown}"
                    yield "{ " + " { ".join((*path, asked)) + " }" * (len(path) + 1)


def facts_of_errors() -> str:
    """Return a selection of the numbers of every user error."""
    errors = LOUPE.get_possible_types(cast("GraphQLInterfaceType", LOUPE.type_map["UserError"]))
    named = ((each.name, _numbers(each)) for each in errors)
    parts = (
        f"... on {name} {{ {' '.join(f'{name}_{each}: {each}' for each in each_)} }}" for name, each_ in named if each_
    )
    return f"userErrors {{ code message path {' '.join(parts)} }}"


def _paths() -> dict[str, Path]:
    """Return the shortest path of fields from the root to each type of object."""
    root = LOUPE.query_type
    assert root is not None
    paths: dict[str, Path] = {}
    waiting: deque[tuple[Composite, Path]] = deque([(root, ())])
    while waiting:
        type_, path = waiting.popleft()
        for each in LOUPE.get_possible_types(type_) if isinstance(type_, GraphQLInterfaceType) else ():
            waiting.append((each, (*path, f"... on {each.name}")))
        if isinstance(type_, GraphQLInterfaceType) or type_.name in paths:
            continue
        paths[type_.name] = path
        for name, asked in ROOTS.items() if type_ is root else ((each, each) for each in type_.fields):
            named = _named(type_.fields[name].type)
            if isinstance(named, GraphQLObjectType | GraphQLInterfaceType) and not _requires(type_.fields[name]):
                waiting.append((named, (*path, asked)))
    del paths[root.name]
    return paths


def _requires(field: GraphQLField) -> bool:
    return any(is_required_argument(each) for each in field.args.values())


def _numbers(type_: GraphQLObjectType) -> list[str]:
    return [name for name, field in type_.fields.items() if _named(field.type).name in NUMBERS]


def _type(name: str) -> GraphQLObjectType:
    type_ = LOUPE.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return type_


def numbers_of_input(type_name: str) -> Iterator[Path]:
    """Yield the path of each number in an input; "0" is an entry of a list."""
    type_ = LOUPE.type_map[type_name]
    assert isinstance(type_, GraphQLInputObjectType)
    for name, field in type_.fields.items():
        yield from ((name, *rest) for rest in _numbers_in(field.type))


def _numbers_in(type_: Any) -> Iterator[Path]:  # noqa: ANN401 - types of graphql-core are loosely typed
    if isinstance(type_, GraphQLNonNull):
        yield from _numbers_in(type_.of_type)  # pyright: ignore[reportUnknownMemberType]
    elif isinstance(type_, GraphQLList):
        yield from (("0", *rest) for rest in _numbers_in(type_.of_type))  # pyright: ignore[reportUnknownMemberType]
    elif isinstance(type_, GraphQLInputObjectType):
        yield from numbers_of_input(type_.name)
    elif str(type_) in NUMBERS:
        yield ()


def _named(type_: Any) -> Any:  # noqa: ANN401 - the same
    """Return a type without its wrappers."""
    return cast("Any", get_named_type(type_))
