"""`loupe key`, and `loupe token`, its other name."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from api.ids import account_global_id
from app.cli.database import CommandFailed, database_now, migrated_database, transaction
from app.cli.options import AsJson, read_account
from app.cli.output import end_line, json_text, print_report, print_result, print_uncommitted
from app.cli.printing import NOTHING, as_table, instant_or
from app.domain.instants import BadInstant, read_instant, require_supported, rfc3339
from app.domain.texts import composed
from app.domain.wording import quoted
from app.services.api_keys.keys import NewKey, create_key, find_key, revoke_key
from app.setting_values import duration
from app.settings import read_settings
from db.queries.api_keys import KeyFilter, KeyRow, keys

_HEADINGS: Final = ("NUMBER", "PREFIX", "NAME", "ACCOUNT", "CREATED", "EXPIRES", "LAST USED", "STATE")
_STAFF: Final = "staff"
_NEVER: Final = "never"
_LENGTH: Final[TypeAdapter[timedelta]] = TypeAdapter(Annotated[timedelta, BeforeValidator(duration)])

AccountName = Annotated[str | None, typer.Option("--account", metavar="ID_OR_REF", help="The account of the key.")]
Which = Annotated[str, typer.Argument(metavar="KEY", help="A key's number, its prefix or the whole secret.")]


def key_create(
    *,
    account_name: AccountName = None,
    staff: Annotated[bool, typer.Option("--staff", help="Make a key for staff, who see all accounts.")] = False,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A name of the key for people.")] = None,
    expires: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="An instant such as 2027-01-31T00:00:00Z, or a length of time such as P90D."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create a key. Its secret is shown this once; only its hash is kept.

    Example: loupe key create --account acme --name "web shop" --expires P90D
    """
    if staff == (account_name is not None):
        raise CommandFailed("A key is for an account or for staff: give either --account or --staff.")
    settings = read_settings()

    async def create(url: str) -> None:
        async with transaction(url) as writer:
            now = await database_now(writer, settings)
            end = None if expires is None else _expiry(expires, now)
            account_id = None if account_name is None else await read_account(writer, "--account", account_name)
            made = await create_key(writer, now, account_id, name=name, expires_at=end)
            print_uncommitted(
                json_text(_made_as_json(made, account_id, name, end)) if as_json else made.secret, "no key is created"
            )

    with migrated_database(settings, "key create") as url:
        asyncio.run(create(url))
        end_line()


def key_list(
    *,
    account_name: AccountName = None,
    staff: Annotated[bool, typer.Option("--staff", help="Only the keys of staff.")] = False,
    as_json: AsJson = False,
) -> None:
    """List keys, all or those of an account or of staff, with their last use, to the minute.

    Example: loupe key list --account acme
    """
    if staff and account_name is not None:
        raise CommandFailed("Give either --account or --staff, or neither for all keys.")
    settings = read_settings()

    async def read(url: str) -> tuple[list[KeyRow], datetime]:
        async with transaction(url) as reader:
            account_id = None if account_name is None else await read_account(reader, "--account", account_name)
            found = await keys(reader, KeyFilter(account_id=account_id, staff=staff))
            return found, await database_now(reader, settings)

    with migrated_database(settings, "key list", writes=False) as url:
        rows, now = asyncio.run(read(url))
    if as_json:
        print_result(json_text({"keys": [_as_json(row, now) for row in rows]}))
    else:
        print_result(as_table((_as_cells(row, now) for row in rows), _HEADINGS))


def key_show(name: Which, *, as_json: AsJson = False) -> None:
    """Show a key.

    Example: loupe key show 7
    """
    settings = read_settings()

    async def read(url: str) -> tuple[KeyRow, datetime]:
        async with transaction(url) as reader:
            return await find_key(reader, name), await database_now(reader, settings)

    with migrated_database(settings, "key show", writes=False) as url:
        print_result(_row_as_text(*asyncio.run(read(url)), as_json=as_json))


def key_revoke(name: Which, *, as_json: AsJson = False) -> None:
    """Revoke a key: every process refuses it from now on. Revoking it again changes nothing.

    Example: loupe key revoke 7
    """
    settings = read_settings()

    async def revoke(url: str) -> tuple[KeyRow, datetime]:
        async with transaction(url) as writer:
            now = await database_now(writer, settings)
            found = await find_key(writer, name)
            await revoke_key(writer, found, now)
            return await find_key(writer, str(found.number)), now

    with migrated_database(settings, "key revoke") as url:
        print_report(_row_as_text(*asyncio.run(revoke(url)), as_json=as_json))


def _expiry(text: str, now: datetime) -> datetime:
    """Read --expires: an instant, or a length of time from now on; raises CommandFailed."""
    try:
        return require_supported(now + _LENGTH.validate_python(text)) if text.startswith("P") else read_instant(text)
    except (ValidationError, OverflowError):
        raise CommandFailed(f"--expires is no length of time such as P90D: {quoted(text)}.") from None
    except BadInstant as error:
        raise CommandFailed(f"--expires {error.problem}, or a length of time such as P90D.") from None


def _made_as_json(
    made: NewKey, account_id: UUID | None, name: str | None, expires_at: datetime | None
) -> dict[str, Any]:
    return {
        "id": account_id and account_global_id(account_id),
        "token": made.secret,
        "number": made.number,
        "prefix": made.prefix,
        "name": name and composed(name),
        "expiresAt": expires_at and rfc3339(expires_at),
    }


def _row_as_text(row: KeyRow, now: datetime, *, as_json: bool) -> str:
    if as_json:
        return json_text(_as_json(row, now))
    names = [*map(str.lower, _HEADINGS), "revoked"]
    return as_table(zip(names, [*_as_cells(row, now), instant_or(row.revoked_at)], strict=True))


def _as_cells(row: KeyRow, now: datetime) -> tuple[str, ...]:
    return (
        str(row.number),
        row.prefix or NOTHING,
        row.name or NOTHING,
        _STAFF if row.account_id is None else row.account_ref or row.account_name or NOTHING,
        rfc3339(row.created_at),
        instant_or(row.expires_at, _NEVER),
        instant_or(row.used_at, _NEVER),
        _state(row, now),
    )


def _as_json(row: KeyRow, now: datetime) -> dict[str, Any]:
    return {
        "number": row.number,
        "prefix": row.prefix,
        "name": row.name,
        "account": row.account_id
        and {"id": account_global_id(row.account_id), "ref": row.account_ref, "name": row.account_name},
        "createdAt": rfc3339(row.created_at),
        "expiresAt": row.expires_at and rfc3339(row.expires_at),
        "revokedAt": row.revoked_at and rfc3339(row.revoked_at),
        "lastUsedAt": row.used_at and rfc3339(row.used_at),
        "state": _state(row, now),
    }


def _state(row: KeyRow, now: datetime) -> str:
    if row.revoked_at is not None:
        return "REVOKED"
    return "EXPIRED" if row.expires_at is not None and row.expires_at <= now else "ACTIVE"
