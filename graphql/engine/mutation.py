"""The frame of a mutation: a checked input, one command, performed once for a key, and its refusals as errors.

`validation` in the API checks inputs, `execution` adds what a request brings with it, and a mutation is its input, its
checks and one call of a service.
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
    """Make a method a mutation, which costs a command and may be for staff only."""
    make = field(cost=COMMAND, staff=staff)
    return make if resolver is None else make(resolver)


class Keyed(Protocol):
    """An input that may be repeated safely."""

    idempotency_key: str | None


class _Invalid(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """An input with errors came with a key that is not known."""


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
    """Perform a command, or read what it did before for its key; None where `errors` says why it did nothing.

    An input with errors is refused, but with a key that came with another input before for that reason alone.
    """
    try:
        return await perform(pool, clock, command, _refuse if errors else work, from_json)
    except _Invalid:
        return None
    except DomainError as refusal:
        errors[:] = errors_of(refusal)
        return None


def as_request(given: object) -> dict[str, Any]:
    """Return an input as JSON, by the names of the schema, without fields that are null or as by default.

    Two calls with one key have the same input if this is the same.
    """
    input_type: Any = type(given)
    values = ((name, getattr(given, attribute), default) for attribute, name, default in _fields(input_type))
    return {name: _plain(value) for name, value, default in values if or_none(value) is not None and value != default}


def request_of(given: object) -> Mapping[str, Any]:
    """Return an input as it counts with a key: all of it but the key."""
    return {name: value for name, value in as_request(given).items() if name != KEY}


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
