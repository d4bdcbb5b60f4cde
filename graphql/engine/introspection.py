"""Introspection: the operations that read the schema, and those that read nothing else."""

from collections.abc import Iterator
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
)

OF_SCHEMA: Final = frozenset({"__schema", "__type"})
"""The fields of a query that read the schema."""

_WITHOUT_DATA: Final = OF_SCHEMA | {"__typename"}


def only_introspects(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Return whether an operation is a query of the schema alone; its document need not be valid."""
    fields = root_fields(document, operation)
    return operation.operation is OperationType.QUERY and all(each.name.value in _WITHOUT_DATA for each in fields)


def refused_introspection(document: DocumentNode, operation: OperationDefinitionNode) -> list[GraphQLError]:
    """Return the error, if an operation reads the schema, for a server where nobody may."""
    fields = [each for each in root_fields(document, operation) if each.name.value in OF_SCHEMA]
    return [GraphQLError(f"Introspection is disabled: {each.name.value} is not answered.", each) for each in fields[:1]]


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> Iterator[FieldNode]:
    """Yield the root fields of an operation, those within fragments, too."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    waiting = [operation.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                waiting.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value in fragments:
                waiting.append(fragments.pop(selection.name.value).selection_set)
