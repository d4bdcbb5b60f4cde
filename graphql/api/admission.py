"""What an operation has to pass before it is executed: it is clear which one is meant, and its cost is bearable."""

from collections.abc import Iterator

from graphql import GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from api.complexity import require_affordable
from api.documents import chosen_operation, read_document, require_few_values


class Admission(SchemaExtension):
    """Refuses what cannot or may not be executed, with an ApiError."""

    def on_parse(self) -> Iterator[None]:
        """Read the document within its limits, and the name of the operation by the specification's rules.

        Strawberry itself would execute the first of several operations when none is named.
        """
        context = self.execution_context
        if context.query:
            context.graphql_document = read_document(context.query)
            self._operation = chosen_operation(context.graphql_document, _given_name(context))
        yield

    def on_execute(self) -> Iterator[None]:
        """Judge what the valid operation costs."""
        context = self.execution_context
        require_few_values(context.variables)
        if context.graphql_document is not None:
            require_affordable(_core(context), context.graphql_document, self._operation, context.variables)
        yield


def _given_name(context: ExecutionContext) -> str | None:
    """Return the operation's name in the request; the public property fills in that of the first operation."""
    return context._provided_operation_name  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _core(context: ExecutionContext) -> GraphQLSchema:
    """Return the schema as graphql-core has it."""
    return context.schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
