"""Inputs: how they are made of what the schema has checked, and the fields they share.

Strawberry would look at every field of every object anew, however many images an order has.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional, get_object_definition, has_object_definition
from strawberry.utils.str_converters import to_camel_case

_Convert: TypeAlias = Callable[[Any], object]


def optional(description: str) -> Any:  # noqa: ANN401 - as strawberry's own field specifier
    """Make a field of an input that may be left out; null is as left out."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def idempotency_key() -> Any:  # noqa: ANN401 - the same
    """Make the field of the key that every mutation takes."""
    return optional(
        "The key that makes the call safe to repeat: 1 to 255 characters. For 24 hours after a call changed something,"
        " the same key with the same input changes nothing more and returns the same result; with another input it is"
        " refused. A call that changed nothing leaves its key unused."
    )


def input_of(made: type, values: Mapping[str, Any], _context: object = None) -> object:
    """Make an input of what was given for its fields; the others are as by default."""
    return made(
        **{
            name: values[given] if convert is None else convert(values[given])
            for given, name, convert in _fields_of(made)
            if given in values
        }
    )


@cache
def _fields_of(made: type) -> list[tuple[str, str, _Convert | None]]:
    """Return the fields of an input: the name in the schema, that in Python, and what makes its value."""
    definition = get_object_definition(made, strict=True)
    types = [each.resolve_type(type_definition=definition) for each in definition.fields]
    names = [each.python_name for each in definition.fields]
    return [(to_camel_case(name), name, _conversion(type_)) for name, type_ in zip(names, types, strict=True)]


def _conversion(type_: object) -> _Convert | None:
    """Return what makes a value of a type: inputs are made of theirs, also in lists; None for what stays as it is."""
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
