"""Direct resolvers of fields without arguments, and the types of interfaces by class.

Strawberry's resolvers prepare arguments, extensions and permissions for each field of each answer, and look for casts
among the possible types of an interface. A schema of this engine has none of them but arguments, and an answer has
hundreds of fields: a dashboard takes a tenth less time without.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, TypeAlias

import strawberry
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

_Resolve: TypeAlias = Callable[[Any, Any], object]

_SELF: Final = ["self"]
_SELF_AND_INFO: Final = ["self", "info"]


def resolve_directly(schema: GraphQLSchema) -> None:
    """Replace the resolvers of the fields without arguments, and have interfaces typed by the classes of objects."""
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
