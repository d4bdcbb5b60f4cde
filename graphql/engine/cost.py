"""The cost of an operation, estimated from its document and its variables before it reads anything.

A cost is the most fields that an answer can have: the fields of a page count as often as the page has items, those of
another list as often as such a list usually has. Fields that take longer than a plain one weigh more: the unit is the
time that a plain field takes, about 4 microseconds. A field that is selected twice counts twice. A selection on an
interface or a union costs as much as for the most expensive type of object: fragments on types that exclude each other
are alternatives. Introspection is counted on its own (`engine.schema_cost`).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from typing import Any, Final, NamedTuple, cast

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from app.turns import breathe
from db.queries.pages import MAX_SIZE
from engine.connections import DEFAULT_SIZE
from engine.errors import ApiError, ErrorCode
from engine.introspection import OF_SCHEMA
from engine.schema_cost import MAX_SCHEMA_COST, SchemaCost
from engine.weights import ITEM, PAGE, PLAIN, Weight, count_weight, declared

_CONNECTION: Final = "Connection"
_ITEMS: Final = frozenset({"nodes", "edges"})
_TOTAL_COUNT: Final = "totalCount"
_COUNTED: Final = 10**15  # beyond, costs are reported as this: JSON's readers have no greater whole numbers


class OperationCost(NamedTuple):
    """The cost of an operation: of its data, and of its introspection."""

    of_data: int
    of_schema: int


class Cost(NamedTuple):
    """The cost of a selection: once, and for each item of the page it is made on."""

    once: int = 0
    per_item: int = 0

    def with_(self, other: "Cost") -> "Cost":
        """Return the cost of both selections on one object."""
        return Cost(self.once + other.once, self.per_item + other.per_item)

    def or_(self, other: "Cost") -> "Cost":
        """Return the cost of one of both selections, whichever it is."""
        return Cost(max(self.once, other.once), max(self.per_item, other.per_item))


_NOTHING: Final = Cost()


class _Costs(NamedTuple):
    """The costs of a selection by type of object: for each of them, and beyond that by the name of the type."""

    always: Cost
    by_type: Mapping[str, Cost]

    @property
    def most(self) -> Cost:
        """The cost for an object of the most expensive type."""
        return self.always.with_(reduce(Cost.or_, self.by_type.values(), _NOTHING))


@cache
def weights(schema: GraphQLSchema) -> Mapping[tuple[str, str], Weight]:
    """Return the weights of all fields of a schema, by the names of their types and their own.

    A field of an interface weighs as much as in the type of object where it weighs most.
    """
    objects = [each for each in schema.type_map.values() if isinstance(each, GraphQLObjectType)]
    found = {
        (type_.name, name): _weight(type_, name, field) for type_ in objects for name, field in type_.fields.items()
    }
    for interface in schema.type_map.values():
        if isinstance(interface, GraphQLInterfaceType):
            types = schema.get_possible_types(interface)
            found |= {
                (interface.name, name): _heaviest(found[each.name, name] for each in types) for name in interface.fields
            }
    return found


def _heaviest(weights: Iterable[Weight]) -> Weight:
    return Weight(*map(max, zip(*weights, strict=True)))


@cache
def _possible(schema: GraphQLSchema, type_: GraphQLCompositeType) -> frozenset[str]:
    """Return the names of the types that an object of a type can have."""
    if isinstance(type_, GraphQLObjectType):
        return frozenset({type_.name})
    return frozenset(each.name for each in schema.get_possible_types(type_))


def _weight(type_: GraphQLNamedType, name: str, field: GraphQLField) -> Weight:
    if name == _TOTAL_COUNT and type_.name.endswith(_CONNECTION):
        [item] = _definition(type_).type_var_map.values()
        return Weight(count_weight(item))
    return declared(_definition(field))


def _definition(part: GraphQLNamedType | GraphQLField) -> Any:  # noqa: ANN401 - strawberry's, of whatever class
    return part.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object] | None,
) -> OperationCost:
    """Return the cost of an operation of a valid document."""
    return _Meter(schema, document, operation, variables or {}).cost


def require_affordable(cost: OperationCost, limit: int) -> None:
    """Raise ApiError for an operation whose data cost more than a limit, or its introspection more than its own."""
    _require_at_most(limit, cost.of_data, "The operation", "smaller pages or fewer fields")
    _require_at_most(MAX_SCHEMA_COST, cost.of_schema, "The introspection", "fewer fields")


def _require_at_most(limit: int, cost: int, what: str, ask_for: str) -> None:
    if cost > limit:
        reported = min(cost, _COUNTED)
        message = f"{what} costs {reported:,}; {limit:,} are allowed. Ask for {ask_for}."
        raise ApiError(ErrorCode.TOO_COMPLEX, message, cost=reported, limit=limit)


class _Meter:
    """The measurement of an operation; each fragment is measured once, so that the time is that of the document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
    ) -> None:
        self._schema = schema
        self._weights = weights(schema)
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._variables = variables
        self._defaults = {each.variable.name.value: each.default_value for each in operation.variable_definitions or ()}
        self._measured: dict[str, _Costs] = {}
        self._schema_cost = SchemaCost(schema, self._fragments)
        self._of_schema = 0
        root = cast("GraphQLCompositeType", schema.get_root_type(operation.operation))
        of_data = self._selections(operation.selection_set, root).most.once
        self.cost: Final = OperationCost(of_data, self._of_schema)

    def _selections(self, selected: SelectionSetNode, of: GraphQLCompositeType) -> _Costs:
        """Measure a selection, for all types that an object of its type can have at once: they may be many."""
        always = _NOTHING
        by_type: dict[str, Cost] = {}
        for selection in selected.selections:
            if selection.directives and self._is_left_out(selection):
                continue
            if isinstance(selection, FieldNode):
                always = always.with_(self._field(selection, of))
                continue
            costs = self._fragment(selection, of)
            always = always.with_(costs.always)
            for name, cost in costs.by_type.items():
                by_type[name] = by_type.get(name, _NOTHING).with_(cost)
        return _Costs(always, by_type)

    def _fragment(self, selection: SelectionNode, of: GraphQLCompositeType) -> _Costs:
        """Measure a fragment for the types that an object of the type around it can have."""
        if isinstance(selection, FragmentSpreadNode):
            fragment = self._fragments[selection.name.value]
            condition = self._condition(fragment) or of
            costs = self._measured.get(selection.name.value)
            if costs is None:
                costs = self._measured[selection.name.value] = self._selections(fragment.selection_set, condition)
        else:
            inline = cast("InlineFragmentNode", selection)
            condition = self._condition(inline) or of
            costs = self._selections(inline.selection_set, condition)
        return self._narrowed(costs, condition, of)

    def _narrowed(self, costs: _Costs, condition: GraphQLCompositeType, of: GraphQLCompositeType) -> _Costs:
        """Return the costs of a fragment on a condition for the types that an object of a type can have."""
        types, fulfilling = _possible(self._schema, of), _possible(self._schema, condition)
        if types <= fulfilling:
            return _Costs(costs.always, {name: cost for name, cost in costs.by_type.items() if name in types})
        by_type = {name: costs.always.with_(costs.by_type.get(name, _NOTHING)) for name in types & fulfilling}
        return _Costs(_NOTHING, by_type)

    def _condition(self, fragment: InlineFragmentNode | FragmentDefinitionNode) -> GraphQLCompositeType | None:
        named = fragment.type_condition
        return None if named is None else cast("GraphQLCompositeType", self._schema.get_type(named.name.value))

    def _field(self, node: FieldNode, of: GraphQLCompositeType) -> Cost:
        breathe()
        if node.name.value in OF_SCHEMA:
            self._of_schema += self._schema_cost.of(node, self._name(node))
            return _NOTHING
        field: Any = self._schema.get_field(of, node.name.value)
        weight = self._weights.get((of.name, node.name.value), PLAIN)
        answered = 1 + weight.once
        if node.selection_set is None:
            return Cost(answered)
        type_ = cast("GraphQLCompositeType", get_named_type(field.type))
        inner = self._selections(node.selection_set, type_).most
        if node.name.value in _ITEMS and of.name.endswith(_CONNECTION):
            return Cost(answered, inner.once)
        if type_.name.endswith(_CONNECTION):
            size = self._page_size(node, field)
            return Cost(answered + PAGE + size * (ITEM + inner.per_item) + inner.once)
        length = weight.length if isinstance(weight.length, int) else self._length(node, weight.length)
        return Cost(answered + length * (weight.per_item + inner.once))

    def _length(self, node: FieldNode, argument: str) -> int:
        """Return the number of items of an argument."""
        [items] = self._arguments(node, argument)
        return len(cast("Sequence[object]", items)) if isinstance(items, list | tuple) else 1

    def _name(self, node: FieldNode) -> str | None:
        """Return the name of the type that an introspection is about; None for one of the whole schema."""
        for name in self._arguments(node, "name"):
            return name.value if isinstance(name, StringValueNode) else str(name)
        return None

    def _page_size(self, node: FieldNode, field: GraphQLField) -> int:
        """Return the requested size of a page, or the default; the maximum for a value that is no whole number."""
        own = field.args["first"].default_value if "first" in field.args else None
        default = own if isinstance(own, int) else DEFAULT_SIZE
        sizes = (size for size in self._arguments(node, "first", "last") if size is not None)
        return max((_at_most(size) if type(size) is int else MAX_SIZE for size in sizes), default=default)

    def _is_left_out(self, selection: SelectionNode) -> bool:
        return any(
            self._arguments(each, "if") == [each.name.value == "skip"]
            for each in selection.directives or ()
            if each.name.value in {"skip", "include"}
        )

    def _arguments(self, node: FieldNode | DirectiveNode, *names: str) -> list[object]:
        return [self._value(each.value) for each in node.arguments or () if each.name.value in names]

    def _value(self, value: ValueNode | None) -> object:
        """Return the value of an argument as far as costs depend on it: numbers, booleans, lists; None for null."""
        match value:
            case None | NullValueNode():
                return None
            case VariableNode():
                name = value.name.value
                return self._variables[name] if name in self._variables else self._value(self._defaults.get(name))
            case IntValueNode():
                return int(value.value)
            case BooleanValueNode():
                return value.value
            case ListValueNode():
                return value.values
            case _:
                return value


def _at_most(size: int) -> int:
    return min(max(size, 0), MAX_SIZE)
