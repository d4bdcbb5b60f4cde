"""The checks of an operation before its execution: the choice of the operation, limits and cost."""

from collections.abc import AsyncGenerator
from typing import Protocol, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from app.turns import in_turns
from engine.cost import OperationCost, measure, require_affordable
from engine.documents import KeptDocuments, ReadDocument, chosen_operation, read_document, require_few_values
from engine.errors import no_token, read_only
from engine.introspection import only_introspects, refused_introspection
from engine.schema_answers import Question, SchemaAnswers
from engine.validation import errors_in


class Request(Protocol):
    """The part of the context of a request that is checked."""

    @property
    def kind(self) -> str:
        """The kind of caller."""
        ...

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

    @property
    def max_cost(self) -> int:
        """The highest cost of the caller's operations."""
        ...


class Guarded(Protocol):
    """The part of a schema that its guards use: the documents and answers that it keeps."""

    documents: KeptDocuments
    answers: SchemaAnswers


class Guards(SchemaExtension):
    """Refuse ambiguous, too large and too expensive operations, and those that this caller or server is not to execute.

    They raise an ApiError.
    """

    _document: ReadDocument
    _operation: OperationDefinitionNode
    _is_valid: bool
    _only_introspects: bool

    async def on_parse(self) -> AsyncGenerator[None]:
        """Parse the document within limits, choose the operation, and require a token unless it only introspects.

        The choice is that of the GraphQL specification: Strawberry itself would execute the first of several operations
        when none is named.
        """
        context = self.execution_context
        if context.query:
            kept = _guarded(context).documents.find(context.query)
            self._is_valid = kept is not None
            self._document = await in_turns(read_document, context.query) if kept is None else kept
            # The public property would fill in the name of the first operation.
            name = context._provided_operation_name  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            self._operation = chosen_operation(self._document.node, name)
            self._only_introspects = only_introspects(self._document.node, self._operation)
            context.graphql_document = self._document.node
            if not (self._only_introspects or cast("Request", context.context).is_known):
                raise no_token()
        yield

    async def on_validate(self) -> AsyncGenerator[None]:
        """Refuse a mutation if the server only reads; validate a document that is not known to be valid.

        By now Strawberry has refused a mutation by GET. The rules are those of graphql-core alone, which has one for
        `@oneOf`, too.
        """
        context = self.execution_context
        request = cast("Request", context.context)
        if self._operation.operation is OperationType.MUTATION and request.is_read_only:
            raise read_only()
        errors: list[GraphQLError] = []
        if not self._is_valid:
            errors = await in_turns(errors_in, _core(context), self._document.node)
            if not errors:
                _guarded(context).documents.keep(self._document)
        if not (errors or request.may_introspect):
            errors = refused_introspection(self._document.node, self._operation)
        context.pre_execution_errors = errors
        yield

    async def on_execute(self) -> AsyncGenerator[None]:
        """Refuse a valid operation that costs too much; an introspection is executed unless its answer is kept."""
        context = self.execution_context
        require_few_values(context.variables)
        if context.graphql_document is not None:
            require_affordable(await self._cost(context), cast("Request", context.context).max_cost)
        question, answers = self._question(context), _guarded(context).answers
        if question is not None:
            context.result = answers.find(question)
        yield
        if question is not None and isinstance(context.result, ExecutionResult):
            answers.keep(question, context.result)

    async def _cost(self, context: ExecutionContext) -> OperationCost:
        """Return the cost of the operation; without variables it is kept with the document."""
        name = _name(self._operation)
        cost = None if context.variables else self._document.costs.get(name)
        if cost is None:
            cost = await in_turns(measure, _core(context), self._document.node, self._operation, context.variables)
        if not context.variables:
            self._document.costs[name] = cost
        return cost

    def _question(self, context: ExecutionContext) -> Question | None:
        """Return what an introspection asks; None for another operation, and for one whose variables matter."""
        if context.graphql_document is None or not self._only_introspects or self._operation.variable_definitions:
            return None
        return Question(self._document.text, _name(self._operation), cast("Request", context.context).kind)


def _name(operation: OperationDefinitionNode) -> str | None:
    return None if operation.name is None else operation.name.value


def _guarded(context: ExecutionContext) -> Guarded:
    return cast("Guarded", context.schema)


def _core(context: ExecutionContext) -> GraphQLSchema:
    """Return the schema of graphql-core."""
    return context.schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
