"""People of the service or of a client who can be written to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's name and email address."""

    name: str
    email: str | None = None
