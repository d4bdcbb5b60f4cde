"""The model of production: claiming, delivering and rejecting images."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tests.support.model.facts import Image, Operation, Order, Reason, Rejection, refuse
from tests.support.model.orders import Account
from tests.support.model.refusals import NEVER


class Production:
    """The production of all accounts."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self.accounts = accounts

    @property
    def images(self) -> list[tuple[Account, Order, Image]]:
        return [(account, order, image) for account in self.accounts for order, image in account.images]

    def claim(self, now: datetime, worker: str, count: int, lease: timedelta) -> list[Image]:
        """Lease so many free images, the most urgent first."""
        taken = self._free(now)[:count]
        self._lease(now, worker, taken, lease)
        return [image for _, image in taken]

    def take(self, now: datetime, worker: str, image_ids: Collection[UUID], lease: timedelta) -> None:
        """Lease these images, which must be free."""
        taken = [(account, image) for account, image in self._free(now) if image.id in image_ids]
        refuse(Reason("NotFree", image_id) for image_id in image_ids if image_id not in {each.id for _, each in taken})
        self._lease(now, worker, taken, lease)

    def _free(self, now: datetime) -> list[tuple[Account, Image]]:
        """Return the images that can be leased: by deadline, then those without one by when it is promised.

        Ties are broken by upload and id.
        """
        free = [
            (
                image.next_due_at or NEVER,
                image.next_due_at or image.review_by,
                image.uploaded_at,
                image.id,
                account,
                image,
            )
            for account, _, image in self.images
            if image.cancelled_at is None
            and not image.is_delivered
            and (image.claimed_until is None or image.claimed_until <= now)
        ]
        return [(account, image) for *_, account, image in sorted(free, key=lambda each: each[:4])]

    def _lease(self, now: datetime, worker: str, taken: Sequence[tuple[Account, Image]], lease: timedelta) -> None:
        instants = _instants(now, [account for account, _ in taken])
        for account, image in taken:
            image.claimed_by, image.claimed_until = worker, min(instants.values()) + lease
            image.first_claimed_at = image.first_claimed_at or instants[id(account)]

    def deliver(
        self,
        now: datetime,
        worker: str,
        chosen: Sequence[tuple[Account, Order, Image]],
        result: tuple[str | None, str | None] = (None, None),
    ) -> None:
        """Deliver images leased to the worker, all with the same addresses of the picture and of its preview."""
        refuse(
            Reason("NotClaimed", image.id)
            for account, _, image in chosen
            if image.claimed_by != worker or image.claimed_until is None or image.claimed_until <= account.instant(now)
        )
        instants = _instants(now, [account for account, _, _ in chosen])
        for account, order, image in chosen:
            order.updated_at = at = instants[id(account)]
            if image.awaits_redelivery:
                image.rejections[-1].redelivered_at = at
            image.delivered_at.append(at)
            image.result, image.delivered_by = result, worker
            image.end_review(at)
            image.claimed_by = image.claimed_until = None

    def record(
        self, now: datetime, worker: str, recorded: Sequence[tuple[Account, Order, Image, tuple[str, str, int]]]
    ) -> None:
        """Record operations, each a step, its performer and milliseconds, on images the worker holds or delivered."""
        refuse(
            Reason("NotClaimed", image.id)
            for account, _, image, _ in recorded
            if image.delivered_by != worker
            and (
                image.claimed_by != worker or image.claimed_until is None or image.claimed_until <= account.instant(now)
            )
        )
        instants = _instants(now, [account for account, *_ in recorded])
        for account, order, image, operation in recorded:
            order.updated_at = at = instants[id(account)]
            image.operations.append(Operation(at, *operation))

    def reject_order(self, now: datetime, account: Account, order: Order, why: tuple[str, str | None]) -> list[Image]:
        """Reject the images of an order that can be; return them."""
        at = account.instant(now)
        against = {image: _against_rejecting(image, at) for image in order.images}
        images = [image for image in order.images if not against[image]]
        if not images:
            kinds = {reason.kind for each in against.values() for reason in each}
            refuse([Reason("NotRejectable" if "NotRejectable" in kinds else "NotDelivered")])
        self.reject(now, [(account, order, image, why) for image in images])
        return images

    def reject(self, now: datetime, chosen: Sequence[tuple[Account, Order, Image, tuple[str, str | None]]]) -> None:
        """Reject delivered images, each with a reason and a category."""
        refuse(reason for account, _, image, _ in chosen for reason in _against_rejecting(image, account.instant(now)))
        instants = _instants(now, [account for account, *_ in chosen])
        for account, order, image, (reason, category) in chosen:
            order.updated_at = at = instants[id(account)]
            version = account.running(at).sla_version
            image.rejections.append(Rejection(at, reason, category, account.redo_due_at(at), version))
            order.completed_at = None


def _against_rejecting(image: Image, at: datetime) -> list[Reason]:
    if not image.is_delivered:
        return [Reason("NotDelivered", image.id)]
    return [] if at < image.delivered_at[-1] + timedelta(days=30) else [Reason("NotRejectable", image.id)]


def _instants(now: datetime, accounts: Sequence[Account]) -> dict[int, datetime]:
    """Return the instants of a command by the identity of each account, and set their last instants."""
    instants = {id(account): account.instant(now) for account in accounts}
    for account in accounts:
        account.last_at = instants[id(account)]
    return instants
