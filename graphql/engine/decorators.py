"""Types and fields of the schema, described by their docstrings.

A field that is a plain attribute has none and is described by `strawberry.field(description=...)`, or by `attribute`
if it declares more. The cost of a field, its restriction to staff and the codes of its user errors are declared here,
too, and nowhere else.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from enum import EnumMeta
from inspect import getdoc
from typing import Any, TypeVar, dataclass_transform, get_args, get_origin, overload

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.enum import has_enum_definition
from strawberry.types.field import StrawberryField

from engine.codes import CODES, answering, listed
from engine.inputs import input_of
from engine.staff import STAFF
from engine.weights import WEIGHT, Weight, weigh_count

Type = TypeVar("Type", bound=type)
Enumeration = TypeVar("Enumeration", bound=EnumMeta)
Resolver = Callable[..., Any]


def attribute(
    description: str,
    *,
    name: str | None = None,
    of: str | None = None,
    length: int = 1,
    staff: bool = False,
) -> Any:  # noqa: ANN401 - as strawberry's own field specifier
    """Make a plain attribute a field; `length` is the assumed number of items of its list.

    With `of`, the path of an attribute within the object ("step.zone.key"), the field shows that one: null where a part
    of the path is null.
    """
    directives = STAFF if staff else ()
    metadata = {WEIGHT: Weight(length=length)}
    made = strawberry.field(name=name, description=description, directives=directives, metadata=metadata)
    return made if of is None else made(_reader(of))


def _reader(path: str) -> Resolver:
    names = path.split(".")

    def resolve(self: object) -> Any:  # noqa: ANN401 - the attribute is annotated
        found: Any = self
        for name in names:
            found = getattr(found, name)
            if found is None:
                return None
        return found

    return resolve


@overload
def object_type(cls: Type) -> Type: ...


@overload
def object_type(*, count: int = ..., staff: bool = ...) -> Callable[[Type], Type]: ...


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, attribute))
def object_type(cls: Type | None = None, *, count: int = 0, staff: bool = False) -> Type | Callable[[Type], Type]:
    """Make a class an object type; `count` is the cost of counting a list of such objects, for its `totalCount`."""

    def make(cls: Type) -> Type:
        made = strawberry.type(cls, description=_description(cls), directives=STAFF if staff else ())
        weigh_count(made, count)
        return made

    return make if cls is None else make(cls)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, attribute))
def interface(cls: Type) -> Type:
    """Make a class an interface."""
    return strawberry.interface(cls, description=_description(cls))


@overload
def input_type(cls: Type) -> Type: ...


@overload
def input_type(*, one_of: bool = ...) -> Callable[[Type], Type]: ...


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input_type(cls: Type | None = None, *, one_of: bool = False) -> Type | Callable[[Type], Type]:
    """Make a class an input type; with `one_of`, exactly one of its fields is provided, and not as null."""

    def make(cls: Type) -> Type:
        described = strawberry.input(cls, description=_description(cls), one_of=one_of or None)
        get_object_definition(described, strict=True).from_input = input_of
        return described

    return make if cls is None else make(cls)


@overload
def field(resolver: Resolver) -> StrawberryField: ...


@overload
def field(
    *, cost: int = ..., item_cost: int = ..., length: int | str = ..., staff: bool = ..., codes: Collection[str] = ...
) -> Callable[[Resolver], StrawberryField]: ...


def field(
    resolver: Resolver | None = None,
    *,
    cost: int = 0,
    item_cost: int = 0,
    length: int | str = 1,
    staff: bool = False,
    codes: Collection[str] = (),
) -> StrawberryField | Callable[[Resolver], StrawberryField]:
    """Make a method a field; its arguments are described by their annotations.

    `cost`, `item_cost` and `length` are as in `Weight`; with `staff` it is for staff only. `codes` are those of its
    user errors, listed in its description.
    """

    def make(resolver: Resolver) -> StrawberryField:
        description = _description(resolver)
        return strawberry.field(
            answering(codes, resolver) if codes else resolver,
            description=f"{description}\n\n{listed(codes)}" if codes else description,
            directives=STAFF if staff else (),
            metadata={WEIGHT: Weight(cost, item_cost, length), CODES: tuple(codes)},
            graphql_type=_awaited(resolver),
        )

    return make if resolver is None else make(resolver)


def _awaited(resolver: Resolver) -> object | None:
    """Return the type T of a method annotated with AwaitableOrValue[T]; None for any other."""
    returned = get_args(resolver.__annotations__.get("return"))
    return returned[1] if len(returned) > 1 and get_origin(returned[0]) is Awaitable else None


def describe(
    enumeration: Enumeration, description: str, values: Mapping[str, str], *, staff: Collection[str] = ()
) -> Enumeration:
    """Make an enumeration an enum of the schema; raises KeyError for a value without a description.

    The values in `staff` are for staff only. Types that have it may be defined before it is described.
    """
    if not has_enum_definition(enumeration):
        strawberry.enum(enumeration)
    definition: Any = vars(enumeration)["__strawberry_definition__"]
    definition.description = description
    for value in definition.values:
        value.description = values[value.name]
        value.directives = STAFF if value.name in staff else ()
    return enumeration


def _description(described: object) -> str:
    text = getdoc(described)
    if not text:
        raise TypeError(f"{described!r} has no docstring to describe it.")
    return text
