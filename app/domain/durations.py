"""The one reader and the one writer of durations as text, in ISO 8601."""

import re
from datetime import timedelta
from typing import Final

_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_MAX_DIGITS: Final = 7


class BadDuration(ValueError):  # noqa: N818 - refusals are named by their case
    """A text that is no duration of days, hours, minutes and whole seconds."""

    def __init__(self, sentence: str = "A duration is written as PT3H, or P1DT30M.") -> None:
        super().__init__(sentence)


class DurationTooLong(BadDuration):
    """A duration with more digits than are read."""

    def __init__(self) -> None:
        super().__init__(f"The numbers of a duration have at most {_MAX_DIGITS} digits.")


def read_duration(text: object) -> timedelta:
    """Return the duration of a text, of days, hours, minutes and whole seconds; raises BadDuration.

    It is DurationTooLong for a number of more than seven digits.
    """
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or not any(found.groups()):
        raise BadDuration
    if any(amount and len(amount) > _MAX_DIGITS for amount in found.groups()):
        raise DurationTooLong
    days, hours, minutes, seconds = (int(amount or 0) for amount in found.groups())
    return timedelta(days, seconds, hours=hours, minutes=minutes)


def iso8601(duration: timedelta) -> str:
    """Write a duration of whole seconds: PT3H."""
    minutes, seconds = divmod(duration // timedelta(seconds=1), 60)
    parts = ((minutes // 60, "H"), (minutes % 60, "M"), (seconds, "S"))
    return "PT" + ("".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0S")
