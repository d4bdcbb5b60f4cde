"""Filling in new columns and rows account by account, while servers go on."""

from typing import Any, Final
from uuid import UUID

from alembic import op
from sqlalchemy import TextClause, text

# The next accounts after one: the primary key, a page at a time.
_ACCOUNTS: Final = text("SELECT account_id FROM account_heads WHERE account_id > :after ORDER BY account_id LIMIT 1000")


def fill_by_account(statement: TextClause, **values: Any) -> None:  # noqa: ANN401 - bound by their types
    """Run a statement for each `:account`, each in a transaction of its own, in an autocommit block.

    The statement locks the account's counters and skips rows that are filled in, so that an interrupted migration can
    continue.
    """
    connection, after = op.get_bind(), UUID(int=0)
    while accounts := connection.scalars(_ACCOUNTS, {"after": after}).all():
        for account in accounts:
            connection.execute(statement, {"account": account, **values})
        after = accounts[-1]
