"""Staff's mutations of accounts: the plan, the name, closing and reopening."""

from datetime import date
from functools import partial
from typing import Annotated

import strawberry

from api.account.payloads import AccountPayload
from api.context import Info
from api.execution import Call
from api.ids import NodeType
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.validation import NAME_RULE, PROSE_RULE
from app.domain.sla.enums import Plan
from app.domain.sla.plans import NewPlan
from app.services.accounts.closing import close_account, reopen_account
from app.services.accounts.plans import change_plan
from app.services.accounts.profile import rename_account, set_dashboard_access
from engine.arguments import or_none
from engine.decorators import input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation


@input_type
class RenameAccountInput:
    """The new name of an account."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    name: str = strawberry.field(description=f"The new name: {NAME_RULE}.")
    idempotency_key: str | None = idempotency_key()


@object_type
class RenameAccountPayload(AccountPayload):
    """The result of renaming an account."""


@input_type
class CloseAccountInput:
    """The account to close."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    reason: str | None = optional(f"The reason, for staff: {PROSE_RULE}.")
    idempotency_key: str | None = idempotency_key()


@object_type
class CloseAccountPayload(AccountPayload):
    """The result of closing an account."""


@input_type
class ReopenAccountInput:
    """The account to reopen."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    reason: str | None = optional(f"The reason, for staff: {PROSE_RULE}.")
    idempotency_key: str | None = idempotency_key()


@object_type
class ReopenAccountPayload(AccountPayload):
    """The result of reopening an account."""


@input_type
class ChangePlanInput:
    """The new plan of an account."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    plan: Plan = strawberry.field(description="The new plan; terms not negotiated are the plan's present ones.")
    effective_date: date = strawberry.field(
        description="The date of the first ledger day on this plan; later than the running one."
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class ChangePlanPayload(AccountPayload):
    """The result of changing a plan."""


@input_type
class SetDashboardAccessInput:
    """The access of an account to its dashboard."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    enabled: bool | None = optional(
        "True to let the account in, false to shut it out, whatever its plan; left out or null, its plan decides again."
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class SetDashboardAccessPayload(AccountPayload):
    """The result of setting the access to a dashboard."""


@object_type
class AccountAdministration:
    """Staff's mutations of accounts."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def change_plan(
        self,
        info: Info,
        input: Annotated[ChangePlanInput, strawberry.argument(description="The new plan of an account.")],  # noqa: A002
    ) -> ChangePlanPayload:
        """Changes an account's plan for future ledger days; negotiated terms continue; for staff."""
        call = Call(info, input)
        account_id, _ = call.node(NodeType.ACCOUNT, input.account_id, "accountId")
        new = NewPlan(input.plan, info.context.settings.plan_terms[input.plan], input.effective_date)
        return await call.perform(ChangePlanPayload, change_plan, account_id, new)

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def rename_account(
        self,
        info: Info,
        input: Annotated[RenameAccountInput, strawberry.argument(description="The new name of an account.")],  # noqa: A002
    ) -> RenameAccountPayload:
        """Gives an account another name; for staff."""
        call = Call(info, input)
        account_id, _ = call.node(NodeType.ACCOUNT, input.account_id, "accountId")
        name = call.name(input.name, "name")
        return await call.perform(RenameAccountPayload, rename_account, account_id, name)

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def close_account(
        self,
        info: Info,
        input: Annotated[CloseAccountInput, strawberry.argument(description="The account to close.")],  # noqa: A002
    ) -> CloseAccountPayload:
        """Closes an account: quotes, orders and expedites are refused, all else continues; for staff."""
        call = Call(info, input)
        account_id, _ = call.node(NodeType.ACCOUNT, input.account_id, "accountId")
        return await call.perform(
            CloseAccountPayload, close_account, account_id, call.optional_prose(input.reason, "reason")
        )

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def reopen_account(
        self,
        info: Info,
        input: Annotated[ReopenAccountInput, strawberry.argument(description="The account to reopen.")],  # noqa: A002
    ) -> ReopenAccountPayload:
        """Opens a closed account for new orders again; for staff."""
        call = Call(info, input)
        account_id, _ = call.node(NodeType.ACCOUNT, input.account_id, "accountId")
        return await call.perform(
            ReopenAccountPayload, reopen_account, account_id, call.optional_prose(input.reason, "reason")
        )

    @mutation(codes=(*KEYED, Code.NOT_FOUND), staff=True)
    async def set_dashboard_access(
        self,
        info: Info,
        input: Annotated[SetDashboardAccessInput, strawberry.argument(description="The access to a dashboard.")],  # noqa: A002
    ) -> SetDashboardAccessPayload:
        """Lets an account in to its dashboard, shuts it out, or leaves it to its plan; for staff."""
        call = Call(info, input)
        account_id, _ = call.node(NodeType.ACCOUNT, input.account_id, "accountId")
        access = partial(set_dashboard_access, enabled=or_none(input.enabled))
        return await call.perform(SetDashboardAccessPayload, access, account_id)
