"""The operations of clients in Python have the types that the schema gives them, and `make clients` makes them."""

from pathlib import Path
from typing import Final

import pytest
from graphql import GraphQLError, build_schema

from loupe_client.operations import module_of
from tests.support.committed_schema import SCHEMA
from tests.support.programs import CLIENTS

SMALL: Final = build_schema("""
  scalar Decimal
  enum Size { SMALL LARGE }
  input BoxInput { from: String!, sizes: [Size!], count: Int! = 1 }
  interface Thing { id: ID! }
  type Box implements Thing { id: ID!, size: Size, weight: Decimal!, inner: [[Box]!]! }
  type Bag implements Thing { id: ID!, strap: Boolean }
  type Query { things(input: BoxInput, first: Int! = 10, id: ID!): [Thing]! }
""")
QUERY: Final = """\
query Things($input: BoxInput, $first: Int! = 10, $id: ID!) {
  things(input: $input, first: $first, id: $id) {
    id
    ...Sized
    ... on Bag { strap }
    ... on Box { inner { ... on Thing { id } } }
    ... on Box { inner { weight @skip(if: true) } }
  }
}
fragment Sized on Box { size, also: size }
"""
MODULE: Final = f'''\
"""Operations and their types, made by loupe_client.operations of the files beside it and schema.graphql."""

from decimal import Decimal
from typing import Final, Literal, NotRequired, TypeAlias, TypedDict

from loupe_client.session import Operation

Size: TypeAlias = Literal[
    "SMALL",
    "LARGE",
]

BoxInput = TypedDict(
    "BoxInput",
    {{
        "from": str,
        "sizes": NotRequired[list[Size] | None],
        "count": NotRequired[int],
    }},
)

ThingsVariables = TypedDict(
    "ThingsVariables",
    {{
        "input": NotRequired[BoxInput | None],
        "first": NotRequired[int],
        "id": str,
    }},
)

ThingsThingsInner = TypedDict(
    "ThingsThingsInner",
    {{
        "id": str,
        "weight": NotRequired[Decimal],
    }},
)

ThingsThings = TypedDict(
    "ThingsThings",
    {{
        "id": str,
        "size": NotRequired[Size | None],
        "also": NotRequired[Size | None],
        "strap": NotRequired[bool | None],
        "inner": NotRequired[list[list[ThingsThingsInner | None]]],
    }},
)

Things = TypedDict(
    "Things",
    {{
        "things": list[ThingsThings | None],
    }},
)

THINGS: Final = Operation[ThingsVariables, Things]("""
{QUERY}""")
'''


def test_types_have_what_is_selected_of_fragments_as_not_required(tmp_path: Path) -> None:
    (tmp_path / "things.graphql").write_text(QUERY)
    assert module_of(tmp_path, SMALL) == MODULE


def test_an_operation_that_the_schema_does_not_allow_is_refused(tmp_path: Path) -> None:
    (tmp_path / "things.graphql").write_text("{ thing { id } }")
    with pytest.raises(GraphQLError, match=r"^Cannot query field 'thing' on type 'Query'\."):
        module_of(tmp_path, SMALL)


def test_the_operations_in_the_repository_are_as_the_schema_makes_them() -> None:
    folder = CLIENTS / "python" / "operations"
    made = module_of(folder, SCHEMA)
    assert (folder / "__init__.py").read_text() == made, "make clients makes it again"
