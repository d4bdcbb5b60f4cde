"""`loupe account`."""

import asyncio
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

import typer
from pydantic.alias_generators import to_camel

from api.ids import account_global_id
from app.cli.database import database_now, migrated_database, transaction
from app.cli.options import AsJson, read_account
from app.cli.output import json_text, print_result
from app.cli.printing import NOTHING, as_table
from app.domain.durations import iso8601
from app.domain.instants import rfc3339
from app.domain.sla.terms import ATTRIBUTES, SlaInForce
from app.domain.user_time import time_in_words
from app.settings import read_settings
from db.queries.accounts import AccountHistory, NamedAccount, account_histories, named_accounts

_HEADINGS: Final = ("ID", "REF", "NAME", "PLAN", "TIME ZONE", "CREATED", "CLOSED")


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
            account_id = await read_account(reader, "ID_OR_REF", name)
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
