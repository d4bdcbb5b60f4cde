"""From an input to its answer: what every mutation has in common.

The answer of a mutation is JSON, kept with its key: instants as texts, ids as pairs of account and key. Payloads are
made of it alone, so those of an answer that was kept are as the first ones.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

from api.checks import Checks, Key
from api.context import Context
from api.sla.guarantee import DailyGuarantee, daily_guarantee
from api.user_errors import told
from app.domain.errors import DomainError
from app.domain.instants import rfc3339
from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import QuotaDay
from app.services.commands import Answer, Command, IdempotencyConflict, perform
from app.services.orders.outcome import Outcome
from db.connections import Pool
from db.failures import OutcomeUnknown, is_outage
from db.settled import after_command
from db.writer import Writer
from engine.arguments import or_none

Work: TypeAlias = Callable[[Writer], Awaitable[Answer]]
_KEY: Final = "idempotencyKey"


class Keyed(Protocol):
    """An input that may be repeated safely."""

    idempotency_key: str | None


def begin(context: Context, asked: Keyed) -> Checks:
    """Begin to check an input."""
    checks = Checks(context.viewer, asked, or_none(asked.idempotency_key))
    if checks.key is not None:
        checks.text(checks.key, _KEY)
    return checks


async def answer(context: Context, operation: str, checks: Checks, work: Work, claiming: Pool | None = None) -> Answer:
    """Do the work once for a key, unless the input has errors; the rest of the request shows the state after it.

    Claims, which are of no account, are done by a pool of their own.
    """
    key = checks.key
    if checks.errors and (key is None or any(error["path"] == [_KEY] for error in checks.errors)):
        return _refused(checks.errors)

    async def done(writer: Writer) -> Answer:
        if checks.errors:
            return _refused(checks.errors)
        try:
            return await work(writer)
        except DomainError as refusal:
            return _refused(told(refusal, operation, checks.places, checks.given))

    await context.view.close()
    account = context.viewer.account
    request = {} if key is None else {name: value for name, value in checks.given.items() if name != _KEY}
    command = Command(None if account is None else account.id, operation, request, key)
    slot = context.slots.hold(checks.first_account) if claiming is None else nullcontext()
    try:
        async with slot:
            found, is_repeated = await perform(claiming or context.writing, context.clock, command, done)
    except IdempotencyConflict as refusal:
        return _refused(told(refusal, operation, checks.places, checks.given))
    if "errors" not in found:
        await _open_view(context, found, is_repeated=is_repeated)
    return found


def answered(outcome: Outcome) -> Answer:
    """Write the answer of a command on orders."""
    return {
        "at": rfc3339(outcome.at),
        "orders": written_keys(outcome.orders),
        "images": written_keys(outcome.images),
        "day": None if outcome.day is None else written_day(outcome.day),
    }


def written_keys(keys: Sequence[Key]) -> list[list[str]]:
    """Write keys."""
    return [[str(account_id), str(id_)] for account_id, id_ in keys]


def read_keys(answer: Answer, name: str) -> list[Key]:
    """Read the keys that an answer has under a name."""
    return [(UUID(account_id), UUID(id_)) for account_id, id_ in answer.get(name, ())]


def written_day(day: QuotaDay) -> dict[str, Any]:
    """Write a ledger day with what is used of it."""
    allowance = day.allowance
    return {
        "date": day.day.date.isoformat(),
        "opensAt": rfc3339(day.day.opens_at),
        "closesAt": rfc3339(day.day.closes_at),
        "capacity": allowance.capacity,
        "used": allowance.used,
        "expediteCapacity": allowance.expedite_capacity,
        "expediteUsed": allowance.expedite_used,
    }


def shown_day(day: dict[str, Any]) -> DailyGuarantee:
    """Show a ledger day that was written."""
    opens_at, closes_at = (datetime.fromisoformat(day[name]) for name in ("opensAt", "closesAt"))
    allowance = Allowance(day["capacity"], day["used"], day["expediteCapacity"], day["expediteUsed"])
    return daily_guarantee(LedgerDay(date.fromisoformat(day["date"]), opens_at, closes_at), allowance)


def _refused(errors: list[dict[str, Any]]) -> Answer:
    return {"errors": errors, "changed": False}


async def _open_view(context: Context, found: Answer, *, is_repeated: bool) -> None:
    """Open the view that the payload of a mutation which is done is read from; raises OutcomeUnknown in an outage.

    What was done just now is shown as of the instant after it; what was answered before, as of now.
    """
    settlement = None if is_repeated else after_command(datetime.fromisoformat(found["at"]))
    try:
        await context.renew_view(_accounts(found), settlement)
    except Exception as error:
        if is_outage(error):
            raise OutcomeUnknown from error
        raise


def _accounts(answer: Answer) -> set[UUID]:
    """Return the accounts of all that an answer names."""
    names = ("accounts", "orders", "images", "specifications")
    return {account_id for name in names for account_id, _ in read_keys(answer, name)}
