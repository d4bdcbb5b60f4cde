"""People of the service or of a client who can be written to."""

import strawberry

from app.domain import contacts
from engine.decorators import object_type


@object_type
class Contact:
    """A person's name and email address."""

    name: str = strawberry.field(description="The name of the person.")
    email: str | None = strawberry.field(description="The person's email address; null without one.")


def contact(person: contacts.Contact | None) -> Contact | None:
    """Return the API's contact of a person."""
    return None if person is None else Contact(name=person.name, email=person.email)
