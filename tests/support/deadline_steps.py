"""Steps of explanations, reduced to the text that people read."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.domain.deadlines.enums import DeadlineStepCode
from app.domain.deadlines.steps import DeadlineStep


class Step(NamedTuple):
    """A step as text, with its instant (UTC) if it has one: of the wait for staff, by when they have promised."""

    code: DeadlineStepCode
    text: str
    at: datetime | None


def in_words(steps: Iterable[DeadlineStep]) -> list[Step]:
    return [Step(step.code, step.text, getattr(step, "at", getattr(step, "review_by", None))) for step in steps]
