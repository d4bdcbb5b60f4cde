"""What every node has in common."""

import strawberry

from engine.decorators import field, interface
from engine.ids import GlobalId


@interface
class Node:
    """A thing with an id of its own, by which it can be asked for again."""

    name_in_api: strawberry.Private[GlobalId]

    @field
    def id(self) -> strawberry.ID:
        """The id: opaque, and unique over all types."""
        return strawberry.ID(str(self.name_in_api))
