"""Inputs: their construction from validated values, and the fields they share.

Strawberry inspects each field of each object again, for all the images of an order.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Final, TypeAlias

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional, get_object_definition, has_object_definition
from strawberry.utils.str_converters import to_camel_case

from app.turns import breathe
from engine.staff import STAFF

NULL_MEANS: Final = "null_means"
"""The key of the metadata of a field for which null is not the same as left out."""

_Convert: TypeAlias = Callable[[Any], object]


def optional(description: str, *, staff: bool = False, null_means: bool = False) -> Any:  # noqa: ANN401 - as strawberry's
    """Declare an optional field of an input, which may be for staff only.

    Null is the same as left out, unless `null_means` something else.
    """
    return strawberry.field(
        default=strawberry.UNSET,
        description=description,
        directives=STAFF if staff else (),
        metadata={NULL_MEANS: null_means},
    )


def idempotency_key() -> Any:  # noqa: ANN401 - the same
    """Declare the idempotency key of an input."""
    return optional(
        "The key that makes the call safe to repeat: 1 to 255 characters. For 24 hours after a call changed something,"
        " the same key with the same input changes nothing more and returns the same result; with another input it is"
        " refused. A call that changed nothing leaves its key unused."
    )


def input_of(made: type, values: Mapping[str, Any], _context: object = None) -> object:
    """Construct an input from the values provided for its fields; the others have their defaults."""
    breathe()
    return made(
        **{
            name: values[provided] if convert is None else convert(values[provided])
            for provided, name, convert in _fields_of(made)
            if provided in values
        }
    )


@cache
def _fields_of(made: type) -> list[tuple[str, str, _Convert | None]]:
    """Return the fields of an input: the names in the schema and in Python, and the conversion of the value."""
    definition = get_object_definition(made, strict=True)
    types = [each.resolve_type(type_definition=definition) for each in definition.fields]
    names = [each.python_name for each in definition.fields]
    return [(to_camel_case(name), name, _conversion(type_)) for name, type_ in zip(names, types, strict=True)]


def _conversion(type_: object) -> _Convert | None:
    """Return the conversion to a type: inputs are constructed, also within lists; None for other values."""
    if isinstance(type_, StrawberryOptional):
        inner = _conversion(type_.of_type)
        return None if inner is None else partial(_convert_nullable, inner)
    if isinstance(type_, StrawberryList):
        inner = _conversion(type_.of_type)
        return None if inner is None else partial(_convert_each, inner)
    return partial(input_of, type_) if isinstance(type_, type) and has_object_definition(type_) else None


def _convert_nullable(convert: _Convert, value: object) -> object:
    return None if value is None else convert(value)


def _convert_each(convert: _Convert, values: list[object]) -> list[object]:
    return [convert(value) for value in values]
