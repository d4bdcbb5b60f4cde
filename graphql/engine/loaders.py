"""Loaders: what resolvers ask for at the same time is read by one statement.

A loader takes keys whose accounts are authorised already. It caches what it has read for as long as the request lasts.
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
    """The loaders of one request, each made once something is asked of it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader


def by_key(
    read: Callable[[Reader, Sequence[Key]], Awaitable[Mapping[Key, Value]]],
) -> cached_property[DataLoader[Key, Value | None]]:
    """Load what keys name; None for what does not exist."""

    async def load(reader: Reader, keys: list[Key]) -> list[Value | None]:
        found = await read(reader, keys)
        return [found.get(key) for key in keys]

    return _once(load)


def in_order(
    read: Callable[[Reader, Sequence[Key]], Awaitable[list[Value]]],
) -> cached_property[DataLoader[Key, Value]]:
    """Load what requests ask for, one answer each."""
    return _once(read)


def by_parent(
    read: Callable[[Reader, Sequence[Parent], *Question], Awaitable[Mapping[Parent, Value]]],
) -> cached_property[DataLoader[tuple[Parent, *Question], Value]]:
    """Load what is asked of parents; the key is the parent and then the question."""

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
    """Load what is asked of all accounts, a statement for each question; the key is the question."""

    async def load(reader: Reader, keys: list[tuple[*Question]]) -> list[Value]:
        return await gather(*(read(reader, *key) for key in keys))

    return _once(load)


def _once(load: Callable[[Reader, list[Key]], Awaitable[list[Value]]]) -> cached_property[DataLoader[Key, Value]]:
    """Make the loader when it is asked for first: there are many, and a request needs few."""

    def make(loaders: LoaderSet) -> DataLoader[Key, Value]:
        return DataLoader(partial(load, loaders.reader))

    return cached_property(make)
