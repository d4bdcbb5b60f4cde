"""`CHANGELOG.md` names every change of the schema since the release before."""

import re
from pathlib import Path
from typing import Final

from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_scalar_type,
)

from tests.support.committed_schema import SCHEMA

ROOT: Final = Path(__file__).parents[2]
CHANGES: Final = (ROOT / "CHANGELOG.md").read_text().partition("\n## Not released yet\n")[2].partition("\n## ")[0]
"""The section of the next release."""
NAMED: Final = frozenset(re.findall(r"\w+", CHANGES))
BEFORE: Final = build_schema((ROOT / "tests" / "released" / "schema.graphql").read_text())

DERIVED: Final = re.compile(r"(\w+?)(?:Connection|Edge|Payload|Input)")
"""Names of types that go with a node or a mutation."""


def members(type_: GraphQLNamedType | None) -> dict[str, str]:
    """Return the fields and values of a type by name, each in a form that differs when it changes."""
    if is_enum_type(type_):
        return dict.fromkeys(type_.values, "")
    if is_input_object_type(type_):
        return {name: f"{field.type} {field.default_value}" for name, field in type_.fields.items()}
    if is_object_type(type_) or is_interface_type(type_):
        return {name: str(field.type) for name, field in type_.fields.items()}
    return {}


def arguments(type_: GraphQLNamedType | None, field: str) -> dict[str, str]:
    """Return the arguments of a field by name, in the same form."""
    if not (is_object_type(type_) or is_interface_type(type_)) or field not in type_.fields:
        return {}
    found = type_.fields[field].args
    return {name: f"{argument.type} {argument.default_value}" for name, argument in found.items()}


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return the names of added, removed and changed members."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def kind(type_: GraphQLNamedType | None) -> tuple[object, ...]:
    """Return the kind of a type, such as interface or enum."""
    url = type_.specified_by_url if is_scalar_type(type_) else None
    return type(type_), url, is_input_object_type(type_) and type_.is_one_of


def changed_types(before: GraphQLSchema, after: GraphQLSchema) -> set[str]:
    """Return the names of types that were added or removed, or became another kind of type."""
    names = {*before.type_map, *after.type_map}
    return {name for name in names if kind(before.type_map.get(name)) != kind(after.type_map.get(name))}


def changed_members(before: GraphQLSchema, after: GraphQLSchema) -> set[str]:
    """Return the fields, values and arguments that were added, removed or changed, as `Type.field.argument`."""
    changed = set[str]()
    for name in {*before.type_map} & {*after.type_map}:
        old, new = before.type_map[name], after.type_map[name]
        changed |= {f"{name}.{member}" for member in differing(members(old), members(new))}
        for field in {*members(old)} & {*members(new)}:
            found = differing(arguments(old, field), arguments(new, field))
            changed |= {f"{name}.{field}.{argument}" for argument in found}
    return changed


def is_named(name: str) -> bool:
    """Return whether a type is named, or one that it goes with: its node, or its mutation."""
    derived = DERIVED.fullmatch(name)
    stem = name if derived is None else derived[1]
    return bool({name, stem, f"{stem[0].lower()}{stem[1:]}"} & NAMED)


def test_every_type_that_changed_is_named() -> None:
    assert [name for name in sorted(changed_types(BEFORE, SCHEMA)) if not is_named(name)] == []


def test_every_field_argument_and_value_that_changed_is_named() -> None:
    assert [name for name in sorted(changed_members(BEFORE, SCHEMA)) if name.rpartition(".")[2] not in NAMED] == []
