"""A bad cursor makes its own list null and nothing else; an empty one is none. Both hold for every list."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import orjson

from tests.support.neighbours import Neighbours, fields_of_the_schema, values_of
from tests.support.schema_lists import LISTS, MORE_LISTS, OVER_ALL_ACCOUNTS
from tests.support.serving import Client

BAD: Final = ("x", " ", "null", "e30", "W10", "é", "\0", "A" * 10_000)
LEAST: Final = {int: (0, -(2**60)), str: ("00000000-0000-0000-0000-000000000000", "")}
GREATEST: Final = {int: (2**31 - 2, 2**57), str: ("ffffffff-ffff-ffff-ffff-ffffffffffff", "\U0010ffff" * 100)}


def test_every_list_of_the_schema_is_covered_here() -> None:
    assert {name for name, _ in lists()} == set(LISTS) | set(OVER_ALL_ACCOUNTS)


def lists() -> Iterator[tuple[str, list[str]]]:
    """Yield the lists of the schema, each with its arguments that take a cursor."""
    for name, arguments in fields_of_the_schema():
        if "first" in arguments:
            yield name, [argument for argument in ("after", "before") if argument in arguments]


CURSORS: Final = [(name, argument) for name, arguments in lists() for argument in arguments] + [
    (name, "after") for name in MORE_LISTS
]


def asked(name: str, argument: str, cursor: str = "$cursor") -> str:
    """Return an operation with a list, all of whose fields are read, and with fields beside and above it."""
    wanted = (LISTS | MORE_LISTS | OVER_ALL_ACCOUNTS)[name].replace("after: $after", f"{argument}: {cursor}", 1)
    page_info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    wanted = wanted.replace("edges", f"totalCount {page_info} edges", 1)
    beside = f"viewer {{ kind }} {wanted}" if name in OVER_ALL_ACCOUNTS else f"account {{ id name {wanted} plan }}"
    return f"query {'($cursor: String)' if cursor == '$cursor' else ''} {{ {beside} }}"


def asking(neighbours: Neighbours, staff: Client, name: str) -> Client:
    return staff if name in OVER_ALL_ACCOUNTS else neighbours.client


async def test_an_empty_cursor_is_no_cursor(neighbours: Neighbours, staff: Client) -> None:
    for name, argument in CURSORS:
        client = asking(neighbours, staff, name)
        data = await client.data(asked(name, argument), {"cursor": None})
        assert (name, await client.data(asked(name, argument), {"cursor": ""})) == (name, data)
        assert (name, await client.data(asked(name, argument, '""'))) == (name, data)


async def test_an_empty_cursor_beside_another_one_is_no_cursor(neighbours: Neighbours) -> None:
    for field in ("orders", "events"):
        [_, cursor, *_] = values_of(await page(neighbours.client, field, "first: 3"), "cursor")
        for given, same in (
            (f'after: "{cursor}", before: ""', f'after: "{cursor}"'),
            (f'before: "{cursor}", after: ""', f'before: "{cursor}"'),
            (f'last: 2, before: "", after: "{cursor}"', f'last: 2, after: "{cursor}"'),
            ('first: 2, after: "", before: ""', "first: 2"),
            ('last: 2, before: ""', "last: 2"),
        ):
            assert await page(neighbours.client, field, given) == await page(neighbours.client, field, same)


async def page(client: Client, field: str, arguments: str) -> dict[str, Any]:
    return await client.data(f"{{ account {{ {field}({arguments}) {{ edges {{ cursor }} }} }} }}")


async def test_a_bad_cursor_makes_its_own_list_null_and_nothing_else(neighbours: Neighbours, staff: Client) -> None:
    for name, argument in CURSORS:
        client = asking(neighbours, staff, name)
        data = await client.data(asked(name, argument), {"cursor": None})
        answers = [await client.answer(asked(name, argument), {"cursor": bad}) for bad in BAD]
        answers.append(await client.answer(asked(name, argument, '"x"')))
        for answer in answers:
            assert_only_the_list_is_null(answer, data, name.split(" ")[0].split(".")[-1], argument)


def assert_only_the_list_is_null(answer: dict[str, Any], data: dict[str, Any], field: str, argument: str) -> None:
    expected = deepcopy(data)
    assert answer["errors"]
    for error in answer["errors"]:
        assert error["path"][-1] == field
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument}
        assert error["message"] == f"{argument}: This is not a cursor of this list."
        holder: Any = expected
        for part in error["path"][:-1]:
            holder = holder[part]
        assert holder[field]
        holder[field] = None
    assert answer["data"] == expected


async def test_a_forged_cursor_is_refused_or_finds_items_of_its_list(neighbours: Neighbours, staff: Client) -> None:
    for name, argument in CURSORS:
        client = asking(neighbours, staff, name)
        data = await client.data(asked(name, argument), {"cursor": None})
        items = set(values_of(data, "cursor"))
        for cursor in sorted(items)[:1]:
            for forged in forgeries(cursor):
                answer = await client.answer(asked(name, argument), {"cursor": forged})
                codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
                assert codes <= {"BAD_USER_INPUT"}, (name, forged)
                assert set(values_of(answer["data"], "cursor")) <= items


def forgeries(cursor: str) -> Iterator[str]:
    """Yield cursors like one, with the least and greatest values in place of those of its key."""
    version, kind, owner, *key = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for extremes in (LEAST, GREATEST):
        for chosen in (0, 1):
            values = [extremes[type(value)][chosen] for value in key]
            yield urlsafe_b64encode(orjson.dumps([version, kind, owner, *values])).decode()
