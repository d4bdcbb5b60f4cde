"""Inputs: how they are made of what the schema has checked, and the fields they share.

Strawberry would look at every field of every object anew, however many images an order has.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional, get_object_definition, has_object_definition
from strawberry.utils.str_converters import to_camel_case


def optional(description: str) -> Any:  # noqa: ANN401 - as strawberry's own field specifier
    """Make a field of an input that may be left out; null is as left out."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def idempotency_key() -> Any:  # noqa: ANN401 - the same
    """Make the field of the key that every mutation takes."""
    return optional(
        "Makes the mutation safe to repeat, 1 to 255 characters: for 24 hours after it changed something, the same key"
        " with the same input changes nothing more and gives the same result; with another input it is refused. A call"
        " that changed nothing leaves its key unused."
    )


def input_of(made: type, values: Mapping[str, Any], _context: object = None) -> object:
    """Make an input of what was given for its fields; the others are as by default."""
    return made(**{name: convert(values[given]) for given, name, convert in _fields_of(made) if given in values})


@cache
def _fields_of(made: type) -> list[tuple[str, str, Callable[[Any], object]]]:
    """Return the fields of an input: the name in the schema, that in Python, and what makes its value."""
    definition = get_object_definition(made, strict=True)
    types = [each.resolve_type(type_definition=definition) for each in definition.fields]
    names = [each.python_name for each in definition.fields]
    return [(to_camel_case(name), name, _conversion(type_)) for name, type_ in zip(names, types, strict=True)]


def _conversion(type_: object) -> Callable[[Any], object]:
    """Return what makes a value of a type: inputs are made of theirs, also in lists; all else stays as it is."""
    if isinstance(type_, StrawberryOptional):
        convert = _conversion(type_.of_type)
        return lambda value: None if value is None else convert(value)
    if isinstance(type_, StrawberryList):
        convert = _conversion(type_.of_type)
        return lambda values: [convert(value) for value in values]
    return partial(input_of, type_) if isinstance(type_, type) and has_object_definition(type_) else _as_it_is


def _as_it_is(value: object) -> object:
    return value
