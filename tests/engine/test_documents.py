"""Limits of documents and variables, the documents that are kept, and the choice of the operation."""

import gc
import tracemalloc
from pathlib import Path
from typing import Any, Final

import pytest
from graphql import GraphQLSyntaxError

from api.schema import schema
from engine.documents import (
    KEPT_BYTES,
    MAX_LENGTH,
    MAX_TOKENS,
    MAX_VALUES,
    KeptDocuments,
    read_document,
    require_few_values,
)
from tests.support.serving import Client

BENCH: Final = Path(__file__).parents[2] / "bench"
TWO: Final = "query kind { viewer { kind } } query account { account { id } }"


def test_variables_with_two_thousand_images_of_four_facts_are_within_the_limit() -> None:
    require_few_values({"input": {"images": [dict.fromkeys("abcd", "x") for _ in range(2_000)]}})


@pytest.mark.parametrize(
    "text",
    [
        "{ nodes(ids: [" + "1 " * (MAX_TOKENS - 12) + "]) { id } }",
        "{a}" + "\n" * (MAX_LENGTH - 3),
        "{a}".ljust(MAX_LENGTH),
    ],
)
def test_a_document_may_be_as_large_as_the_limit(text: str) -> None:
    assert read_document(text).node.definitions


def test_comments_count_as_tokens() -> None:
    with pytest.raises(GraphQLSyntaxError, match="more than 2000 tokens"):
        read_document("# a\n" * (MAX_TOKENS - 1) + "{ a }")


def test_variables_may_have_as_many_values_as_the_limit() -> None:
    require_few_values(None)
    require_few_values({"ids": ["x"] * (MAX_VALUES - 2)})


SIZES: Final = {
    "short": "{a}",
    "dashboard": (BENCH / "dashboard.graphql").read_text(),
    "fields": "{" + "a " * 998 + "}",
    "values": "{ nodes(ids: [" + '"a" ' * 1_980 + "]) { id } }",
    "arguments": "{" + "a(b:1)" * 330 + "}",
    "comments": "{ a }" + "#\n" * 1_900,
    "operations": " ".join(f"query q{each} {{ a }}" for each in range(190)),
    "text": '{ a(b: "' + "\N{GRINNING FACE}" * 19_000 + '") }',
}


@pytest.mark.parametrize("name", SIZES)
def test_a_document_takes_at_most_the_memory_that_it_is_said_to_take(name: str) -> None:
    text = "".join(SIZES[name])
    tracemalloc.start()
    try:
        documents = [read_document(text) for _ in range(3)]
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken / 3 < documents[0].size


def test_a_document_that_is_not_kept_leaves_nothing_in_memory() -> None:
    gc.collect()
    for text in SIZES.values():
        assert read_document("".join(text)).node.definitions
    assert gc.collect() == 0


def test_documents_used_longest_ago_make_room_for_others() -> None:
    one, two, three = (read_document(f"{{ a{number} }}") for number in range(3))
    kept = KeptDocuments(max_bytes=2 * one.size)
    kept.keep(one)
    kept.keep(two)
    assert kept.find(one.text) is one
    kept.keep(three)
    assert [kept.find(each.text) for each in (one, two, three)] == [one, None, three]
    assert kept.size == one.size + three.size


def test_a_document_that_is_kept_already_takes_no_more_memory() -> None:
    kept = KeptDocuments()
    for _ in range(2):
        kept.keep(read_document("{ a }"))
    assert kept.size == read_document("{ a }").size


async def test_different_documents_of_any_number_leave_the_memory_of_those_kept_bounded(staff: Client) -> None:
    ids = ",".join(f'"{number}"' for number in range(1_200))
    for number in range(15):
        assert "data" in await staff.answer(f"{{ a{number}: nodes(ids: [{ids}]) {{ id }} }}")
    assert KEPT_BYTES - read_document(f"{{ nodes(ids: [{ids}]) {{ id }} }}").size < schema.documents.size <= KEPT_BYTES


async def test_only_valid_documents_are_kept(staff: Client) -> None:
    valid, invalid = "{ viewer { kind } valid: __typename }", "{ viewer { kind nothing } }"
    assert "errors" not in await staff.answer(valid)
    assert "errors" in await staff.answer(invalid)
    assert schema.documents.find(valid) is not None
    assert schema.documents.find(invalid) is None


async def execute(client: Client, query: str, **more: object) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {client.token}"}
    answer: dict[str, Any] = (await client.http.post("/graphql", json={"query": query, **more}, headers=headers)).json()
    return answer


async def test_of_several_operations_the_named_one_is_executed(staff: Client) -> None:
    assert (await execute(staff, TWO, operationName="kind"))["data"] == {"viewer": {"kind": "STAFF"}}
    assert (await execute(staff, TWO, operationName="account"))["data"] == {"account": None}


async def test_an_only_operation_needs_no_name(staff: Client) -> None:
    for more in ({}, {"operationName": None}, {"operationName": "kind"}):
        assert "errors" not in await execute(staff, "query kind { viewer { kind } }", **more)


@pytest.mark.parametrize(
    ("query", "more", "message"),
    [
        (TWO, {}, "operationName: The document has 2 operations: name the one to execute."),
        (TWO, {"operationName": None}, "operationName: The document has 2 operations: name the one to execute."),
        (TWO, {"operationName": "other"}, "operationName: The document has no operation 'other'."),
        ("{ viewer { kind } }", {"operationName": "kind"}, "operationName: The document has no operation 'kind'."),
        (
            "{ a: __typename } { b: __typename }",
            {},
            "operationName: The document has 2 operations: name the one to execute.",
        ),
        ("fragment a on Query { viewer { kind } }", {}, "The document has no operation."),
    ],
)
async def test_an_ambiguous_operation_is_not_executed(
    staff: Client, query: str, more: dict[str, Any], message: str
) -> None:
    answer = await execute(staff, query, **more)
    [error] = answer["errors"]
    assert "data" not in answer
    assert error["message"] == message
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"].get("argument", "operationName") == "operationName"
