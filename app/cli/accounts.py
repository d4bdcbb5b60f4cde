"""`loupe account` and `loupe token`."""

import asyncio
from typing import Annotated
from uuid import UUID

import orjson
import typer

from api.ids import MalformedId, account_global_id, read_global_id
from app.cli.database import CommandFailed, migrated_database, transaction
from app.clock import clock_from
from app.domain.vocabulary import Plan
from app.services.accounts import create_account, find_account
from app.services.names import MAX_LENGTH, require_name
from app.services.tokens import create_token
from app.settings import read_settings

account = typer.Typer(help="Accounts: the clients of the service.", no_args_is_help=True)
token = typer.Typer(help="Bearer tokens: what a client or the staff show to the API.", no_args_is_help=True)

_MOST = 2**31 - 1  # what an integer of the database holds
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON object for scripts.")]
PerDay = Annotated[int | None, typer.Option(min=0, max=_MOST, help="When not the plan's own.")]


@account.callback()
def account_group() -> None:
    """Keep `create` a command of its own while it is the only one."""


@token.callback()
def token_group() -> None:
    """Keep `create` a command of its own while it is the only one."""


@account.command("create")
def account_create(
    *,
    name: Annotated[str, typer.Option(help=f"What people call it, in at most {MAX_LENGTH} characters.")],
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
    terms = settings.plan_terms[plan]

    async def create(url: str) -> UUID:
        async with transaction(url) as writer:
            return await create_account(
                writer,
                at=clock_from(settings.clock).now(),
                name=name,
                plan=plan,
                time_zone=time_zone,
                images_per_day=terms.images_per_day if images_per_day is None else images_per_day,
                expedites_per_day=terms.expedites_per_day if expedites_per_day is None else expedites_per_day,
                ref=ref,
            )

    with migrated_database(settings) as url:
        global_id = account_global_id(asyncio.run(create(url)))
    if as_json:
        typer.echo(orjson.dumps({"id": global_id}))
    else:
        typer.echo(f"Account {name}: {global_id}\nA token for it: loupe token create --account {global_id}")


@token.command("create")
def token_create(
    *,
    account_name: Annotated[
        str | None, typer.Option("--account", metavar="ID_OR_REF", help="The account that the token is for.")
    ] = None,
    staff: Annotated[bool, typer.Option("--staff", help="Make a token for staff, who see all accounts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create a token. Its text is shown this once; only its hash is kept.

    Example: loupe token create --account acme
    """
    if staff == (account_name is not None):
        raise CommandFailed("A token is for an account or for staff: give either --account or --staff.")
    if account_name is not None:
        require_name("The account's name", account_name)
    settings = read_settings()

    async def create(url: str) -> tuple[UUID | None, str]:
        async with transaction(url) as writer:
            account_id = None if account_name is None else await find_account(writer, account_name, id_in(account_name))
            return account_id, await create_token(writer, clock_from(settings.clock).now(), account_id)

    with migrated_database(settings) as url:
        account_id, text = asyncio.run(create(url))
    if as_json:
        typer.echo(orjson.dumps({"id": account_id and account_global_id(account_id), "token": text}))
    else:
        typer.echo(text)


def id_in(name: str) -> UUID | None:
    """Read an account's id, global or plain; None where the name is neither and can only be a ref."""
    try:
        return read_global_id(name).account_id
    except MalformedId:
        pass
    try:
        return UUID(name)
    except ValueError:
        return None
