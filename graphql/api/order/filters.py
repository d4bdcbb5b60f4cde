"""The filter of lists of orders."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, TypeAlias, TypeVar

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import OrderStatus, ServiceLevel
from app.domain.texts import composed
from db.queries.order_selection import OrderSelection
from engine.arguments import or_none, text_or_none
from engine.decorators import input_type
from engine.errors import bad_input

Choice = TypeVar("Choice", bound=StrEnum)

# Conditions without an index over all accounts.
_OF_ONE_ACCOUNT: Final = ("search", "deadline_status", "updated_from", "delivered_from", "delivered_before")


@input_type
class OrderFilter:
    """Conditions on orders, all of which have to be met.

    A null condition or an empty `search` has no effect; an empty list matches no order. A list over all accounts takes
    `status`, `serviceLevel`, `placedFrom`, `placedBefore`, `late`, `number` and `externalReference`; the others need an
    account.
    """

    status: list[OrderStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders with one of these statuses."
    )
    service_level: list[ServiceLevel] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders at one of these service levels."
    )
    deadline_status: list[DeadlineStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders whose deadline has one of these statuses."
    )
    placed_from: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders placed at this instant or later."
    )
    placed_before: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders placed before this instant."
    )
    late: bool | None = strawberry.field(
        default=strawberry.UNSET, description="True for late orders only, false for the others only."
    )
    number: int | None = strawberry.field(
        default=strawberry.UNSET, description="Only the order with this number; each account numbers its own."
    )
    external_reference: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only the order with this external reference, exactly; each account has its own.",
    )
    updated_from: datetime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only orders updated at or after this instant. With the account's `now` of one answer it finds, in"
        " a later one, every order that was updated in between. Imports are the exception: the orders that they change"
        " are updated at instants of the past, and `Account.events` lists what they have brought.",
    )
    delivered_from: datetime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only orders whose last image was delivered at or after this instant. An order that becomes ready"
        " by the cancellation of its other images was delivered before that: `updatedFrom` finds it.",
    )
    delivered_before: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders whose last image was delivered before this instant."
    )
    search: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only the order with this number, also written `#12`, and orders with a name or a filename that"
        " starts with this text, ignoring case and the form of Unicode.",
    )

    def selection(self, now: datetime) -> OrderSelection:
        """Return the selection of the filter; raises ApiError for text that cannot be searched for."""
        reference = or_none(self.external_reference)
        return OrderSelection(
            now,
            statuses=_chosen(OrderStatus, self.status),
            service_levels=_chosen(ServiceLevel, self.service_level),
            deadline_statuses=_chosen(DeadlineStatus, self.deadline_status),
            placed_from=or_none(self.placed_from),
            placed_before=or_none(self.placed_before),
            late=or_none(self.late),
            search=text_or_none("filter.search", self.search),
            number=or_none(self.number),
            external_reference=None if reference is None else _exact(reference),
            updated_from=or_none(self.updated_from),
            delivered_from=or_none(self.delivered_from),
            delivered_before=or_none(self.delivered_before),
        )

    def selection_in_all_accounts(self, now: datetime) -> OrderSelection:
        """Return the selection of the filter over all accounts; raises ApiError for a condition that needs one."""
        for name in _OF_ONE_ACCOUNT:
            value = or_none(getattr(self, name))
            if value is not None and value != "":
                argument = f"filter.{to_camel_case(name)}"
                raise bad_input(argument, "Only the orders of one account can be filtered by this.")
        return self.selection(now)


Filter: TypeAlias = Annotated[
    OrderFilter | None,
    strawberry.argument(description="The conditions that the orders have to meet; all orders by default."),
]


def _exact(reference: str) -> str:
    """Return a reference to search for, in NFC; no order has an empty one. Raises ApiError."""
    return composed(text_or_none("filter.externalReference", reference) or "")


def _chosen(every: type[Choice], wanted: list[Choice] | None) -> tuple[Choice, ...]:
    """Return the requested values in the order of the enumeration, each once; all of them without a list."""
    named = or_none(wanted)
    return tuple(value for value in every if named is None or value in named)
