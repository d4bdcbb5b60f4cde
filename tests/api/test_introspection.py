"""Introspection: the order of what it lists."""

from typing import Any

import pytest
from graphql import build_client_schema, get_introspection_query

from tests.support.committed_schema import SCHEMA
from tests.support.serving import Client

TYPES = """{
  __schema { types { name } }
  __type(name: "Event") { possibleTypes { name } fields { name } }
}"""


@pytest.fixture
async def introspected(staff: Client) -> dict[str, Any]:
    return await staff.data(TYPES)


def test_types_are_listed_by_name_and_those_of_introspection_last(introspected: dict[str, Any]) -> None:
    names = [each["name"] for each in introspected["__schema"]["types"]]
    assert names == sorted(names)
    assert (names[0], names[-1], len(names) > 200) == ("Account", "__TypeKind", True)


def test_the_types_of_an_interface_are_listed_by_name(introspected: dict[str, Any]) -> None:
    names = [each["name"] for each in introspected["__type"]["possibleTypes"]]
    assert names == sorted(names)
    assert names[0] == "AccountClosed"


def test_fields_are_listed_in_the_order_of_the_printed_schema(introspected: dict[str, Any]) -> None:
    event: Any = SCHEMA.type_map["Event"]
    assert [each["name"] for each in introspected["__type"]["fields"]] == list(event.fields)


async def test_introspection_names_the_types_of_the_printed_schema(staff: Client) -> None:
    read = build_client_schema(await staff.data(get_introspection_query()))  # type: ignore[arg-type]
    assert list(read.type_map) == sorted(SCHEMA.type_map)
