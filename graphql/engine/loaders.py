"""Loaders: values that resolvers load at the same time are read by one statement.

A loader takes keys of accounts that are authorised already, and caches values for one request.
"""

from asyncio import Task, current_task, gather, shield
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeVar, TypeVarTuple

from strawberry.dataloader import DataLoader

from db.readers import Reader

Key = TypeVar("Key")
Value = TypeVar("Value")
Parent = TypeVar("Parent")
Arguments = TypeVarTuple("Arguments")


class Loader(DataLoader[Key, Value]):
    """A loader whose values are shared: a field that is cancelled, as a sibling fails, cancels no value of others."""

    def load(self, key: Key) -> Awaitable[Value]:
        """Return the value of a key, once it is read."""
        return shield(super().load(key))


class LoaderSet:
    """The loaders of one request, each created on its first use."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.reading: Final[set[Task[object] | None]] = set()
        """The tasks that read values just now."""

    def cancel(self) -> None:
        """Cancel what is being read: no field waits for it any more."""
        for task in self.reading:
            if task is not None:
                task.cancel()


def by_key(
    read: Callable[[Reader, Sequence[Key]], Awaitable[Mapping[Key, Value]]],
) -> cached_property[DataLoader[Key, Value | None]]:
    """Load values by key; None for a key that does not exist."""

    async def load(reader: Reader, keys: list[Key]) -> list[Value | None]:
        found = await read(reader, keys)
        return [found.get(key) for key in keys]

    return _once(load)


def in_order(
    read: Callable[[Reader, Sequence[Key]], Awaitable[list[Value]]],
) -> cached_property[DataLoader[Key, Value]]:
    """Load one value for each key, in their order."""
    return _once(read)


def by_parent(
    read: Callable[[Reader, Sequence[Parent], *Arguments], Awaitable[Mapping[Parent, Value]]],
) -> cached_property[DataLoader[tuple[Parent, *Arguments], Value]]:
    """Load values by parent; a key is a parent and arguments, and keys with the same arguments are one statement."""

    async def load(reader: Reader, keys: list[tuple[Parent, *Arguments]]) -> list[Value]:
        parents: defaultdict[tuple[*Arguments], list[Parent]] = defaultdict(list)
        for key in keys:
            parents[key[1:]].append(key[0])
        values = await gather(*(read(reader, of, *arguments) for arguments, of in parents.items()))
        found = dict(zip(parents, values, strict=True))
        return [found[key[1:]][key[0]] for key in keys]

    return _once(load)


def by_arguments(
    read: Callable[[Reader, *Arguments], Awaitable[Value]],
) -> cached_property[DataLoader[tuple[*Arguments], Value]]:
    """Load values over all accounts; a key is the arguments of one statement."""

    async def load(reader: Reader, keys: list[tuple[*Arguments]]) -> list[Value]:
        return await gather(*(read(reader, *key) for key in keys))

    return _once(load)


def _once(load: Callable[[Reader, list[Key]], Awaitable[list[Value]]]) -> cached_property[DataLoader[Key, Value]]:
    """Create the loader on its first use: there are many, and a request needs few."""

    def make(loaders: LoaderSet) -> DataLoader[Key, Value]:
        async def load_batch(keys: list[Key]) -> list[Value]:
            task = current_task()
            loaders.reading.add(task)
            try:
                return await load(loaders.reader, keys)
            finally:
                loaders.reading.discard(task)

        return Loader(load_batch)

    return cached_property(make)
