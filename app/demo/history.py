"""The history of the demo, as the lines of an import file (`generate`).

It is a function of its arguments: the same seed and end give the same history. Nothing here reads a clock.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush, merge
from itertools import count
from operator import itemgetter
from random import Random
from typing import TypeAlias

from app.demo.inquiries import inquiries
from app.demo.lines import (
    Line,
    Produced,
    account_line,
    cancellation_line,
    expedite_line,
    inquiry_line,
    order_line,
    specification_line,
    terms_line,
    time_zone_line,
)
from app.demo.production import Confirmation, Image, Job, Production
from app.demo.scenes import Scene, scenes
from app.demo.studios import STUDIOS, NewTerms, Recipe, Studio
from app.demo.uploading import Span, Upload, uploads
from app.domain.account import Account
from app.domain.deadlines.rules import expedite_window, initial_deadline, standard_deadline
from app.domain.ledger.days import ChangedBy
from app.domain.ledger.guarantee import Part, allocate_upload
from app.domain.orders.enums import ServiceLevel
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import PLAN_TERMS

MakeLine: TypeAlias = Callable[[datetime], Line | None]

_NOTICE = timedelta(days=4)
_CANCELLED = 0.015
_CANCELLED_LATE = 0.25
_WHOLE_ORDER = 0.5
_INSTRUCTED = 8


def generate(
    seed: int,
    until: datetime,
    *,
    days: int = 120,
    accounts: int = len(STUDIOS),
    origin: str = "http://localhost:8000",
    currency: str = "USD",
) -> Iterator[Line]:
    """Yield the history of so many studios in the days before `until` (UTC): their accounts, then all changes.

    The changes of all studios are in order of time. Changes at `until` or later are left out. `origin` serves the
    pictures of the images. All prices are in one currency, as those of specifications that clients make later are.
    """
    studios = STUDIOS[:accounts]
    for studio in studios:
        yield account_line(studio)
        yield from (specification_line(studio, recipe, currency) for recipe in studio.recipes)
    for _, line in merge(*(_lines_of(seed, studio, until, days, origin) for studio in studios), key=itemgetter(0)):
        yield line


def _lines_of(seed: int, studio: Studio, until: datetime, days: int, origin: str) -> Iterator[tuple[datetime, Line]]:
    rng = Random(f"{seed} {studio.ref}")  # noqa: S311 - a history, no secret
    span = Span(until - timedelta(days=min(days, studio.joined_days_ago or days)), until)
    wanted = uploads(rng, studio, span)
    if not wanted:
        return iter(())
    asked = ((each.at, inquiry_line(studio, each)) for each in inquiries(seed, studio, Span(wanted[0].at, until)))
    return merge(_History(studio, rng, span, wanted, origin).lines(), asked, key=itemgetter(0))


@dataclass(frozen=True, slots=True)
class _Placed:
    number: int
    recipe: Recipe
    at: datetime
    filenames: list[str]
    expedite: bool

    @property
    def ref(self) -> str:
        return f"o-{self.number}"


def _names(order: _Placed, part: Part) -> list[str]:
    return order.filenames[part.start : part.start + part.count]


class _History:
    """The history of one studio, made in order of time: the line of an instant may schedule later ones."""

    def __init__(self, studio: Studio, rng: Random, span: Span, wanted: list[Upload], origin: str) -> None:
        self._studio, self._rng, self._span, self._origin = studio, rng, span, origin
        opened_at = wanted[0].at
        self._account = Account.open(opened_at, studio.time_zone, studio.plan, PLAN_TERMS[studio.plan], studio.terms)
        self._production = Production(rng, studio.slips, studio.rejects)
        self._orders, self._images, self._turns = count(1), count(1), count()
        self._scheduled: list[tuple[datetime, int, MakeLine]] = []
        for upload in wanted:
            self._schedule(upload.at, partial(self._place, upload.images))
        for scene in scenes(studio, span):
            if scene.at > opened_at:
                self._schedule(scene.at, partial(self._stage, scene))
        if studio.move:
            self._schedule(span.after(studio.move.after), partial(self._move, studio.move.time_zone))
        if studio.new_terms:
            self._schedule(span.after(studio.new_terms.after), partial(self._negotiate, studio.new_terms))

    def lines(self) -> Iterator[tuple[datetime, Line]]:
        """Yield every line with its instant (UTC), in order of time."""
        while self._scheduled and self._scheduled[0][0] < self._span.until:
            at, _, make_line = heappop(self._scheduled)
            if line := make_line(at):
                yield at, line

    def _schedule(self, at: datetime, make_line: MakeLine) -> None:
        heappush(self._scheduled, (at, next(self._turns), make_line))

    def _place(self, size: int, at: datetime) -> Line:
        expedite = expedite_window(at).available and self._rng.random() < self._studio.rushes
        order = self._order(size, at, expedite=expedite)
        return self._line(order, self._fate(order, self._allocate(order)))

    def _stage(self, scene: Scene, at: datetime) -> Line:
        size = scene.size(self._account.day_at(at).allowance)
        order = self._order(size, at, expedite=scene.expedite)
        images = [image for part in self._allocate(order) for image in self._play(scene, order, part)]
        line = self._line(order, images)
        return line | {"externalReference": scene.reference} if scene.reference else line

    def _order(self, size: int, at: datetime, *, expedite: bool) -> _Placed:
        number, recipe = next(self._orders), self._rng.choice(self._studio.recipes)
        return _Placed(number, recipe, at, [f"IMG_{next(self._images):06}.jpg" for _ in range(size)], expedite)

    def _allocate(self, order: _Placed) -> list[Part]:
        """Use the guarantee, and the quota of expedites, for an order."""
        day, size = self._account.day_at(order.at), len(order.filenames)
        parts = allocate_upload(size, day.allowance, expedite=order.expedite)
        self._account = self._account.using(day.using(size, size if order.expedite else 0))
        return parts

    def _line(self, order: _Placed, images: list[Image]) -> Line:
        line: Line = {"account": self._studio.ref, "ref": order.ref, "name": f"{order.recipe.name} {order.number:03}"}
        line |= {"externalReference": f"PO-{order.number:05}", "specification": order.recipe.ref}
        produced = Produced(order.recipe, self._origin, order.number % _INSTRUCTED == 0)
        return order_line(line, order.at, images, self._span.until, produced, expedite=order.expedite)

    def _play(self, scene: Scene, order: _Placed, part: Part) -> list[Image]:
        due_at = self._due_at(order, part)
        is_owed = due_at is None or part.service_level is ServiceLevel.EXPEDITED_PLAN
        return scene.images(Job(_names(order, part), order.at, due_at), is_owed=is_owed)

    def _fate(self, order: _Placed, parts: list[Part]) -> list[Image]:
        """Return the images of an order; some orders that are not split are cancelled or expedited later."""
        chance = self._rng.random()
        if len(parts) == 1 and chance < _CANCELLED:
            return self._cancel_later(order)
        if parts[0].service_level is ServiceLevel.STANDARD and len(parts) == 1 and chance > 1 - self._studio.hurries:
            return self._expedite_later(order, parts[0])
        return [image for part in parts for image in self._make(order, part)]

    def _make(self, order: _Placed, part: Part) -> list[Image]:
        due_at = self._due_at(order, part)
        plan = self._plan(order.at, part, due_at)
        names = _names(order, part)
        job = Job(names, plan.confirmed_at, plan.due_at, plan) if plan else Job(names, order.at, due_at)
        return self._production.make(job, self._account)

    def _due_at(self, order: _Placed, part: Part) -> datetime | None:
        """Return the deadline of images by the rules: none, or the one they keep, while staff owe one."""
        day = self._account.day_at(order.at)
        guaranteed = day.allowance.guarantees(part.position)
        return initial_deadline(part.service_level, order.at, self._account.zone, day.sla.terms, guaranteed=guaranteed)

    def _plan(self, at: datetime, part: Part, due_at: datetime | None) -> Confirmation | None:
        """Return the deadline of staff if the rules give none or ask for a delivery plan, else None."""
        if due_at is None:
            return self._production.plan(at, self._account)
        if part.service_level is ServiceLevel.EXPEDITED_PLAN:
            return self._production.early_plan(at, due_at)
        return None

    def _cancel_later(self, order: _Placed) -> list[Image]:
        """Schedule the cancellation of an order never claimed: minutes later, or days later, past its deadline."""
        minutes = 5_760 if self._rng.random() < _CANCELLED_LATE else self._rng.randint(3, 25)
        self._schedule(order.at + timedelta(minutes=minutes), partial(self._cancel, order))
        return [Image(name) for name in order.filenames]

    def _cancel(self, order: _Placed, at: datetime) -> Line:
        day, size = self._account.day_at(at), len(order.filenames)
        if day.contains(order.at):
            self._account = self._account.using(day.using(-size, -size if order.expedite else 0))
        return cancellation_line(self._studio, order.ref, at)

    def _expedite_later(self, order: _Placed, part: Part) -> list[Image]:
        """Schedule an expedite of the whole order or its last images, if they gain by it."""
        terms = self._account.day_at(order.at).sla.terms
        at = order.at + timedelta(minutes=self._rng.randint(10, 120))
        due_at = standard_deadline(order.at, self._account.upload_zone_at(order.at), terms.deliver_by)
        if not expedite_window(at).available or at + terms.expedite_additional_turnaround >= due_at:
            return self._make(order, part)
        kept = 0 if self._rng.random() < _WHOLE_ORDER else self._rng.randrange(len(order.filenames))
        expedited = order.filenames[kept:]
        self._schedule(at, partial(self._expedite, order, kept))
        others = self._production.make(Job(order.filenames[:kept], order.at, due_at), self._account)
        return others + self._production.make(Job(expedited, at, at + terms.expedite_turnaround), self._account)

    def _expedite(self, order: _Placed, kept: int, at: datetime) -> Line | None:
        day, expedited = self._account.day_at(at), len(order.filenames) - kept
        if day.allowance.expedite_used + expedited >= day.sla.terms.delivery_plan_from:
            return None
        self._account = self._account.using(day.using(0, expedited))
        return expedite_line(self._studio, order.ref, order.filenames[kept:] if kept else (), at)

    def _move(self, time_zone: str, at: datetime) -> Line:
        self._account = self._account.move(at, time_zone, ChangedBy.STAFF)
        return time_zone_line(self._studio, time_zone, at)

    def _negotiate(self, new: NewTerms, at: datetime) -> Line:
        effective = self._account.ledger_day_at(at).date + _NOTICE
        agreed = Negotiation(new.terms, effective, message=new.message)
        self._account = self._account.negotiate(at, agreed)
        return terms_line(self._studio, agreed, at)
