"""The fields, aliases and levels of a document, counted before its validation, which takes time by their number."""

from collections.abc import Iterator
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from engine.errors import ApiError, ErrorCode
from engine.introspection import OF_SCHEMA

MAX_FIELDS: Final = 1_000
"""Fields that a document writes: six times those of a dashboard."""

MAX_ALIASES: Final = 200
"""Aliases of a document: enough for two pages of orders, one by one."""

MAX_DEPTH: Final = 12
"""Levels of fields below each other: a list within a list within a list has 10."""

MAX_DEPTH_OF_SCHEMA: Final = 20
"""Levels of fields in introspection: the query by which tools read the schema has 15."""

_Selecting = OperationDefinitionNode, FragmentDefinitionNode


def require_few(document: DocumentNode) -> None:
    """Raise ApiError for a document of too many fields or aliases, or that nests its fields too deeply."""
    fields = list(_fields(document))
    _require_at_most(MAX_FIELDS, len(fields), "fields")
    _require_at_most(MAX_ALIASES, sum(each.alias is not None for each in fields), "aliases")
    depths = _Depths(document)
    operations = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    if any(depths.of(each.selection_set) > MAX_DEPTH for each in operations):
        most = f"{MAX_DEPTH} levels are allowed, and {MAX_DEPTH_OF_SCHEMA} in introspection"
        raise ApiError(ErrorCode.TOO_COMPLEX, f"The document nests its fields too deeply: {most}.")


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    """Yield the fields of all definitions, as they are written."""
    waiting = [each.selection_set for each in document.definitions if isinstance(each, _Selecting)]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                yield selection
            inner = _inner(selection)
            if inner is not None:
                waiting.append(inner)


class _Depths:
    """The depths of selections; each fragment is measured once. One that spreads itself is left to the validation."""

    def __init__(self, document: DocumentNode) -> None:
        definitions = document.definitions
        self._fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
        self._measured: dict[str, int] = {}

    def of(self, selected: SelectionSetNode) -> int:
        """Return the levels of fields of a selection, without those that introspection has beyond others."""
        deepest = 0
        waiting = [(selected, 0)]
        while waiting:
            around, level = waiting.pop()
            for selection in around.selections:
                if isinstance(selection, FragmentSpreadNode):
                    deepest = max(deepest, level + self._of_fragment(selection.name.value))
                    continue
                below = level + _levels(selection)
                deepest = max(deepest, below)
                inner = _inner(selection)
                if inner is not None:
                    waiting.append((inner, below))
        return deepest

    def _of_fragment(self, name: str) -> int:
        if name not in self._measured:
            self._measured[name] = 0  # while it is being measured
            fragment = self._fragments.get(name)
            self._measured[name] = 0 if fragment is None else self.of(fragment.selection_set)
        return self._measured[name]


def _levels(selection: SelectionNode) -> int:
    if not isinstance(selection, FieldNode):
        return 0
    return 1 + (MAX_DEPTH - MAX_DEPTH_OF_SCHEMA if selection.name.value in OF_SCHEMA else 0)


def _inner(selection: SelectionNode) -> SelectionSetNode | None:
    return getattr(selection, "selection_set", None)


def _require_at_most(allowed: int, counted: int, what: str) -> None:
    if counted > allowed:
        message = f"The document has {counted:,} {what}; {allowed:,} are allowed."
        raise ApiError(ErrorCode.TOO_COMPLEX, message)
