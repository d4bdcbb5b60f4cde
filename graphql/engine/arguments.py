"""Values of arguments: left out, null, or with characters that PostgreSQL cannot store."""

from typing import TypeVar

import strawberry

from engine.errors import bad_input

Value = TypeVar("Value")


def or_none(value: Value | None) -> Value | None:
    """Return the value of an argument or an input field; None if it is left out."""
    return None if value is strawberry.UNSET else value


def text_or_none(argument: str, text: str | None) -> str | None:
    """Return the text of an argument; None if it is left out or empty. Raises ApiError for a text with a NUL."""
    found = or_none(text) or None
    if found is not None and "\0" in found:
        raise bad_input(argument, "A text has no character NUL.")
    return found
