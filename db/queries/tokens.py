"""Reads of bearer tokens: who a caller is."""

from dataclasses import dataclass
from typing import Final

from db.connections import Reader, Statement
from db.queries.accounts import ACCOUNT_COLUMNS, AccountRow, account_row


@dataclass(slots=True)
class TokenRow:
    """A token that exists: an account's, or staff's without one."""

    account: AccountRow | None


# Who bears the token of this hash: the unique key of tokens by hash, the primary key of accounts.
_BY_HASH: Final = Statement(
    "token_by_hash",
    f"""
    SELECT t.account_id AS holder, {ACCOUNT_COLUMNS}
    FROM tokens t LEFT JOIN accounts a ON a.id = t.account_id
    WHERE t.hash = $1
    """,
)


async def token_by_hash(reader: Reader, token_hash: bytes) -> TokenRow | None:
    """Read a token by its SHA-256, with its account; None when there is no such token."""
    record = await reader.fetch_row(_BY_HASH, token_hash)
    if record is None:
        return None
    holder, *account = record
    return TokenRow(None if holder is None else account_row(account))
