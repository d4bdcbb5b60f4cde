"""The schema as a whole."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.context import Context
from api.event.reads import EVENT_TYPES
from api.mutation import Mutation
from api.order.steps import STEP_TYPES
from api.query import Query
from engine.errors import format_error, nothing_answered
from engine.guards import Admission
from engine.scalars import SCALARS


class Schema(strawberry.Schema):
    """A schema whose answers hold no error that clients are not meant to see."""

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
            if isinstance(context_value, Context):
                await context_value.view.close()
        if result.errors:
            executed = not isinstance(result, PreExecutionError)
            result.errors = [format_error(error, executed=executed) for error in result.errors]
            if nothing_answered(result.data, result.errors):
                result.data = None
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: `present` logs what is ours to mend, once."""


schema = Schema(
    query=Query,
    mutation=Mutation,
    types=[*EVENT_TYPES.values(), *(type_ for type_, _ in STEP_TYPES.values())],
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[Admission],
)
