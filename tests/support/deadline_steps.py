"""Explanations by what people read of each step."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.domain.deadlines.steps import DeadlineStep, DeadlineStepCode


class Step(NamedTuple):
    """A step in words, with the instant (UTC) it is about, if it is about one."""

    code: DeadlineStepCode
    text: str
    at: datetime | None


def in_words(steps: Iterable[DeadlineStep]) -> list[Step]:
    return [Step(step.code, step.text, getattr(step, "at", None)) for step in steps]
