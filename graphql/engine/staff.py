"""Staff-only parts of a schema: declared at their definitions, printed as @staff, and guarded in the schema.

To a client a nullable field is null without an error. A root field, a field that is not nullable, and an argument, an
input field or an enum value that a client provides are FORBIDDEN, and the field is not resolved.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol, cast

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema_directive import Location

from engine.errors import ApiError, ErrorCode

Resolve = Callable[..., object]


@strawberry.schema_directive(
    name="staff",
    locations=[
        Location.FIELD_DEFINITION,
        Location.OBJECT,
        Location.INPUT_FIELD_DEFINITION,
        Location.ARGUMENT_DEFINITION,
        Location.ENUM_VALUE,
    ],
    description="A part of the schema for staff only: to a client a nullable field is null, anything else is"
    " FORBIDDEN.",
)
class Staff:
    """The mark of a part of the schema that is for staff only."""


STAFF: Final = (Staff(),)
"""The directives of a staff-only part."""


class Caller(Protocol):
    """The context of a request, which knows its caller."""

    @property
    def is_staff(self) -> bool:
        """True if the caller is staff."""
        ...


def guard_staff_parts(schema: GraphQLSchema) -> None:
    """Guard the staff-only fields of a schema, and the fields with staff-only arguments or parts of arguments."""
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                _guard(field, is_root=type_ in roots, is_staff=_is_staff(field) or _is_staff(type_))


def _guard(field: GraphQLField, *, is_root: bool, is_staff: bool) -> None:
    if is_staff:
        is_silent = not is_root and not isinstance(_type(field), GraphQLNonNull)
        field.resolve = _for_staff(cast("Resolve", field.resolve), is_silent=is_silent)
    elif any(_has_staff_parts(_type(argument)) or _is_staff(argument) for argument in field.args.values()):
        field.resolve = _refusing_staff_parts(cast("Resolve", field.resolve), field.args)


def _for_staff(resolve: Resolve, *, is_silent: bool) -> Resolve:
    """Wrap the resolver of a staff-only field."""

    def guarded(source: object, info: strawberry.Info[Caller, None], /, **arguments: object) -> object:
        if info.context.is_staff:
            return resolve(source, info, **arguments)
        if is_silent:
            return None
        raise ApiError(ErrorCode.FORBIDDEN, "This is for staff only.")

    return guarded


def _refusing_staff_parts(resolve: Resolve, parts: Mapping[str, GraphQLArgument]) -> Resolve:
    """Wrap the resolver of a field whose arguments have staff-only parts."""

    def guarded(source: object, info: strawberry.Info[Caller, None], /, **arguments: object) -> object:
        if not info.context.is_staff:
            for path in _provided(parts, arguments):
                raise ApiError(ErrorCode.FORBIDDEN, f"{path}: This is for staff only.", argument=path)
        return resolve(source, info, **arguments)

    return guarded


def _provided(parts: Mapping[str, GraphQLArgument | GraphQLInputField], values: Mapping[str, object]) -> Iterator[str]:
    """Yield the paths of the staff-only parts that were provided: input.note, images[2].category."""
    for name, value in values.items():
        if _is_staff(parts[name]):
            yield name
        else:
            yield from (f"{name}{path}" for path in _within(_type(parts[name]), value))


def _within(type_: Any, value: Any) -> Iterator[str]:  # noqa: ANN401 - of an argument, whatever its type
    """Yield the paths, below a value, of the staff-only parts that were provided."""
    if value is None:
        return
    if isinstance(type_, GraphQLNonNull):
        yield from _within(_inner(type_), value)
    elif isinstance(type_, GraphQLList):
        for index, each in enumerate(value):
            yield from (f"[{index}]{path}" for path in _within(_inner(type_), each))
    elif isinstance(type_, GraphQLInputObjectType):
        yield from (f".{path}" for path in _provided(type_.fields, value))
    elif isinstance(type_, GraphQLEnumType) and type_.serialize(value) in _staff_values(type_):
        yield ""


def _has_staff_parts(type_: Any, seen: frozenset[GraphQLNamedType] = frozenset()) -> bool:  # noqa: ANN401
    """Return whether the type of an argument has staff-only parts; input types may be recursive."""
    named = cast("GraphQLNamedType", get_named_type(type_))
    if isinstance(named, GraphQLEnumType):
        return bool(_staff_values(named))
    if not isinstance(named, GraphQLInputObjectType) or named in seen:
        return False
    fields = named.fields.values()
    return any(_is_staff(each) or _has_staff_parts(_type(each), seen | {named}) for each in fields)


def _type(part: Any) -> Any:  # noqa: ANN401 - graphql-core's wrapped types are known in part only
    """Return the type of a field, an argument or an input field."""
    return part.type


def _inner(wrapped: Any) -> Any:  # noqa: ANN401 - the same
    """Return the type within a list or a non-null type."""
    return wrapped.of_type


def _staff_values(enum: GraphQLEnumType) -> set[str]:
    return {name for name, value in enum.values.items() if _is_staff(value)}


def _is_staff(part: Any) -> bool:  # noqa: ANN401 - the parts of a schema have no class in common
    """Return whether a part of a schema is declared to be for staff only."""
    definition = part.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return any(isinstance(each, Staff) for each in getattr(definition, "directives", None) or ())
