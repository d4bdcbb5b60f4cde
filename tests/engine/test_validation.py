"""The limits of validation, in graphql-core's own units of work, and its pauses."""

from collections.abc import Callable
from math import isqrt
from typing import Any, Final

import pytest
from graphql import GraphQLSchema, parse, specified_rules, validate

from api.schema import schema
from app.turns import in_turns
from engine.documents import read_document
from engine.validation import MAX_COMPARISONS, MAX_ERRORS, RULES, errors_in
from tests.support.serving import Client

CORE: Final[GraphQLSchema] = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
ABORTED: Final = ["Validation aborted."]


def messages(text: str) -> list[str]:
    return [each.message for each in errors_in(CORE, parse(text))]


def same(number: int) -> str:
    return "{ " + "viewer { kind } " * number + "}"


def test_every_rule_of_graphql_core_is_applied() -> None:
    assert [rule.__mro__[-len(each.__mro__) :] for rule, each in zip(RULES, specified_rules, strict=True)] == [
        each.__mro__ for each in specified_rules
    ]


VALID: Final = [
    "{ viewer { kind } }",
    "query A($n: Int) { ...q } fragment q on Query { account { order(number: $n) { id } } }",
    "{ account { ...a ...b } } fragment a on Account { id name } fragment b on Account { id orders { totalCount } }",
]
INVALID: Final = [
    "{ a: viewer { kind } a: account { id } }",
    "{ account { orders { nodes { a: id } nodes { a: name } } } }",
    "{ acount { id } }",
    "query ($n: Int) { viewer { kind } }",
    "{ viewer { kind @skip } }",
    "{ account { order(numbr: 1) { id } } }",
    "{ ... on Ordr { id } }",
    "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "{ viewer { ...nothing } } fragment unused on Viewer { kind }",
]


@pytest.mark.parametrize("text", [*VALID, *INVALID])
def test_within_the_limits_graphql_cores_own_validation_says_the_same(text: str) -> None:
    assert messages(text) == [each.message for each in validate(CORE, parse(text))]
    assert bool(messages(text)) == (text in INVALID)


def test_fields_of_one_name_are_compared_within_a_limit() -> None:
    fields = isqrt(MAX_COMPARISONS)  # graphql-core counts two for each pair
    assert messages("{" + "__typename " * fields + "}") == []
    assert messages("{" + "__typename " * (fields + 1) + "}") == ABORTED


HOSTILE: Final = {
    "same fields": "{" + "__typename " * 990 + "}",
    "nested fields": "{" + "account { orders { nodes { id } } } " * 190 + "}",
    "arguments": "{" + 'node(id: "x") { id } ' * 190 + "}",
    "fragments in fragments": "{"
    + " ".join(f"...f{each}" for each in range(30))
    + "}"
    + "".join(
        f"fragment f{each} on Query {{ {' '.join(f'...f{other}' for other in range(each + 1, 30))} viewer {{ kind }} }}"
        for each in range(30)
    ),
    "many fragments": "{"
    + " ".join(f"...f{each}" for each in range(160))
    + "}"
    + "".join(f"fragment f{each} on Query {{ viewer {{ kind }} }}" for each in range(160)),
    "operations and fragments": " ".join(f"query q{each}($v: Boolean!) {{ ...f }}" for each in range(80))
    + " fragment f on Query {"
    + "__typename @skip(if: $v) " * 80
    + "}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_validation_of_a_document_within_all_counts_ends_early_where_it_takes_long(name: str) -> None:
    assert [each.message for each in errors_in(CORE, read_document("".join(HOSTILE[name])).node)] == ABORTED


async def test_a_document_that_takes_long_to_validate_is_too_complex(staff: Client) -> None:
    assert await staff.error(same(200)) == {
        "code": "QUERY_TOO_COMPLEX",
        "message": "The document repeats or nests its fields too often.",
    }


def test_the_first_errors_are_reported() -> None:
    found = messages("{" + " ".join(f"acount{each}" for each in range(100)) + "}")
    assert len(found) == MAX_ERRORS + 1
    assert found[-1] == "Too many validation errors, error limit reached. Validation aborted."


def test_similar_names_are_suggested_for_the_first_unknown_types() -> None:
    found = messages("{" + "... on Ordr { id } " * 10 + "}")
    known = "Unknown type 'Ordr'. Did you mean 'Order'?"
    assert [each for each in found if each.startswith("Unknown")] == [known] * 3 + ["Unknown type 'Ordr'."] * 7


class Turns:
    """Turns that are over whenever work asks, and how often it did."""

    def __init__(self) -> None:
        self.asked = 0

    def over(self) -> bool:
        self.asked += 1
        return True


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """Turns that are over at once."""
    made = Turns()
    monkeypatch.setattr("app.turns.turn_is_over", made.over)
    return made


@pytest.mark.parametrize(
    ("work", "at_least"),
    [
        (lambda: read_document(same(100)), 400),  # at each token
        (lambda: errors_in(CORE, parse("{" + "__typename " * 500 + "}")), 1_000),  # at each node
        (lambda: errors_in(CORE, parse(same(60))), 5_000),  # at each comparison, too
        (lambda: errors_in(CORE, parse("{ ... on Ordr { id } }")), 200),  # at each name that may be meant
    ],
)
async def test_long_work_pauses_wherever_its_turn_is_over(over: Turns, work: Callable[[], Any], at_least: int) -> None:
    await in_turns(work)
    assert over.asked >= at_least


async def test_what_is_done_in_turns_is_done_all_the_same(over: Turns) -> None:
    assert await in_turns(messages, INVALID[0]) == [each.message for each in validate(CORE, parse(INVALID[0]))]
    with pytest.raises(ZeroDivisionError):
        await in_turns(divmod, 1, 0)
    assert over.asked
