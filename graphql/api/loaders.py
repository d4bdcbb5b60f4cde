"""What a request reads, each kind of thing by a loader: what resolvers ask for at the same time is one statement.

A loader takes keys whose accounts are authorised already. It remembers what it has read for as long as the request
lasts. A loader of lists takes a parent and what is asked of it; parents that are asked the same share a statement. What
concerns all accounts takes the question alone.
"""

from asyncio import gather
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TypeVar, TypeVarTuple

from strawberry.dataloader import DataLoader

from db.queries.accounts import account_histories, accounts_by_id, accounts_by_name, count_accounts
from db.queries.drilldowns import drill_down
from db.queries.events import count_events_of_orders, events_by_sequence, events_of_orders
from db.queries.images import count_images_of_orders, images_by_id, images_of_orders
from db.queries.import_runs import ended_imports
from db.queries.job_runs import count_job_runs, job_runs, job_runs_by_id
from db.queries.ledger import ledger_days
from db.queries.order_pages import count_orders, orders_of_accounts
from db.queries.orders import (
    count_orders_awaiting_deadline,
    orders_awaiting_deadline,
    orders_by_id,
    orders_by_number,
    orders_split_from,
)
from db.queries.pulse import pulse_figures
from db.queries.queue import count_production_queue, production_queue
from db.queries.rejections import rejections_by_id, rejections_of_images
from db.queries.snapshots import count_snapshots, snapshots_by_id, snapshots_of_accounts
from db.queries.specifications import count_specifications, specifications_by_id, specifications_of_accounts
from db.queries.streak import streaks
from db.readers import Reader

Key = TypeVar("Key")
Value = TypeVar("Value")
Parent = TypeVar("Parent")
Question = TypeVarTuple("Question")


def _by_key(
    read: Callable[[Reader, Sequence[Key]], Awaitable[Mapping[Key, Value]]],
) -> cached_property[DataLoader[Key, Value | None]]:
    """Load what keys name; None for what does not exist."""

    async def load(reader: Reader, keys: list[Key]) -> list[Value | None]:
        found = await read(reader, keys)
        return [found.get(key) for key in keys]

    return _once(load)


def _in_order(
    read: Callable[[Reader, Sequence[Key]], Awaitable[list[Value]]],
) -> cached_property[DataLoader[Key, Value]]:
    """Load what requests ask for, one answer each."""
    return _once(read)


def _by_parent(
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


def _by_question(
    read: Callable[[Reader, *Question], Awaitable[Value]],
) -> cached_property[DataLoader[tuple[*Question], Value]]:
    """Load what is asked of all accounts, a statement for each question; the key is the question."""

    async def load(reader: Reader, keys: list[tuple[*Question]]) -> list[Value]:
        return await gather(*(read(reader, *key) for key in keys))

    return _once(load)


def _once(load: Callable[[Reader, list[Key]], Awaitable[list[Value]]]) -> cached_property[DataLoader[Key, Value]]:
    """Make the loader when it is asked for first: there are many, and a request needs few."""

    def make(loaders: "Loaders") -> DataLoader[Key, Value]:
        return DataLoader(partial(load, loaders.reader))

    return cached_property(make)


class Loaders:
    """The loaders of one request, each made once something is asked of it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    accounts = _by_key(accounts_by_id)
    accounts_by_name = _by_question(accounts_by_name)
    account_count = _by_question(count_accounts)
    histories = _by_key(account_histories)
    figures = _in_order(pulse_figures)
    streaks = _in_order(streaks)
    ledger_days = _by_key(ledger_days)
    orders = _by_key(orders_by_id)
    orders_by_number = _by_key(orders_by_number)
    orders_split_from = _by_key(orders_split_from)
    orders_awaiting_deadline = _by_question(orders_awaiting_deadline)
    awaiting_count = _by_question(count_orders_awaiting_deadline)
    orders_of_accounts = _by_parent(orders_of_accounts)
    order_counts = _by_parent(count_orders)
    images = _by_key(images_by_id)
    images_of_orders = _by_parent(images_of_orders)
    image_counts = _by_parent(count_images_of_orders)
    production_queue = _by_question(production_queue)
    queue_count = _by_question(count_production_queue)
    drilldowns = _by_parent(drill_down)
    rejections = _by_key(rejections_by_id)
    rejections_of_images = _by_key(rejections_of_images)
    specifications = _by_key(specifications_by_id)
    specifications_of_accounts = _by_parent(specifications_of_accounts)
    specification_counts = _by_parent(count_specifications)
    ended_imports = _by_key(ended_imports)
    events = _by_key(events_by_sequence)
    events_of_orders = _by_parent(events_of_orders)
    event_counts = _by_parent(count_events_of_orders)
    snapshots = _by_key(snapshots_by_id)
    snapshots_of_accounts = _by_parent(snapshots_of_accounts)
    snapshot_counts = _by_parent(count_snapshots)
    job_runs_by_id = _by_key(job_runs_by_id)
    job_runs = _by_question(job_runs)
    job_run_count = _by_question(count_job_runs)
