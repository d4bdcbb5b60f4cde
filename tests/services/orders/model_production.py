"""What the domain rules say of production: who gets which image, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.services.orders.model import NEVER, Account
from tests.services.orders.model_facts import Image, Order, Reason, Rejection, refuse


class Production:
    """The workers, who take and deliver images of all accounts."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self.accounts = accounts

    @property
    def images(self) -> list[tuple[Account, Order, Image]]:
        return [(account, order, image) for account in self.accounts for order, image in account.images]

    def claim(self, now: datetime, worker: str, count: int, lease: timedelta) -> list[Image]:
        """Lease the images that are due first, ties by upload, then id, those without a deadline last."""
        free = [
            (image.next_due_at or NEVER, image.uploaded_at, image.id, account, image)
            for account, order, image in self.images
            if order.cancelled_at is None
            and not image.stands_delivered
            and (image.claimed_until is None or image.claimed_until <= now)
        ]
        taken = sorted(free, key=lambda each: each[:3])[:count]
        instants = _instants(now, [account for *_, account, _ in taken])
        for *_, account, image in taken:
            image.claimed_by, image.claimed_until = worker, min(instants.values()) + lease
            image.first_claimed_at = image.first_claimed_at or instants[id(account)]
        return [image for *_, image in taken]

    def deliver(self, now: datetime, worker: str, chosen: Sequence[tuple[Account, Order, Image]]) -> None:
        """Deliver images that the worker holds."""
        refuse(
            Reason("NotClaimed", image.id)
            for account, _, image in chosen
            if image.claimed_by != worker or image.claimed_until is None or image.claimed_until <= account.instant(now)
        )
        instants = _instants(now, [account for account, _, _ in chosen])
        for account, _, image in chosen:
            at = instants[id(account)]
            if image.awaits_redelivery:
                image.rejections[-1].redelivered_at = at
            image.delivered_at.append(at)
            image.claimed_by = image.claimed_until = None

    def reject(self, now: datetime, reason: str, chosen: Sequence[tuple[Account, Order, Image]]) -> None:
        """Send delivered images back."""
        refuse(Reason("NotDelivered", image.id) for _, _, image in chosen if not image.stands_delivered)
        instants = _instants(now, [account for account, _, _ in chosen])
        for account, order, image in chosen:
            at = instants[id(account)]
            version = account.running(at).sla_version
            image.rejections.append(Rejection(at, reason, account.redo_due_at(at), version))
            order.completed_at = None


def _instants(now: datetime, accounts: Sequence[Account]) -> dict[int, datetime]:
    """Return the instants of a command on accounts, by the identity of each, which are then their last ones."""
    instants = {id(account): account.instant(now) for account in accounts}
    for account in accounts:
        account.last_at = instants[id(account)]
    return instants
