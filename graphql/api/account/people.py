"""Mutations of the people of an account: its success manager, of the service, and its contact, of the client."""

from typing import Annotated

import strawberry

from api.account.payloads import AccountPayload
from api.context import Info
from api.execution import Call
from api.ids import NodeType
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.validation import NAME_RULE
from app.domain.contacts import Contact
from app.services.accounts.profile import set_contact, set_success_manager
from engine.arguments import or_none
from engine.decorators import input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation


@input_type
class SetSuccessManagerInput:
    """The customer success manager of an account; none without a name."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    name: str | None = optional(
        f"The name of the person: {NAME_RULE}. Without it, left out or null, the present contact is removed."
    )
    email: str | None = optional(
        "The person's email address. Without it, left out or null, the contact has none. Not allowed without a name."
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class SetSuccessManagerPayload(AccountPayload):
    """The result of setting a success manager."""


@input_type
class SetContactInput:
    """The person whom the service writes to about an account; none without a name."""

    account_id: strawberry.ID | None = optional("The account. Required of staff; a client's own by default.")
    name: str | None = optional(f"The name of the person, null for none: {NAME_RULE}.")
    email: str | None = optional("The person's email address; none by default. Not allowed without a name.")
    idempotency_key: str | None = idempotency_key()


@object_type
class SetContactPayload(AccountPayload):
    """The result of setting a contact."""


@object_type
class AccountPeople:
    """Mutations of the people of an account."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def set_success_manager(
        self,
        info: Info,
        input: Annotated[SetSuccessManagerInput, strawberry.argument(description="The success manager.")],  # noqa: A002
    ) -> SetSuccessManagerPayload:
        """Sets the customer success manager of an account, or removes the present one; for staff."""
        call = Call(info, input)
        account_id, _ = call.node(NodeType.ACCOUNT, input.account_id, "accountId")
        manager = _person(call, or_none(input.name), or_none(input.email))
        return await call.perform(SetSuccessManagerPayload, set_success_manager, account_id, manager)

    @mutation(codes=(*KEYED, Code.NOT_FOUND))
    async def set_contact(
        self,
        info: Info,
        input: Annotated[SetContactInput, strawberry.argument(description="The contact.")],  # noqa: A002
    ) -> SetContactPayload:
        """Sets the person whom the service writes to about an account, or removes the present one."""
        call = Call(info, input)
        account_id = call.account(or_none(input.account_id))
        contact = _person(call, or_none(input.name), or_none(input.email))
        return await call.perform(SetContactPayload, set_contact, account_id, contact)


def _person(call: Call, name: str | None, email: str | None) -> Contact | None:
    if name is None:
        if email is not None:
            call.refuse("An email address needs a name.", "name")
        return None
    return Contact(call.name(name, "name"), None if email is None else call.email(email, "email"))
