from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    get_named_type,
    is_introspection_type,
    is_scalar_type,
    is_specified_directive,
    is_specified_scalar_type,
    parse,
    print_ast,
)

from api.schema import schema
from tests.support.committed_schema import SCHEMA

ROOT = Path(__file__).parents[2]


def signature(node: FieldDefinitionNode | InputValueDefinitionNode) -> str:
    """Write a field without its description: images(first: Int = 20): ImageConnection!"""
    arguments = ", ".join(map(signature, node.arguments or ())) if isinstance(node, FieldDefinitionNode) else ""
    default = node.default_value if isinstance(node, InputValueDefinitionNode) else None
    return f"{node.name.value}({arguments}): {print_ast(node.type)}" + (f" = {print_ast(default)}" if default else "")


def definitions(document: DocumentNode) -> dict[str, str]:
    """Write each type with its interfaces or values, and each field."""
    found: dict[str, str] = {}
    for node in document.definitions:
        if isinstance(node, TypeDefinitionNode):
            name = node.name.value
            found[name] = node.kind
        if isinstance(node, EnumTypeDefinitionNode):
            found |= {f"{node.name.value}.{value.name.value}": "value" for value in node.values or ()}
        if isinstance(node, ObjectTypeDefinitionNode):
            found[node.name.value] += f" {[each.name.value for each in node.interfaces or ()]}"
        if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode):
            found |= {f"{node.name.value}.{field.name.value}": signature(field) for field in node.fields or ()}
    return found


CONTRACT = definitions(parse((Path(__file__).parent / "contract.graphql").read_text()))
OURS = definitions(parse(schema.as_str()))


@pytest.mark.parametrize("name", CONTRACT)
def test_the_schema_has_every_definition_of_the_contract(name: str) -> None:
    assert OURS[name] == CONTRACT[name]


@pytest.mark.parametrize("name", [name for name in SCHEMA.type_map if name.endswith("Connection")])
def test_every_connection_has_relays_shape(name: str) -> None:
    item = name.removesuffix("Connection")
    connection = cast("GraphQLObjectType", SCHEMA.type_map[name])
    assert {field: str(each.type) for field, each in connection.fields.items()} == {
        "edges": f"[{item}Edge!]!",
        "nodes": f"[{item}!]!",
        "pageInfo": "PageInfo!",
        "totalCount": "Int!",
    }
    edge = cast("GraphQLObjectType", SCHEMA.type_map[f"{item}Edge"])
    assert {field: str(each.type) for field, each in edge.fields.items()} == {"cursor": "String!", "node": f"{item}!"}


def descriptions(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield type_.name, type_.description
    members: dict[str, Any] = {}
    if isinstance(type_, GraphQLEnumType):
        members = type_.values
    elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        members = type_.fields
    for name, member in members.items():
        yield f"{type_}.{name}", member.description
        arguments: dict[str, Any] = getattr(member, "args", {})
        yield from ((f"{type_}.{name}({argument}:)", each.description) for argument, each in arguments.items())


def all_descriptions() -> list[tuple[str, str | None]]:
    ours = [
        type_
        for type_ in SCHEMA.type_map.values()
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
    ]
    directives = [each for each in SCHEMA.directives if not is_specified_directive(each)]
    return [
        *(pair for type_ in ours for pair in descriptions(type_)),
        *((f"@{each.name}", each.description) for each in directives),
    ]


def test_everything_is_described() -> None:
    found = all_descriptions()
    assert [name for name, description in found if not description] == []
    assert len(found) > len(OURS)


def test_every_description_is_a_sentence_that_starts_with_its_subject() -> None:
    vague = {"What", "How", "When", "Whether", "Until", "If", "Who", "Where"}
    described = [(name, description or "") for name, description in all_descriptions()]
    assert [name for name, text in described if text.split()[0] in vague] == []
    assert [name for name, text in described if not text[0].isupper()] == []
    assert [name for name, text in described if not text.endswith(".")] == []


def test_the_description_of_every_boolean_field_names_the_true_case() -> None:
    booleans = [
        (f"{type_}.{name}", field.description or "")
        for type_ in SCHEMA.type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(type_)
        for name, field in type_.fields.items()
        if get_named_type(field.type) is GraphQLBoolean
    ]
    assert [name for name, description in booleans if not description.startswith("True if ")] == []
    assert len(booleans) > 10


def test_no_argument_defaults_to_null() -> None:
    assert "= null" not in schema.as_str()


def test_the_committed_schema_matches_the_code() -> None:
    assert (ROOT / "schema.graphql").read_text() == schema.as_str() + "\n"


def test_every_custom_scalar_names_its_specification() -> None:
    scalars = [each for each in SCHEMA.type_map.values() if is_scalar_type(each) and not is_specified_scalar_type(each)]
    assert {each.name: each.specified_by_url for each in scalars if not each.specified_by_url} == {}
    assert len(scalars) >= 7
