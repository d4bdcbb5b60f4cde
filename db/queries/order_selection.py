"""Selections of an account's orders, and the walk through them without a search.

A filter by kind walks one stretch of an index per kind that can match, and the walks are merged. A kind is a status, a
service level, a status of the deadline as it is stored, and whether a lateness is known: so neither late orders
nor others have to be filtered out. Only void plans are, of the plans of their kind.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from app.domain.bounds import GREATEST_INT
from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import OrderStatus, ServiceLevel
from db.queries.pages import EARLIEST, LATEST, WALKED, Span
from db.tables.orders import UPDATED_AT

_EVERY_KIND: Final = (tuple(OrderStatus), tuple(ServiceLevel), tuple(DeadlineStatus))
_Kind: TypeAlias = tuple[bool, OrderStatus, ServiceLevel, DeadlineStatus]

ORDER_SPAN: Final = Span(least=(EARLIEST, 0), greatest=(LATEST, 0), descending=True)


class Shape(NamedTuple):
    """The parts of a selection that a statement's text depends on; `void`: plans must be void or not, None: either.

    A `narrowed` selection is by number, reference, update or delivery.
    """

    by_kind: bool
    late: bool | None
    void: bool | None
    search: bool
    narrowed: bool


@dataclass(frozen=True, slots=True)
class OrderSelection:
    """A selection of orders by all values that are set.

    `late` and the status of the deadline are judged at `now`. `search` is an order number, maybe as `#12` and with
    blanks around it, or the prefix of a name or of an image's filename in any case and any form of Unicode.
    """

    now: datetime
    statuses: tuple[OrderStatus, ...] = tuple(OrderStatus)
    service_levels: tuple[ServiceLevel, ...] = tuple(ServiceLevel)
    deadline_statuses: tuple[DeadlineStatus, ...] = tuple(DeadlineStatus)
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    late: bool | None = None
    search: str | None = None
    number: int | None = None
    external_reference: str | None = None
    updated_from: datetime | None = None
    delivered_from: datetime | None = None
    delivered_before: datetime | None = None

    @property
    def span(self) -> Span:
        """The keys that orders placed at these times can have; none is placed after its delivery."""
        least = (self.placed_from, 0) if self.placed_from else ORDER_SPAN.least
        ends = [(at, 0) for at in (self.placed_before, self.delivered_before) if at is not None]
        return Span(max(least, ORDER_SPAN.least), min([*ends, ORDER_SPAN.greatest]), descending=True)

    @property
    def shape(self) -> Shape:
        """The parts on which the text of a statement depends."""
        kinds = (self.statuses, self.service_levels, self.deadline_statuses)
        by_kind = self.late is not None or kinds != _EVERY_KIND
        narrowed = any(each is not None for each in self._narrowing)
        return Shape(by_kind, self.late, self._void, self.search is not None, narrowed)

    def arguments(self) -> tuple[object, ...]:
        """Return the arguments that a statement of this shape takes after the page's."""
        kinds = self.kinds()
        columns = ([kind[part] for kind in kinds] for part in range(4))
        return (self.now, *columns, self.search, _number(self.search), *self._narrowing)

    def kinds(self) -> list[_Kind]:
        """Return the kinds that can match: an order that may still become late is in production."""
        stored = self.deadline_statuses + (DeadlineStatus.PLAN_REQUIRED,) * (self._void is True)
        every = product((True, False), self.statuses, self.service_levels, stored)
        if self.late is None:
            return list(every)
        if self.late:
            return [kind for kind in every if kind[0]]
        return [kind for kind in every if not kind[0] or kind[1] is OrderStatus.IN_PRODUCTION]

    @property
    def everything(self) -> bool:
        """True if all orders of an account match."""
        return self == OrderSelection(self.now)

    @property
    def _narrowing(self) -> tuple[object, ...]:
        return (
            self.number,
            self.external_reference,
            self.updated_from,
            self.delivered_from,
            self.delivered_before,
        )

    @property
    def _void(self) -> bool | None:
        """True or False if plans have to be void or not, as only confirmed orders can be; None: either."""
        confirmed, required = (
            status in self.deadline_statuses for status in (DeadlineStatus.CONFIRMED, DeadlineStatus.PLAN_REQUIRED)
        )
        return None if confirmed == required else confirmed


# The arguments by name, so that statements of all shapes take the same ones; 1114111 is the last character.
QUESTION: Final = """
      SELECT $2::timestamptz AS lower_at, $3::int AS lower_number, $4::timestamptz AS upper_at, $5::int AS upper_number,
        $6::timestamptz AS now, $7::boolean[] AS known, $8::text[] AS statuses, $9::text[] AS service_levels,
        $10::text[] AS deadline_statuses, lower(normalize($11::text, NFC)) AS search,
        lower(normalize($11::text, NFC)) || chr(1114111) AS search_end,
        $12::int AS search_number, $13::int AS number, $14::text AS external_reference,
        $15::timestamptz AS updated_from, $16::timestamptz AS delivered_from, $17::timestamptz AS delivered_before,
        $18::int AS size"""
SIZE: Final = "$18"
"""The parameter of a page's size, one more than asked for."""

LATENESS: Final = {
    None: "",
    True: "AND o.late_at < q.now",
    False: "AND (o.late_at IS NULL OR o.late_at >= q.now)",
}
# The status of a deadline at an instant is that of `app.domain.deadlines.rules`.
_VOIDNESS: Final = {
    None: "",
    True: "AND (o.deadline_status <> 'PLAN_REQUIRED' OR o.due_at < q.now)",
    False: "AND (o.deadline_status <> 'PLAN_REQUIRED' OR o.due_at IS NULL OR o.due_at >= q.now)",
}
_NARROWING: Final = f"""
        AND (q.number IS NULL OR o.number = q.number)
        AND (q.external_reference IS NULL OR o.external_reference = q.external_reference)
        AND (q.updated_from IS NULL OR {UPDATED_AT.format("o.")} >= q.updated_from)
        AND (q.delivered_from IS NULL OR o.delivered_at >= q.delivered_from)
        AND (q.delivered_before IS NULL OR o.delivered_at < q.delivered_before)"""
_OF_KIND: Final = """
        AND (o.late_at IS NOT NULL) = k.known AND o.status = k.status AND o.service_level = k.service_level
        AND o.deadline_status = k.deadline_status"""
OF_KINDS: Final = """
        AND o.status = ANY(q.statuses) AND o.service_level = ANY(q.service_levels)
        AND o.deadline_status = ANY(q.deadline_statuses)"""


def between(bounds: str) -> str:
    """Return the SQL condition that the key of an order of the account is between bounds."""
    return f"""
        o.account_id = p.account_id
        AND (o.placed_at, o.number) > ({bounds}.lower_at, {bounds}.lower_number)
        AND (o.placed_at, o.number) < ({bounds}.upper_at, {bounds}.upper_number)"""


def wanted(shape: Shape, bounds: str = "q") -> str:
    """Return the SQL condition that an order of any kind is between bounds."""
    narrowing = _NARROWING if shape.narrowed else ""
    return f"{between(bounds)} {LATENESS[shape.late]} {_VOIDNESS[shape.void]} {narrowing}"


def ordered(condition: str, limit: int = WALKED) -> str:
    """Write the query of the first orders from a bound that fulfil a condition."""
    return f"""
      SELECT o.placed_at, o.number
      FROM orders o
      WHERE {condition}
      ORDER BY o.placed_at {{desc}}, o.number {{desc}}
      LIMIT {limit}"""


def walked(shape: Shape, condition: str) -> str:
    """Write the walk from a bound by a condition: by orders_by_placing_idx, or per kind by orders_by_kind_idx."""
    if not shape.by_kind:
        return f"SELECT * FROM ({ordered(condition)}) AS o LIMIT {SIZE}"
    return f"""
      SELECT o.placed_at, o.number
      FROM unnest(q.known, q.statuses, q.service_levels, q.deadline_statuses)
        AS k (known, status, service_level, deadline_status)
      CROSS JOIN LATERAL (SELECT * FROM ({ordered(condition + _OF_KIND)}) AS o LIMIT {SIZE}) AS o
      ORDER BY o.placed_at {{desc}}, o.number {{desc}}
      LIMIT {SIZE}"""


def _number(search: str | None) -> int | None:
    """Return the order number a search can mean; people write `#12`, too."""
    digits = (search or "").strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits[:20])
    return number if number <= GREATEST_INT else None
