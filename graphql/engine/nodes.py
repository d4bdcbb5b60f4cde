"""Nodes and the registry of their readers, so that a type imports none of the types that refer to it."""

from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import Any, Final, TypeAlias, TypeVar

import strawberry

from engine.decorators import field, interface
from engine.ids import GlobalId


@interface
class Node:
    """An object with a global id, by which `node` returns it."""

    name_in_api: strawberry.Private[GlobalId]

    @field
    def id(self) -> strawberry.ID:
        """The global id; opaque, and unique across all types."""
        return strawberry.ID(str(self.name_in_api))


Read: TypeAlias = Callable[[Any, GlobalId], Awaitable[Node | None]]
"""The reader of a node by its id, for a context; None if it does not exist."""
Registered = TypeVar("Registered", bound=Read)

_READERS: Final[dict[int, Read]] = {}


def reads(type_: IntEnum) -> Callable[[Registered], Registered]:
    """Register the reader of a type of nodes; raises ValueError for a second one."""

    def register(read: Registered) -> Registered:
        if type_ in _READERS:
            raise ValueError(f"{type_.name} has a reader already.")
        _READERS[type_] = read
        return read

    return register


async def read_node(context: object, named: GlobalId) -> Node | None:
    """Read the node of an id whose account the caller may see; None if it does not exist."""
    return await _READERS[named.type](context, named)


async def existing_node(context: object, named: GlobalId) -> Node:
    """Read a node that another one refers to; raises LookupError if it does not exist."""
    node = await read_node(context, named)
    if node is None:
        raise LookupError(f"There is no node {named!r}.")
    return node
