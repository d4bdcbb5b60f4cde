"""The data of a stored event, to compare it with examples."""

from app.domain.events.keys import Data
from app.domain.events.new_events import NewEvent
from app.domain.events.stored import to_json


def data(new_event: NewEvent) -> Data:
    """Return the stored form of an event, without its texts and the form's version."""
    stored, _ = to_json(new_event.event)
    return {key: value for key, value in stored.items() if key != "version"}
