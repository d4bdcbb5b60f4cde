"""Limits of documents and variables, and the choice of the operation."""

from typing import Any, Final

import pytest
from graphql import GraphQLSyntaxError

from engine.documents import MAX_LENGTH, MAX_LINES, MAX_TOKENS, MAX_VALUES, read_document, require_few_values
from tests.support.serving import Client

TWO: Final = "query kind { viewer { kind } } query account { account { id } }"


def test_a_document_with_two_thousand_images_as_literals_is_parsed() -> None:
    images = ",\n".join('{ filename: "' + f"{number:04}".rjust(255, "a") + '" }' for number in range(2_000))
    text = f"mutation {{ placeOrder(input: {{ images: [{images}] }}) {{ orders {{ id }} }} }}"
    assert read_document(text).node.definitions


def test_variables_with_two_thousand_images_of_four_facts_are_within_the_limit() -> None:
    require_few_values({"input": {"images": [dict.fromkeys("abcd", "x") for _ in range(2_000)]}})


@pytest.mark.parametrize(
    "text", ["{" + "a " * (MAX_TOKENS - 2) + "}", "{a}" + "\n" * (MAX_LINES - 1), "{a}".ljust(MAX_LENGTH)]
)
def test_a_document_may_be_as_large_as_the_limit(text: str) -> None:
    assert read_document(text).node.definitions


def test_comments_count_as_tokens() -> None:
    with pytest.raises(GraphQLSyntaxError, match="more than 20000 tokens"):
        read_document("# a\n" * (MAX_LINES - 1) + "{ a }")


def test_variables_may_have_as_many_values_as_the_limit() -> None:
    require_few_values(None)
    require_few_values({"ids": ["x"] * (MAX_VALUES - 2)})


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
