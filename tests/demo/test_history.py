"""The history of the demo: the same for the same seed, in order, and with all a dashboard can show."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.demo.catalogue import CATALOGUE
from app.demo.history import generate
from app.demo.studios import STUDIOS
from app.domain.deadlines.rules import expedite_window, standard_deadline
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.inquiries import InquiryTopic
from app.domain.local_time import local_day, time_zone, week_start
from app.domain.sla.enums import Plan
from tests.support.sla import DELIVER_BY

UNTIL = datetime(2026, 3, 10, 12, tzinfo=UTC)
SEEDS = (1, 2, 3)


@cache
def _history(seed: int = 1) -> list[dict[str, Any]]:
    return list(generate(seed, UNTIL))


def _of(kind: str, seed: int = 1) -> list[dict[str, Any]]:
    return [line for line in _history(seed) if line["type"] == kind]


def _images(seed: int = 1) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return ((order, image) for order in _of("order", seed) for image in order["images"])


def _instant(line: dict[str, Any]) -> datetime | None:
    text = line.get("placedAt") or line.get("at")
    return None if text is None else datetime.fromisoformat(text)


def _zone(account: str) -> ZoneInfo:
    return time_zone(next(studio.time_zone for studio in STUDIOS if studio.ref == account))


def test_the_same_seed_and_end_give_the_same_history() -> None:
    assert list(generate(7, UNTIL, days=20)) == list(generate(7, UNTIL, days=20))


def test_another_seed_gives_another_history() -> None:
    assert list(generate(7, UNTIL, days=20)) != list(generate(8, UNTIL, days=20))


def test_the_history_of_a_studio_does_not_depend_on_the_others() -> None:
    alone = list(generate(1, UNTIL, accounts=1))
    assert alone == [line for line in _history() if STUDIOS[0].ref in (line.get("account"), line.get("ref"))]


@pytest.mark.parametrize("seed", SEEDS)
def test_there_are_some_sixty_thousand_images(seed: int) -> None:
    assert 55_000 <= sum(1 for _ in _images(seed)) <= 65_000


def test_every_plan_and_the_promised_zones_are_there() -> None:
    accounts = _of("account")
    assert {account["plan"] for account in accounts} == set(Plan)
    zones = {"Africa/Cairo", "America/New_York", "Europe/Copenhagen", "Pacific/Auckland"}
    assert zones <= {account["timeZone"] for account in accounts}


def test_lines_are_in_order_of_time_and_end_before_the_end() -> None:
    instants = [instant for line in _history() if (instant := _instant(line))]
    assert instants == sorted(instants)
    assert UNTIL - timedelta(days=120) <= instants[0] <= UNTIL - timedelta(days=119)
    assert UNTIL - timedelta(days=2) <= instants[-1] < UNTIL


def test_instants_of_an_image_are_in_order_and_before_the_end() -> None:
    for order, image in _images():
        texts = [order["placedAt"], image.get("deadline", {}).get("confirmedAt"), image.get("deliveredAt")]
        for rejection in image.get("rejections", []):
            texts += [rejection["at"], rejection.get("redeliveredAt")]
        instants = [datetime.fromisoformat(text) for text in texts if text]
        assert instants == sorted(set(instants))
        assert instants[-1] < UNTIL


def test_filenames_name_one_image_of_their_account() -> None:
    names = Counter((order["account"], image["filename"]) for order, image in _images())
    assert set(names.values()) == {1}


def test_references_name_one_order_of_their_account() -> None:
    references = Counter((order["account"], order["externalReference"]) for order in _of("order"))
    assert set(references.values()) == {1}


@pytest.mark.parametrize("seed", SEEDS)
def test_images_are_late_by_hours_and_by_a_microsecond_and_in_time_to_the_microsecond(seed: int) -> None:
    late_by = [
        datetime.fromisoformat(image["deliveredAt"]) - standard_deadline(placed_at, _zone(order["account"]), DELIVER_BY)
        for order, image in _images(seed)
        if "deliveredAt" in image and "expedite" not in order and "deadline" not in image
        for placed_at in [datetime.fromisoformat(order["placedAt"])]
    ]
    assert timedelta(0) in late_by
    assert timedelta(microseconds=1) in late_by
    late = sum(delay > timedelta(hours=1) for delay in late_by)
    assert 0.005 < late / len(late_by) < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_images_are_rejected_once_and_twice_and_some_redeliveries_are_late_or_missing(seed: int) -> None:
    rejections = [image["rejections"] for _, image in _images(seed) if "rejections" in image]
    assert {len(chain) for chain in rejections} == {1, 2}
    hours = [
        (datetime.fromisoformat(back["redeliveredAt"]) - datetime.fromisoformat(back["at"])) / timedelta(hours=1)
        for chain in rejections
        for back in chain
        if "redeliveredAt" in back
    ]
    assert min(hours) < 1
    assert sum(delay > 5 for delay in hours) > 100
    assert any("redeliveredAt" not in chain[-1] for chain in rejections)


@pytest.mark.parametrize("seed", SEEDS)
def test_orders_are_expedited_when_placed_and_afterwards_and_only_in_the_window(seed: int) -> None:
    placed = [order for order in _of("order", seed) if order.get("expedite")]
    later = _of("expedite", seed)
    assert len(placed) > 50
    assert {"filenames" in line for line in later} == {True, False}
    assert all(expedite_window(datetime.fromisoformat(line["placedAt"])).available for line in placed)
    assert all(expedite_window(datetime.fromisoformat(line["at"])).available for line in later)


@pytest.mark.parametrize("seed", SEEDS)
def test_some_orders_are_split_by_the_guarantee_and_some_images_wait_for_a_deadline(seed: int) -> None:
    confirmed = [["deadline" in image for image in order["images"]] for order in _of("order", seed)]
    assert sum(any(order) and not all(order) for order in confirmed) > 20
    assert sum(all(order) for order in confirmed) > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_cancelled_orders_were_never_delivered_and_some_of_them_were_late(seed: int) -> None:
    cancelled = {(line["account"], line["order"]): line["at"] for line in _of("cancellation", seed)}
    delivered = {(order["account"], order["ref"]) for order, image in _images(seed) if "deliveredAt" in image}
    placed = {(order["account"], order["ref"]): order["placedAt"] for order in _of("order", seed)}
    waited = [datetime.fromisoformat(at) - datetime.fromisoformat(placed[order]) for order, at in cancelled.items()]
    assert len(cancelled) > 10
    assert not cancelled.keys() & delivered
    assert sum(time > timedelta(days=3) for time in waited) >= 2
    assert sum(time < timedelta(hours=1) for time in waited) > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_streaks_break_in_quiet_weeks_and_hold_elsewhere(seed: int) -> None:
    def quiet(account: str) -> int:
        orders = (order for order in _of("order", seed) if order["account"] == account)
        placed = (datetime.fromisoformat(order["placedAt"]) for order in orders)
        weeks = {week_start(local_day(at, _zone(account))) for at in placed}
        return (max(weeks) - min(weeks)) // timedelta(weeks=1) + 1 - len(weeks)

    assert quiet("demo-atelier") >= 4
    assert quiet("demo-nile") == 2
    assert quiet("demo-fifth") == 0


def test_there_are_uploads_on_weekends() -> None:
    for account in ("demo-nordlys", "demo-fifth", "demo-harbour"):
        placed = (datetime.fromisoformat(order["placedAt"]) for order in _of("order") if order["account"] == account)
        assert {5, 6} & {local_day(at, _zone(account)).weekday() for at in placed}


@pytest.mark.parametrize("seed", SEEDS)
def test_some_recent_images_are_not_delivered_yet(seed: int) -> None:
    recent = UNTIL - timedelta(days=4)
    undelivered = [order for order, image in _images(seed) if "deliveredAt" not in image]
    assert sum(datetime.fromisoformat(order["placedAt"]) > recent for order in undelivered) > 100


def test_one_studio_moves_in_mid_history_and_three_negotiate_one_of_them_for_days_to_come() -> None:
    (move,), (wander, harbour, nordlys) = _of("timeZone"), _of("terms")
    assert (move["account"], move["timeZone"]) == ("demo-wander", "Europe/London")
    assert UNTIL - timedelta(days=70) < datetime.fromisoformat(move["at"]) < UNTIL - timedelta(days=40)
    assert (wander["account"], wander["expeditesPerDay"], wander["rejectionTurnaround"]) == ("demo-wander", 24, "PT4H")
    assert wander["effectiveDate"] > wander["at"][:10]
    assert (harbour["account"], harbour["expediteMultiplier"], harbour["flowAvailable"]) == (
        "demo-harbour",
        "1.5",
        True,
    )
    assert harbour["effectiveDate"] <= date(2026, 3, 10).isoformat()
    assert (nordlys["account"], nordlys["reviewTurnaround"]) == ("demo-nordlys", "PT3H")
    assert nordlys["effectiveDate"] > date(2026, 3, 10).isoformat()


def test_one_studio_has_terms_of_its_own_from_the_start() -> None:
    [fifth] = [account for account in _of("account") if account["ref"] == "demo-fifth"]
    assert (fifth["deliverBy"], fifth["expediteTurnaround"], fifth["supportPhone"]) == ("07:30:00", "PT2H", True)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_delivery_plan_may_have_portions(seed: int) -> None:
    plans = [
        {image["deadline"]["at"] for image in order["images"] if "deadline" in image} for order in _of("order", seed)
    ]
    assert {len(plan) for plan in plans} == {0, 1, 2}


@pytest.mark.parametrize("seed", SEEDS)
def test_studios_ask_and_most_are_answered_in_time_and_some_are_not_yet(seed: int) -> None:
    asked, open_ = _of("inquiry", seed), [line for line in _of("inquiry", seed) if "answer" not in line]
    assert {line["account"] for line in asked} == {studio.ref for studio in STUDIOS}
    assert {line["topic"] for line in asked} == {*InquiryTopic}
    assert 2 * len(STUDIOS) <= len(open_) <= 3 * len(STUDIOS)
    late = [line for line in asked if "answer" in line and datetime.fromisoformat(line["answeredAt"]) > _due_at(line)]
    assert 0.02 * len(asked) < len(late) < 0.2 * len(asked)


def _due_at(inquiry: dict[str, Any]) -> datetime:
    """Return the instant by which an inquiry is due in the studio's first zone."""
    return working_hours_after(datetime.fromisoformat(inquiry["at"]), timedelta(hours=5), _zone(inquiry["account"]))


def test_a_history_may_be_short_and_of_few_studios() -> None:
    assert {line["type"] for line in generate(1, UNTIL, days=20, accounts=2)} >= {"account", "specification", "order"}
    assert [line["type"] for line in generate(1, UNTIL, days=0, accounts=1)] == ["account"] + ["specification"] * 3


def test_the_catalogue_has_the_steps_of_all_recipes() -> None:
    recipes = [recipe for studio in STUDIOS for recipe in studio.recipes]
    assert {step for recipe in recipes for step, _ in recipe.steps} == {*CATALOGUE}
