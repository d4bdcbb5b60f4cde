"""Values of variables that do not fit their types are named by their paths, and shown as JSON."""

from typing import Any, Final

from db.connections import Pool
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio, open_account

NUMBER: Final = "query ($n: Int!) { account { order(number: $n) { id } } }"
FILTER: Final = "query ($f: OrderFilter) { account { orders(filter: $f) { totalCount } } }"
NODES: Final = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
QUOTE: Final = "query ($of: QuoteInput!) { account { quote(input: $of) { userErrors { message } } } }"
STEP: Final = "mutation ($of: SetRetouchingStepInput!) { setRetouchingStep(input: $of) { userErrors { code } } }"

INT: Final = "Int cannot represent"
RANGE: Final = f"{INT} non 32-bit signed integer value:"
BOOLEAN: Final = "Boolean cannot represent a non boolean value:"
ONE_OF: Final = (
    "Within OneOf Input Object type 'QuoteInput', exactly one field must be specified, and the value for that field"
    " must be non-null."
)
DECIMAL: Final = "A decimal number is written in digits, with a point and without an exponent: 1.45."
BOTH: Final[dict[str, Any]] = {"newOrder": {"imageCount": 1}, "expedite": {"orderId": "x"}}

VARIABLES: Final[list[tuple[str, dict[str, Any], str, str]]] = [
    (NUMBER, {"n": 2**31}, "$n", f"{RANGE} 2147483648"),
    (NUMBER, {"n": -(2**63)}, "$n", f"{RANGE} -9223372036854775808"),
    (NUMBER, {"n": 1.5}, "$n", f"{INT} non-integer value: 1.5"),
    (NUMBER, {"n": 1e300}, "$n", f"{RANGE} 1e+300"),
    (NUMBER, {"n": True}, "$n", f"{INT} non-integer value: true"),
    (NUMBER, {"n": 'it\'s "1"'}, "$n", f'{INT} non-integer value: "it\'s \\"1\\""'),
    (NUMBER, {"n": {"a": [1, None]}}, "$n", f'{INT} non-integer value: {{"a":[1,null]}}'),
    (NUMBER, {"n": "x" * 500}, "$n", f'{INT} non-integer value: "{"x" * 239}...'),
    (NUMBER, {}, "$n", "Expected a value of non-null type 'Int!' to be provided."),
    (NUMBER, {"n": None}, "$n", "Expected value of non-null type 'Int!' not to be null."),
    (FILTER, {"f": {"late": "yes"}}, "$f.late", f'{BOOLEAN} "yes"'),
    (FILTER, {"f": {"status": ["DONE"]}}, "$f.status[0]", "Value \"DONE\" does not exist in 'OrderStatus' enum."),
    (
        FILTER,
        {"f": {"colour": "red"}},
        "$f",
        "Expected value of type 'OrderFilter' not to include unknown field 'colour', found: {\"colour\":\"red\"}.",
    ),
    (FILTER, {"f": "x"}, "$f", "Expected value of type 'OrderFilter' to be an object, found: \"x\"."),
    (
        FILTER,
        {"f": {"placedFrom": "x"}},
        "$f.placedFrom",
        "It must be an instant with an offset, like 2026-03-02T13:05:00Z.",
    ),
    (NODES, {"ids": ["x", {}]}, "$ids[1]", "ID cannot represent value: {}"),
    (NODES, {"ids": ["x", None]}, "$ids[1]", "Expected value of non-null type 'ID!' not to be null."),
    (QUOTE, {"of": {}}, "$of", ONE_OF),
    (QUOTE, {"of": BOTH}, "$of", ONE_OF),
    (QUOTE, {"of": {"newOrder": None}}, "$of.newOrder", ONE_OF),
    (QUOTE, {"of": {"newOrder": {"imageCount": 2**31}}}, "$of.newOrder.imageCount", f"{RANGE} 2147483648"),
    (
        STEP,
        {"of": {"step": "A", "seconds": 1, "price": {"amount": 1.45, "currency": "USD"}}},
        "$of.price.amount",
        'A decimal number is written as a text, "1.45", so that it stays exact.',
    ),
    (
        STEP,
        {"of": {"step": "A", "seconds": 1, "price": {"amount": "1e2", "currency": "USD"}}},
        "$of.price.amount",
        DECIMAL,
    ),
]


async def test_a_bad_value_of_a_variable_is_named_by_its_path(staff: Client) -> None:
    for query, variables, argument, problem in VARIABLES:
        assert await staff.error(query, variables) == {
            "code": "BAD_USER_INPUT",
            "argument": argument,
            "message": f"{argument}: {problem}",
        }


NULLED: Final[list[tuple[str, str, str]]] = [
    ('query ($v: Date = "2026-03-01") { account { activity(from: $v, to: "2026-03-02") { date } } }', "from", "Date!"),
    (
        "query ($v: Int = 1) { account { quote(input: {newOrder: {imageCount: $v}}) { userErrors { code } } } }",
        "input.newOrder.imageCount",
        "Int!",
    ),
    (
        "query ($v: OrderStatus = COMPLETED) { account { orders(filter: {status: [$v]}) { totalCount } } }",
        "filter.status[0]",
        "OrderStatus!",
    ),
]


async def test_a_null_of_a_variable_where_none_is_allowed_is_named_by_its_path(
    pool: Pool, client_of: NewClient
) -> None:
    client = await client_of(await open_account(pool, Studio()))
    for query, argument, type_ in NULLED:
        problem = f"Expected variable '$v' provided to non-null type '{type_}' not to be null."
        assert await client.error(query, {"v": None}) == {
            "code": "BAD_USER_INPUT",
            "argument": argument,
            "message": f"{argument}: {problem}",
        }


async def test_each_bad_value_of_a_variable_has_an_error(staff: Client) -> None:
    found = await staff.answer(QUOTE, {"of": {"newOrder": {"imageCount": "x", "foo": 1, "at": 5}}})
    assert [error["extensions"]["argument"] for error in found["errors"]] == [
        "$of.newOrder.imageCount",
        "$of.newOrder.at",
        "$of.newOrder",
    ]


async def test_the_errors_about_variables_are_few_and_show_the_beginning_of_a_value(staff: Client) -> None:
    variables = {"f": {f"a{number}": 1 for number in range(5_000)} | {"search": "\x01" * 10_000}}
    errors = (await staff.answer(FILTER, variables))["errors"]
    assert len(errors) == 11
    start = ",".join(f'"a{number}":1' for number in range(40))[:239]
    assert errors[9]["message"] == (
        f"$f: Expected value of type 'OrderFilter' not to include unknown field 'a9', found: {{{start}...."
    )
    assert errors[10]["message"] == "Too many errors processing variables, error limit reached. Execution aborted."


async def test_a_value_that_is_nested_deeply_is_shown_to_its_beginning(staff: Client) -> None:
    value: list[object] = []
    for _ in range(300):
        value = [value]
    message = f"$ids[0]: ID cannot represent value: {'[' * 240}..."
    assert (await staff.error(NODES, {"ids": [value]}))["message"] == message
