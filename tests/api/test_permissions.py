"""Permissions: every field and mutation by every kind of caller, and the fields of inputs that are for staff."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

import pytest
from graphql import GraphQLInputField, GraphQLInputObjectType, GraphQLObjectType, OperationType, get_named_type
from httpx import AsyncClient
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.ids import account_global_id
from api.schema import schema
from db.connections import Pool
from engine.staff import Staff
from tests.support.catalogue import write_catalogue
from tests.support.mutations import contents, document, valid_inputs
from tests.support.serving import Client, CountingReader, NewClient
from tests.support.studio import Studio
from tests.support.two_studios import SECRET

ALLOWED = {
    "node": {"client", "staff"},
    "nodes": {"client", "staff"},
    "viewer": {"client", "staff"},
    "account": {"client", "staff"},
    "accounts": {"staff"},
    "retouchingSteps": {"client", "staff"},
    "productionQueue": {"staff"},
    "atRisk": {"staff"},
    "orders": {"staff"},
    "ordersAwaitingDeadline": {"staff"},
    "events": {"staff"},
    "inquiries": {"staff"},
    "jobRuns": {"staff"},
}
FIELDS = {
    "node": "node(id: $id) { id }",
    "nodes": "nodes(ids: [$id]) { id }",
    "viewer": "viewer { kind account { id } }",
    "account": "account { id }",
    "accounts": "accounts { nodes { id } totalCount }",
    "retouchingSteps": "retouchingSteps { nodes { id } totalCount }",
    "productionQueue": "productionQueue { nodes { id } totalCount }",
    "atRisk": "atRisk { nodes { id } totalCount }",
    "orders": "orders { nodes { id } totalCount }",
    "ordersAwaitingDeadline": "ordersAwaitingDeadline { nodes { id } totalCount }",
    "events": "events { nodes { id } totalCount }",
    "inquiries": "inquiries { nodes { id text account { id } } totalCount }",
    "jobRuns": "jobRuns(accountId: $id) { nodes { id } totalCount }",
}
MAY_CHANGE = {
    "placeOrder": {"client", "staff"},
    "expediteOrder": {"client", "staff"},
    "completeOrder": {"client", "staff"},
    "cancelOrder": {"client", "staff"},
    "confirmDeadline": {"staff"},
    "reviseDeadline": {"staff"},
    "rejectImages": {"client", "staff"},
    "claimImages": {"staff"},
    "deliverImages": {"staff"},
    "recordOperations": {"staff"},
    "createSpecification": {"client", "staff"},
    "updateSpecification": {"client", "staff"},
    "archiveSpecification": {"client", "staff"},
    "setRetouchingStep": {"staff"},
    "changeTimeZone": {"client", "staff"},
    "negotiateSla": {"staff"},
    "withdrawSla": {"staff"},
    "changePlan": {"staff"},
    "renameAccount": {"staff"},
    "closeAccount": {"staff"},
    "reopenAccount": {"staff"},
    "setDashboardAccess": {"staff"},
    "setSuccessManager": {"staff"},
    "setContact": {"client", "staff"},
    "contactSupport": {"client", "staff"},
    "answerInquiry": {"staff"},
}

OF_OWN_ACCOUNT = {"createSpecification"}
"""Mutations in which only staff name an account."""
STAFFS: dict[tuple[str, str], list[object]] = {
    ("createSpecification", "accountId"): [account_global_id(UUID(int=1)), None],
    ("createSpecification", "pricePerImage"): [{"amount": "0", "currency": "USD"}, None],
    ("createSpecification", "stepSeconds"): [[{"step": "CLIPPING", "seconds": 999_999}], [], None],
    ("updateSpecification", "pricePerImage"): [{"amount": "0", "currency": "USD"}, None],
    ("updateSpecification", "stepSeconds"): [[{"step": "CLIPPING", "seconds": 999_999}], [], None],
}
"""Values of the fields for staff in mutations that are open to clients."""
AMOUNTS = {"Decimal", "Float", "MoneyInput", "Currency", "Duration", "SpecificationStepInput"}
"""Types of inputs that can state a price or a time."""
CORE = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def root_fields(operation: OperationType) -> list[str]:
    return list(cast("GraphQLObjectType", CORE.get_root_type(operation)).fields)


def test_the_permission_tables_list_every_root_field() -> None:
    assert root_fields(OperationType.QUERY) == list(ALLOWED) == list(FIELDS)
    assert root_fields(OperationType.MUTATION) == list(MAY_CHANGE)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("caller", ["nobody", "client", "staff"])
async def test_every_query_field_is_open_to_its_callers_only(
    own: Studio,
    other: Studio,
    client_of: NewClient,
    http: AsyncClient,
    counting: CountingReader,
    field: str,
    caller: str,
) -> None:
    clients = {"nobody": Client(http, None, counting), "client": await client_of(own), "staff": await client_of(None)}
    definition = "($id: ID!)" if "$id" in FIELDS[field] else ""
    variables = {"id": account_global_id(other.id)} if definition else {}
    response = await clients[caller].post(f"query {definition} {{ {FIELDS[field]} }}", variables)
    if caller == "nobody":
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert counting.statements == []
    elif caller in ALLOWED[field]:
        assert "errors" not in response.json()
    else:
        assert response.json() == {
            "data": {field: None},
            "errors": [
                {
                    "message": "This is for staff only.",
                    "locations": [{"line": 1, "column": 10 + len(definition)}],
                    "path": [field],
                    "extensions": {"code": "FORBIDDEN"},
                }
            ],
        }


async def test_every_mutation_is_open_to_its_callers_only(
    own: Studio, other: Studio, pool: Pool, client_of: NewClient, http: AsyncClient, counting: CountingReader
) -> None:
    nobody, client, everyone = Client(http, None, counting), await client_of(own), await client_of(None)
    await write_catalogue(pool)
    before = await contents(pool)
    for name, values in valid_inputs(other).items():
        assert (await nobody.post(document(name), {"input": values})).status_code == 401
        answer = await client.answer(document(name), {"input": values})
        if "client" in MAY_CHANGE[name] and name not in OF_OWN_ACCOUNT:
            errors = answer["data"][name]["userErrors"]
            assert [error["code"] for error in errors] == ["NOT_FOUND"] * len(errors) != []
        else:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        assert SECRET not in str(answer)
    assert await contents(pool) == before
    for name, values in valid_inputs(other).items():
        assert "errors" not in await everyone.answer(document(name), {"input": values})
        if "client" in MAY_CHANGE[name]:
            unnamed = {"accountId"} if name in OF_OWN_ACCOUNT else set[str]()
            on_own = {field: value for field, value in valid_inputs(own)[name].items() if field not in unnamed}
            payload = await client.data(document(name), {"input": on_own})
            assert "NOT_FOUND" not in str(payload)


def inputs_of(name: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the path, the type and the restriction to staff of each field in the input of a mutation."""
    mutation = cast("GraphQLObjectType", CORE.mutation_type).fields[name]
    yield from _fields_of(_named(mutation.args["input"].type), "input", for_staff=False)


def _fields_of(type_: object, path: str, *, for_staff: bool) -> Iterator[tuple[str, str, bool]]:
    if isinstance(type_, GraphQLInputObjectType):
        for name, field in type_.fields.items():
            is_for_staff = for_staff or is_staff(field)
            yield f"{path}.{name}", str(_named(field.type)), is_for_staff
            yield from _fields_of(_named(field.type), f"{path}.{name}", for_staff=is_for_staff)


def _named(type_: object) -> object:
    return cast("object", get_named_type(cast("Any", type_)))


def is_staff(field: GraphQLInputField) -> bool:
    definition: Any = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    return any(isinstance(each, Staff) for each in definition.directives)


def test_no_client_can_state_a_price_or_a_second_in_any_mutation() -> None:
    """Every field of every input is walked; those that could are for staff."""
    stated = {
        (name, path)
        for name, callers in MAY_CHANGE.items()
        if "client" in callers
        for path, type_, for_staff in inputs_of(name)
        if not for_staff and (type_ in AMOUNTS or any(word in path.lower() for word in ("price", "second", "amount")))
    }
    assert stated == set()


@pytest.mark.parametrize(
    ("name", "field", "value"), [(*each, value) for each, values in STAFFS.items() for value in values]
)
async def test_a_client_that_gives_a_field_for_staff_is_forbidden_and_nothing_changes(
    own: Studio, pool: Pool, client_of: NewClient, name: str, field: str, value: object
) -> None:
    await write_catalogue(pool)
    before = await contents(pool)
    values = {key: each for key, each in valid_inputs(own)[name].items() if key != "accountId"} | {field: value}
    [error] = (await (await client_of(own)).answer(document(name), {"input": values}))["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "argument": f"input.{field}"}
    assert await contents(pool) == before


def test_the_fields_for_staff_are_listed() -> None:
    given = {
        (name, path.removeprefix("input."))
        for name, callers in MAY_CHANGE.items()
        if "client" in callers
        for path, _, for_staff in inputs_of(name)
        if for_staff and path.count(".") == 1
    }
    assert given == set(STAFFS)
