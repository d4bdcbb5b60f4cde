"""The frame of a mutation: a validated input, one command, performed once for a key, and its refusals as errors.

In the API, `validation` checks inputs, `execution` adds the context of the request, and a mutation is its input, its
checks and one call of a service.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, NoReturn, Protocol, TypeVar, cast

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
from engine.inputs import NULL_MEANS
from engine.scalars import write_decimal
from engine.weights import COMMAND

KEY: Final = "idempotencyKey"

Done = TypeVar("Done", bound=Result)
Error = TypeVar("Error")


def mutation(*, codes: Collection[str], staff: bool = False) -> Callable[[Resolver], StrawberryField]:
    """Make a method a mutation that costs a command and has these codes of user errors; with `staff` for staff only."""
    return field(cost=COMMAND, staff=staff, codes=codes)


class Keyed(Protocol):
    """An input with an idempotency key."""

    idempotency_key: str | None


class _Invalid(Exception):  # noqa: N818 - named by the problem, as all errors here
    """An input with errors has a key that is not known."""


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
    """Perform a command, or read its stored result for its key; None if it is refused, with the reasons in `errors`.

    An input with errors is refused; one whose key belongs to another input, for that reason alone.
    """
    try:
        return await perform(pool, clock, command, _refuse if errors else work, from_json)
    except _Invalid:
        return None
    except DomainError as refusal:
        errors[:] = errors_of(refusal)
        return None


def as_request(input_: object) -> dict[str, Any]:
    """Return an input as JSON, by the names of the schema, without fields that are left out or have their defaults.

    Null is the same as left out unless the field declares otherwise. Two calls with one key have the same input if this
    is the same.
    """
    input_type: Any = type(input_)
    return {
        name: _plain(value)
        for attribute, name, default, null_means in _fields(input_type)
        if (value := getattr(input_, attribute)) != default and (null_means or or_none(value) is not None)
    }


def request_of(input_: object) -> Mapping[str, Any]:
    """Return an input as JSON without its key, to compare the calls of one key."""
    return {name: value for name, value in as_request(input_).items() if name != KEY}


@cache
def _fields(input_type: type) -> list[tuple[str, str, object, bool]]:
    """Return the attributes of an input, each with its name in the schema, its default, and whether null counts."""
    definition = get_object_definition(input_type)
    if definition is None:
        raise TypeError(f"{input_type!r} is no input.")
    fields: list[Any] = definition.fields
    return [
        (each.python_name, to_camel_case(each.python_name), each.default, each.metadata.get(NULL_MEANS, False))
        for each in fields
    ]


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
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
