"""A bad argument makes its own field null and nothing else."""

from typing import Any, Final

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType

from tests.support.committed_schema import SCHEMA
from tests.support.neighbours import Neighbours
from tests.support.serving import Client

NEVER_NULL: Final = {"Account.quote", "Query.nodes"}
"""Fields whose errors are user errors, or those of their items."""

OF_ACCOUNTS: Final = [
    ('pulse(asOf: "1970-01-01T00:00:00Z") { asOf }', "asOf"),
    ('pulse(asOf: "2200-12-31T23:59:59Z") { asOf }', "asOf"),
    ('sla(asOf: "1970-01-01T00:00:00Z") { version }', "asOf"),
    ('activity(from: "2026-03-02", to: "2026-03-01") { date }', "to"),
    ('activity(from: "2020-01-01", to: "2026-03-01") { date }', "to"),
    ('activity(from: "1969-12-31", to: "1969-12-31") { date }', "from"),
    ('activity(from: "2026-03-01", to: "2201-01-01", grain: MONTH) { date }', "to"),
    ('pulseHistory(from: "0001-01-01") { totalCount }', "from"),
    ('pulseHistory(to: "9999-12-31") { totalCount }', "to"),
    ('dailyGuarantee(date: "1969-12-31") { used }', "date"),
    ('dailyGuarantee(date: "2201-01-01") { used }', "date"),
    ("order { id }", "number"),
    ('order(number: 1, externalReference: "x") { id }', "number"),
    ('order(externalReference: "a\\u0000b") { id }', "externalReference"),
    ('orders(filter: {search: "a\\u0000b"}) { totalCount }', "filter.search"),
    ('orders(filter: {externalReference: "a\\u0000b"}) { totalCount }', "filter.externalReference"),
    ("orders(first: 0) { totalCount }", "first"),
    ("orders(last: 101) { totalCount }", "last"),
    ("orders(first: 1, last: 1) { totalCount }", "last"),
    ("events(first: -2147483648) { totalCount }", "first"),
    ("specifications(first: 2147483647) { totalCount }", "first"),
    ("pulseHistory(first: 0) { totalCount }", "first"),
]

OF_STAFF: Final = [
    ('node(id: "x") { id }', "id"),
    ('node(id: "") { id }', "id"),
    ('account(id: "x") { id }', "id"),
    ('account(id: "") { id }', "id"),
    ('accounts(search: "a\\u0000b") { totalCount }', "search"),
    ("accounts(first: 0) { totalCount }", "first"),
    ('atRisk(within: "P367D") { totalCount }', "within"),
    ('orders(filter: {search: "a"}) { totalCount }', "filter.search"),
    ('orders(filter: {externalReference: "a\\u0000b"}) { totalCount }', "filter.externalReference"),
    ('jobRuns(job: "a\\u0000b") { totalCount }', "job"),
    ('jobRuns(accountId: "") { totalCount }', "accountId"),
    ("retouchingSteps(first: 101) { totalCount }", "first"),
]


def test_every_field_with_arguments_is_nullable() -> None:
    types = [each for each in SCHEMA.type_map.values() if isinstance(each, GraphQLObjectType)]
    never_null = {
        f"{type_.name}.{name}"
        for type_ in types
        for name, field in type_.fields.items()
        if field.args and isinstance(field.type, GraphQLNonNull)
        if type_.name != "Mutation" and not type_.name.startswith("__")
    }
    assert never_null == NEVER_NULL


async def test_a_bad_argument_of_an_account_makes_its_own_field_null(neighbours: Neighbours) -> None:
    for selection, argument in OF_ACCOUNTS:
        answer = await neighbours.client.answer(f"{{ account {{ name bad: {selection} plan }} }}")
        assert answer["data"] == {"account": {"name": "Alpha", "bad": None, "plan": "PROFESSIONAL"}}
        assert_refused(answer, ["account", "bad"], argument)


@pytest.mark.usefixtures("neighbours")
async def test_a_bad_argument_of_staff_makes_its_own_field_null(staff: Client) -> None:
    for selection, argument in OF_STAFF:
        answer = await staff.answer(f"{{ viewer {{ kind }} bad: {selection} accounts {{ totalCount }} }}")
        assert answer["data"] == {"viewer": {"kind": "STAFF"}, "bad": None, "accounts": {"totalCount": 2}}
        assert_refused(answer, ["bad"], argument)


def assert_refused(answer: dict[str, Any], path: list[str], argument: str) -> None:
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]) == (path, {"code": "BAD_USER_INPUT", "argument": argument})
    assert error["message"].startswith(f"{argument}: ")
