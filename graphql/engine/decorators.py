"""Types and fields of the schema that take their description from their docstring, so that it is written once.

A field that is a plain attribute has none and is described by `strawberry.field(description=...)`.
"""

from collections.abc import Callable, Mapping
from enum import EnumMeta
from inspect import getdoc
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.enum import has_enum_definition
from strawberry.types.field import StrawberryField

from engine.inputs import input_of

Type = TypeVar("Type", bound=type)
Enumeration = TypeVar("Enumeration", bound=EnumMeta)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def object_type(cls: Type) -> Type:
    """Make a class an object type."""
    return strawberry.type(cls, description=_description(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def interface(cls: Type) -> Type:
    """Make a class an interface."""
    return strawberry.interface(cls, description=_description(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input_type(cls: Type) -> Type:
    """Make a class an input type."""
    described = strawberry.input(cls, description=_description(cls))
    get_object_definition(described, strict=True).from_input = input_of
    return described


def field(resolver: Callable[..., Any]) -> StrawberryField:
    """Make a method a field; its arguments are described where they are annotated."""
    return strawberry.field(resolver, description=_description(resolver))


def describe(enumeration: Enumeration, description: str, values: Mapping[str, str]) -> Enumeration:
    """Make an enumeration an enum of the schema, each value described; a missing description is a KeyError."""
    described = strawberry.enum(enumeration, description=description)
    if has_enum_definition(described):
        for value in described.__strawberry_definition__.values:
            value.description = values[value.name]
    return described


def _description(described: object) -> str:
    text = getdoc(described)
    if not text:
        raise TypeError(f"{described!r} has no docstring to describe it.")
    return text
