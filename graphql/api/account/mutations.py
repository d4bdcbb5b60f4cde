"""Mutations of an account's terms: its time zone and its SLA."""

from typing import Annotated

import strawberry

from api.account.payloads import changed_account
from api.context import Info
from api.execution import Call, Payload
from api.ids import NodeType
from api.order.payloads import GuaranteePayload
from api.sla.negotiation import NegotiateSlaInput, negotiation
from api.sla.reads import read_sla_version
from api.sla.types import SLA
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.validation import PROSE_RULE
from app.domain.ledger.days import ChangedBy
from app.services.accounts.terms import TermsOutcome, TimeZoneOutcome, change_time_zone, negotiate_sla, withdraw_sla
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation
from engine.scalars import TimeZone


@input_type
class ChangeTimeZoneInput:
    """The new time zone of an account."""

    account_id: strawberry.ID | None = optional("The account. Required of staff; a client's own by default.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone from now on.")
    idempotency_key: str | None = idempotency_key()


@object_type
class ChangeTimeZonePayload(GuaranteePayload):
    """The result of changing a time zone; the running ledger day is never shortened by it."""

    result_type = TimeZoneOutcome
    account = field(changed_account)


@object_type
class SlaPayload(Payload):
    """The result of a mutation of a version of an SLA."""

    result_type = TermsOutcome

    @field
    async def sla(self, info: Info) -> SLA | None:
        """The version of the SLA in its current state."""
        if self.result is None:
            return None
        row = await info.context.account(self.result.account_id)
        return None if row is None else await read_sla_version(info.context, row, self.result.version)


@object_type
class NegotiateSlaPayload(SlaPayload):
    """The result of negotiating an SLA."""


@input_type
class WithdrawSlaInput:
    """The version of an SLA to withdraw."""

    sla_id: strawberry.ID = strawberry.field(description="The version of the SLA, which is not in force yet.")
    note: str | None = optional(f"A note for staff: {PROSE_RULE}.")
    message: str | None = optional(f"A message to the client: {PROSE_RULE}.")
    idempotency_key: str | None = idempotency_key()


@object_type
class WithdrawSlaPayload(SlaPayload):
    """The result of withdrawing a version of an SLA, which stays listed."""


@object_type
class AccountMutations:
    """Mutations of an account's terms."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND))
    async def change_time_zone(
        self,
        info: Info,
        input: Annotated[ChangeTimeZoneInput, strawberry.argument(description="The new time zone of an account.")],  # noqa: A002
    ) -> ChangeTimeZonePayload:
        """Changes an account's time zone from now on; a client can do so once in 30 days. Promises already made remain.

        Until the running ledger day ends, uploads are due by the latest of their deadlines in all zones of that day.
        """
        call = Call(info, input)
        account_id = call.account(or_none(input.account_id))
        zone = call.text(input.time_zone, "timeZone")
        by = ChangedBy.STAFF if info.context.is_staff else ChangedBy.CLIENT
        return await call.perform(ChangeTimeZonePayload, change_time_zone, account_id, zone, by)

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def negotiate_sla(
        self,
        info: Info,
        input: Annotated[NegotiateSlaInput, strawberry.argument(description="The negotiated terms.")],  # noqa: A002
    ) -> NegotiateSlaPayload:
        """Negotiates other terms for future ledger days; for staff. Promises already made remain.

        A term negotiated to the value that the plan has on the effective date follows the plan again.
        """
        call = Call(info, input)
        account_id, _ = call.node(NodeType.ACCOUNT, input.account_id, "accountId")
        return await call.perform(NegotiateSlaPayload, negotiate_sla, account_id, negotiation(call, input))

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def withdraw_sla(
        self,
        info: Info,
        input: Annotated[WithdrawSlaInput, strawberry.argument(description="The version of an SLA to withdraw.")],  # noqa: A002
    ) -> WithdrawSlaPayload:
        """Withdraws a coming version of an SLA: the terms that it superseded apply again; for staff."""
        call = Call(info, input)
        account_id, version = call.node(NodeType.SLA, input.sla_id, "slaId")
        note, message = call.optional_prose(input.note, "note"), call.optional_prose(input.message, "message")
        return await call.perform(WithdrawSlaPayload, withdraw_sla, account_id, version.int, note, message)
