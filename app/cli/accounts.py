"""`loupe account`."""

import asyncio
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from pydantic.alias_generators import to_camel

from api.ids import account_global_id
from app.cli.database import database_now, migrated_database, transaction
from app.cli.options import AsJson, read_account
from app.cli.output import end_line, json_text, print_result, print_uncommitted
from app.cli.printing import NOTHING, as_table
from app.domain.bounds import MAX_NAME, MAX_PER_DAY
from app.domain.durations import iso8601
from app.domain.instants import rfc3339
from app.domain.sla.enums import Plan
from app.domain.sla.terms import ATTRIBUTES, NegotiableTerms, SlaInForce
from app.domain.user_time import time_in_words
from app.domain.wording import isolated
from app.services.accounts.opening import create_account
from app.settings import read_settings
from db.queries.accounts import AccountHistory, NamedAccount, account_histories, named_accounts

_HEADINGS: Final = ("ID", "REF", "NAME", "PLAN", "TIME ZONE", "CREATED", "CLOSED")
PerDay = Annotated[int | None, typer.Option(min=0, max=MAX_PER_DAY, help="When not the plan's own.")]


def account_create(
    *,
    name: Annotated[str, typer.Option(help=f"Its name for people, in at most {MAX_NAME} characters.")],
    plan: Annotated[Plan, typer.Option(help="Its subscription.")],
    time_zone: Annotated[str, typer.Option(help="Its IANA time zone, such as Europe/Copenhagen.")],
    ref: Annotated[str | None, typer.Option(help="A name of your own for it, as in import files.")] = None,
    images_per_day: PerDay = None,
    expedites_per_day: PerDay = None,
    as_json: AsJson = False,
) -> None:
    """Create an account.

    Example: loupe account create --name ACME --plan PROFESSIONAL --time-zone Europe/Copenhagen
    """
    settings = read_settings()

    async def create(url: str) -> None:
        async with transaction(url) as writer:
            account_id = await create_account(
                writer,
                at=await database_now(writer, settings),
                name=name,
                plan=plan,
                time_zone=time_zone,
                plan_terms=settings.plan_terms[plan],
                terms=NegotiableTerms(images_per_day, expedites_per_day),
                ref=ref,
            )
            print_uncommitted(_created(name, account_id, as_json=as_json), "no account is created")

    with migrated_database(settings, "account create") as url:
        asyncio.run(create(url))
        end_line()


def account_list(*, as_json: AsJson = False) -> None:
    """List accounts by name.

    Example: loupe account list --json
    """

    async def read(url: str) -> list[NamedAccount]:
        async with transaction(url) as reader:
            return await named_accounts(reader, await database_now(reader, settings))

    settings = read_settings()
    with migrated_database(settings, "account list", writes=False) as url:
        rows = asyncio.run(read(url))
    if as_json:
        print_result(json_text({"accounts": [_as_json(row) for row in rows]}))
    else:
        print_result(as_table(map(_as_cells, rows), _HEADINGS))


def account_show(
    name: Annotated[str, typer.Argument(metavar="ID_OR_REF", help="An account's id or ref.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show an account, with all its terms of today and the number of its orders.

    Example: loupe account show acme
    """
    settings = read_settings()

    async def read(url: str) -> tuple[NamedAccount, AccountHistory, datetime]:
        async with transaction(url) as reader:
            account_id = await read_account(reader, name)
            now = await database_now(reader, settings)
            (row,) = await named_accounts(reader, now, account_id)
            history = (await account_histories(reader, [account_id]))[account_id]
            return row, history, now

    with migrated_database(settings, "account show", writes=False) as url:
        row, history, now = asyncio.run(read(url))
    more = {**_terms(_in_force(row, history, now)), "orders": history.orders}
    if as_json:
        print_result(json_text(_as_json(row) | {to_camel(name): value for name, value in more.items()}))
    else:
        names = [*map(str.lower, _HEADINGS), *(name.replace("_", " ") for name in more)]
        print_result(as_table(zip(names, [*_as_cells(row), *map(_cell, more.values())], strict=True)))


def _created(name: str, account_id: UUID, *, as_json: bool) -> str:
    global_id = account_global_id(account_id)
    if as_json:
        return json_text({"id": global_id})
    return f"Account {isolated(name)}: {global_id}\nA key for it: loupe key create --account {global_id}"


def _in_force(row: NamedAccount, history: AccountHistory, now: datetime) -> SlaInForce:
    """Return the SLA of the ledger day that runs now (UTC), or of the first one if the account is opened later."""
    return history.terms_at(max(now, row.created_at))


def _terms(sla: SlaInForce) -> dict[str, Any]:
    """Return all terms by their names, written as in the API."""
    return {name: _term(getattr(sla.terms, name)) for name in ATTRIBUTES.values()}


def _term(value: int | time | timedelta | Decimal) -> int | str:
    match value:
        case time():
            return time_in_words(value)
        case timedelta():
            return iso8601(value)
        case Decimal():
            return f"{value:f}"
        case _:
            return value


def _cell(value: int | str) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _as_cells(row: NamedAccount) -> tuple[str, ...]:
    values = (account_global_id(row.id), row.ref or NOTHING, row.name, row.plan, row.time_zone)
    return (*values, rfc3339(row.created_at), NOTHING if row.closed_at is None else rfc3339(row.closed_at))


def _as_json(row: NamedAccount) -> dict[str, Any]:
    return {
        "id": account_global_id(row.id),
        "ref": row.ref,
        "name": row.name,
        "plan": row.plan,
        "timeZone": row.time_zone,
        "createdAt": rfc3339(row.created_at),
        "closedAt": None if row.closed_at is None else rfc3339(row.closed_at),
    }
