"""Literals that do not fit their types are named by their paths, wherever they are in a value, and located."""

from typing import Any, Final

import pytest

from engine.errors import ErrorCode
from tests.engine.test_bad_values import BOOLEAN, DECIMAL, INT, ONE_OF, RANGE
from tests.support.serving import Client

ORDERS: Final = "{ account { orders(%s) { totalCount } } }"
DEFAULT: Final = "query ($f: OrderFilter = %s) { account { orders(filter: $f) { totalCount } } }"
IMAGES: Final = (
    'mutation { placeOrder(input: {name: "n", specificationId: "s", images: [%s]}) { userErrors { code } } }'
)
IDS: Final = "query ($ids: [ID!]! = %s) { nodes(ids: $ids) { id } }"
QUOTE: Final = "{ account { quote(input: %s) { userErrors { code } } } }"
STEP: Final = (
    'mutation { setRetouchingStep(input: {step: "A", seconds: 1, price: {amount: %s, currency: "USD"}})'
    " { userErrors { code } } }"
)

ID: Final = "ID cannot represent a non-string and non-integer value:"
TEXT: Final = "String cannot represent a non string value:"
STATUS: Final = "Enum 'OrderStatus' cannot represent non-enum value:"
UNKNOWN: Final = "Expected value of type '{0}' not to include unknown field '{1}', found:"
NOPE: Final = f"{UNKNOWN.format('OrderFilter', 'nope')} {{ late: true, nope: 1 }}."


@pytest.mark.parametrize(
    ("query", "literal", "argument", "problem"),
    [
        ("{ node(id: %s) { id } }", "{a: 1}", "id", f"{ID} {{ a: 1 }}"),
        ("{ node(id: %s) { id } }", "[]", "id", f"{ID} []"),
        ('{ nodes(ids: ["x", %s]) { id } }', "{a: 1}", "ids[1]", f"{ID} {{ a: 1 }}"),
        (IDS % '["x", %s]', "{}", "$ids[1]", f"{ID} {{  }}"),
        (ORDERS % "first: %s", "{a: 1}", "first", f"{INT} non-integer value: {{ a: 1 }}"),
        (ORDERS % "first: %s", "3000000000", "first", f"{RANGE} 3000000000"),
        (
            "query ($n: Int = %s) { account { orders(first: $n) { totalCount } } }",
            "3000000000",
            "$n",
            f"{RANGE} 3000000000",
        ),
        pytest.param(
            "{ account { order(number: %s) { id } } }",
            "9" * 5_000,
            "number",
            "This number has too many digits.",
            id="too many digits",
        ),
        ("{ nodes(ids: [%s]) { id } }", "null", "ids[0]", "Expected value of non-null type 'ID!' not to be null."),
        (QUOTE, "{}", "input", ONE_OF),
        (QUOTE, '{newOrder: {imageCount: 1}, expedite: {orderId: "x"}}', "input", ONE_OF),
        (QUOTE % "{newOrder: %s}", "null", "input.newOrder", ONE_OF),
        (ORDERS % "filter: {late: %s}", "1", "filter.late", f"{BOOLEAN} 1"),
        (ORDERS % "filter: {late: %s}", "[1, 2]", "filter.late", f"{BOOLEAN} [1, 2]"),
        (
            ORDERS % "filter: {late: true, search: %s}",
            "{a: [{b: 1}]}",
            "filter.search",
            f"{TEXT} {{ a: [{{ b: 1 }}] }}",
        ),
        (ORDERS % "filter: {status: [COMPLETED, %s]}", "[1]", "filter.status[1]", f"{STATUS} [1]."),
        (ORDERS % "filter: {status: [COMPLETED, %s]}", "1", "filter.status[1]", f"{STATUS} 1."),
        (ORDERS % "filter: {status: %s}", "1", "filter.status", f"{STATUS} 1."),
        (DEFAULT % "{late: %s}", "{}", "$f.late", f"{BOOLEAN} {{  }}"),
        ("{ account @include(if: %s) { id } }", "{a: 1}", "if", f"{BOOLEAN} {{ a: 1 }}"),
        (ORDERS % "filter: {late: true, %s}", "nope: 1", "filter.nope", NOPE),
        (DEFAULT % "{late: true, %s}", "nope: 1", "$f.nope", NOPE),
        (
            IMAGES % '{filename: "x"}, {filename: "y", %s}',
            "zz: [1]",
            "input.images[1].zz",
            UNKNOWN.format("NewImageInput", "zz") + ' { filename: "y", zz: [1] }.',
        ),
        (
            IMAGES % '{%s, filename: "x"}',
            "yy: 1",
            "input.images[0].yy",
            UNKNOWN.format("NewImageInput", "yy") + ' { yy: 1, filename: "x" }.',
        ),
    ],
)
async def test_a_bad_literal_has_the_path_and_the_location_of_its_value(
    staff: Client, query: str, literal: str, argument: str, problem: str
) -> None:
    error = located(query, ErrorCode.VALIDATION_FAILED, argument, problem)
    assert (await staff.answer(query % literal))["errors"] == [error]


async def test_a_literal_that_is_no_decimal_is_bad_input_with_its_path_and_location(staff: Client) -> None:
    error = located(STEP, ErrorCode.BAD_USER_INPUT, "input.price.amount", DECIMAL)
    assert (await staff.answer(STEP % '"1e2"'))["errors"] == [error]


def located(query: str, code: ErrorCode, argument: str, problem: str) -> dict[str, Any]:
    """Return the error about the literal in place of the %s of a query of one line."""
    return {
        "message": f"{argument}: {problem}",
        "locations": [{"line": 1, "column": query.index("%s") + 1}],
        "extensions": {"code": code, "argument": argument},
    }


async def errors_of(client: Client, fields: str) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = (await client.answer(ORDERS % f"filter: {{{fields}}}"))["errors"]
    return errors


async def test_a_long_object_is_not_printed_for_each_of_its_unknown_fields(staff: Client) -> None:
    errors = await errors_of(staff, " ".join(f"a{number}: 1" for number in range(650)))
    assert [error["extensions"] for error in errors] == [
        {"code": "GRAPHQL_VALIDATION_FAILED", "argument": "filter.a0"},
        {"code": "GRAPHQL_VALIDATION_FAILED", "argument": "filter.a1"},
        {"code": "GRAPHQL_VALIDATION_FAILED"},
    ]
    assert [len(error["message"]) for error in errors[:2]] == [1_003, 1_003]
    assert errors[2]["message"] == "The document has more bad values, which are not shown. Validation aborted."


async def test_a_long_name_of_an_unknown_field_is_cut(staff: Client) -> None:
    [error] = await errors_of(staff, f"{'a' * 15_000}: 1")
    assert error["extensions"]["argument"] == f"filter.{'a' * 233}..."
    assert error["message"].startswith(f"filter.{'a' * 233}...: Expected value of type 'OrderFilter' not to include")
    assert len(error["message"]) == 1_003
