"""Every statement of the code, including those that functions make."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from itertools import product
from pkgutil import walk_packages
from types import ModuleType
from typing import Final, cast
from uuid import UUID

import api
import app
import db
import jobs
from db.connections import Statement
from db.queries import all_orders, job_runs, order_pages
from db.queries.all_orders import AllOrdersShape
from db.queries.job_runs import RunFilter
from db.queries.order_selection import Shape
from db.tables.base import Table
from db.writes import insert


def every_statement() -> set[Statement]:
    """Return all statements: constants of modules, inserts into tables, and those made for each kind of request."""
    return {*statements_of(api, app, db, jobs), *(each for made in _MADE for each in made())}


def statement_names() -> Iterator[str]:
    """Yield the names of constants, and of statements that functions make, where variants share one."""
    yield from (each.name for each in set(statements_of(api, app, db, jobs)))
    for made in _MADE:
        yield from {each.name for each in made()}


def statements_of(*packages: ModuleType) -> Iterator[Statement]:
    """Yield the statements that are constants of the modules of packages."""
    for package in packages:
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith("db.migrations"):
                yield from _within(tuple(vars(import_module(module.name)).values()))


def _within(value: object) -> Iterator[Statement]:
    """Yield the statements in a constant: itself, in a tuple, in the fields of a dataclass."""
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, tuple):
        for part in cast("tuple[object, ...]", value):
            yield from _within(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _within(getattr(value, field.name))


def _of_tables() -> Iterator[Statement]:
    yield from (insert(table) for table in Table.__subclasses__())


def _of_order_pages() -> Iterator[Statement]:
    either, or_none = (True, False), (True, False, None)
    for shape in map(Shape._make, product(either, or_none, or_none, either, either)):
        yield from order_pages._page_statements(shape)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        yield order_pages._count_statement(shape)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _of_all_orders() -> Iterator[Statement]:
    either = (True, False)
    for shape in map(AllOrdersShape._make, product(either, either, (*either, None))):
        yield from all_orders._page_statements(shape)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        yield all_orders._count_statement(shape)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _of_job_runs() -> Iterator[Statement]:
    for job, account_id, failed in product((None, "prune"), (None, UUID(int=0)), (None, True, False)):
        wanted = RunFilter(job, account_id, failed)
        conditions = [job_runs._conditions(wanted, first) for first in (6, 1)]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        yield from job_runs._listed(conditions[0])  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        yield job_runs._counted(conditions[1])  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


_MADE: Final = (_of_tables, _of_order_pages, _of_all_orders, _of_job_runs)
