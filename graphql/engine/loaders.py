"""Loaders: requests of resolvers at the same time are read by one statement.

A loader takes keys of accounts that are authorised already. It caches its values until the request ends.
"""

from asyncio import gather
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TypeVar, TypeVarTuple

from strawberry.dataloader import DataLoader

from db.readers import Reader

Key = TypeVar("Key")
Value = TypeVar("Value")
Parent = TypeVar("Parent")
Question = TypeVarTuple("Question")


class LoaderSet:
    """The loaders of one request, each made at its first use."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader


def by_key(
    read: Callable[[Reader, Sequence[Key]], Awaitable[Mapping[Key, Value]]],
) -> cached_property[DataLoader[Key, Value | None]]:
    """Load values by key; None for a key without one."""

    async def load(reader: Reader, keys: list[Key]) -> list[Value | None]:
        found = await read(reader, keys)
        return [found.get(key) for key in keys]

    return _once(load)


def in_order(
    read: Callable[[Reader, Sequence[Key]], Awaitable[list[Value]]],
) -> cached_property[DataLoader[Key, Value]]:
    """Load one value for each request, in their order."""
    return _once(read)


def by_parent(
    read: Callable[[Reader, Sequence[Parent], *Question], Awaitable[Mapping[Parent, Value]]],
) -> cached_property[DataLoader[tuple[Parent, *Question], Value]]:
    """Load a value for each parent; the key is the parent followed by the question.

    Parents with the same question share a statement.
    """

    async def load(reader: Reader, keys: list[tuple[Parent, *Question]]) -> list[Value]:
        parents: defaultdict[tuple[*Question], list[Parent]] = defaultdict(list)
        for key in keys:
            parents[key[1:]].append(key[0])
        answers = await gather(*(read(reader, asked, *question) for question, asked in parents.items()))
        found = dict(zip(parents, answers, strict=True))
        return [found[key[1:]][key[0]] for key in keys]

    return _once(load)


def by_question(
    read: Callable[[Reader, *Question], Awaitable[Value]],
) -> cached_property[DataLoader[tuple[*Question], Value]]:
    """Load values over all accounts, with a statement for each question; the key is the question."""

    async def load(reader: Reader, keys: list[tuple[*Question]]) -> list[Value]:
        return await gather(*(read(reader, *key) for key in keys))

    return _once(load)


def _once(load: Callable[[Reader, list[Key]], Awaitable[list[Value]]]) -> cached_property[DataLoader[Key, Value]]:
    """Return the loader as a property made at its first use: there are many, and a request needs few."""

    def make(loaders: LoaderSet) -> DataLoader[Key, Value]:
        return DataLoader(partial(load, loaders.reader))

    return cached_property(make)
