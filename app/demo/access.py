"""API keys of the accounts of the demo."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from app.clock import Clock
from app.demo.folder import Access, Client
from app.demo.studios import STUDIOS
from app.domain.wording import isolated
from app.services.api_keys.keys import create_key, find_caller
from db.queries.accounts import ACCOUNTS_IN_ORDER
from db.readers import Reader
from db.writer import Writer


async def create_access(writer: Writer, at: datetime, refs: Sequence[str]) -> Access:
    """Create a key for each of these accounts and one for staff."""
    clients = [
        Client(row["ref"], row["name"], row["plan"], row["time_zone"], await _secret(writer, at, row["id"]))
        for row in await writer.fetch(ACCOUNTS_IN_ORDER, refs)
    ]
    return Access(clients, staff_token=await _secret(writer, at, None))


async def opens(reader: Reader, access: Access, clock: Clock) -> bool:
    """Return whether all these secrets are keys in force in this database now."""
    secrets = [access.staff_token, *(client.token for client in access.clients)]
    return None not in [await find_caller(reader, clock, secret) for secret in secrets]


def dashboards(clients: Sequence[Client], plans: Collection[str]) -> str:
    """Return who has the dashboard, in words: these plans, and clients of other plans whom staff let in."""
    let_in = {studio.ref for studio in STUDIOS if studio.dashboard}
    others = [
        f"{isolated(each.name)} ({each.plan})" for each in clients if each.ref in let_in and each.plan not in plans
    ]
    *first, last = [*sorted(plans), *others] or ["none of them"]
    return f"{', '.join(first)} and {last}" if first else last


async def _secret(writer: Writer, at: datetime, account_id: UUID | None) -> str:
    return (await create_key(writer, at, account_id, name="demo")).secret
