"""User errors: each field answers each code that it declares, with the facts of the error, and no other code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from api.schema import schema
from api.user_error.codes import UserErrorCode as Code
from api.user_error.refusals import ERRORS, ErrorMapping
from api.user_error.types import USER_ERRORS, UserError
from app.domain.orders.refusals import NotCompletable
from db.connections import Pool
from engine.codes import CODES, UndeclaredCode, answering
from tests.support.clock import FrozenClock
from tests.support.mutations import contents, document, is_for_staff, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio
from tests.support.user_errors import CASES, EACH, Case, Refused, Scene, subject_of

CORE: Any = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
QUOTE = "{ parts { imageCount serviceLevel price { amount } } }"


def declared() -> dict[str, tuple[Code, ...]]:
    """Return the codes that fields declare, by the field's name."""
    types = [each for each in CORE.type_map.values() if isinstance(each, GraphQLObjectType)]
    fields = [(name, field) for each in types for name, field in each.fields.items()]
    found = [(name, field.extensions.get("strawberry-definition")) for name, field in fields]
    return {name: each.metadata[CODES] for name, each in found if each and each.metadata.get(CODES)}


DECLARED = declared()
MUTATIONS = list(CORE.mutation_type.fields)


def selection() -> str:
    """Return the selection of all user errors with all their facts."""
    interface = cast("GraphQLInterfaceType", CORE.type_map["UserError"])
    facts = {each.name: [*each.fields.keys() - interface.fields.keys()] for each in CORE.get_possible_types(interface)}
    parts = [
        f"... on {type_} {{ {' '.join(f'{name} {QUOTE}' if name == 'quote' else name for name in names)} }}"
        for type_, names in facts.items()
        if names
    ]
    return f"userErrors {{ __typename code message path {' '.join(parts)} }}"


ERRORS_ASKED = selection()


def cases() -> Iterator[tuple[str, str, Case]]:
    """Yield the cases of the declared codes."""
    for operation, codes in DECLARED.items():
        for code in codes:
            yield from ((operation, code, case) for case in CASES.get((operation, code), ()))
            if operation in MUTATIONS and code in EACH:
                yield operation, code, partial(EACH[code], operation)


async def answered(scene: Scene, operation: str, case: Refused) -> list[dict[str, Any]]:
    """Return the user errors of a field."""
    variables, by_staff = {"input": case.input}, case.by_staff or is_for_staff(operation, case.input)
    if operation == "quote":
        variables["input"] = {subject_of(case.input): case.input}
        query = f"query ($input: QuoteInput!) {{ account {{ quote(input: $input) {{ {ERRORS_ASKED} }} }} }}"
        data = (await scene.shop.client.data(query, variables))["account"]
    else:
        type_ = f"{operation[0].upper()}{operation[1:]}Input!"
        query = f"mutation ($input: {type_}) {{ {operation}(input: $input) {{ {ERRORS_ASKED} }} }}"
        data = await (scene.staff if by_staff else scene.shop.client).data(query, variables)
    errors: list[dict[str, Any]] = data[operation]["userErrors"]
    return errors


@pytest.fixture
async def scene(pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock) -> Scene:
    shop = await open_shop(pool, client_of, Studio(images_per_day=6, expedites_per_day=2))
    return Scene(pool, client_of, clock, staff, shop)


def test_each_declared_code_has_a_case_and_no_other_code_has() -> None:
    known = {(operation, code) for operation, code, _ in cases()}
    assert known == {(operation, str(code)) for operation, codes in DECLARED.items() for code in codes}
    assert CASES.keys() <= known


@pytest.mark.parametrize(("operation", "code", "case"), [*cases()])
async def test_each_field_answers_each_code_that_it_declares(
    scene: Scene, pool: Pool, operation: str, code: str, case: Case
) -> None:
    refused = await case(scene)
    before = await contents(pool)
    [error] = await answered(scene, operation, refused)
    assert error.pop("message")
    assert {name: fact for name, fact in error.items() if fact is not None} == {
        "__typename": USER_ERRORS[Code(code)].__name__,
        "code": code,
        "path": [*([subject_of(refused.input)] if operation == "quote" else []), *refused.path],
        **refused.facts,
    }
    assert await contents(pool) == before


def test_every_field_with_user_errors_declares_its_codes_and_lists_them() -> None:
    fields = {
        name: field
        for each in CORE.type_map.values()
        if isinstance(each, GraphQLObjectType)
        for name, field in each.fields.items()
        if "userErrors" in getattr(cast("Any", get_named_type(field.type)), "fields", ())
    }
    assert fields.keys() == DECLARED.keys()
    assert set(MUTATIONS) < fields.keys()
    listed = {name: (field.description or "").partition("User errors: ")[2] for name, field in fields.items()}
    assert listed == {name: f"{', '.join(codes)}." for name, codes in DECLARED.items()}


def test_each_code_has_a_type_of_its_name_and_a_field_that_declares_it() -> None:
    assert USER_ERRORS.keys() == set(Code)
    named = {code: "".join(part.capitalize() for part in code.split("_")) for code in Code}
    others = {code: error.__name__ for code, error in USER_ERRORS.items() if error.__name__ != named[code]}
    assert others == {"INVALID": "InvalidInput", "ACCOUNT_CLOSED": "AccountIsClosed"}  # AccountClosed is the event
    assert {code for codes in DECLARED.values() for code in codes} == set(Code)
    assert {each.error for each in ERRORS.values()} <= set(USER_ERRORS.values())


def test_facts_of_one_name_have_one_type() -> None:
    types: dict[str, set[str]] = {}
    for error in CORE.get_possible_types(CORE.type_map["UserError"]):
        for name, field in error.fields.items():
            types.setdefault(name, set()).add(str(field.type))
    assert {name for name, found in types.items() if len(found) > 1} == set()


async def test_an_undeclared_code_raises_undeclared_code() -> None:
    @dataclass
    class Answer:
        user_errors: Sequence[UserError]

    async def resolve(code: Code) -> Answer:
        return Answer([UserError(code=code, message="", path=[])])

    checked = answering([Code.INVALID], resolve)
    assert (await checked(Code.INVALID)).user_errors[0].code is Code.INVALID
    with pytest.raises(UndeclaredCode, match=r"The code NOT_FOUND is not declared\."):
        await checked(Code.NOT_FOUND)


async def test_an_undeclared_code_is_an_internal_error(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ERRORS, NotCompletable, ErrorMapping(USER_ERRORS[Code.NOT_DELIVERED]))
    [order] = await scene.shop.place()
    error = await scene.shop.client.error(document("completeOrder"), {"input": {"orderId": order["id"]}})
    assert error["code"] == "INTERNAL"
