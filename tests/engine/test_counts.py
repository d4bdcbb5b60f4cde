"""The limits of the fields, aliases and levels of a document, before its validation."""

from pathlib import Path
from typing import Final

import pytest
from graphql import get_introspection_query, parse

from engine.counts import MAX_ALIASES, MAX_DEPTH, MAX_DEPTH_OF_SCHEMA, MAX_FIELDS, require_few
from engine.documents import read_document
from engine.errors import ApiError
from tests.support.serving import Client

ROOT: Final = Path(__file__).parents[2]
TOO_DEEP: Final = "The document nests its fields too deeply: 12 levels are allowed, and 20 in introspection."


def refusal(query: str) -> str | None:
    try:
        require_few(parse(query))
    except ApiError as error:
        return error.message
    return None


def nested(levels: int, around: str = "a") -> str:
    """Return fields of so many levels."""
    return f"{around} {{ " * (levels - 1) + "a" + " }" * (levels - 1)


@pytest.mark.parametrize("where", ["{{ {} }}", "{{ a }} fragment f on A {{ {} }}", "{{ ... {{ {} }} ...f }}"])
def test_a_document_has_at_most_a_thousand_fields(where: str) -> None:
    others = where.count("a }}")
    assert refusal(where.format("a " * (MAX_FIELDS - others))) is None
    assert refusal(where.format("a " * MAX_FIELDS + "b")) == (
        f"The document has {MAX_FIELDS + 1 + others:,} fields; 1,000 are allowed."
    )


def test_a_document_has_at_most_two_hundred_aliases() -> None:
    fields = "fragment f on A {" + "b: a " * 100 + "}"
    assert refusal("{" + "b: a " * (MAX_ALIASES - 100) + "}" + fields) is None
    refused = refusal("{ b: a " + "b: a " * (MAX_ALIASES - 100) + "}" + fields)
    assert refused == "The document has 201 aliases; 200 are allowed."


def test_a_document_has_at_most_twelve_levels_of_fields() -> None:
    assert refusal(f"{{ {nested(MAX_DEPTH)} }}") is None
    assert refusal(f"{{ {nested(MAX_DEPTH + 1)} }}") == TOO_DEEP


@pytest.mark.parametrize("root", ["__schema", '__type(name: "Order")'])
def test_introspection_has_at_most_twenty_levels(root: str) -> None:
    assert refusal(f"{{ {root} {{ {nested(MAX_DEPTH_OF_SCHEMA - 1)} }} }}") is None
    assert refusal(f"{{ {root} {{ {nested(MAX_DEPTH_OF_SCHEMA)} }} }}") == TOO_DEEP
    assert refusal(f"{{ {root} {{ a }} {nested(MAX_DEPTH + 1)} }}") == TOO_DEEP


def test_levels_within_fragments_count_where_they_are_spread() -> None:
    parts = f"fragment g on A {{ ...h }} fragment h on A {{ ... {{ {nested(6)} }} }}"
    assert refusal(f"{{ {nested(7, 'a { ...g } b')} }} {parts}") is None
    assert refusal(f"{{ a {{ {nested(7, 'a { ...g } b')} }} }} {parts}") == TOO_DEEP


def test_each_operation_of_a_document_is_measured() -> None:
    assert refusal(f"query a {{ a }} query b {{ {nested(13)} }}") == TOO_DEEP


def test_an_unknown_fragment_and_one_that_spreads_itself_are_left_to_the_validation() -> None:
    assert refusal("{ ...f ...g } fragment f on A { a { ...h } } fragment h on A { ...f }") is None


def test_the_introspection_query_has_fifteen_levels() -> None:
    query = get_introspection_query()
    assert refusal(query) is None
    assert refusal(query.replace("__schema", "schema")) == TOO_DEEP


FILES: Final = sorted(
    path for folder in ("bench", "examples", "clients/python") for path in (ROOT / folder).rglob("*.graphql")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_operation_of_ours_is_within_the_limits(path: Path) -> None:
    read_document(path.read_text())


def test_there_are_operations_of_ours() -> None:
    assert len(FILES) > 35


async def test_a_document_beyond_its_limits_is_refused_though_it_is_invalid(staff: Client) -> None:
    assert await staff.error(f"{{ {nested(13)} }}") == {"code": "QUERY_TOO_COMPLEX", "message": TOO_DEEP}
