"""`loupe account create`."""

import asyncio
from typing import Annotated, TypeAlias
from uuid import UUID

import typer

from api.ids import account_global_id
from app.cli.database import database_now, migrated_database, transaction
from app.cli.options import AsJson, number_between
from app.cli.output import end_line, json_text, print_uncommitted
from app.domain.bounds import MAX_NAME, MAX_PER_DAY
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.domain.wording import isolated
from app.services.accounts.opening import create_account
from app.settings import read_settings

_PerDay: TypeAlias = Annotated[int | None, number_between(0, MAX_PER_DAY, "When not the plan's own")]


def account_create(
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help=f"Its name for people, in at most {MAX_NAME} characters.")],
    plan: Annotated[Plan, typer.Option(help="Its subscription.")],
    time_zone: Annotated[str, typer.Option(metavar="ZONE", help="Its IANA time zone, such as Europe/Copenhagen.")],
    ref: Annotated[
        str | None, typer.Option(metavar="REF", help="A name of your own for it, as in import files.")
    ] = None,
    images_per_day: _PerDay = None,
    expedites_per_day: _PerDay = None,
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


def _created(name: str, account_id: UUID, *, as_json: bool) -> str:
    global_id = account_global_id(account_id)
    if as_json:
        return json_text({"id": global_id})
    return f"Account {isolated(name)}: {global_id}\nA key for it: loupe key create --account {global_id}"
