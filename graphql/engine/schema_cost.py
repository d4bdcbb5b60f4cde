"""The cost of introspection: the fields of its answer, counted on the schema itself, whose lists differ in length."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
)

from app.turns import breathe

MAX_SCHEMA_COST: Final = 30_000
"""The highest cost of the introspection in an operation: one and a half times the query by which tools read it all."""

_ATTRIBUTES: Final[Mapping[str, str]] = {
    "queryType": "query_type",
    "mutationType": "mutation_type",
    "subscriptionType": "subscription_type",
    "type": "type",
    "ofType": "of_type",
}


class SchemaCost:
    """The cost of the introspection in an operation of a valid document.

    A selection is counted once for each part of the schema that it is made on.
    """

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._counted: dict[tuple[int, int], int] = {}

    def of(self, field: FieldNode, name: str | None) -> int:
        """Return the cost of a root field: of `__schema` without a name, of `__type` with the name of the type."""
        part = self._schema if name is None else self._schema.get_type(name)
        return 1 + self._of_selections(field.selection_set, part)

    def _of_selections(self, selected: SelectionSetNode | None, part: object) -> int:
        """Return the number of fields of a selection on a part of the schema, which may be missing."""
        if selected is None or part is None:
            return 0
        if len(self._counted) > MAX_SCHEMA_COST:
            return MAX_SCHEMA_COST  # it is too expensive anyway
        key = id(selected), id(part)
        if key not in self._counted:
            breathe()
            cost = 0
            for selection in selected.selections:
                if isinstance(selection, FragmentSpreadNode):
                    cost += self._of_selections(self._fragments[selection.name.value].selection_set, part)
                elif isinstance(selection, InlineFragmentNode):
                    cost += self._of_selections(selection.selection_set, part)
                elif isinstance(selection, FieldNode):
                    cost += 1
                    if selection.selection_set is not None:
                        for each in self._parts(part, selection.name.value):
                            cost += self._of_selections(selection.selection_set, each)
            self._counted[key] = cost
        return self._counted[key]

    def _parts(self, part: Any, field: str) -> Iterator[object]:  # noqa: ANN401 - parts have no class in common
        """Yield what a field of a part of the schema reads or lists, deprecated parts, too."""
        match field, part:
            case "types", GraphQLSchema():
                yield from part.type_map.values()
            case "directives", GraphQLSchema():
                yield from part.directives
            case "possibleTypes", GraphQLInterfaceType() | GraphQLUnionType():
                yield from self._schema.get_possible_types(part)
            case "interfaces", GraphQLInterfaceType() | GraphQLObjectType():
                yield from part.interfaces
            case ("fields", GraphQLInterfaceType() | GraphQLObjectType()) | ("inputFields", GraphQLInputObjectType()):
                yield from part.fields.values()
            case "enumValues", GraphQLEnumType():
                yield from part.values.values()
            case "args", _:
                yield from part.args.values()
            case _:
                yield getattr(part, _ATTRIBUTES.get(field, ""), None)
