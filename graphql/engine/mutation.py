"""The frame of a mutation: a validated input, one command, performed once per key, and its refusals as errors.

`validation` in the API checks inputs, `execution` adds the request's context, and a mutation is its input, its checks
and one call of a service.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, NoReturn, Protocol, TypeVar, cast, overload

from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from app.clock import Clock
from app.domain.errors import DomainError
from app.domain.instants import rfc3339
from app.services.commands import Command, Performed, Result, perform
from app.services.stored_results import StoredResult
from db.connections import Pool
from db.writer import Writer
from engine.arguments import or_none
from engine.decorators import Resolver, field
from engine.scalars import write_decimal
from engine.weights import COMMAND

KEY: Final = "idempotencyKey"

Done = TypeVar("Done", bound=Result)
Error = TypeVar("Error")


@overload
def mutation(resolver: Resolver) -> StrawberryField: ...


@overload
def mutation(*, staff: bool) -> Callable[[Resolver], StrawberryField]: ...


def mutation(
    resolver: Resolver | None = None, *, staff: bool = False
) -> StrawberryField | Callable[[Resolver], StrawberryField]:
    """Make a method a mutation, with the cost of a command and optionally for staff only."""
    make = field(cost=COMMAND, staff=staff)
    return make if resolver is None else make(resolver)


class Keyed(Protocol):
    """An input that can be repeated safely with a key."""

    idempotency_key: str | None


class _Invalid(Exception):  # noqa: N818 - it names the case, as all errors here do
    """An input with errors, under a key that is not stored."""


async def _refuse(_writer: Writer) -> NoReturn:
    raise _Invalid


async def perform_once(
    pool: Pool,
    clock: Clock,
    command: Command,
    work: Callable[[Writer], Awaitable[Done]],
    from_json: Callable[[StoredResult], Done],
    errors: list[Error],
    errors_of: Callable[[DomainError], list[Error]],
) -> Performed[Done] | None:
    """Perform a command, or read its earlier result by its key; None if `errors` has the reasons why not.

    An input with errors is refused; with a key that was used with another input, for that reason alone.
    """
    try:
        return await perform(pool, clock, command, _refuse if errors else work, from_json)
    except _Invalid:
        return None
    except DomainError as refusal:
        errors[:] = errors_of(refusal)
        return None


def as_request(provided: object) -> dict[str, Any]:
    """Return an input as JSON, by the names of the schema, without null and default values.

    Two calls with one key have the same input if this is equal.
    """
    input_type: Any = type(provided)
    values = ((name, getattr(provided, attribute), default) for attribute, name, default in _fields(input_type))
    return {name: _plain(value) for name, value, default in values if or_none(value) is not None and value != default}


def request_of(provided: object) -> Mapping[str, Any]:
    """Return the input that is compared for a key: all fields but the key."""
    return {name: value for name, value in as_request(provided).items() if name != KEY}


@cache
def _fields(input_type: type) -> list[tuple[str, str, object]]:
    """Return the attributes of an input with their names in the schema and their defaults."""
    definition = get_object_definition(input_type)
    if definition is None:
        raise TypeError(f"{input_type!r} is no input.")
    fields: list[Any] = definition.fields
    return [(each.python_name, to_camel_case(each.python_name), each.default) for each in fields]


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[object]", value)]
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return write_decimal(value)
    return as_request(value) if get_object_definition(value) is not None else value
