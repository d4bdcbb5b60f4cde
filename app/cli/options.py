"""Options that several commands have, and how their values are read."""

import re
from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import typer

from api.ids import read_global_id
from app.cli.database import CommandFailed
from app.domain.bounds import YEARS
from app.domain.instants import BadInstant
from app.domain.instants import read_instant as instant_in
from app.domain.texts import require_name
from app.domain.wording import quoted
from app.services.accounts.finding import find_account
from app.setting_values import whole_number
from db.readers import Reader
from engine.ids import MalformedId

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def number_between(least: int, most: int, text: str) -> Any:  # noqa: ANN401 - as typer.Option
    """Make an option whose value is a whole number in digits alone; `text` describes it."""
    return typer.Option(metavar="NUMBER", parser=partial(_number, least, most), help=f"{text} ({least} to {most}).")


def _number(least: int, most: int, text: str) -> int:
    number = whole_number(text)
    if number < least:
        raise ValueError(f"it should be at least {least}")
    if number > most:
        raise ValueError(f"it should be at most {most}")
    return number


Host: TypeAlias = Annotated[
    str | None, typer.Option(metavar="HOST", help="The address to serve at, in place of LOUPE_HOST.")
]
Port: TypeAlias = Annotated[
    int | None, number_between(0, 65535, "The port to serve at, in place of LOUPE_PORT; 0 takes a free one")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print a JSON object for scripts.")]


def read_instant(option: str, text: str) -> datetime:
    """Read an instant, UTC, from an option; raises CommandFailed."""
    try:
        return instant_in(text)
    except BadInstant as error:
        raise CommandFailed(f"{option} {error.problem}.") from None


def read_day(option: str, text: str) -> date:
    """Read a date from an option; raises CommandFailed."""
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        raise CommandFailed(f"{option} is no date that exists: {text}.") from None
    if day is None:
        raise CommandFailed(f"{option} must be a date, like 2026-04-01.")
    if day.year not in YEARS:
        raise CommandFailed(f"{option} must be in the years {YEARS[0]} to {YEARS[-1]}.")
    return day


def require_storable(option: str, text: str) -> None:
    """Require text that can be stored, and so be searched for; raises CommandFailed."""
    if not text:
        raise CommandFailed(f"{option} must not be blank.")
    if any("\ud800" <= each <= "\udfff" for each in text):  # how Python reads bytes that are not UTF-8
        raise CommandFailed(f"{option} is not written in UTF-8.")


def require_job(job: str, names: Collection[str]) -> None:
    """Require the name of a job; raises CommandFailed with the names of all."""
    if job not in names:
        raise CommandFailed(f"There is no job {quoted(job)}. The jobs are {', '.join(names)}.")


async def read_account(reader: Reader, option: str, name: str) -> UUID:
    """Find the account that a ref or an id in an option names, global or plain; raises BadText and UnknownAccount."""
    require_name(option, name)
    return await find_account(reader, name, _id_in(name))


def _id_in(name: str) -> UUID | None:
    """Read an account's id; None if the text is no id and can only be a ref."""
    try:
        return read_global_id(name).account_id
    except MalformedId:
        pass
    try:
        return UUID(name)
    except ValueError:
        return None
