"""Erasing the texts of an account about things before a ledger day (domain rules, section 5.26)."""

from datetime import date
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.errors import DomainError
from app.domain.ledger.days import ledger_day_from
from app.services.accounts.facts import read_account
from app.services.erasing.erasing import Erasure
from app.services.erasing.parts import OF_ACCOUNT
from db.queries.erasing import INQUIRIES_NOT_ANSWERED, ORDERS_IN_PRODUCTION
from db.readers import Reader
from db.settled import settle

_PASSED: Final = (("orders", ORDERS_IN_PRODUCTION), ("inquiries", INQUIRIES_NOT_ANSWERED))


class NoErasableDay(DomainError):  # noqa: N818 - refusals are named by their case
    """A date before which no texts can be erased: it is no ledger day of the account, or is yet to come."""


async def erasure_before(reader: Reader, clock: Clock, account_id: UUID, day: date) -> Erasure:
    """Return the erasure of an account's texts of before a ledger day; raises NoErasableDay."""
    now = (await settle(reader, clock, [account_id])).now
    account, _ = await read_account(reader, account_id, now)
    today = account.ledger_day_at(max(now, account.created_at)).date
    if day > today:
        raise NoErasableDay(f"{day} is yet to come: the account's ledger day is {today}.")
    found = ledger_day_from(day, account.zones)
    if found.date != day:
        first = account.ledger_day_at(account.created_at).date
        reason = (
            f", whose first one is {first}"
            if day < first
            else f": its clocks left it out; the next one is {found.date}"
        )
        raise NoErasableDay(f"{day} is no ledger day of the account{reason}.")
    return Erasure(OF_ACCOUNT, found.opens_at, found.opens_at, _PASSED, day)
