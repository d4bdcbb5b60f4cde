"""Each text that a person can write, by the API and by imports, is erased, or stays where it is listed."""

from collections.abc import Iterable, Iterator
from functools import partial
from inspect import getmembers, isclass
from typing import Any, Final, cast
from uuid import UUID

from graphql import GraphQLInputObjectType, GraphQLNamedType, get_named_type
from pydantic import BaseModel

from api.ids import NodeType, account_global_id
from api.schema import schema
from app.services.accounts.finding import find_account
from app.services.api_keys.keys import create_key, find_key, revoke_key
from app.services.imports import lines
from db.connections import Pool
from db.readers import PoolReader
from engine.ids import GlobalId
from tests.support.clock import FrozenClock
from tests.support.erasing import columns_with, erase
from tests.support.import_files import Line, run_import
from tests.support.mutations import PAYLOADS, done
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Studio, open_account
from tests.support.transactions import in_transaction

MARK: Final = "zebra"
URL: Final = f"https://{MARK}.example/a.jpg"
LEFT: Final = {
    ("accounts", "ref"),
    ("events", "data"),
    ("idempotency_keys", "key"),
    ("import_lines", "ref"),
    ("operations", "step"),
    ("retouching_steps", "step"),
    ("specification_versions", "steps"),
    ("staff_idempotency_keys", "key"),
}
"""The columns in which texts stay: refs, keys of calls, and names of steps (tests/services/erasing)."""
_NOT_ERASED: Final = {"idempotencyKey", "quoteToken", "step", "steps"}
_NAMES_IN_FILES: Final = {
    "account",
    "currency",
    "filenames",
    "order",
    "ref",
    "specification",
    "step",
    "timeZone",
    "type",
}
"""The fields of import lines that are no texts, are not erased, or name what another line has."""


class Writer:
    """Performs mutations with marked texts, and records the fields of inputs that had one."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self.written: set[str] = set()

    async def do(self, client: Client, name: str, fields: str | None = None, /, **input_: Any) -> dict[str, Any]:  # noqa: ANN401
        """Perform a mutation, a minute after the last one."""
        self._clock.advance(HOUR / 60)
        self.written |= set(_marked(_type(f"{name[0].upper()}{name[1:]}Input"), input_))
        return await done(client, name, fields, **input_)


def _type(name: str) -> GraphQLInputObjectType:
    return cast("GraphQLInputObjectType", schema._schema.type_map[name])  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _marked(type_: GraphQLInputObjectType, value: Any) -> Iterator[str]:  # noqa: ANN401 - any input
    """Yield the fields of an input that have the mark, each after its type."""
    for each in cast("Iterable[Any]", value) if isinstance(value, list) else [value]:
        for name, inner in cast("dict[str, Any]", each).items():
            of = _type_of(type_, name)
            if isinstance(of, GraphQLInputObjectType):
                yield from _marked(of, inner)
            elif MARK in str(inner) and name not in _NOT_ERASED:
                yield f"{type_.name}.{name}"


def _type_of(type_: GraphQLInputObjectType, name: str) -> GraphQLNamedType:
    return cast("GraphQLNamedType", get_named_type(type_.fields[name].type))


def fields_with_texts() -> set[str]:
    """Return the fields of the inputs of mutations that take a text, but for keys, tokens and names of steps."""
    inputs = [_type(f"{name[0].upper()}{name[1:]}Input") for name in PAYLOADS]
    found: set[str] = set()
    while inputs:
        type_ = inputs.pop()
        for name in cast("Iterable[str]", type_.fields):
            of = _type_of(type_, name)
            if isinstance(of, GraphQLInputObjectType):
                inputs.append(of)
            elif of.name in {"String", "URL"} and name not in _NOT_ERASED:
                found.add(f"{type_.name}.{name}")
    return found


async def write_as_client_and_staff(writer: Writer, client: Client, staff: Client, account: str) -> None:
    """Write each text that the API takes, with one idempotency key of each kind."""
    person = {"name": MARK, "email": f"{MARK}@example.com"}
    step = {"step": f"{MARK} STEP", "seconds": 60, "price": {"amount": "1", "currency": "USD"}}
    await writer.do(staff, "setRetouchingStep", **step, idempotencyKey=f"{MARK} s")
    new = {"name": MARK, "steps": [f"{MARK} STEP"], "instructions": MARK}
    made = await writer.do(client, "createSpecification", **new, idempotencyKey=f"{MARK} c")
    specification = made["specification"]["id"]
    await writer.do(
        client, "updateSpecification", specificationId=specification, name=f"{MARK} 2", instructions=f"{MARK} 2"
    )
    images = [
        {
            "filename": f"{MARK}.jpg",
            "externalReference": f"{MARK} {each}",
            "instructions": MARK,
            "previewUrl": URL,
        }
        for each in range(2)
    ]
    order = {"name": MARK, "externalReference": MARK, "instructions": MARK, "images": images}
    fields = "orders { id images { nodes { id } } }"
    placed = await writer.do(client, "placeOrder", fields, specificationId=specification, **order)
    said = {"note": MARK, "message": MARK}
    beyond = placed["orders"][1]["id"]
    await writer.do(staff, "confirmDeadline", orderId=beyond, deadline="2026-03-12T12:00:00Z", **said)
    await writer.do(staff, "reviseDeadline", orderId=beyond, deadline="2026-03-12T11:00:00Z", **said)
    for rejection in ("reason", "images", None):
        claimed = await writer.do(staff, "claimImages", "images { id }", worker=MARK, count=2)
        ids = [image["id"] for image in claimed["images"]]
        operation = {"imageId": ids[0], "step": f"{MARK} STEP", "performedBy": "AI", "seconds": 1}
        await writer.do(staff, "recordOperations", worker=MARK, operations=[operation])
        results = [{"imageId": id_, "resultUrl": URL, "previewUrl": URL} for id_ in ids]
        await writer.do(staff, "deliverImages", worker=MARK, results=results)
        if rejection == "reason":
            await writer.do(client, "rejectImages", imageIds=ids, reason=MARK)
        elif rejection == "images":
            await writer.do(client, "rejectImages", images=[{"imageId": id_, "reason": MARK} for id_ in ids])
    terms = {"accountId": account, "imagesPerDay": 5, "effectiveDate": "2026-04-01", **said}
    agreed = await writer.do(staff, "negotiateSla", "sla { id }", **terms)
    await writer.do(staff, "withdrawSla", slaId=agreed["sla"]["id"], **said)
    await writer.do(staff, "closeAccount", accountId=account, reason=MARK)
    await writer.do(staff, "reopenAccount", accountId=account, reason=MARK)
    await writer.do(staff, "renameAccount", accountId=account, name=MARK)
    await writer.do(staff, "setSuccessManager", accountId=account, **person)
    await writer.do(client, "setContact", **person)
    for about in ({}, {"orderId": beyond}):
        asked = await writer.do(client, "contactSupport", topic="SLA", text=MARK, **about)
        await writer.do(staff, "answerInquiry", inquiryId=asked["inquiry"]["id"], answer=MARK)


def file() -> list[Line]:
    """Return lines with each text that a file can have."""
    of = {"account": f"{MARK} ref"}
    image = {
        "filename": f"{MARK}.jpg",
        "externalReference": MARK,
        "instructions": MARK,
        "previewUrl": URL,
        "deliveredAt": "2026-03-03T12:00:00Z",
        "resultUrl": URL,
        "resultPreviewUrl": URL,
        "rejections": [{"at": "2026-03-03T13:00:00Z", "reason": MARK, "redeliveredAt": "2026-03-03T14:00:00Z"}],
        "operations": [{"step": f"{MARK} STEP", "performedBy": "AI", "seconds": 1, "at": "2026-03-03T11:00:00Z"}],
    }
    steps = [{"step": f"{MARK} STEP", "seconds": 60}]
    return [
        {"type": "account", "ref": f"{MARK} ref", "name": MARK, "plan": "PROFESSIONAL", "timeZone": "Europe/Copenhagen"}
        | {"message": MARK},
        {
            "type": "specification",
            **of,
            "ref": MARK,
            "name": MARK,
            "pricePerImage": 1,
            "currency": "USD",
            "steps": steps,
        },
        {"type": "order", **of, "ref": MARK, "name": MARK, "specification": MARK, "placedAt": "2026-03-03T10:00:00Z"}
        | {"externalReference": MARK, "instructions": MARK, "images": [image]},
        {"type": "terms", **of, "at": "2026-03-04T10:00:00Z", "imagesPerDay": 9, "effectiveDate": "2026-04-01"}
        | {"message": MARK},
        {"type": "inquiry", **of, "ref": MARK, "topic": "SLA", "text": MARK, "at": "2026-03-04T11:00:00Z"}
        | {"answer": MARK, "answeredAt": "2026-03-04T12:00:00Z"},
    ]


def texts_of_files() -> set[str]:
    """Return the fields of import lines and their parts that take a text, but for those that are not erased."""
    models = [each for _, each in getmembers(lines, isclass) if issubclass(each, BaseModel)]
    return {
        str(field.alias)
        for model in models
        for field in model.model_fields.values()
        if "str" in str(field.annotation) and "date" not in str(field.annotation)
    } - _NAMES_IN_FILES


def names_with_mark(value: Any) -> set[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return set[str]().union(*map(names_with_mark, cast("Iterable[Any]", value)))
    if not isinstance(value, dict):
        return set()
    parts = cast("dict[str, Any]", value)
    own = {name for name, each in parts.items() if isinstance(each, str) and MARK in each}
    return own.union(*map(names_with_mark, parts.values()))


async def replace_what_accounts_have(writer: Writer, pool: Pool, staff: Client, accounts: list[UUID]) -> None:
    """Remove people, rename accounts and specifications, and revoke keys: what was there is past from then on."""
    for account_id in accounts:
        account = account_global_id(account_id)
        await writer.do(staff, "renameAccount", accountId=account, name="Plain")
        await writer.do(staff, "setSuccessManager", accountId=account)
        await writer.do(staff, "setContact", accountId=account)
    for row in await pool.fetch("SELECT account_id, id FROM specifications"):
        specification = str(GlobalId(NodeType.SPECIFICATION, *row))
        await writer.do(staff, "updateSpecification", specificationId=specification, name="Plain", instructions=None)


async def test_each_text_that_can_be_written_is_erased_or_stays_where_it_is_listed(
    pool: Pool, clock: FrozenClock, staff: Client, client_of: NewClient
) -> None:
    writer = Writer(clock)
    studio = await open_account(pool, Studio(MARK, ref=f"{MARK} 1", created_at=clock.now(), images_per_day=1))
    account_id = studio.id
    key = await in_transaction(pool, partial(create_key, at=clock.now(), account_id=account_id, name=MARK))
    client = await client_of(studio)
    await write_as_client_and_staff(writer, client, staff, account_global_id(account_id))
    assert writer.written == fields_with_texts()
    imported = file()
    assert names_with_mark(imported) - _NAMES_IN_FILES == texts_of_files()
    assert (await run_import(pool, imported, now=clock.now())).problems == []
    assert await columns_with(pool, MARK) >= {
        ("api_keys", "name"),
        ("orders", "thumbnail_url"),
        ("sla_versions", "note"),
    }
    accounts = [account_id, await find_account(PoolReader(pool), f"{MARK} ref")]
    clock.advance(HOUR)
    await replace_what_accounts_have(writer, pool, staff, accounts)
    row = await find_key(PoolReader(pool), str(key.number))
    await in_transaction(pool, partial(revoke_key, key=row, at=clock.now()))
    clock.advance(DAY)
    today = clock.now().date()
    for each in accounts:
        await erase(pool, clock, each, today)
    assert await columns_with(pool, MARK) == LEFT
