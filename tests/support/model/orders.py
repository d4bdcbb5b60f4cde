"""A model of the domain rules of orders, for few images in memory, by which tests judge the services.

It is written from the rules alone and in the plainest way: no SQL, no caches, no rows, all counts computed from facts.
Only the start of a local day comes from `local_time`, which has tests of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from tests.support.model.facts import Day, Image, Order, Reason, Upload, by_deadline, refuse
from tests.support.model.inquiries import Inquirer
from tests.support.model.refusals import NEVER, against_cancelling, against_expediting, cancelled, owner_of, window

PRICE: Final = Decimal("1.45")
LEVELS: Final = ("EXPEDITED", "EXPEDITED_ADDITIONAL", "EXPEDITED_PLAN")
OPEN_STATUSES: Final = {"ADDITIONAL": "TO_BE_CONFIRMED", "EXPEDITED_PLAN": "PLAN_REQUIRED"}
TURNAROUNDS: Final = {
    "EXPEDITED": "expedite_turnaround",
    "EXPEDITED_ADDITIONAL": "expedite_additional_turnaround",
}
"""The term by which each of these levels is due."""


class Account(Inquirer):
    """An account with all its orders and inquiries."""

    def __init__(self, created_at: datetime, zone: str, images: int, expedites: int) -> None:
        super().__init__(created_at, zone, images, expedites)
        self.orders: list[Order] = []

    @property
    def images(self) -> list[tuple[Order, Image]]:
        return [(order, image) for order in self.orders for image in order.images]

    def place(
        self,
        now: datetime,
        name: str,
        uploads: Sequence[Upload],
        *,
        expedite: bool,
        reference: str | None = None,
        instructions: str | None = None,
    ) -> list[Order]:
        """Upload images; return the orders they are split into, the first of which has the reference."""
        at = self.instant(now)
        day = self.running(at)
        refuse(self.closed())
        if expedite:
            refuse(window(at))
        levels = self._expedite_levels(day, len(uploads)) if expedite else self._upload_levels(day, len(uploads))
        images = self._uploaded(day, at, uploads, levels, expedite=expedite)
        refuse(self._against_references(reference, uploads))
        orders = [
            Order(
                number=len(self.orders) + number,
                name=name,
                level=level,
                placed_at=at,
                updated_at=at,
                due_at=of_level[0].due_at,
                deadline_status=OPEN_STATUSES.get(level, "CONFIRMED"),
                sla_version=day.sla_version,
                images=of_level,
                expedited_at=at if expedite else None,
                expedite_version=day.sla_version if expedite else None,
                external_reference=reference if number == 1 else None,
                instructions=instructions,
            )
            for number, (level, of_level) in enumerate(by_deadline(images, levels), start=1)
        ]
        for sibling in orders[1:]:
            sibling.split_from = orders[0]
        for image in (each for order in orders if order.level in OPEN_STATUSES for each in order.images):
            image.begin_review(at, self.promised_by(at, "review_turnaround"))
        self.orders += orders
        day.used += len(images)
        day.expedited += len(images) if expedite else 0
        day.written = True
        self.last_at = at
        return orders

    def _against_references(self, reference: str | None, uploads: Sequence[Upload]) -> Iterator[Reason]:
        """Yield the reasons not to place images: references that others have, or that are given twice."""
        if reference is not None and reference in {order.external_reference for order in self.orders}:
            yield Reason("ReferenceTaken")
        owners = {image.external_reference: image.id for _, image in self.images}
        given = [upload.external_reference for upload in uploads if upload.external_reference is not None]
        yield from (Reason("ReferenceTaken", owners[each]) for each in given if each in owners)
        if any(given.count(each) > 1 for each in given if each not in owners):
            yield Reason("ReferenceTaken")

    def _uploaded(
        self, day: Day, at: datetime, uploads: Sequence[Upload], levels: Sequence[str], *, expedite: bool
    ) -> list[Image]:
        within = [day.used + number <= day.capacity for number in range(1, len(uploads) + 1)]
        morning = self.next_morning(at)
        in_time = [_in_time(at, level, day) for level in levels]
        if any(inside and (due_at or at) >= morning for inside, due_at in zip(within, in_time, strict=True)):
            refuse([Reason("NoGain")])
        return [
            Image(
                number=number,
                filename=upload.filename,
                external_reference=upload.external_reference,
                instructions=upload.instructions,
                preview_url=upload.preview_url,
                uploaded_at=at,
                position=day.used + number,
                expedite_position=day.expedited + number if expedite else None,
                price=_price(level, day),
                due_at=_in_time(at, level, day) or (morning if inside else None),
            )
            for number, (upload, level, inside) in enumerate(zip(uploads, levels, within, strict=True), start=1)
        ]

    def expedite(self, now: datetime, order: Order, chosen: Sequence[Image] | None) -> list[Order]:
        """Expedite images, the chosen ones or all that can be; return the orders that changed, then the new ones."""
        at = self.instant(now)
        day = self.running(at)
        owners = {image: owner_of(order, self.orders, image) for image in (*order.images, *(chosen or ()))}
        against = {image: against_expediting(owner, image, at) for image, owner in owners.items()}
        images = [image for image in order.images if not against[image]] if chosen is None else list(chosen)
        if images:
            reasons = [reason for image in images for reason in against[image]]
        else:
            reasons = cancelled(order) or [Reason(reason.kind) for image in order.counted for reason in against[image]]
        reasons = self.closed() or reasons or window(at)
        levels = self._expedite_levels(day, len(images))
        due = [_in_time(at, level, day) for level in levels]
        if any(new and image.due_at and new >= image.due_at for new, image in zip(due, images, strict=True)):
            reasons.append(Reason("NoGain"))
        refuse(reasons)
        for number, (image, level, new) in enumerate(zip(images, levels, due, strict=True), start=1):
            image.expedite_position = day.expedited + number
            image.price = _price(level, day)
            image.due_at = new or image.due_at
            if new is None:
                image.begin_review(at, self.promised_by(at, "review_turnaround"))
            else:
                image.end_review(at)
            if image.claimed_until and image.claimed_until <= at:
                image.claimed_by = image.claimed_until = None
        day.expedited += len(images)
        day.written = True
        self.last_at = at
        expedited = [(level, owners[image] or order, image) for level, image in zip(levels, images, strict=True)]
        return self._split(expedited, at, day)

    def _split(self, expedited: Sequence[tuple[str, Order, Image]], at: datetime, day: Day) -> list[Order]:
        """Group expedited images by level and order; return the orders that change, then the new ones."""
        owners = {owner.number: owner for _, owner, _ in sorted(expedited, key=lambda each: each[1].number)}
        before = {number: replace(each, external_reference=None, images=[]) for number, each in owners.items()}
        groups: dict[tuple[int, int], list[Image]] = {}
        for level, owner, image in expedited:
            groups.setdefault((LEVELS.index(level), owner.number), []).append(image)
            owner.images = [each for each in owner.images if each is not image]
            owner.updated_at = at
        siblings: list[Order] = []
        for (rank, number), images in sorted(groups.items()):
            target = owners[number]
            if any(image.cancelled_at is None for image in target.images):
                target = replace(before[number], number=len(self.orders) + 1, split_from=target)
                siblings.append(target)
                self.orders.append(target)
            target.images = sorted([*images, *target.images], key=lambda image: image.number)
            target.updated_at = at
            self._at_level(target, LEVELS[rank], at, day)
        return [*owners.values(), *siblings]

    def _at_level(self, order: Order, level: str, at: datetime, day: Day) -> None:
        order.level, order.deadline_status = level, OPEN_STATUSES.get(level, "CONFIRMED")
        order.expedited_at, order.expedite_version = at, day.sla_version
        due_at = _in_time(at, level, day)
        if due_at is not None:
            order.due_at, order.confirmed_at = due_at, None
            order.revised_at = order.first_confirmed_due_at = None
        if due_at is not None or order.due_at is None:
            order.sla_version = day.sla_version

    def cancel(self, now: datetime, order: Order, chosen: Sequence[Image] | None = None) -> Day:
        """Cancel images, or all that remain; they return to the running day's quotas if they used them."""
        at = self.instant(now)
        if chosen is None:
            reasons = cancelled(order)
            if any(image.first_claimed_at or image.delivered_at for image in order.images):
                reasons.append(Reason("NotCancellable"))
        else:
            against = ((owner_of(order, self.orders, image), image) for image in chosen)
            reasons = [reason for owner, image in against for reason in against_cancelling(owner, image)]
        refuse(reasons)
        day = self.running(at)
        for image in order.counted if chosen is None else chosen:
            owner = owner_of(order, self.orders, image) or order
            day.used -= day.holds(owner.placed_at)
            day.expedited -= day.holds(owner.expedited_at)
            image.cancelled_at = owner.updated_at = at
        self.last_at = at
        return day

    def complete(self, now: datetime, order: Order) -> None:
        """Complete an order, which is its download."""
        if order.status != "READY_FOR_DOWNLOAD":
            refuse([Reason("NotCompletable")])
        order.completed_at = order.updated_at = self.last_at = self.instant(now)

    def confirm(self, now: datetime, order: Order, portions: Sequence[tuple[int | None, datetime]]) -> list[Order]:
        """Set staff's deadline of each portion of the images that await one; a portion of None has all of them.

        Return the order, then the siblings that the further portions become.
        """
        at = self.instant(now)
        awaiting = [image for image in order.images if not image.delivered_at and image.cancelled_at is None]
        reasons = cancelled(order)
        if order.deadline_status == "CONFIRMED" or not awaiting or (order.due_at or NEVER) < at:
            reasons.append(Reason("DeadlineNotOpen"))
        refuse(reasons)
        counts = [len(awaiting) if count is None else count for count, _ in portions]
        due = [due_at for _, due_at in portions]
        if sum(counts) != len(awaiting):
            reasons.append(Reason("PortionsDiffer"))
        if any(one >= other for one, other in pairwise(due)):
            reasons.append(Reason("PortionNotLater"))
        if min(due) <= at or max(due) >= (order.due_at or NEVER):
            reasons.append(Reason("DeadlineNotAhead"))
        refuse(reasons)
        parts = [awaiting[sum(counts[:index]) :][:count] for index, count in enumerate(counts)]
        orders = [order, *(self._leave(order, part, at) for part in parts[1:])]
        for each, part, due_at in zip(orders, parts, due, strict=True):
            self._promise(each, part, at, due_at)
        self.last_at = at
        return orders

    def _leave(self, order: Order, images: list[Image], at: datetime) -> Order:
        """Return the new sibling that images of an order become, without claims that have run out."""
        sibling = replace(
            order, number=len(self.orders) + 1, split_from=order, external_reference=None, images=list(images)
        )
        self.orders.append(sibling)
        order.images = [image for image in order.images if image not in images]
        for image in images:
            if image.claimed_until and image.claimed_until <= at:
                image.claimed_by = image.claimed_until = None
        return sibling

    def _promise(self, order: Order, images: Sequence[Image], at: datetime, due_at: datetime) -> None:
        """Set staff's deadline of an order, for images of it."""
        order.kept = None if order.due_at is None else (order.due_at, order.sla_version)
        order.deadline_status, order.due_at, order.confirmed_at = "CONFIRMED", due_at, at
        order.updated_at, order.revised_at, order.first_confirmed_due_at = at, None, None
        if order.level == "EXPEDITED_PLAN":
            order.sla_version = order.expedite_version or 0
        for image in images:
            image.due_at = due_at
            image.end_review(at)
            image.price = PRICE * self._plan_multiplier(order)

    def _plan_multiplier(self, order: Order) -> Decimal:
        """Return how many times its price an image costs once staff made its plan: by the terms of the expedite."""
        if order.level != "EXPEDITED_PLAN":
            return Decimal(1)
        (day,) = [day for day in self.days if day.holds(order.expedited_at)]
        multiplier: Decimal = day.terms["expedite_multiplier"]
        return multiplier

    def revise(self, now: datetime, order: Order, due_at: datetime) -> None:
        """Set an earlier deadline in place of staff's."""
        at = self.instant(now)
        open_ = [image for image in order.images if not image.delivered_at and image.cancelled_at is None]
        reasons = cancelled(order)
        is_set = order.confirmed_at is not None and order.deadline_status == "CONFIRMED"
        if not is_set or not open_ or (order.due_at or at) < at:
            reasons.append(Reason("DeadlineNotOpen"))
        if due_at <= at or due_at >= (order.due_at or NEVER):
            reasons.append(Reason("DeadlineNotAhead"))
        refuse(reasons)
        order.first_confirmed_due_at = order.first_confirmed_due_at or order.due_at
        order.due_at, order.revised_at, order.updated_at, self.last_at = due_at, at, at, at
        for image in open_:
            image.due_at = due_at

    def _upload_levels(self, day: Day, count: int) -> list[str]:
        return ["STANDARD" if day.used + number <= day.capacity else "ADDITIONAL" for number in range(1, count + 1)]

    def _expedite_levels(self, day: Day, count: int) -> list[str]:
        beyond = "EXPEDITED_PLAN" if day.expedited + count >= 2 * day.quota else "EXPEDITED_ADDITIONAL"
        return ["EXPEDITED" if day.expedited + number <= day.quota else beyond for number in range(1, count + 1)]


def _price(level: str, day: Day) -> Decimal:
    return PRICE * day.terms["expedite_multiplier"] if level in TURNAROUNDS else PRICE


def _in_time(at: datetime, level: str, day: Day) -> datetime | None:
    return at + day.terms[TURNAROUNDS[level]] if level in TURNAROUNDS else None
