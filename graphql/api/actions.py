"""Actions: the commands on an order or an image, and the errors that would refuse them."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import strawberry

from api.user_error.refusals import RefusedRequest, error_of
from api.user_error.types import UserError
from app.domain.errors import DomainError
from app.domain.orders.enums import ActionKind
from engine.decorators import object_type

MUTATIONS: Final[Mapping[ActionKind, str]] = {
    ActionKind.EXPEDITE: "expediteOrder",
    ActionKind.REJECT: "rejectImages",
    ActionKind.COMPLETE: "completeOrder",
    ActionKind.CANCEL: "cancelOrder",
    ActionKind.CONFIRM_DEADLINE: "confirmDeadline",
    ActionKind.REVISE_DEADLINE: "reviseDeadline",
}
"""The mutations by kind of action."""


@object_type
class Action:
    """A command on an order or an image, and whether it is possible now."""

    kind: ActionKind = strawberry.field(description="The kind of the command.")
    allowed: bool = strawberry.field(description="True if the command would succeed now.")
    refusal: UserError | None = strawberry.field(
        description="The error with which it would be refused now, with an empty path; null if it is allowed."
    )


def actions(account_id: UUID, refusals: Mapping[ActionKind, DomainError | None]) -> list[Action]:
    """Return the actions of an object of an account, each with its refusal."""
    return [
        Action(
            kind=kind,
            allowed=refusal is None,
            refusal=None if refusal is None else error_of(refusal, RefusedRequest(MUTATIONS[kind], account_id)),
        )
        for kind, refusal in refusals.items()
    ]
