"""Warnings about accepted inputs."""

from enum import StrEnum

import strawberry

from engine.decorators import attribute, describe, object_type


class WarningCode(StrEnum):
    """The code of a warning."""

    DUPLICATE_FILENAME = "DUPLICATE_FILENAME"
    WEEKEND_DEADLINE = "WEEKEND_DEADLINE"


describe(
    WarningCode,
    "The code of a warning.",
    {
        "DUPLICATE_FILENAME": "Another image before it in the list has the same filename.",
        "WEEKEND_DEADLINE": "The deadline is on a Saturday or Sunday, user time; it is kept as given.",
    },
)


@object_type
class Warning:  # noqa: A001 - the contract's name
    """A part of an input that was accepted, but may be a mistake."""

    code: WarningCode = strawberry.field(description="The code of the warning.")
    message: str = strawberry.field(description="The warning in a sentence for people.")
    path: list[str] = attribute(
        'The path to the part of the input: names of fields, and indexes in lists, from 0: ["images", "3", "filename"],'
        " for example.",
        length=3,
    )
