"""A schema that is executed within limits, and whose answers hold nothing that clients are not meant to see."""

from collections.abc import Iterable
from typing import Any, Protocol, runtime_checkable

import strawberry
from graphql import GraphQLError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from engine.errors import format_error, nothing_answered
from engine.resolvers import resolve_directly
from engine.staff import guard_staff_parts


@runtime_checkable
class Closing(Protocol):
    """The context of a request that holds something until the operation is executed."""

    async def close(self) -> None:
        """Release it."""
        ...


class Schema(strawberry.Schema):
    """A schema whose answers hold nothing that clients are not meant to see."""

    def __init__(self, **parts: Any) -> None:  # noqa: ANN401 - as in what it overrides
        super().__init__(**parts)  # pyright: ignore[reportUnknownMemberType] - in part
        resolve_directly(self._schema)
        guard_staff_parts(self._schema)

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,  # noqa: ANN401 - as in what it overrides
        root_value: Any | None = None,  # noqa: ANN401 - as in what it overrides
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute an operation, and give up what it was read from."""
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
            result.errors = [format_error(error, executed=executed) for error in result.errors]
            if nothing_answered(result.data, result.errors):
                result.data = None
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: `format_error` logs what is ours to mend, once."""
