"""The SLA of the model: its versions, and the terms of each ledger day by the rules alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

from tests.support.model.facts import Reason, Version, refuse

OTHERS: Final[Mapping[str, Any]] = {
    "deliver_by": time(9),
    "expedite_turnaround": timedelta(hours=3),
    "expedite_additional_turnaround": timedelta(hours=6),
    "expedite_multiplier": Decimal(2),
    "rejection_turnaround": timedelta(hours=5),
    "review_turnaround": timedelta(hours=5),
    "support_response": timedelta(hours=5),
}
"""The terms, other than figures of a day, by which orders are judged, as every plan has them."""
NO_OTHERS: Final[Mapping[str, Any]] = {}

_TURNAROUNDS: Final = ("expedite_turnaround", "expedite_additional_turnaround")


@dataclass
class Agreement:
    """The versions of an account's SLA, by number; the first has the terms of the plan."""

    versions: list[Version] = field(default_factory=list[Version])

    def on(self, day: date) -> tuple[int, int, int]:
        """Return the version, the images and the expedites of a ledger day."""
        images, expedites = (self._term_on(term, day) for term in (0, 1))
        return self._version_on(day), images, expedites

    def plan_on(self, day: date) -> tuple[int, int]:
        """Return the images and the expedites of the plan of a ledger day."""
        begun = [version for version in self.versions if version.plan is not None and version.effective_date <= day]
        plan = _last(begun).plan
        assert plan is not None
        return plan

    def others_on(self, day: date) -> dict[str, Any]:
        """Return the other terms of a ledger day by name; every plan has the same ones."""
        own = {name: self._own(name, day) for name in OTHERS}
        return {name: default if own[name] is None else own[name] for name, default in OTHERS.items()}

    def _version_on(self, day: date) -> int:
        return _last([each for each in self.versions if each.effective_date <= day and not each.withdrawn]).number

    def _term_on(self, term: int, day: date) -> int:
        own = self._own(term, day)
        return self.plan_on(day)[term] if own is None else own

    def _own(self, term: int | str, day: date) -> Any:  # noqa: ANN401 - terms are of many types
        """Return the negotiated value of a term: the last one that was stated, if it was not the plan's then."""
        for each in sorted(self.versions, key=_order, reverse=True):
            value = each.others.get(term) if isinstance(term, str) else (each.images, each.expedites)[term]
            if each.effective_date <= day and self._counts(each) and value is not None:
                of_plan = OTHERS[term] if isinstance(term, str) else self.plan_on(each.effective_date)[term]
                return None if value == of_plan else value
        return None

    def _counts(self, version: Version) -> bool:
        """Return whether a version is the last one negotiated for its day, and not withdrawn."""
        counting = [each for each in self.versions if not each.withdrawn and not _changes_plan(each)]
        of_day = [each for each in counting if each.effective_date == version.effective_date]
        return version is max(of_day, key=_order, default=None)

    def negotiate(
        self,
        images: int | None,
        expedites: int | None,
        effective_date: date,
        running: date,
        others: Mapping[str, Any] = NO_OTHERS,
    ) -> int:
        """Add a version from a future ledger day on, during the running one; return its number."""
        reasons: list[Reason] = []
        if images is None and expedites is None and not others:
            reasons.append(Reason("NoTermStated"))
        if effective_date <= running:
            reasons.append(Reason("EffectiveDateNotAhead"))
        version = Version(len(self.versions) + 1, effective_date, images, expedites, others=others)
        if not reasons and not others.keys().isdisjoint(_TURNAROUNDS):
            agreed = Agreement([*self.versions, version]).others_on(effective_date)
            if agreed["expedite_turnaround"] > agreed["expedite_additional_turnaround"]:
                reasons.append(Reason("ExpeditesOutOfOrder"))
        refuse(reasons)
        return self._add(version)

    def change_plan(self, plan: tuple[int, int], effective_date: date, running: date) -> bool:
        """Begin a plan from a future ledger day on; return whether that is a change, of these quantities."""
        if effective_date <= running:
            refuse([Reason("EffectiveDateNotAhead")])
        if self.plan_on(effective_date) == plan:
            return False
        self._add(Version(len(self.versions) + 1, effective_date, None, None, plan=plan))
        return True

    def withdraw(self, number: int, running: date) -> bool:
        """Withdraw a version from a future ledger day on; return whether that is a change."""
        version = self.versions[number - 1]
        if version.withdrawn:
            return False
        if version.effective_date <= running:
            refuse([Reason("SlaNotComing")])
        if _changes_plan(version):
            refuse([Reason("SlaChangesPlan")])
        self.versions[number - 1] = replace(version, withdrawn=True)
        return True

    def _add(self, version: Version) -> int:
        self.versions.append(version)
        return version.number


def _changes_plan(version: Version) -> bool:
    return version.plan is not None and version.number > 1


def _order(version: Version) -> tuple[date, int]:
    return version.effective_date, version.number


def _last(versions: Sequence[Version]) -> Version:
    return max(versions, key=_order)
