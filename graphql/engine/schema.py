"""A schema whose operations are executed within limits, and whose errors are safe to show to clients."""

from collections.abc import Callable, Iterable
from functools import partial
from inspect import isawaitable
from operator import attrgetter
from typing import Any, Protocol, cast, runtime_checkable

import strawberry
from graphql import GraphQLError, GraphQLInputObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from app.turns import breathe, in_turns
from engine.bad_values import MAX_BAD_VALUES
from engine.documents import KeptDocuments
from engine.errors import format_error, nothing_answered
from engine.resolvers import DirectExecution, resolve_directly
from engine.schema_answers import SchemaAnswers
from engine.staff import guard_staff_parts


@runtime_checkable
class Closing(Protocol):
    """The context of a request with resources that are held during the execution."""

    async def close(self) -> None:
        """Release the resources."""
        ...


class Schema(strawberry.Schema):
    """A schema with direct resolvers, guarded staff-only parts, and errors as clients see them."""

    def __init__(self, **parts: Any) -> None:  # noqa: ANN401 - as in the overridden method
        self.documents = KeptDocuments()
        self.answers = SchemaAnswers()
        super().__init__(execution_context_class=DirectExecution, **parts)  # pyright: ignore[reportUnknownMemberType] - in part
        self._sort_types()
        _judge_one_of(self._schema)
        resolve_directly(self._schema)
        guard_staff_parts(self._schema)

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,  # noqa: ANN401 - as in the overridden method
        root_value: Any | None = None,  # noqa: ANN401 - as in the overridden method
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute an operation, and close its context."""
        try:
            result = await super().execute(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                allowed_operation_types,
                operation_extensions,
            )
        finally:
            if isinstance(context_value, Closing):
                await context_value.close()
        if result.errors:
            executed = not isinstance(result, PreExecutionError)
            given = variable_values or {}
            result.errors = [format_error(error, executed=executed, variables=given) for error in result.errors]
            if nothing_answered(result.data, result.errors):
                result.data = None
        return result

    def _sort_types(self) -> None:
        """Sort the types in introspection by name, as they are in the printed schema; fields keep their order."""
        parts = self._schema.to_kwargs()
        parts["types"] = tuple(sorted(self._schema.type_map.values(), key=attrgetter("name")))
        self._schema = GraphQLSchema(**parts)
        cast("Any", self._schema)._strawberry_schema = self  # noqa: SLF001 - as Strawberry itself does

    def _get_custom_context_kwargs(
        self, operation_extensions: dict[str, Any] | None = None, *, sync: bool = False
    ) -> dict[str, Any]:
        """Return the options of graphql-core for an execution."""
        options = super()._get_custom_context_kwargs(operation_extensions, sync=sync)
        return {**options, "max_coercion_errors": MAX_BAD_VALUES}

    def _get_execute_function(self) -> Callable[..., Any]:
        """Return graphql-core's function that begins an execution, which takes turns, also for variables."""
        return partial(_executed, super()._get_execute_function())

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing: `format_error` logs bugs, once."""


async def _executed(execute: Callable[..., Any], *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - graphql-core's
    result = await in_turns(execute, *args, **kwargs)
    return await result if isawaitable(result) else result


def _judge_one_of(schema: GraphQLSchema) -> None:
    """Have graphql-core judge the values of `@oneOf` inputs: unlike Strawberry's, its errors name the value."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            type_.is_one_of = bool(getattr(definition, "is_one_of", False))
            type_.out_type = _value_of_input  # type: ignore[method-assign]


def _value_of_input(value: dict[str, Any]) -> dict[str, Any]:
    """Return the value of an input, as graphql-core itself does; there may be thousands."""
    breathe()
    return value
