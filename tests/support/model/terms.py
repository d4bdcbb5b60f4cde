"""The SLA of the model: its versions, and the terms of each ledger day by the rules alone."""

from dataclasses import dataclass, field, replace
from datetime import date

from tests.support.model.facts import Reason, Version, refuse


@dataclass
class Agreement:
    """The versions of an account's SLA, by number."""

    versions: list[Version] = field(default_factory=list[Version])

    def on(self, day: date) -> tuple[int, int, int]:
        """Return the version, the images and the expedites of a ledger day."""
        counting = [version for version in self.versions if version.effective_date <= day and not version.withdrawn]
        last_of_days = {version.effective_date: version for version in counting}
        version, images, expedites = 0, 0, 0
        for _, each in sorted(last_of_days.items()):
            version = each.number
            images = images if each.images is None else each.images
            expedites = expedites if each.expedites is None else each.expedites
        return version, images, expedites

    def negotiate(self, images: int | None, expedites: int | None, effective_date: date, running: date) -> int:
        """Add a version from a future ledger day on, during the running one; return its number."""
        reasons: list[Reason] = []
        if images is None and expedites is None:
            reasons.append(Reason("NoTermStated"))
        if effective_date <= running:
            reasons.append(Reason("EffectiveDateNotAhead"))
        refuse(reasons)
        self.versions.append(Version(len(self.versions) + 1, effective_date, images, expedites))
        return len(self.versions)

    def withdraw(self, number: int, running: date) -> bool:
        """Withdraw a version from a future ledger day on; return whether that is a change."""
        version = self.versions[number - 1]
        if version.withdrawn:
            return False
        if version.effective_date <= running:
            refuse([Reason("SlaNotComing")])
        self.versions[number - 1] = replace(version, withdrawn=True)
        return True
