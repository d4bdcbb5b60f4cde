"""Random lives that an import file can express, and their export as the lines of such a file."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from random import Random
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.inquiries import InquiryTopic, NewInquiry
from app.domain.instants import rfc3339
from app.domain.orders.portions import Portion
from app.services.inquiries import answer_inquiry, contact_support
from app.services.orders.changing import cancel_order, confirm_deadline, confirm_deadlines, expedite_order
from app.services.orders.placing import NewOrder, place_order
from db.connections import Pool, Record
from tests.support.customers import GHOST
from tests.support.import_files import Line
from tests.support.order_states import uploads
from tests.support.random_lives import Life
from tests.support.transactions import in_transaction

_Act: TypeAlias = Callable[[Random, int], Awaitable[None]]

_LAST_ORDERS: Final = """
    SELECT o.account_id, o.id,
           ARRAY(SELECT i.id FROM images i WHERE i.account_id = o.account_id AND i.order_id = o.id ORDER BY i.number)
             AS images
      FROM orders o JOIN accounts a ON a.id = o.account_id
     WHERE {0} ORDER BY o.placed_at DESC, a.ref, o.number LIMIT 6
"""
_NOT_EXPEDITED_LATER: Final = """
    o.deadline_status <> 'CONFIRMED' AND NOT EXISTS (
      SELECT FROM orders s
       WHERE s.account_id = o.account_id AND s.split_from = o.id AND s.expedited_at > s.placed_at)
    AND (o.expedited_at IS NULL OR o.expedited_at = o.placed_at)
"""
_AWAITING: Final = """
    SELECT FROM images WHERE account_id = $1 AND order_id = $2 AND first_delivered_at IS NULL AND cancelled_at IS NULL
"""
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


class ImportableLife(Life):
    """A life that an import file can express.

    It starts with an order, and a deadline is set only where no image was expedited since the order was placed. Those
    of portions are set before the next order, so that the orders that they become have the numbers of an import.
    """

    def _usual(self) -> Sequence[_Act]:
        return (*super()._usual(), self._confirm, self._plan, self._produce, self._ask, self._answer)

    async def _open(self, ref: str, zone: str) -> None:
        await super()._open(ref, zone)
        account_id = list(self.specifications)[-1]
        new_images = uploads(f"first-{ref}.jpg")
        new = NewOrder(account_id, "First", self.specifications[account_id], new_images, expedite=False)
        await in_transaction(self.pool, partial(place_order, clock=self.clock, new=new))

    async def _picked(self, random: Random, condition: str) -> Record | None:
        found = await self.pool.fetch(_LAST_ORDERS.format(condition))
        return random.choice(found) if found else None

    async def _cancel(self, random: Random, _number: int) -> None:
        if order := await self._picked(random, "true"):
            key, chosen = (order["account_id"], order["id"]), _some(random, order["images"])
            await self._try(partial(cancel_order, clock=self.clock, key=key, chosen=chosen))

    async def _expedite(self, random: Random, _number: int) -> None:
        if order := await self._picked(random, "true"):
            key, chosen = (order["account_id"], order["id"]), _some(random, order["images"])
            await self._try(partial(expedite_order, clock=self.clock, key=key, chosen=chosen))

    async def _confirm(self, random: Random, _number: int) -> None:
        if order := await self._picked(random, _NOT_EXPEDITED_LATER):
            due_at = self.clock.now() + timedelta(hours=random.randint(1, 40))
            key = (order["account_id"], order["id"])
            await self._try(partial(confirm_deadline, clock=self.clock, key=key, due_at=due_at))

    async def _ask(self, random: Random, number: int) -> None:
        account_id, order_id = self._account(random), None
        if random.random() < 0.6 and (order := await self._picked(random, "o.split_from IS NULL")):
            account_id, order_id = order["account_id"], order["id"]
        new = NewInquiry(random.choice(list(InquiryTopic)), f"Question {number}?", order_id)
        await self._try(partial(contact_support, clock=self.clock, account_id=account_id, new=new))

    async def _answer(self, random: Random, number: int) -> None:
        open_ = await self.pool.fetch("SELECT account_id, id FROM inquiries WHERE answer IS NULL ORDER BY created_at")
        if open_:
            key = tuple(random.choice(open_))
            await self._try(partial(answer_inquiry, clock=self.clock, key=key, answer=f"Answer {number}."))

    async def _plan(self, random: Random, number: int) -> None:
        """Place an order, produce some images, and set a deadline for each of two portions of its last part."""
        account_id = self._account(random)
        new_images = uploads(*(f"{number}-{image}.jpg" for image in range(9)))
        specification, expedite = self.specifications[account_id], random.random() < 0.3
        new = NewOrder(account_id, f"Order {number}", specification, new_images, expedite)
        placed = await self._try(partial(place_order, clock=self.clock, new=new))
        if placed is not None:
            self.clock.advance(_MINUTE)
            await self._produce(random, number)
            key = placed.orders[-1]
            awaiting = len(await self.pool.fetch(_AWAITING, *key))
            first, due_at = random.randint(1, max(awaiting - 1, 1)), self.clock.now() + random.randint(2, 15) * _HOUR
            later = due_at + random.randint(1, 10) * _HOUR
            portions = [Portion(first, due_at), Portion(awaiting - first, later)][: max(awaiting, 1)]
            self.clock.advance(_MINUTE)
            await self._try(partial(confirm_deadlines, clock=self.clock, key=key, portions=portions))


def _some(random: Random, images: list[UUID]) -> list[UUID] | None:
    """Choose some images, or now and then none by name."""
    return random.sample(images, random.randint(1, len(images))) if random.random() < 0.7 else None


async def export_lines(pool: Pool) -> list[Line]:
    """Return all accounts as the lines of an import file, changes in order of time."""
    opening: list[Line] = []
    dated: list[tuple[datetime, int, Line]] = []
    for account in await pool.fetch("SELECT * FROM accounts ORDER BY ref"):
        exported = _Account(account, {name: await pool.fetch(sql, account["id"]) for name, sql in _FACTS.items()})
        opening += exported.opening()
        dated += ((at, len(dated), line) for at, line in exported.dated())
    return opening + [line for _, _, line in sorted(dated, key=itemgetter(0))]


_FACTS: Final = {
    "zones": "SELECT * FROM time_zone_periods WHERE account_id = $1 ORDER BY starts_at",
    "versions": "SELECT * FROM sla_versions WHERE account_id = $1 ORDER BY version",
    "orders": "SELECT * FROM orders WHERE account_id = $1 ORDER BY number",
    "images": """
        SELECT i.*, o.placed_at FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
         WHERE i.account_id = $1 ORDER BY i.number""",
    "rejections": "SELECT * FROM rejections WHERE account_id = $1 ORDER BY at",
    "inquiries": """
        SELECT q.*, o.placed_at FROM inquiries q LEFT JOIN orders o ON o.account_id = $1 AND o.id = q.order_id
         WHERE q.account_id = $1 ORDER BY q.created_at""",
    "expedites": "SELECT * FROM events WHERE account_id = $1 AND type = 'ORDER_EXPEDITED' ORDER BY sequence",
    "deadlines": "SELECT * FROM events WHERE account_id = $1 AND type = 'DEADLINE_CONFIRMED' ORDER BY sequence",
}


class _Account:
    def __init__(self, row: Record, facts: dict[str, list[Record]]) -> None:
        self._row = row
        self._facts = facts
        self._images: defaultdict[datetime, list[Record]] = defaultdict(list)
        for image in facts["images"]:
            self._images[image["placed_at"]].append(image)
        self._placed_at = {str(image["id"]): image["placed_at"] for image in facts["images"]}
        self._filenames = {str(image["id"]): image["filename"] for image in facts["images"]}

    def opening(self) -> Iterator[Line]:
        """Yield the lines of the account and its specification."""
        first, version = self._facts["zones"][0], self._facts["versions"][0]
        line: Line = {"type": "account", "ref": self._row["ref"], "name": self._row["name"], "plan": self._row["plan"]}
        line |= {"imagesPerDay": version["images_per_day"], "expeditesPerDay": version["expedites_per_day"]}
        yield line | {"timeZone": first["time_zone"]}
        steps = [{"step": step.step, "seconds": str(step.milliseconds / 1000)} for step in GHOST.steps]
        line = self._line("specification", None, ref="ghost", name=GHOST.name, steps=steps)
        yield line | {"pricePerImage": str(GHOST.price_per_image), "currency": GHOST.currency}

    def dated(self) -> Iterator[tuple[datetime, Line]]:
        """Yield the other lines, each with its instant (UTC)."""
        yield from self._orders()
        yield from self._expedites()
        yield from self._cancellations()
        yield from self._inquiries()
        for period in self._facts["zones"][1:]:
            yield period["starts_at"], self._line("timeZone", period["starts_at"], timeZone=period["time_zone"])
        for version in self._facts["versions"][1:]:
            terms = {"imagesPerDay": version["images_per_day"], "effectiveDate": version["effective_date"].isoformat()}
            terms |= {"message": version["message"], **_other_terms(version["other_terms"] or {})}
            yield version["negotiated_at"], self._line("terms", version["negotiated_at"], **terms)

    def _orders(self) -> Iterator[tuple[datetime, Line]]:
        for order in self._facts["orders"]:
            at = order["placed_at"]
            if order["split_from"] is None:
                line = self._line("order", None, ref=rfc3339(at), name=order["name"], specification="ghost")
                line |= {"externalReference": order["external_reference"], "instructions": order["instructions"]}
                line |= {"placedAt": rfc3339(at), "expedite": self._expedited_as_placed(at)}
                yield at, line | {"images": [self._image(image) for image in self._images[at]]}

    def _inquiries(self) -> Iterator[tuple[datetime, Line]]:
        for row in self._facts["inquiries"]:
            at = row["created_at"]
            line = self._line("inquiry", at, ref=rfc3339(at), topic=row["topic"], text=row["text"])
            line |= {"order": _instant(row["placed_at"])}
            yield at, line | {"answer": row["answer"], "answeredAt": _instant(row["answered_at"])}

    def _expedited_as_placed(self, at: datetime) -> bool:
        return any((order["placed_at"], order["expedited_at"]) == (at, at) for order in self._facts["orders"])

    def _image(self, image: Record) -> Line:
        line: Line = {"filename": image["filename"], "externalReference": image["external_reference"]}
        line |= {"instructions": image["instructions"], "previewUrl": image["preview_url"]}
        if image["first_delivered_at"] is not None:
            line["deliveredAt"] = rfc3339(image["first_delivered_at"])
        line["rejections"] = [
            {
                "at": rfc3339(each["at"]),
                "reason": each["reason"],
                "category": each["category"],
                "redeliveredAt": _instant(each["redelivered_at"]),
            }
            for each in self._facts["rejections"]
            if each["image_id"] == image["id"]
        ]
        for each in self._facts["deadlines"]:
            if str(image["id"]) in each["data"]["images"]:
                line["deadline"] = {"at": each["data"]["after"]["dueAt"], "confirmedAt": rfc3339(each["at"])}
        return line

    def _expedites(self) -> Iterator[tuple[datetime, Line]]:
        chosen: defaultdict[datetime, list[dict[str, Any]]] = defaultdict(list)
        for event in self._facts["expedites"]:
            chosen[event["at"]] += event["data"]["images"]
        for at, images in chosen.items():
            in_order = [each["id"] for each in sorted(images, key=itemgetter("expeditePosition"))]
            order = rfc3339(self._placed_at[in_order[0]])
            yield at, self._line("expedite", at, order=order, filenames=[self._filenames[id_] for id_ in in_order])

    def _cancellations(self) -> Iterator[tuple[datetime, Line]]:
        cancelled: defaultdict[tuple[datetime, datetime], list[str]] = defaultdict(list)
        for image in self._facts["images"]:
            if image["cancelled_at"] is not None:
                cancelled[image["cancelled_at"], image["placed_at"]].append(image["filename"])
        for (at, placed_at), filenames in cancelled.items():
            line = self._line("cancellation", at, order=rfc3339(placed_at))
            is_whole = len(filenames) == len(self._images[placed_at])
            yield at, line if is_whole else line | {"filenames": filenames}

    def _line(self, kind: str, at: datetime | None, **more: object) -> Line:
        line: Line = {"type": kind, "account": self._row["ref"], **more}
        return line if at is None else line | {"at": rfc3339(at)}


def _other_terms(stored: dict[str, Any]) -> Line:
    """Return stored terms by their names in lines, with durations in ISO 8601."""
    return {
        name[0] + name.title().replace("_", "")[1:]: f"PT{value:.0f}S" if isinstance(value, float) else value
        for name, value in stored.items()
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
