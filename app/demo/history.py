"""The history of the demo, as the lines of an import file (`generate`).

It is a function of its arguments: the same seed and end tell the same story. Nothing here reads a clock.
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

from app.demo.lines import (
    Line,
    account_line,
    cancellation_line,
    expedite_line,
    order_line,
    specification_line,
    terms_line,
    time_zone_line,
)
from app.demo.production import Confirmation, Image, Job, Production
from app.demo.studios import STUDIOS, NewTerms, Studio
from app.demo.uploading import Span, Upload, uploads
from app.domain.account import Account
from app.domain.deadlines.rules import expedite_window, initial_deadline, standard_deadline
from app.domain.ledger.guarantee import Part, allocate_upload
from app.domain.orders.enums import ServiceLevel
from app.domain.sla.negotiation import NegotiatedTerms
from app.domain.sla.terms import PLAN_TERMS

Teller: TypeAlias = Callable[[datetime], Line | None]

_NOTICE = timedelta(days=4)
_CANCELLED = 0.015
_FORGOTTEN = 0.25
_WHOLE_ORDER = 0.5


def generate(seed: int, until: datetime, *, days: int = 120, accounts: int = len(STUDIOS)) -> Iterator[Line]:
    """Tell the history of that many studios in the days before `until` (UTC): first who they are, then what happened.

    All studios together, in order of time. Nothing happens at `until` or later: what would come then is left out.
    """
    studios = STUDIOS[:accounts]
    for studio in studios:
        yield account_line(studio)
        yield from (specification_line(studio, recipe) for recipe in studio.recipes)
    for _, line in merge(*(_story(seed, studio, until, days) for studio in studios), key=itemgetter(0)):
        yield line


def _story(seed: int, studio: Studio, until: datetime, days: int) -> Iterator[tuple[datetime, Line]]:
    rng = Random(f"{seed} {studio.ref}")  # noqa: S311 - a story, no secret
    span = Span(until - timedelta(days=min(days, studio.joined_days_ago or days)), until)
    wanted = uploads(rng, studio, span)
    return _Story(studio, rng, span, wanted).lines() if wanted else iter(())


@dataclass(frozen=True, slots=True)
class _Placed:
    ref: str
    at: datetime
    filenames: list[str]
    expedite: bool


class _Story:
    """What happened to one studio, told in order: what is told at an instant may expect something of a later one."""

    def __init__(self, studio: Studio, rng: Random, span: Span, wanted: list[Upload]) -> None:
        self._studio, self._rng, self._span = studio, rng, span
        terms = (studio.images_per_day, studio.expedites_per_day)
        self._account = Account.open(wanted[0].at, studio.time_zone, PLAN_TERMS[studio.plan], *terms)
        self._production = Production(rng, studio.slips, studio.rejects)
        self._orders, self._images, self._turns = count(1), count(1), count()
        self._expected: list[tuple[datetime, int, Teller]] = []
        for upload in wanted:
            self._expect(upload.at, partial(self._place, upload.images))
        if studio.move:
            self._expect(span.after(studio.move.after), partial(self._move, studio.move.time_zone))
        if studio.new_terms:
            self._expect(span.after(studio.new_terms.after), partial(self._agree, studio.new_terms))

    def lines(self) -> Iterator[tuple[datetime, Line]]:
        """Every line with its instant, in order of time."""
        while self._expected and self._expected[0][0] < self._span.until:
            at, _, tell = heappop(self._expected)
            if line := tell(at):
                yield at, line

    def _expect(self, at: datetime, tell: Teller) -> None:
        heappush(self._expected, (at, next(self._turns), tell))

    def _place(self, size: int, at: datetime) -> Line:
        expedite = expedite_window(at).available and self._rng.random() < self._studio.rushes
        day = self._account.day_at(at)
        parts = allocate_upload(size, day.allowance, expedite=expedite)
        self._account = self._account.using(day.using(size, size if expedite else 0))
        recipe = self._rng.choice(self._studio.recipes)
        number = next(self._orders)
        order = _Placed(f"o-{number}", at, [f"IMG_{next(self._images):06}.jpg" for _ in range(size)], expedite)
        head: Line = {"account": self._studio.ref, "ref": order.ref, "name": f"{recipe.name} {number:03}"}
        head["specification"] = recipe.ref
        return order_line(head, at, self._fate(order, parts), self._span.until, expedite=expedite)

    def _fate(self, order: _Placed, parts: list[Part]) -> list[Image]:
        """Most orders are made; of those that were not split, some are cancelled and some expedited afterwards."""
        chance = self._rng.random()
        if len(parts) == 1 and chance < _CANCELLED:
            return self._call_off(order)
        if parts[0].service_level is ServiceLevel.STANDARD and len(parts) == 1 and chance > 1 - self._studio.hurries:
            return self._hurry_later(order, parts[0])
        return [image for part in parts for image in self._make(order, part)]

    def _make(self, order: _Placed, part: Part) -> list[Image]:
        account = self._account
        names = order.filenames[part.start : part.start + part.count]
        day = account.day_at(order.at)
        guaranteed = day.allowance.guarantees(part.position)
        due_at = initial_deadline(part.service_level, order.at, account.zone, day.sla.terms, guaranteed=guaranteed)
        plan = self._plan(order.at, part, due_at)
        job = Job(names, plan.confirmed_at, plan.due_at, plan) if plan else Job(names, order.at, due_at)
        return self._production.make(job, account)

    def _plan(self, at: datetime, part: Part, due_at: datetime | None) -> Confirmation | None:
        """Set a deadline where the rules give none, or an earlier one than a delivery plan is to replace."""
        if due_at is None:
            return self._production.plan(at, self._account)
        if part.service_level is ServiceLevel.EXPEDITED_PLAN:
            return self._production.hurried_plan(at, due_at)
        return None

    def _call_off(self, order: _Placed) -> list[Image]:
        """Cancel it within minutes, or days too late, when nobody had begun it."""
        minutes = 5_760 if self._rng.random() < _FORGOTTEN else self._rng.randint(3, 25)
        self._expect(order.at + timedelta(minutes=minutes), partial(self._cancel, order))
        return [Image(name) for name in order.filenames]

    def _cancel(self, order: _Placed, at: datetime) -> Line:
        day, size = self._account.day_at(at), len(order.filenames)
        if day.contains(order.at):
            self._account = self._account.using(day.using(-size, -size if order.expedite else 0))
        return cancellation_line(self._studio, order.ref, at)

    def _hurry_later(self, order: _Placed, part: Part) -> list[Image]:
        """Expedite the whole order or its last images, if they gain by it."""
        terms = self._account.day_at(order.at).sla.terms
        at = order.at + timedelta(minutes=self._rng.randint(10, 120))
        due_at = standard_deadline(order.at, self._account.zone, terms.deliver_by)
        if not expedite_window(at).available or at + terms.expedite_additional_turnaround >= due_at:
            return self._make(order, part)
        kept = 0 if self._rng.random() < _WHOLE_ORDER else self._rng.randrange(len(order.filenames))
        hurried = order.filenames[kept:]
        self._expect(at, partial(self._hurry, order, kept))
        others = self._production.make(Job(order.filenames[:kept], order.at, due_at), self._account)
        return others + self._production.make(Job(hurried, at, at + terms.expedite_turnaround), self._account)

    def _hurry(self, order: _Placed, kept: int, at: datetime) -> Line | None:
        day, hurried = self._account.day_at(at), len(order.filenames) - kept
        if day.allowance.expedite_used + hurried >= day.sla.terms.delivery_plan_from:
            return None
        self._account = self._account.using(day.using(0, hurried))
        return expedite_line(self._studio, order.ref, order.filenames[kept:] if kept else (), at)

    def _move(self, time_zone: str, at: datetime) -> Line:
        self._account = self._account.move(at, time_zone)
        return time_zone_line(self._studio, time_zone, at)

    def _agree(self, terms: NewTerms, at: datetime) -> Line:
        effective = self._account.ledger_day_at(at).date + _NOTICE
        agreed = NegotiatedTerms(terms.images_per_day, terms.expedites_per_day, effective)
        self._account = self._account.negotiate(at, agreed)
        return terms_line(self._studio, terms.images_per_day, terms.expedites_per_day, effective, at)
