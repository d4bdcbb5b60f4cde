"""Allocation of a ledger day's guarantee and expedite quota (domain rules, section 3)."""

from dataclasses import dataclass, replace

from app.domain.orders.enums import ServiceLevel
from app.domain.sla.terms import DELIVERY_PLAN_MULTIPLE


@dataclass(frozen=True, slots=True)
class Allowance:
    """The guarantee (DGI) and the expedite quota of a ledger day, and their use, which may exceed them."""

    capacity: int
    used: int
    expedite_capacity: int
    expedite_used: int

    @property
    def remaining(self) -> int:
        """Images still guaranteed, never below zero."""
        return max(0, self.capacity - self.used)

    @property
    def additional(self) -> int:
        """Images beyond the guarantee, never below zero."""
        return max(0, self.used - self.capacity)

    @property
    def expedite_remaining(self) -> int:
        """Expedites still within the quota, never below zero."""
        return max(0, self.expedite_capacity - self.expedite_used)

    def guarantees(self, position: int) -> bool:
        """Return True if the image at a position of the day, counted from 1, is within the guarantee."""
        return position <= self.capacity


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbours in a list of images that get the same service level and deadline, and so become one order.

    They are `count` images from index `start`, counted from 0. `position` is the first one's in the day's
    guarantee, counted from 1, or 0 where none is used; `expedite_position` its position in the expedite quota, None
    when not expedited.
    """

    service_level: ServiceLevel
    start: int
    count: int
    position: int
    expedite_position: int | None


def allocate_upload(count: int, allowance: Allowance, *, expedite: bool) -> list[Part]:
    """Split `count` images uploaded now by service level, in the order of the levels.

    Each of them uses one image of the guarantee; expedited ones also use the expedite quota, which alone decides their
    level. Those that need a delivery plan are split at the end of the guarantee: within it they have the
    standard deadline until there is a plan.
    """
    first = allowance.used + 1
    guaranteed = min(count, allowance.remaining)
    if expedite:
        parts = (replace(part, position=first + part.start) for part in allocate_expedite(count, allowance))
        return [piece for part in parts for piece in _split_plan(part, guaranteed)]
    standard = [
        Part(ServiceLevel.STANDARD, 0, guaranteed, first, None),
        Part(ServiceLevel.ADDITIONAL, guaranteed, count - guaranteed, first + guaranteed, None),
    ]
    return [part for part in standard if part.count]


def allocate_expedite(count: int, allowance: Allowance) -> list[Part]:
    """Split `count` images uploaded before and expedited now; they use the expedite quota only.

    Those within the quota come first. The rest are due later, or, when the day's expedites reach twice the quota with
    them, need a delivery plan.
    """
    within = min(count, allowance.expedite_remaining)
    planned = allowance.expedite_used + count >= DELIVERY_PLAN_MULTIPLE * allowance.expedite_capacity
    beyond = ServiceLevel.EXPEDITED_PLAN if planned else ServiceLevel.EXPEDITED_ADDITIONAL
    first = allowance.expedite_used + 1
    parts = [
        Part(ServiceLevel.EXPEDITED, 0, within, 0, first),
        Part(beyond, within, count - within, 0, first + within),
    ]
    return [part for part in parts if part.count]


def _split_plan(part: Part, guaranteed: int) -> list[Part]:
    """Split a part at the plan level into its images before the index `guaranteed` of the list and the rest."""
    within = guaranteed - part.start
    if part.service_level is not ServiceLevel.EXPEDITED_PLAN or not 0 < within < part.count:
        return [part]
    expedite_position = None if part.expedite_position is None else part.expedite_position + within
    return [
        replace(part, count=within),
        replace(
            part,
            start=guaranteed,
            count=part.count - within,
            position=part.position + within,
            expedite_position=expedite_position,
        ),
    ]
