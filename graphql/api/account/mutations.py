"""What changes the terms of accounts: their time zone and their SLA."""

from datetime import date
from typing import Annotated

import strawberry

from api.account.types import Account, account
from api.answers import answer, begin, read_keys, written_day, written_keys
from api.checks import Checks
from api.context import Info
from api.order.payloads import GuaranteePayload, Payload, payload_fields
from api.sla.reads import read_sla_version
from api.sla.types import SLA
from app.domain.bounds import MAX_PER_DAY
from app.domain.instants import rfc3339
from app.domain.sla.negotiation import NegotiatedTerms
from app.services.accounts.terms import change_time_zone, negotiate_sla
from app.services.commands import Answer
from db.connections import Writer
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.ids import NodeType
from engine.inputs import idempotency_key, optional
from engine.scalars import TimeZone
from engine.weights import COMMAND


@input_type
class ChangeTimeZoneInput:
    """Where an account is."""

    account_id: strawberry.ID | None = optional("The account: staff name it, a client's is its own.")
    time_zone: TimeZone = strawberry.field(description="Its time zone from now on.")
    idempotency_key: str | None = idempotency_key()


@object_type
class ChangeTimeZonePayload(GuaranteePayload):
    """What changing a time zone came to: the running ledger day is never shortened by it."""

    @field
    async def account(self, info: Info) -> Account | None:
        """The account as it is now."""
        if not self.is_done:
            return None
        [(account_id, _)] = read_keys(self.answer, "accounts")
        row = await info.context.account(account_id)
        return None if row is None else account(row)


@input_type
class NegotiateSlaInput:
    """Terms that were agreed on; one that is left out continues."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    images_per_day: int | None = optional("Images guaranteed per ledger day: 0 to 1,000,000.")
    expedites_per_day: int | None = optional("Images per ledger day at the shortest turnaround: 0 to 1,000,000.")
    effective_date: date = strawberry.field(
        description="The date of the first ledger day that has them, after the running one."
    )
    note: str | None = optional("What to remember of it, 1 to 1,000 characters.")
    idempotency_key: str | None = idempotency_key()


@object_type
class NegotiateSlaPayload(Payload):
    """What negotiating an SLA came to."""

    @field
    async def sla(self, info: Info) -> SLA | None:
        """The version of the SLA with these terms."""
        if not self.is_done:
            return None
        [(account_id, _)] = read_keys(self.answer, "accounts")
        row = await info.context.account(account_id)
        return None if row is None else await read_sla_version(info.context, row, self.answer["version"])


@object_type
class AccountMutations:
    """What changes the terms of accounts."""

    @field(cost=COMMAND)
    async def change_time_zone(
        self,
        info: Info,
        input: Annotated[ChangeTimeZoneInput, strawberry.argument(description="Where an account is.")],  # noqa: A002
    ) -> ChangeTimeZonePayload:
        """Let an account be in another time zone from now on; promises that were made stay."""
        context = info.context
        checks = begin(context, input)
        account_id = checks.account(or_none(input.account_id))
        zone = checks.text(input.time_zone, "timeZone")

        async def work(writer: Writer) -> Answer:
            outcome = await change_time_zone(writer, context.clock, account_id, zone)
            accounts = written_keys([(account_id, account_id)])
            day = written_day(outcome.day)
            return {"at": rfc3339(outcome.at), "accounts": accounts, "day": day, "changed": outcome.changed}

        return ChangeTimeZonePayload(**payload_fields(await answer(context, "changeTimeZone", checks, work)))

    @field(cost=COMMAND, staff=True)
    async def negotiate_sla(
        self,
        info: Info,
        input: Annotated[NegotiateSlaInput, strawberry.argument(description="Terms that were agreed on.")],  # noqa: A002
    ) -> NegotiateSlaPayload:
        """Agree on other terms for ledger days to come; for staff."""
        context = info.context
        checks = begin(context, input)
        account_id, _ = checks.node(NodeType.ACCOUNT, input.account_id, "accountId")
        terms = _terms(checks, input)

        async def work(writer: Writer) -> Answer:
            outcome = await negotiate_sla(writer, context.clock, account_id, terms)
            accounts = written_keys([(account_id, account_id)])
            return {"at": rfc3339(outcome.at), "accounts": accounts, "version": outcome.version}

        return NegotiateSlaPayload(**payload_fields(await answer(context, "negotiateSla", checks, work)))


def _terms(checks: Checks, asked: NegotiateSlaInput) -> NegotiatedTerms:
    images, expedites, note = or_none(asked.images_per_day), or_none(asked.expedites_per_day), or_none(asked.note)
    if images is not None:
        checks.number(images, 0, MAX_PER_DAY, "imagesPerDay")
    if expedites is not None:
        checks.number(expedites, 0, MAX_PER_DAY, "expeditesPerDay")
    if note is not None:
        checks.prose(note, "note")
    return NegotiatedTerms(images, expedites, asked.effective_date, note)
