"""Fields that inputs of mutations share."""

from typing import Any

import strawberry


def optional(description: str) -> Any:  # noqa: ANN401 - as strawberry's own field specifier
    """Make a field of an input that may be left out; null is as left out."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def idempotency_key() -> Any:  # noqa: ANN401 - the same
    """Make the field of the key that every mutation takes."""
    return optional(
        "Makes the mutation safe to repeat, 1 to 255 characters: for 24 hours the same key with the same input changes"
        " nothing more and gives the same result, errors included; with another input it is refused."
    )
