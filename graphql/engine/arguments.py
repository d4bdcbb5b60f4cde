"""Arguments as they come: left out, null, or with what PostgreSQL cannot keep."""

from typing import TypeVar

import strawberry

from engine.errors import bad_input

Value = TypeVar("Value")


def or_none(value: Value | None) -> Value | None:
    """Return what an argument or an input field was given; None where it was left out."""
    return None if value is strawberry.UNSET else value


def given_text(argument: str, text: str | None) -> str | None:
    """Return the text an argument was given; None for none or an empty one. Raises ApiError for one with a NUL."""
    found = or_none(text) or None
    if found is not None and "\0" in found:
        raise bad_input(argument, "The character NUL stands in no text here.")
    return found
