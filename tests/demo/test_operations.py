"""The operations of the demo."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from app.demo.history import generate
from app.demo.operations import RECORDED
from app.demo.studios import STUDIOS

UNTIL = datetime(2026, 3, 10, 12, tzinfo=UTC)
LINES: list[dict[str, Any]] = [line for line in generate(1, UNTIL, days=40) if line["type"] == "order"]
RECIPES = {recipe.ref: recipe for studio in STUDIOS for recipe in studio.recipes}
IMAGES = [(order, image) for order in LINES for image in order["images"]]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_every_image_delivered_in_the_last_three_weeks_has_each_step_of_its_recipe_since_its_last_rejection() -> None:
    recent = [(order, image) for order, image in IMAGES if instant(order["placedAt"]) >= UNTIL - RECORDED]
    delivered = [(order, image) for order, image in recent if "deliveredAt" in image]
    assert len(delivered) > 5_000
    for order, image in delivered:
        rejections = image.get("rejections", [])
        if rejections and "redeliveredAt" not in rejections[-1]:
            continue
        since = instant(rejections[-1]["at"] if rejections else order["placedAt"])
        done = Counter(each["step"] for each in image["operations"] if instant(each["at"]) > since)
        assert done == Counter(step for step, _ in RECIPES[order["specification"]].steps)


def test_operations_are_between_the_upload_and_the_end_and_none_is_older_than_three_weeks() -> None:
    for order, image in IMAGES:
        placed_at = instant(order["placedAt"])
        done = [instant(each["at"]) for each in image.get("operations", [])]
        assert all(placed_at < at < UNTIL for at in done)
        assert placed_at >= UNTIL - RECORDED or done == []


def test_some_images_in_production_have_some_of_their_steps() -> None:
    open_ = [(order, image) for order, image in IMAGES if "deliveredAt" not in image and "operations" in image]
    assert any(len(image["operations"]) < len(RECIPES[order["specification"]].steps) for order, image in open_)


def test_retouchers_take_about_the_seconds_of_the_recipe_and_scripts_and_ai_few() -> None:
    took: dict[tuple[str, str, str], list[float]] = {}
    for order, image in IMAGES:
        for each in image.get("operations", []):
            took.setdefault((order["specification"], each["step"], each["performedBy"]), []).append(each["seconds"])
    assert {performer for _, _, performer in took} == {"RETOUCHER", "SCRIPT", "AI"}
    for (recipe, step, performer), seconds in took.items():
        expected = dict(RECIPES[recipe].steps)[step]
        if performer == "RETOUCHER":
            assert 0.9 * expected < median(seconds) < 1.1 * expected
        else:
            assert max(seconds) <= 4
    assert timedelta(days=21) == RECORDED
