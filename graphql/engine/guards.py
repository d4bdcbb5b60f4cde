"""The checks of an operation before its execution: the choice of the operation, limits and cost."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol, cast

from graphql import GraphQLSchema, OperationType, validate
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from engine.bad_values import RULES
from engine.cost import Cost, measure, require_affordable
from engine.documents import chosen_operation, read_document, require_few_values
from engine.errors import no_token, read_only
from engine.introspection import only_introspects, refused_introspection


class Request(Protocol):
    """The part of the context of a request that is checked."""

    @property
    def is_known(self) -> bool:
        """False for a caller without a key, who may only introspect."""
        ...

    @property
    def may_introspect(self) -> bool:
        """True if the caller may introspect."""
        ...

    @property
    def is_read_only(self) -> bool:
        """True if mutations are refused."""
        ...

    def place(self, cost: int, *, is_mutation: bool) -> AbstractAsyncContextManager[object]:
        """Return the place of the operation among those at work, to be entered for its execution; raises Busy."""
        ...


class Guards(SchemaExtension):
    """Refuse ambiguous, too large and too expensive operations, and those that this caller or server is not to execute.

    They raise an ApiError.
    """

    def on_parse(self) -> Iterator[None]:
        """Parse the document within limits, choose the operation, and require a token unless it only introspects.

        The choice is that of the GraphQL specification: Strawberry itself would execute the first of several operations
        when none is named.
        """
        context = self.execution_context
        if context.query:
            self._document = read_document(context.query)
            # The public property would fill in the name of the first operation.
            name = context._provided_operation_name  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            self._operation = chosen_operation(self._document.node, name)
            context.graphql_document = self._document.node
            is_known = cast("Request", context.context).is_known
            if not (is_known or only_introspects(self._document.node, self._operation)):
                raise no_token()
        yield

    def on_validate(self) -> Iterator[None]:
        """Refuse a mutation if the server only reads; validate a document that is not known to be valid.

        By now Strawberry has refused a mutation by GET. The rules are those of graphql-core alone, which has one for
        `@oneOf`, too.
        """
        context = self.execution_context
        request = cast("Request", context.context)
        if self._operation.operation is OperationType.MUTATION and request.is_read_only:
            raise read_only()
        is_valid = self._document.is_valid
        context.pre_execution_errors = [] if is_valid else validate(_core(context), self._document.node, RULES)
        if not (context.pre_execution_errors or request.may_introspect):
            context.pre_execution_errors = refused_introspection(self._document.node, self._operation)
        yield
        self._document.is_valid = not context.pre_execution_errors

    async def on_execute(self) -> AsyncGenerator[None]:
        """Refuse a valid operation that costs too much; any other is executed at its turn."""
        context = self.execution_context
        require_few_values(context.variables)
        cost = self._cost(context)
        require_affordable(cost)
        is_mutation = self._operation.operation is OperationType.MUTATION
        async with cast("Request", context.context).place(cost.once, is_mutation=is_mutation):
            yield

    def _cost(self, context: ExecutionContext) -> Cost:
        """Return the cost of the operation; without variables it is kept with the document."""
        name = None if self._operation.name is None else self._operation.name.value
        cost = None if context.variables else self._document.costs.get(name)
        if cost is None:
            cost = measure(_core(context), self._document.node, self._operation, context.variables)
        if not context.variables:
            self._document.costs[name] = cost
        return cost


def _core(context: ExecutionContext) -> GraphQLSchema:
    """Return the schema of graphql-core."""
    return context.schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
