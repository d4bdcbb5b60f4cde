"""Conflicts of an import with others that write to its accounts at the same time."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.wording import quoted
from db.failures import ServerError, asks_to_try_again
from db.queries.imports import HARMLESS_EVENTS_FROM
from db.readers import Reader

# Events of changes on which no line depends, and of those on which only later lines depend.
_HARMLESS: Final = (
    EventType.GUARANTEE_RESET,
    EventType.DEADLINE_AT_RISK,
    EventType.DEADLINE_MISSED,
    EventType.REVIEW_OVERDUE,
    EventType.EVENT_WITHDRAWN,
    EventType.ACCOUNT_RENAMED,
    EventType.SUCCESS_MANAGER_CHANGED,
    EventType.CONTACT_CHANGED,
    EventType.DASHBOARD_ACCESS_CHANGED,
    EventType.INQUIRY_ANSWERED,
    EventType.INQUIRY_OVERDUE,
)
_HARMLESS_BEFORE: Final = (EventType.ACCOUNT_CLOSED, EventType.SPECIFICATION_CHANGED)


class AccountMoved(Exception):  # noqa: N818 - named by its case, like all errors here
    """Someone else changed an account while its lines were read; nothing of the batch was written.

    `ref` is None where the account is not known.
    """

    def __init__(self, ref: str | None) -> None:
        name = "An account of the file" if ref is None else f"The account {quoted(ref)}"
        super().__init__(f"{name} was changed by someone else meanwhile; run the import again.")
        self.ref = ref


async def require_unmoved(
    reader: Reader, account_id: UUID, ref: str, expected: int, found: int, started_at: datetime
) -> None:
    """Raise AccountMoved if an account's next event has another sequence than expected, unless new ones are harmless.

    No line is after `started_at` (UTC), the start of the import.
    """
    if found == expected:
        return
    harmless = await reader.fetch_row(
        HARMLESS_EVENTS_FROM, account_id, expected, _HARMLESS, _HARMLESS_BEFORE, started_at
    )
    if harmless is None or harmless["events"] != found - expected:
        raise AccountMoved(ref)


@contextmanager
def detecting_conflicts() -> Generator[None]:
    """Raise AccountMoved where the server ends a transaction because of another one."""
    try:
        yield
    except ServerError as error:
        if asks_to_try_again(error):
            raise AccountMoved(None) from error
        raise
