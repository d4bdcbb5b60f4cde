"""Accounts replayed from their events other than those of orders; each event follows from those before it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

from tests.support.events.api_fields import TERMS

Data: TypeAlias = dict[str, Any]


class ReplayedAccount:
    """An account's name, zone, specifications, SLA versions, resets and inquiries, replayed from its events."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.time_zone: str | None = None
        self.specifications: dict[str, Data] = {}
        self.versions: list[Data] = []
        self.withdrawn: list[int] = []
        self.resets: list[Data] = []
        self.manager: Data = {}
        self.contact: Data = {}
        self.closed_at: str | None = None
        self.dashboard_access: bool | None = None
        self.inquiries: dict[str, Data] = {}
        self._plays: Mapping[str, Callable[[Data], None]] = {
            "ACCOUNT_CREATED": self._create,
            "SPECIFICATION_CHANGED": self._specify,
            "SLA_NEGOTIATED": self._negotiate,
            "TIME_ZONE_CHANGED": self._move,
            "SLA_WITHDRAWN": self._withdraw,
            "PLAN_CHANGED": self._change_plan,
            "ACCOUNT_RENAMED": self._rename,
            "SUCCESS_MANAGER_CHANGED": partial(self._change_person, self.manager),
            "CONTACT_CHANGED": partial(self._change_person, self.contact),
            "DASHBOARD_ACCESS_CHANGED": self._access,
            "ACCOUNT_CLOSED": self._close,
            "ACCOUNT_REOPENED": self._close,
            "GUARANTEE_RESET": self.resets.append,
            "INQUIRY_OPENED": self._ask,
            "INQUIRY_ANSWERED": self._answer,
            "INQUIRY_OVERDUE": self._miss,
        }

    def play(self, type_: str, data: Data) -> None:
        """Play an event of no order, or of an inquiry; its `before` equals the state after the events before it."""
        self._plays[type_](data)

    def assert_resets_follow(self, orders: Iterable[Data], images: Iterable[Data]) -> None:
        """Assert that each reset continues the one before, and that its use agrees with the orders.

        `images` name their order by its id under `order`, as `orders` do under `id`.
        """
        by_id = {order["id"]: order for order in orders}
        starts = [(image, by_id[image["order"]]) for image in images]
        for former, reset in pairwise(self.resets):
            opened, closed = former["after"], reset["before"]
            unchanging = opened.keys() - {"closesAt", "used", "expediteUsed"}
            assert {key: closed[key] for key in unchanging} == {key: opened[key] for key in unchanging}
        for reset in self.resets:
            assert reset["after"]["opensAt"] == reset["before"]["closesAt"]
            expedited = [(image, order) for image, order in starts if image["expedite_position"] is not None]
            used = _used(reset["before"], starts, "placedAt"), _used(reset["before"], expedited, "expeditedAt")
            assert (reset["before"]["used"], reset["before"]["expediteUsed"]) == used
            assert (reset["after"]["used"], reset["after"]["expediteUsed"]) == (0, 0)

    def _create(self, data: Data) -> None:
        assert (data["before"], self.time_zone) == (None, None)
        after = data["after"]
        self.name, self.time_zone = after["name"], after["timeZone"]
        first = {key: after[key] for key in ("plan", *(key for key in TERMS if key in after))}
        self.versions.append({"version": 1, "effectiveDate": "", **first})

    def _specify(self, data: Data) -> None:
        before, after = data["before"], data["after"]
        if before is None:
            assert after["id"] not in self.specifications
            self.specifications[after["id"]] = {**after, "archivedAt": None}
        else:
            known = self.specifications[after["id"]]
            assert before == {key: known[key] for key in after}
            known |= after

    def _negotiate(self, data: Data) -> None:
        """Add a version; its `before` has the terms of its first day, and those of the plan, which no event has."""
        before, after = data["before"], data["after"]
        known = self._terms_on(after["effectiveDate"])
        assert before == {**{key: before[key] for key in TERMS}, **known}
        assert after["version"] == len(self.versions) + 1
        self.versions.append(after)

    def _change_plan(self, data: Data) -> None:
        """Add a version that begins a plan; its `before` has the plan and the terms of its first day without it."""
        before, after = data["before"], data["after"]
        known = self._terms_on(after["effectiveDate"]) | {"plan": self._plan_on(after["effectiveDate"])}
        assert before == {**{key: before[key] for key in TERMS}, **known}
        assert after["version"] == len(self.versions) + 1
        self.versions.append(after)

    def _withdraw(self, data: Data) -> None:
        """Withdraw a version; its day gets the terms without it; terms of the plan are in no event."""
        before, after = data["before"], data["after"]
        version = next(each for each in self.versions if each["version"] == before["version"])
        assert version["effectiveDate"] == before["effectiveDate"]
        self.withdrawn.append(before["version"])
        known = self._terms_on(before["effectiveDate"])
        assert after == {**{key: after[key] for key in TERMS}, **known}

    def _plan_on(self, date: str) -> str:
        begun = [version for version in self.versions if "plan" in version and version["effectiveDate"] <= date]
        plan: str = max(begun, key=lambda each: (each["effectiveDate"], each["version"]))["plan"]
        return plan

    def _terms_on(self, date: str) -> Data:
        """Return the version and the stated terms of a day; no event has all the terms of a plan that began later."""
        counting = [version for version in self.versions if version["version"] not in self.withdrawn]
        last_of_days = {version["effectiveDate"]: version for version in counting}
        known: Data = {}
        for effective in sorted(each for each in last_of_days if each <= date):
            version = last_of_days[effective]
            known |= {key: version[key] for key in ("version", *TERMS) if version.get(key) is not None}
        is_first_plan = not any("plan" in each for each in counting[1:] if each["effectiveDate"] <= date)
        return known if is_first_plan else {"version": known["version"]}

    def _move(self, data: Data) -> None:
        assert data["before"] == {"timeZone": self.time_zone}
        self.time_zone = data["after"]["timeZone"]

    def _rename(self, data: Data) -> None:
        assert data["before"] == {"name": self.name}
        self.name = data["after"]["name"]

    def _change_person(self, person: Data, data: Data) -> None:
        known = ("previousName", "name"), ("previousEmail", "email")
        assert {key: data[old] for old, key in known if old in data} == person
        person.clear()
        person |= {key: data[key] for _, key in known if key in data}

    def _access(self, data: Data) -> None:
        assert data["before"] == {"enabled": self.dashboard_access}
        self.dashboard_access = data["after"]["enabled"]

    def _close(self, data: Data) -> None:
        """Close or reopen the account."""
        assert data["before"] == {"closedAt": self.closed_at}
        self.closed_at = data["after"]["closedAt"]

    def _ask(self, data: Data) -> None:
        after = data["after"]
        assert data["before"] is None
        assert after["id"] not in self.inquiries
        self.inquiries[after["id"]] = {**after, "text": data["text"], "alerted": False}
        self.inquiries[after["id"]] |= {"answeredAt": None, "answer": None}

    def _answer(self, data: Data) -> None:
        known = self.inquiries[data["after"]["id"]]
        assert data["before"] == {key: known[key] for key in ("id", "answeredAt")}
        known |= data["after"] | {"answer": data["answer"]}

    def _miss(self, data: Data) -> None:
        known = self.inquiries[data["after"]["id"]]
        assert data == {"before": None, "after": {key: known[key] for key in ("id", "dueAt")}}
        assert (known["answeredAt"], known["alerted"]) == (None, False)
        known["alerted"] = True


def _used(day: Data, images: Iterable[tuple[Data, Data]], start: str) -> int:
    """Count images placed or expedited with their order within a day and not cancelled before the day closed."""
    return sum(
        _within(day, datetime.fromisoformat(order[start])) and not _within(day, image["cancelled_at"])
        for image, order in images
    )


def _within(day: Data, at: datetime | None) -> bool:
    opens_at, closes_at = (datetime.fromisoformat(day[key]) for key in ("opensAt", "closesAt"))
    return at is not None and opens_at <= at < closes_at
