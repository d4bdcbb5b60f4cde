"""The fields that payloads of several mutations of accounts share."""

from api.account.types import Account, account
from api.context import Info
from api.execution import Payload
from app.services.accounts.outcome import AccountOutcome
from engine.decorators import field, object_type


async def changed_account(self: Payload, info: Info) -> Account | None:
    """The account in its current state."""
    if self.result is None:
        return None
    row = await info.context.account(self.result.account_id)
    return None if row is None else account(row)


@object_type
class AccountPayload(Payload):
    """The result of a mutation of an account."""

    result_type = AccountOutcome
    account = field(changed_account)
