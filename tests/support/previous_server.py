"""A server of the previous release, which gives its commands by its own statements."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from app.services.ids import new_id
from db.connections import Pool, Record
from db.queries.order_states import OrderKey
from tests.support.clock import FrozenClock
from tests.support.released_database import INSERTS, STATEMENTS, Released, columns_written

HOUR: Final = timedelta(hours=1)
RELEASED: Final = {statement.name: statement for statement in STATEMENTS}


@dataclass
class PreviousServer:
    """A server of release 0.1.0: its statements, each followed by those of its event and its counters."""

    pool: Pool
    clock: FrozenClock

    async def claim(self, order: OrderKey, image: UUID, worker: str = "Ada") -> None:
        at = self.clock.now()
        await self._run(RELEASED["claim_images"], [order[0]], [image], [at], worker, at + HOUR)
        await self._event("IMAGES_CLAIMED", order)

    async def repeat(self, order: OrderKey) -> tuple[OrderKey, list[UUID]]:
        """Place an order now that is like another; return it and its images."""
        at = self.clock.now()
        row = dict((await self._rows("orders", columns_written(INSERTS["orders"]), order[1]))[0])
        count = row["image_count"]
        row |= {"id": new_id(at), "number": await self._next_number(order[0]), "placed_at": at, "split_from": None}
        await self._run(INSERTS["orders"], *([value] for value in row.values()))
        columns = ", ".join(columns_written(INSERTS["images"]))
        query = f"SELECT {columns} FROM images WHERE order_id = $1 ORDER BY number"  # noqa: S608
        images = [dict(each) for each in await self.pool.fetch(query, order[1])]
        for image in images:
            changes = {
                "id": new_id(at),
                "order_id": row["id"],
                "uploaded_at": at,
                "position": image["position"] + count,
            }
            await self._run(INSERTS["images"], *([value] for value in (image | changes).values()))
        repeated = (order[0], row["id"])
        await self._event("ORDER_PLACED", repeated)
        return repeated, [each["id"] for each in await self.pool.fetch(query, row["id"])]

    async def confirm(self, order: OrderKey, images: Sequence[UUID], due_at: datetime) -> None:
        facts = {"deadline_status": "CONFIRMED", "confirmed_at": self.clock.now(), "due_at": due_at, "late_at": due_at}
        await self._change("orders", order[1], facts)
        for image in images:
            await self._change("images", image, {"due_at": due_at, "late_at": due_at})
        await self._event("DEADLINE_CONFIRMED", order, [str(image) for image in images])

    async def expedite(self, order: OrderKey, images: Sequence[UUID]) -> None:
        """Expedite all images of an order to the plan level, at which 0.1.0 drops their deadline."""
        at, level, undated = self.clock.now(), "EXPEDITED_PLAN", {"due_at": None, "late_at": None}
        facts = {"service_level": level, "deadline_status": "PLAN_REQUIRED", "expedited_at": at, "confirmed_at": None}
        await self._change("orders", order[1], facts | undated)
        for position, image in enumerate(images, 1):
            await self._change("images", image, {"service_level": level, "expedite_position": position} | undated)
        await self._event("ORDER_EXPEDITED", order, [{"id": str(image)} for image in images])

    async def deliver(self, order: OrderKey, image: UUID, worker: str = "Ada") -> None:
        facts = {"status": "DELIVERED", "claimed_by": None, "claimed_until": None, "delivered_at": self.clock.now()}
        [(first,)] = await self.pool.fetch("SELECT first_delivered_at FROM images WHERE id = $1", image)
        facts |= {"first_delivered_at": first or self.clock.now(), "rejected_at": None, "redo_due_at": None}
        await self._change("images", image, facts)
        for (rejection,) in await self.pool.fetch("SELECT id FROM rejections WHERE image_id = $1", image):
            await self._change("rejections", rejection, {"redelivered_at": self.clock.now()})
        await self._count(order)
        await self._event("IMAGES_DELIVERED", order, [str(image)], worker=worker)

    async def reject(self, order: OrderKey, image: UUID) -> None:
        at = self.clock.now()
        facts = {"status": "REJECTED", "first_rejected_at": at, "rejected_at": at, "redo_due_at": at + 5 * HOUR}
        await self._change("images", image, facts)
        rejection = (order[0], new_id(at), image, at, "halo", at + 5 * HOUR, at + 5 * HOUR, None, 1)
        await self._run(INSERTS["rejections"], *([value] for value in rejection))
        await self._count(order)
        await self._event("IMAGES_REJECTED", order)

    async def split(self, order: OrderKey, image: UUID) -> OrderKey:
        """Move an image to a new order; without what an expedite changes besides."""
        columns = columns_written(INSERTS["orders"])
        row = dict((await self._rows("orders", columns, order[1]))[0])
        row |= {"id": new_id(self.clock.now()), "number": await self._next_number(order[0]), "split_from": order[1]}
        await self._run(INSERTS["orders"], *([row[column]] for column in columns))
        await self._change("images", image, {"order_id": row["id"]})
        sibling = (order[0], row["id"])
        for each in (order, sibling):
            await self._count(each)
        await self._event("ORDER_SPLIT", order)
        await self._event("ORDER_EXPEDITED", sibling)
        return sibling

    async def _count(self, order: OrderKey) -> None:
        counted = await self.pool.fetch(
            """
            SELECT count(*)::int AS image_count, sum(price) AS price,
              count(*) FILTER (WHERE status = 'DELIVERED')::int AS delivered_count,
              count(*) FILTER (WHERE status = 'REJECTED')::int AS rejected_count,
              CASE WHEN bool_and(status = 'DELIVERED') THEN max(delivered_at) END AS delivered_at,
              CASE WHEN bool_and(status = 'DELIVERED') THEN 'READY_FOR_DOWNLOAD' ELSE 'IN_PRODUCTION' END AS status
            FROM images WHERE order_id = $1""",
            order[1],
        )
        await self._change("orders", order[1], dict(counted[0]))

    async def _change(self, table: str, id_: UUID, facts: dict[str, Any]) -> None:
        statement = RELEASED[f"change_{table}"]
        columns = re.split(r",\s*", statement.sql.rpartition("AS c (")[2].partition(")")[0].strip())
        row = dict((await self._rows(table, columns, id_))[0]) | facts
        await self._run(statement, *([row[column]] for column in columns))

    async def _event(self, type_: str, order: OrderKey, images: Sequence[object] = (), **facts: object) -> None:
        [head] = await self.pool.fetch(RELEASED["lock_head"].sql, order[0])
        at = self.clock.now()
        data = orjson.dumps({"before": None, "after": None, "images": images, **facts}).decode()
        row = (order[0], head["next_event_sequence"], at, type_, order[1], None, data)
        await self._run(INSERTS["events"], *([value] for value in row))
        await self._advance(head, next_event_sequence=head["next_event_sequence"] + 1, last_at=at, frontier=at)

    async def _next_number(self, account_id: UUID) -> int:
        [head] = await self.pool.fetch(RELEASED["lock_head"].sql, account_id)
        number: int = head["next_order_number"]
        await self._advance(head, next_order_number=number + 1)
        return number

    async def _advance(self, head: Record, **facts: object) -> None:
        await self._run(RELEASED["advance_heads"], *([value] for value in (dict(head) | facts).values()))

    async def _rows(self, table: str, columns: Sequence[str], id_: UUID) -> Sequence[Record]:
        return await self.pool.fetch(f"SELECT {', '.join(columns)} FROM {table} WHERE id = $1", id_)  # noqa: S608

    async def _run(self, statement: Released, *arguments: object) -> None:
        await self.pool.fetch(statement.sql, *arguments)
