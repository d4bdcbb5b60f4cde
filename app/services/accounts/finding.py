"""Finding accounts by their names."""

from uuid import UUID

from app.domain.errors import DomainError
from app.domain.texts import forms_of
from app.domain.wording import quoted
from db.queries.accounts import FIND_ACCOUNT
from db.readers import Reader


class UnknownAccount(DomainError):  # noqa: N818 - refusals are named by their case
    """An account that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account {quoted(name)}.")
        self.name = name


async def find_account(reader: Reader, name: str, account_id: UUID | None = None) -> UUID:
    """Return the id of an account by its ref, as written or else in NFC or NFD, or by its id; raises UnknownAccount."""
    row = await reader.fetch_row(FIND_ACCOUNT, [name, *forms_of(name)], account_id)
    if row is None:
        raise UnknownAccount(name)
    found: UUID = row["id"]
    return found
