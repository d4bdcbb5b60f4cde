"""What a studio has been promised so far: its zone, its terms and what of each ledger day is used.

It follows the domain's own rules, so that every line of the history is one the service would have accepted.
"""

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.demo.studios import Studio
from app.domain.deadlines.rules import initial_deadline
from app.domain.ledger.days import ZonePeriod, first_ledger_day, ledger_day_at, zone_at
from app.domain.ledger.guarantee import Allowance, Part, allocate_upload
from app.domain.sla.terms import PLAN_TERMS, SlaVersion, sla_on


class Promises:
    """The quota ledger of one studio while its history is told (domain rules, section 4). Instants are UTC."""

    def __init__(self, studio: Studio, since: datetime) -> None:
        self._periods = [ZonePeriod(since, studio.time_zone)]
        first = first_ledger_day(self._periods).date
        plan = PLAN_TERMS[studio.plan]
        images = studio.images_per_day or plan.images_per_day
        self._versions = [SlaVersion(1, first, images, studio.expedites_per_day or plan.expedites_per_day, since)]
        self._used: Counter[date] = Counter()
        self._expedited: Counter[date] = Counter()

    def zone(self, at: datetime) -> ZoneInfo:
        """Return the zone in force."""
        return zone_at(at, self._periods)

    def day(self, at: datetime) -> date:
        """Name the ledger day that contains the instant."""
        return ledger_day_at(at, self._periods).date

    def place(self, at: datetime, count: int, *, expedite: bool) -> list[Part]:
        """Take the places of new images, and say at which service level each of them came out."""
        day = self.day(at)
        parts = allocate_upload(count, self._allowance(day), expedite=expedite)
        self._used[day] += count
        self._expedited[day] += count if expedite else 0
        return parts

    def due_at(self, at: datetime, part: Part) -> datetime | None:
        """Return when images placed then are due by the rules; None where staff set it."""
        guaranteed = self._allowance(self.day(at)).guarantees(part.position)
        return initial_deadline(part.service_level, at, self.zone(at), guaranteed=guaranteed)

    def hurry(self, at: datetime, count: int) -> bool:
        """Expedite images placed before, unless that many would need a delivery plan."""
        day = self.day(at)
        allowance = self._allowance(day)
        if allowance.expedite_used + count >= 2 * allowance.expedite_capacity:
            return False
        self._expedited[day] += count
        return True

    def cancel(self, placed_at: datetime, at: datetime, count: int, *, expedite: bool) -> None:
        """Give back what a cancelled order took, while its day runs."""
        day = self.day(placed_at)
        if day == self.day(at):
            self._used[day] -= count
            self._expedited[day] -= count if expedite else 0

    def move(self, at: datetime, time_zone: str) -> None:
        """Change the zone."""
        self._periods.append(ZonePeriod(at, time_zone))

    def agree(self, at: datetime, effective: date, images_per_day: int | None, expedites_per_day: int | None) -> None:
        """Negotiate terms for a coming ledger day."""
        version = len(self._versions) + 1
        self._versions.append(SlaVersion(version, effective, images_per_day, expedites_per_day, at))

    def _allowance(self, day: date) -> Allowance:
        terms = sla_on(day, self._versions).terms
        return Allowance(terms.images_per_day, self._used[day], terms.expedites_per_day, self._expedited[day])
