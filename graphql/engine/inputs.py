"""Inputs: their construction from validated values, and the fields they share.

Strawberry would inspect every field of every object again, for each image of an order.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional, get_object_definition, has_object_definition
from strawberry.utils.str_converters import to_camel_case

_Convert: TypeAlias = Callable[[Any], object]


def optional(description: str) -> Any:  # noqa: ANN401 - as strawberry's own field specifier
    """Return an optional field of an input; null counts as omitted."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def idempotency_key() -> Any:  # noqa: ANN401 - the same
    """Return the field of the idempotency key that every mutation takes."""
    return optional(
        "The key that makes the call safe to repeat: 1 to 255 characters. For 24 hours after a call changed something,"
        " the same key with the same input changes nothing more and returns the same result; with another input it is"
        " refused. A call that changed nothing leaves its key unused."
    )


def input_of(made: type, values: Mapping[str, Any], _context: object = None) -> object:
    """Return an input with the provided values of its fields; the others have their defaults."""
    return made(
        **{
            name: values[shown] if convert is None else convert(values[shown])
            for shown, name, convert in _fields_of(made)
            if shown in values
        }
    )


@cache
def _fields_of(made: type) -> list[tuple[str, str, _Convert | None]]:
    """Return the fields of an input: name in the schema, name in Python, and conversion of its value."""
    definition = get_object_definition(made, strict=True)
    types = [each.resolve_type(type_definition=definition) for each in definition.fields]
    names = [each.python_name for each in definition.fields]
    return [(to_camel_case(name), name, _conversion(type_)) for name, type_ in zip(names, types, strict=True)]


def _conversion(type_: object) -> _Convert | None:
    """Return the conversion of a type's values: of inputs, also in lists; None if they stay unchanged."""
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
