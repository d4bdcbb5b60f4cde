"""Tokens to the accounts of the demo."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.demo.folder import Access, Client
from app.services.tokens import create_token, token_hash
from db.connections import Reader, Statement, Writer

# Reads accounts in the order of their refs as given; the unique index on ref finds them.
ACCOUNTS_BY_REF: Final = Statement(
    "accounts_by_ref",
    """
    SELECT a.id, a.ref, a.name, a.plan, a.time_zone
    FROM unnest($1::text[]) WITH ORDINALITY AS r (ref, place)
    JOIN accounts a ON a.ref = r.ref
    ORDER BY r.place
    """,
)

# Counts how many of some tokens there are; the unique index on hash finds them.
COUNT_TOKENS: Final = Statement("count_tokens", "SELECT count(*) AS known FROM tokens WHERE hash = ANY($1)")


async def create_access(writer: Writer, at: datetime, refs: Sequence[str]) -> Access:
    """Make a token for each of these accounts and one for staff."""
    clients = [
        Client(row["ref"], row["name"], row["plan"], row["time_zone"], await create_token(writer, at, row["id"]))
        for row in await writer.fetch(ACCOUNTS_BY_REF, refs)
    ]
    return Access(clients, staff_token=await create_token(writer, at, None))


async def opens(reader: Reader, access: Access) -> bool:
    """Say whether all of the tokens are known to this database."""
    tokens = [access.staff_token, *(client.token for client in access.clients)]
    row = await reader.fetch_row(COUNT_TOKENS, [token_hash(token) for token in tokens])
    return row is not None and row["known"] == len(tokens)
