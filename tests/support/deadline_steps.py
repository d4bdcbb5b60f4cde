"""Steps of explanations, reduced to the text that people read."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.domain.deadlines.enums import DeadlineStepCode
from app.domain.deadlines.steps import DeadlineStep


class Step(NamedTuple):
    """A step as text, with its instant (UTC) if it has one."""

    code: DeadlineStepCode
    text: str
    at: datetime | None


def in_words(steps: Iterable[DeadlineStep]) -> list[Step]:
    return [Step(step.code, step.text, getattr(step, "at", None)) for step in steps]
