"""What a request reads, each kind of thing by a loader: what resolvers ask for at the same time is one statement.

A loader takes keys whose accounts are authorised already. It remembers what it has read for as long as the request
lasts. A loader of lists takes a parent and what is asked of it; parents that are asked the same share a statement. What
concerns all accounts takes the question alone.
"""

from asyncio import gather
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar, TypeVarTuple

from strawberry.dataloader import DataLoader

from db.connections import Reader
from db.queries.accounts import account_histories, accounts_by_id, accounts_by_name, count_accounts
from db.queries.drilldowns import drill_down
from db.queries.events import count_events_of_orders, events_by_sequence, events_of_orders
from db.queries.images import count_images_of_orders, images_by_id, images_of_orders
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

Key = TypeVar("Key")
Value = TypeVar("Value")
Parent = TypeVar("Parent")
Question = TypeVarTuple("Question")


class Loaders:
    """The loaders of one request."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.accounts = _by_key(reader, accounts_by_id)
        self.accounts_by_name = _by_question(reader, accounts_by_name)
        self.account_count = _by_question(reader, count_accounts)
        self.histories = _by_key(reader, account_histories)
        self.figures = _in_order(reader, pulse_figures)
        self.streaks = _in_order(reader, streaks)
        self.ledger_days = _by_key(reader, ledger_days)
        self.orders = _by_key(reader, orders_by_id)
        self.orders_by_number = _by_key(reader, orders_by_number)
        self.orders_split_from = _by_key(reader, orders_split_from)
        self.orders_awaiting_deadline = _by_question(reader, orders_awaiting_deadline)
        self.awaiting_count = _by_question(reader, count_orders_awaiting_deadline)
        self.orders_of_accounts = _by_parent(reader, orders_of_accounts)
        self.order_counts = _by_parent(reader, count_orders)
        self.images = _by_key(reader, images_by_id)
        self.images_of_orders = _by_parent(reader, images_of_orders)
        self.image_counts = _by_parent(reader, count_images_of_orders)
        self.production_queue = _by_question(reader, production_queue)
        self.queue_count = _by_question(reader, count_production_queue)
        self.drilldowns = _by_parent(reader, drill_down)
        self.rejections = _by_key(reader, rejections_by_id)
        self.rejections_of_images = _by_key(reader, rejections_of_images)
        self.specifications = _by_key(reader, specifications_by_id)
        self.specifications_of_accounts = _by_parent(reader, specifications_of_accounts)
        self.specification_counts = _by_parent(reader, count_specifications)
        self.events = _by_key(reader, events_by_sequence)
        self.events_of_orders = _by_parent(reader, events_of_orders)
        self.event_counts = _by_parent(reader, count_events_of_orders)
        self.snapshots = _by_key(reader, snapshots_by_id)
        self.snapshots_of_accounts = _by_parent(reader, snapshots_of_accounts)
        self.snapshot_counts = _by_parent(reader, count_snapshots)
        self.job_runs = _by_key(reader, job_runs_by_id)
        self.job_runs_listed = _by_question(reader, job_runs)
        self.job_run_count = _by_question(reader, count_job_runs)


def _by_key(
    reader: Reader, read: Callable[[Reader, Sequence[Key]], Awaitable[Mapping[Key, Value]]]
) -> DataLoader[Key, Value | None]:
    """Load what keys name; None for what does not exist."""

    async def load(keys: list[Key]) -> list[Value | None]:
        found = await read(reader, keys)
        return [found.get(key) for key in keys]

    return DataLoader(load)


def _in_order(
    reader: Reader, read: Callable[[Reader, Sequence[Key]], Awaitable[list[Value]]]
) -> DataLoader[Key, Value]:
    """Load what requests ask for, one answer each."""

    async def load(keys: list[Key]) -> list[Value]:
        return await read(reader, keys)

    return DataLoader(load)


def _by_parent(
    reader: Reader, read: Callable[[Reader, Sequence[Parent], *Question], Awaitable[Mapping[Parent, Value]]]
) -> DataLoader[tuple[Parent, *Question], Value]:
    """Load what is asked of parents; the key is the parent and then the question."""

    async def load(keys: list[tuple[Parent, *Question]]) -> list[Value]:
        parents: defaultdict[tuple[*Question], list[Parent]] = defaultdict(list)
        for key in keys:
            parents[key[1:]].append(key[0])
        answers = await gather(*(read(reader, asked, *question) for question, asked in parents.items()))
        found = dict(zip(parents, answers, strict=True))
        return [found[key[1:]][key[0]] for key in keys]

    return DataLoader(load)


def _by_question(
    reader: Reader, read: Callable[[Reader, *Question], Awaitable[Value]]
) -> DataLoader[tuple[*Question], Value]:
    """Load what is asked of all accounts, a statement for each question; the key is the question."""

    async def load(keys: list[tuple[*Question]]) -> list[Value]:
        return await gather(*(read(reader, *key) for key in keys))

    return DataLoader(load)
