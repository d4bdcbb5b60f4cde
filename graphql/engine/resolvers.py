"""Direct resolvers of fields without arguments, direct values of plain fields, and the types of interfaces by class.

Strawberry's resolvers prepare arguments, extensions and permissions for each field of each answer, and look for casts
among the possible types of an interface. A schema of this engine has none of them but arguments, and an answer has
hundreds of fields: a dashboard takes a third less time without.
"""

from collections.abc import Awaitable, Callable, Iterable
from inspect import iscoroutinefunction
from operator import attrgetter
from typing import Any, Final, TypeAlias, cast

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from app.turns import breathe, in_turns, paced

_Resolve: TypeAlias = Callable[[Any, Any], object]

_LEAF: Final = "leaf"
"""The key, in a plain field's extensions, of its resolver and of the function that returns its value as shown."""

_NO_LEAF: Final = (None, None)
_SELF: Final = ["self"]
_SELF_AND_INFO: Final = ["self", "info"]


class DirectExecution(StrawberryGraphQLCoreExecutionContext):
    """An execution that returns scalars and enums of plain fields directly, and takes turns.

    graphql-core does the rest.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - graphql-core's
        super().__init__(*args, **kwargs)
        # They are for `is_type_of`, which no type has, and refer to this execution: with them it would be kept, and all
        # rows of its answer, until the collector finds it.
        cast("Any", self).async_helpers = None

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,  # noqa: ANN401 - an object of the schema
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,  # noqa: ANN401 - graphql-core's
    ) -> Any:  # noqa: ANN401 - a value of any field
        """Return the value of a field; if that fails, graphql-core tries again and locates the error."""
        field = parent_type.fields.get(field_details_list[0].node.name.value)
        if field is not None:
            resolve, value = field.extensions.get(_LEAF, _NO_LEAF)
            if value is not None and resolve is field.resolve:  # not where a guard has replaced the resolver since
                try:
                    return value(source)
                except Exception:  # noqa: BLE001, S110 - it is raised again, and located
                    pass
        breathe()
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    async def complete_awaitable_value(
        self,
        return_type: Any,  # noqa: ANN401 - graphql-core's, of whatever class
        field_details_list: FieldDetailsList,
        info: Any,  # noqa: ANN401 - the same
        path: Path,
        result: Awaitable[Any],
        position_context: Any,  # noqa: ANN401 - the same
    ) -> Any:  # noqa: ANN401 - a value of any field
        """Complete a value once it is there: as graphql-core does, but in turns."""
        execution: Any = self
        try:
            found = await execution.with_abort_signal(result)
            completed = await in_turns(
                execution.complete_value, return_type, field_details_list, info, path, found, position_context
            )
            return await completed if execution.is_awaitable(completed) else completed
        except Exception as error:  # noqa: BLE001 - it is located, and raised again where the field is never null
            execution.handle_field_error(error, return_type, field_details_list, path)
            return None

    def complete_iterable_value(
        self,
        item_type: Any,  # noqa: ANN401 - graphql-core's, of whatever class
        field_details_list: FieldDetailsList,
        info: Any,  # noqa: ANN401 - the same
        path: Path,
        items: Iterable[Any],
        position_context: Any,  # noqa: ANN401 - the same
    ) -> Any:  # noqa: ANN401 - a list, or what it is awaited by
        """Complete the items of a list, which may take several turns."""
        complete = cast("Any", super()).complete_iterable_value
        return complete(item_type, field_details_list, info, path, paced(items), position_context)


def resolve_directly(schema: GraphQLSchema) -> None:
    """Replace the resolvers of the fields without arguments, and have interfaces typed by the classes of objects."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLEnumType):
            _write_directly(type_)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInterfaceType):
            type_.resolve_type = _type_of_class
        elif isinstance(type_, GraphQLObjectType):
            type_.is_type_of = None
            for field in type_.fields.values():
                _resolve_directly(field)


def _resolve_directly(field: GraphQLField) -> None:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if isinstance(definition, StrawberryField) and not definition.extensions:
        field.resolve = _direct(definition) or field.resolve
        get = _getter(definition)
        type_ = cast("Any", field.type)
        is_required = isinstance(type_, GraphQLNonNull)
        leaf = cast("Any", type_).of_type if is_required else type_
        if get is not None and isinstance(leaf, GraphQLScalarType | GraphQLEnumType):
            write = leaf.coerce_output_value
            field.extensions[_LEAF] = field.resolve, _required(get, write) if is_required else _nullable(get, write)


def _write_directly(type_: GraphQLEnumType) -> None:
    """Write the members of an enum by a look-up, not by a search."""
    names = {value.value: name for name, value in type_.values.items()}
    type_.coerce_output_value = names.__getitem__  # type: ignore[assignment,method-assign]


def _getter(definition: Any) -> Callable[[Any], object] | None:  # noqa: ANN401 - Strawberry's, typed in part
    """Return the function that reads a plain field of an object; None for a field that needs more than the object."""
    resolver = definition.base_resolver
    if resolver is None:
        return attrgetter(definition.python_name)
    is_plain = list(resolver.signature.parameters) == _SELF and not iscoroutinefunction(resolver.wrapped_func)
    return resolver.wrapped_func if is_plain else None


def _nullable(get: Callable[[Any], object], write: Callable[[Any], object]) -> Callable[[Any], object]:
    def value(source: object) -> object:
        found = get(source)
        return None if found is None else write(found)

    return value


def _required(get: Callable[[Any], object], write: Callable[[Any], object]) -> Callable[[Any], object]:
    def value(source: object) -> object:
        found = get(source)
        if found is None:
            raise TypeError("A field that is never null is null.")
        return write(found)

    return value


def _direct(definition: Any) -> _Resolve | None:  # noqa: ANN401 - Strawberry's, typed in part
    """Return the direct resolver of a field; None for one with arguments."""
    resolver = definition.base_resolver
    if resolver is None:
        return _attribute(definition.python_name)
    parameters = list(resolver.signature.parameters)
    if parameters == _SELF:
        return _method(resolver.wrapped_func)
    return _method_with_info(resolver.wrapped_func, definition) if parameters == _SELF_AND_INFO else None


def _attribute(name: str) -> _Resolve:
    get = attrgetter(name)

    def resolve(source: object, _info: object) -> object:
        return get(source)

    return resolve


def _method(method: Callable[..., object]) -> _Resolve:
    def resolve(source: object, _info: object) -> object:
        return method(source)

    return resolve


def _method_with_info(method: Callable[..., object], field: StrawberryField) -> _Resolve:
    def resolve(source: object, info: Any) -> object:  # noqa: ANN401 - graphql-core's
        return method(source, strawberry.Info(info, field))

    return resolve


def _type_of_class(value: Any, _info: object, _interface: object) -> str:  # noqa: ANN401 - of any object type
    name: str = value.__strawberry_definition__.name
    return name
