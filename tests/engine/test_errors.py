"""Errors as clients see them: a code and the argument, and never a trace."""

from typing import Any

import pytest
import structlog.testing

from api.ids import NodeType, account_global_id
from db.connections import Pool, Record, Statement
from engine.ids import numbered
from tests.support.clock import FrozenClock
from tests.support.serving import Client, CountingSnapshot, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    made = await open_account(pool, Studio())
    at = clock.now() - DAY
    made.order(at, [Photo("a.jpg", at + HOUR), Photo("b.jpg")])
    await write(pool, made)
    return made


@pytest.fixture
async def client(studio: Studio, client_of: NewClient) -> Client:
    return await client_of(studio)


def account(fields: str) -> str:
    return f"{{ account {{ {fields} }} }}"


BAD_ARGUMENTS = {
    '{ node(id: "x") { id } }': "id",
    "{ node(id: 17) { id } }": "id",
    '{ node(id: "") { id } }': "id",
    '{ nodes(ids: ["x"]) { id } }': "ids[0]",
    '{ account(id: "") { id } }': "id",
    account("orders(first: 0) { totalCount }"): "first",
    account("orders(first: -1) { totalCount }"): "first",
    account("orders(first: 101) { totalCount }"): "first",
    account("orders(last: 0) { totalCount }"): "last",
    account("orders(last: 2147483647) { totalCount }"): "last",
    account("orders(first: 1, last: 1) { totalCount }"): "last",
    account('orders(after: "x") { totalCount }'): "after",
    account('orders(before: "x") { totalCount }'): "before",
    account("slaVersions(first: 101) { totalCount }"): "first",
    account('slaVersions(after: "x") { totalCount }'): "after",
    account("specifications(first: 0) { totalCount }"): "first",
    account("order(number: 1) { images(first: 0) { totalCount } }"): "first",
    account('order(number: 1) { images(after: "x") { totalCount } }'): "after",
    account('order(number: 1) { events(after: "x") { totalCount } }'): "after",
    account("pulse { productivity { images(first: 1000) { totalCount } } }"): "first",
    account('pulse { reliability { lateImages(after: "x") { totalCount } } }'): "after",
    account('sla { compliance { rejection { openImages(after: "x") { totalCount } } } }'): "after",
    account('pulse(asOf: "2026-03-10T12:00:00") { asOf }'): "asOf",
    account('pulse(asOf: "2026-13-10T12:00:00Z") { asOf }'): "asOf",
    account("pulse(asOf: 1773144000) { asOf }"): "asOf",
    account('sla(asOf: "now") { version }'): "asOf",
    account('dailyGuarantee(date: "10.3.2026") { used }'): "date",
    account('dailyGuarantee(date: "2026-02-29") { used }'): "date",
    account('orders(filter: { placedFrom: "2026-03-10" }) { totalCount }'): "filter.placedFrom",
    account('orders(filter: { late: true, placedBefore: "" }) { totalCount }'): "filter.placedBefore",
    account('orders(filter: { search: "a\\u0000b" }) { totalCount }'): "filter.search",
    account('orders(filter: { status: [CANCELLED], late: true, placedFrom: "x", search: "y" }) { totalCount }'): (
        "filter.placedFrom"
    ),
    'query ($at: DateTime = "x") { account { pulse(asOf: $at) { asOf } } }': "$at",
    'query ($f: OrderFilter = { placedFrom: "x" }) { account { orders(filter: $f) { totalCount } } }': "$f.placedFrom",
}


@pytest.mark.parametrize("query", BAD_ARGUMENTS)
async def test_a_bad_argument_is_named(client: Client, query: str) -> None:
    error = await client.error(query)
    assert error["code"] == "BAD_USER_INPUT"
    assert error["argument"] == BAD_ARGUMENTS[query]
    assert error["message"].startswith(f"{error['argument']}: ")


async def test_more_than_a_hundred_nodes_are_too_many(client: Client, studio: Studio) -> None:
    ask, id_ = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } viewer { kind } }", account_global_id(studio.id)
    assert len((await client.data(ask, {"ids": [id_] * 100}))["nodes"]) == 100
    answer = await client.answer(ask, {"ids": [id_] * 100 + ["x"] * 3})
    assert answer["data"] == {"nodes": [{"id": id_}] * 100 + [None] * 3, "viewer": {"kind": "CLIENT"}}
    [error] = answer["errors"]
    assert error["message"] == "ids: At most 100 nodes can be requested at once, not 103."
    assert (error["path"], error["extensions"]) == (["nodes", 100], {"code": "BAD_USER_INPUT", "argument": "ids"})


async def test_a_malformed_id_makes_only_its_own_node_null(client: Client, studio: Studio) -> None:
    ask, id_ = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } viewer { kind } }", account_global_id(studio.id)
    answer = await client.answer(ask, {"ids": ["x", id_, "", id_[:-1], id_]})
    found = {"id": id_}
    assert answer["data"] == {"nodes": [None, found, None, None, found], "viewer": {"kind": "CLIENT"}}
    assert [(error["path"], error["message"], error["extensions"]) for error in answer["errors"]] == [
        (
            ["nodes", index],
            f"ids[{index}]: This is not an id.",
            {"code": "BAD_USER_INPUT", "argument": f"ids[{index}]"},
        )
        for index in (0, 2, 3)
    ]


async def test_ids_of_nodes_that_do_not_exist_are_null(client: Client, studio: Studio, staff: Client) -> None:
    ids = [str(numbered(node_type, studio.id, 99)) for node_type in NodeType if node_type is not NodeType.ACCOUNT]
    ids += [str(numbered(NodeType.EVENT, studio.id, 2**100)), str(numbered(NodeType.SLA, studio.id, 2**100))]
    ask = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert (await client.data(ask, {"ids": ids}))["nodes"] == [None] * len(ids)
    strangers = [account_global_id(studio.images[0].id), str(numbered(NodeType.SLA, studio.images[0].id, 1))]
    assert (await staff.data(ask, {"ids": strangers}))["nodes"] == [None, None]


async def test_the_id_of_an_order_is_not_the_id_of_an_account(client: Client) -> None:
    order_id = (await client.data(account("order(number: 1) { id }")))["account"]["order"]["id"]
    assert await client.data("query ($id: ID) { account(id: $id) { id } }", {"id": order_id}) == {"account": None}


async def test_a_cursor_of_another_list_is_refused(client: Client) -> None:
    page = "orders { pageInfo { endCursor } } order(number: 1) { images { pageInfo { endCursor } } }"
    found = (await client.data(account(page)))["account"]
    cursors = found["orders"]["pageInfo"]["endCursor"], found["order"]["images"]["pageInfo"]["endCursor"]
    ask = "query ($after: String) { account { orders(after: $after) { totalCount } } }"
    assert "orders" in (await client.data(ask, {"after": cursors[0]}))["account"]
    assert (await client.error(ask, {"after": cursors[1]}))["argument"] == "after"


@pytest.mark.parametrize(
    "query", ["{", "}", "{ account { name }", "query ($) { viewer { kind } }", "\0", '{ a(b: "\\uD800") }']
)
async def test_a_document_with_a_syntax_error_has_its_code(client: Client, query: str) -> None:
    assert (await client.error(query))["code"] == "GRAPHQL_PARSE_FAILED"


@pytest.mark.parametrize(
    "query",
    [
        "{ nothing }",
        "{ account }",
        '{ account { orders(first: "1") { totalCount } } }',
        "{ account { order(number: 2147483648) { id } } }",
        "{ account { order(number: 99999999999999999999999999) { id } } }",
        "{ account { order(name: 1) { id } } }",
        "{ accounts(plan: GOLD) { totalCount } }",
        "query ($unused: Int) { viewer { kind } }",
        "{ account { orders(filter: { colour: 1 }) { totalCount } } }",
        "{ account { order(number: " + "9" * 5_000 + ") { id } } }",
        "query ($n: Int = " + "9" * 5_000 + ") { account { order(number: $n) { id } } }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ account { ...a } } fragment a on Account { order(number: 1) { account { ...a } } }",
        "mutation { placeOrder { __typename } }",
        "subscription { orderChanged { __typename } }",
    ],
)
async def test_an_invalid_document_has_its_code(client: Client, query: str) -> None:
    assert (await client.error(query))["code"] == "GRAPHQL_VALIDATION_FAILED"


CHAIN = "".join(f"fragment f{level} on Query {{ ...f{level + 1} }} " for level in range(245))
TOO_MUCH = {
    "{ account " * 500: "The document is nested too deeply.",
    "{ node(id: " + "[" * 1_000: "The document is nested too deeply.",
    "query ($i: " + "[" * 1_000: "The document is nested too deeply.",
    "{" + "... {" * 250 + "viewer { kind }" + "}" * 251: "The document is nested too deeply.",
    "{ ...f0 } " + CHAIN + "fragment f245 on Query { viewer { kind } }": (
        "The document repeats or nests its fields too often."
    ),
    "{ account { " + "pulse { asOf } " * 400 + "} }": "The document repeats or nests its fields too often.",
    "{" + "a " * 2_000 + "}": "Syntax Error: Document contains more than 2000 tokens. Parsing aborted.",
    "{ viewer { kind } }" + " " * 20_000: "A document has at most 20,000 characters; send long values as variables.",
}


@pytest.mark.parametrize("query", TOO_MUCH, ids=lambda query: query[:12])
async def test_a_document_beyond_the_limits_is_too_complex(client: Client, query: str) -> None:
    assert await client.error(query) == {"code": "QUERY_TOO_COMPLEX", "message": TOO_MUCH[query]}


async def test_variables_with_too_many_values_are_too_complex(client: Client) -> None:
    ask = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert await client.error(ask, {"ids": ["x"] * 20_000}) == {
        "code": "QUERY_TOO_COMPLEX",
        "message": "The variables of a request have at most 20,000 values.",
    }
    error = await client.error(ask, {"ids": ["x"] * 19_998})
    assert (error["code"], error["cost"]) == ("QUERY_TOO_COMPLEX", 1 + 19_998 * 26)


async def test_ids_of_too_many_nodes_cost_as_much_as_others(client: Client) -> None:
    fields = " ".join(f"a{index}: nodes(ids: $ids) {{ id }}" for index in range(150))
    ask = f"query ($ids: [ID!]!) {{ {fields} }}"
    assert (await client.error(ask, {"ids": ["x"] * 4_000}))["cost"] == 150 * (1 + 4_000 * 26)
    answer = await client.answer("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 4_000})
    named = [error["extensions"]["argument"] for error in answer["errors"]]
    assert named == [*(f"ids[{index}]" for index in range(100)), "ids"]


async def test_variables_nested_too_deeply_are_bad_input(client: Client) -> None:
    nested: Any = 1
    for _ in range(250):  # httpx writes JSON no deeper than Python's recursion limit
        nested = [nested]
    for type_, query in (("[ID!]!", "nodes(ids: $a) { id }"), ("Int!", "account { order(number: $a) { id } }")):
        error = await client.error(f"query ($a: {type_}) {{ {query} }}", {"a": nested})
        assert error["code"] == "BAD_USER_INPUT"


async def test_a_message_does_not_repeat_a_long_value(client: Client) -> None:
    error = await client.error("{" + "x" * 15_000 + "}")
    assert error["message"] == f"Cannot query field '{'x' * 980}..."


async def test_an_error_far_down_has_its_line_and_column(client: Client) -> None:
    lines = "\n" * 9_000 + "\r\n" * 900
    query = f"{{ account {{ {lines} a: orders(first: 0) {{ totalCount }}\n b: orders {{ totalCount }} }} }}"
    [error] = (await client.answer(query))["errors"]
    assert error["locations"] == [{"line": 9_901, "column": 2}]


async def test_the_first_twenty_bad_arguments_of_a_document_are_named_at_once(client: Client) -> None:
    fields = " ".join(f'a{number}: pulse(asOf: "x") {{ asOf }}' for number in range(150))
    errors = (await client.answer(f"{{ account {{ {fields} }} }}"))["errors"]
    assert [error["extensions"].get("argument") for error in errors] == ["asOf"] * 20 + [None]


async def test_a_failed_field_leaves_the_data_of_the_others(client: Client) -> None:
    answer = await client.answer(account('name pulse(asOf: "2000-01-01T00:00:00Z") { asOf } dailyGuarantee { used }'))
    assert answer["data"] == {"account": {"name": "ACME", "pulse": None, "dailyGuarantee": {"used": 0}}}
    assert [error["path"] for error in answer["errors"]] == [["account", "pulse"]]


async def test_an_internal_error_is_masked_by_the_id_of_its_log_entry(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_reader: CountingSnapshot, statement: Statement, *args: object) -> list[Record]:
        raise LookupError(f"the secret of {statement.name}{args[:0]}")

    monkeypatch.setattr(CountingSnapshot, "fetch", fail)
    with structlog.testing.capture_logs() as logs:
        answer = await client.answer(account("name orders { nodes { id } }"))
    assert "secret" not in str(answer)
    [error] = answer["errors"]
    assert error["path"] == ["account"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["id"] in error["message"]
    [entry] = logs
    assert (entry["event"], entry["id"]) == ("internal_error", error["extensions"]["id"])
    assert str(entry["exc_info"]) == "the secret of account_histories()"
