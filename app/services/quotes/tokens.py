"""Quotes as signed tokens, so that a quote comes back unchanged (the contract's `quote`).

A token is base64url of JSON, a dot, and base64url of the HMAC-SHA256 of the part before the dot. The key is the same
for all servers: the first one that needs it makes it.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson

from app.domain.instants import rfc3339
from app.domain.orders.changes import Change
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.quotes import InvalidQuoteToken, Offer, QuoteChanged, offers, require_unchanged
from app.domain.orders.state import OrderState
from db.connections import Pool, Statement
from db.queries.quotes import SIGNING_KEY
from db.readers import PoolReader
from db.writer import unit_of_work

_PURPOSE: Final = "quotes"
_KEY_BYTES: Final = 32


# Stores a key unless another server was first; the primary key.
MAKE_SIGNING_KEY: Final = Statement(
    "make_signing_key",
    "INSERT INTO signing_keys (purpose, secret) VALUES ($1, $2) ON CONFLICT (purpose) DO NOTHING",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a quote: a new order of the account, or, with `order_id`, expediting images of that one.

    `chosen` are these images in the requested order; None means all that can be expedited.
    """

    account_id: UUID
    order_id: UUID | None = None
    chosen: Sequence[UUID] | None = None

    def parts(self, orders: Sequence[OrderState], at: datetime) -> list[OrderState]:
        """Return the quoted ones of the orders that a command at `at` makes or changes: not the rest of a split one."""
        return [order for order in orders if self.order_id is None or order.expedited_at == at]


@dataclass(frozen=True, slots=True)
class Binding:
    """The subject and the offers that a quote binds, until just before `expires_at` (UTC)."""

    subject: Subject
    expires_at: datetime
    offers: Sequence[Offer]


def require_binding(binding: Binding | None, at: datetime, change: Change) -> None:
    """Raise QuoteChanged when a binding quote has expired at `at` (UTC), or the command's change offers another."""
    if binding is None:
        return
    if at >= binding.expires_at:
        raise QuoteChanged(f"it expired at {rfc3339(binding.expires_at)}")
    priced = any(offer.price is not None for offer in binding.offers)
    parts = binding.subject.parts(change.orders, at)
    require_unchanged(binding.offers, offers(parts, change.day.sla.terms, priced=priced))


class QuoteKey:
    """The key that signs quotes: made if there is none, and read once, as it never changes.

    It is read by the pool for writing: answers that need it have connections of the one for reading, which might all
    wait for another one of that.
    """

    def __init__(self, writing: Pool) -> None:
        self._writing = writing
        self._key: bytes | None = None

    async def get(self) -> bytes:
        """Return the key."""
        if self._key is None:
            self._key = await self._read() or await self._make()
        return self._key

    async def _read(self) -> bytes | None:
        row = await PoolReader(self._writing).fetch_row(SIGNING_KEY, _PURPOSE)
        return None if row is None else row["secret"]

    async def _make(self) -> bytes:
        async with unit_of_work(self._writing) as writer:
            await writer.execute(MAKE_SIGNING_KEY, _PURPOSE, secrets.token_bytes(_KEY_BYTES))
            await writer.commit()
        key = await self._read()
        if key is None:
            raise LookupError("The key that signs quotes is gone.")
        return key


def token_of(binding: Binding, key: bytes) -> str:
    """Write and sign a binding."""
    content = {
        "subject": _named(binding.subject),
        "expiresAt": rfc3339(binding.expires_at),
        "offers": [_written(offer) for offer in binding.offers],
        "terms": [_written_terms(offer) for offer in binding.offers],
    }
    payload = _base64(orjson.dumps(content))
    return b".".join((payload, _signature(payload, key))).decode()


def read_token(token: str, key: bytes, subject: Subject) -> Binding:
    """Return the `Binding` in a token; raises InvalidQuoteToken unless `key` signed it for this subject."""
    payload, _, signature = token.encode(errors="replace").partition(b".")
    if not hmac.compare_digest(_signature(payload, key), signature):
        raise InvalidQuoteToken
    content = orjson.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    if content["subject"] != _named(subject):
        raise InvalidQuoteToken
    quoted = [_read(offer) for offer in content["offers"]]
    if "terms" in content:
        quoted = [_with_terms(*each) for each in zip(quoted, content["terms"], strict=True)]
    return Binding(subject, datetime.fromisoformat(content["expiresAt"]), tuple(quoted))


def _named(subject: Subject) -> list[str | None]:
    """Return a subject as JSON; chosen images by their digest, since they may be many."""
    chosen = None
    if subject.chosen is not None:
        chosen = hashlib.sha256(b"".join(image_id.bytes for image_id in subject.chosen)).hexdigest()
    return [str(subject.account_id), None if subject.order_id is None else str(subject.order_id), chosen]


def _written(offer: Offer) -> list[Any]:
    due_at = None if offer.due_at is None else rfc3339(offer.due_at)
    price = None if offer.price is None else str(offer.price)
    return [offer.service_level, offer.image_count, due_at, price, offer.currency]


def _read(written: Sequence[Any]) -> Offer:
    level, count, due_at, price, currency = written
    return Offer(
        service_level=ServiceLevel(level),
        image_count=count,
        due_at=None if due_at is None else datetime.fromisoformat(due_at),
        price=None if price is None else Decimal(price),
        currency=currency,
    )


def _written_terms(offer: Offer) -> list[Any]:
    """Return the terms of an offer as JSON, beside it: servers of the release before read five values of an offer."""
    durations = (offer.turnaround, offer.review_turnaround)
    multiplier = None if offer.plan_multiplier is None else str(offer.plan_multiplier)
    return [*(None if each is None else each.total_seconds() for each in durations), multiplier]


def _with_terms(offer: Offer, written: Sequence[Any]) -> Offer:
    turnaround, review_turnaround, multiplier = written
    return replace(
        offer,
        turnaround=None if turnaround is None else timedelta(seconds=turnaround),
        review_turnaround=None if review_turnaround is None else timedelta(seconds=review_turnaround),
        plan_multiplier=None if multiplier is None else Decimal(multiplier),
    )


def _signature(payload: bytes, key: bytes) -> bytes:
    return _base64(hmac.digest(key, payload, "sha256"))


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
