"""Options that several commands have, and how their values are read."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import typer

from app.cli.database import CommandFailed
from app.services.accounts.opening import find_account
from app.services.names import require_name
from db.readers import Reader
from engine.ids import MalformedId, read_global_id

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print a JSON object for scripts.")]


def read_instant(option: str, text: str) -> datetime:
    """Read an instant in UTC from an option; raises CommandFailed for what is none."""
    at = instant_in(text)
    if at is None:
        raise CommandFailed(f"{option} is no instant such as 2026-03-28T23:00:00Z: {text!r}.")
    return at


def instant_in(text: str) -> datetime | None:
    """Read an instant in UTC from a text; None where it is none, or has no time zone."""
    try:
        at = datetime.fromisoformat(text)
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


async def read_account(reader: Reader, name: str) -> UUID:
    """Find the account that a ref or an id names, global or plain; raises BadName and UnknownAccount."""
    require_name("The account's name", name)
    return await find_account(reader, name, _id_in(name))


def _id_in(name: str) -> UUID | None:
    """Read an account's id; None where the name is none and can only be a ref."""
    try:
        return read_global_id(name).account_id
    except MalformedId:
        pass
    try:
        return UUID(name)
    except ValueError:
        return None
