"""People whom the other side may write to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's name and email address."""

    name: str
    email: str | None = None
