"""What an operation may cost: judged before it reads anything, from its document and its variables.

A cost is the most fields that an answer can have: what is in a page counts as often as the page has items, what is in
another list as often as such a list usually has. Fields that take longer than to be answered weigh more: the unit is
the time that a plain field takes, about 4 microseconds. Fields that are selected twice count twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)

from api.order.types import FEED_SIZE
from db.queries.pages import MAX_SIZE
from engine.connections import DEFAULT_SIZE
from engine.errors import ApiError, ErrorCode

MAX_COMPLEXITY: Final = 500_000
"""The highest cost that is executed: two to three seconds of one core."""

MAX_DEPTH: Final = 32
"""Levels of fields below each other; the query by which GraphiQL reads the schema has 15."""

_PAGE: Final = 150  # a statement and the page around its rows
_ITEM: Final = 10  # a row of a page
_LOOK_UP: Final = 25  # a row by its key; such are read together
_FIGURES: Final = 1_000  # the sums behind Pulse and compliance
_COUNT: Final = 500  # counting what a filter leaves
_COMMAND: Final = 5_000  # a transaction, or what one would come to

WEIGHTS: Final[Mapping[str, int]] = {
    "Query.node": _LOOK_UP,
    "Query.account": _LOOK_UP,
    "Account.pulse": _FIGURES,
    "PulseSnapshotConnection.totalCount": _LOOK_UP,
    "JobRun.account": _LOOK_UP,
    "JobRunConnection.totalCount": _COUNT,
    "Account.sla": 2 * _LOOK_UP,
    "Account.dailyGuarantee": 2 * _LOOK_UP,
    "Account.order": _LOOK_UP,
    "Account.orderFeed": _PAGE + FEED_SIZE * _ITEM,
    "AccountConnection.totalCount": _COUNT,
    "SLA.compliance": _FIGURES,
    "Order.account": _LOOK_UP,
    "Order.splitFrom": _LOOK_UP,
    "Order.splitInto": 2 * _LOOK_UP,
    "OrderConnection.totalCount": _COUNT,
    "Image.order": _LOOK_UP,
    "Image.rejections": _LOOK_UP,
    "ImageConnection.totalCount": _LOOK_UP,
    "Deadline.explanation": 2 * _LOOK_UP,
    "SpecificationConnection.totalCount": _LOOK_UP,
    "Event.account": _LOOK_UP,
    "Event.order": _LOOK_UP,
    "EventConnection.totalCount": _LOOK_UP,
    "OrderPlaced.specification": _LOOK_UP,
    "OrderPlaced.splitFrom": _LOOK_UP,
    "SplitOffOrder.order": _LOOK_UP,
    "OrderSplit.newPrice": _LOOK_UP,
    "OrderSplit.previousPrice": _LOOK_UP,
    "OrderExpedited.splitFrom": _LOOK_UP,
    "OrderExpedited.newPrice": _LOOK_UP,
    "OrderExpedited.previousPrice": _LOOK_UP,
    "OrderExpedited.pricePerImage": _LOOK_UP,
    "DeadlineConfirmed.newPrice": _LOOK_UP,
    "DeadlineConfirmed.previousPrice": _LOOK_UP,
    "DeadlineConfirmed.newPricePerImage": _LOOK_UP,
    "ImagesRejected.rejectedImages": _LOOK_UP,
    "SpecificationChanged.specification": _LOOK_UP,
    "SpecificationChanged.newPricePerImage": _LOOK_UP,
    "SpecificationChanged.previousPricePerImage": _LOOK_UP,
    "EventWithdrawn.event": _LOOK_UP,
    "Account.quote": _COMMAND,
    "Mutation.placeOrder": _COMMAND,
    "Mutation.expediteOrder": _COMMAND,
    "Mutation.rejectImages": _COMMAND,
    "Mutation.completeOrder": _COMMAND,
    "Mutation.cancelOrder": _COMMAND,
    "Mutation.createSpecification": _COMMAND,
    "Mutation.updateSpecification": _COMMAND,
    "Mutation.archiveSpecification": _COMMAND,
    "Mutation.changeTimeZone": _COMMAND,
    "Mutation.claimImages": _COMMAND,
    "Mutation.deliverImages": _COMMAND,
    "Mutation.confirmDeadline": _COMMAND,
    "Mutation.negotiateSla": _COMMAND,
}
"""What fields cost besides being answered."""

LENGTHS: Final[Mapping[str, int]] = {
    "Account.orderFeed": FEED_SIZE,
    "Order.splitInto": 4,
    "OrderSplit.into": 2,
    "SpecificationChanged.newSteps": 8,
    "SpecificationChanged.previousSteps": 8,
    "Image.rejections": 2,
    "Deadline.explanation": 6,
    "Specification.steps": 8,
    "TimeSavings.bySteps": 8,
    "UserError.path": 2,
    "Quote.parts": 2,
    "PlaceOrderPayload.orders": 3,
    "ExpediteOrderPayload.orders": 4,
    "RejectImagesPayload.images": 100,
    "RejectImagesPayload.orders": 20,
    "ClaimImagesPayload.images": 100,
    "DeliverImagesPayload.images": 100,
    "DeliverImagesPayload.orders": 20,
    # Of the schema itself: about what a query of all types meets on average, of fields what most types have at most.
    "__Schema.types": 100,
    "__Schema.directives": 6,
    "__Type.fields": 10,
    "__Type.interfaces": 1,
    "__Type.possibleTypes": 2,
    "__Type.enumValues": 3,
    "__Type.inputFields": 2,
    "__Field.args": 1,
    "__Directive.args": 1,
    "__Directive.locations": 3,
}
"""How many items a list is taken to have that is no page and whose length no argument tells; `userErrors` have few."""

_CONNECTION: Final = "Connection"
_ITEMS: Final = (f"{_CONNECTION}.nodes", f"{_CONNECTION}.edges")
_COUNTED: Final = 10**15  # beyond, costs are told as this: JSON's readers have no greater whole numbers


class Cost(NamedTuple):
    """What a selection costs: once, for each item of the page it is made on, and how many levels it has."""

    once: int
    per_item: int
    depth: int


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object] | None,
) -> Cost:
    """Return what an operation of a valid document costs."""
    return _Meter(schema, document, operation, variables or {}).cost


def require_affordable(cost: Cost) -> None:
    """Raise ApiError for an operation that costs too much, or that is nested too deeply."""
    if cost.depth > MAX_DEPTH:
        raise ApiError(
            ErrorCode.TOO_COMPLEX, f"The operation is nested {cost.depth} levels deep; {MAX_DEPTH} are allowed."
        )
    if cost.once > MAX_COMPLEXITY:
        told = min(cost.once, _COUNTED)
        raise ApiError(
            ErrorCode.TOO_COMPLEX,
            f"The operation costs {told:,}; {MAX_COMPLEXITY:,} are allowed. Ask for smaller pages or fewer fields.",
            cost=told,
            limit=MAX_COMPLEXITY,
        )


class _Meter:
    """Measures an operation; each fragment once, so that it takes no longer than the document is long."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
    ) -> None:
        self._schema = schema
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._variables = variables
        self._defaults = {each.variable.name.value: each.default_value for each in operation.variable_definitions or ()}
        self._measured: dict[str, Cost] = {}
        root = cast("GraphQLCompositeType", schema.get_root_type(operation.operation))
        self.cost: Final = self._selections(operation.selection_set, root)

    def _selections(self, selected: SelectionSetNode, of: GraphQLCompositeType) -> Cost:
        once = per_item = depth = 0
        for selection in selected.selections:
            if selection.directives and self._is_left_out(selection):
                continue
            cost = self._selection(selection, of)
            once += cost.once
            per_item += cost.per_item
            depth = max(depth, cost.depth)
        return Cost(once, per_item, depth)

    def _selection(self, selection: SelectionNode, of: GraphQLCompositeType) -> Cost:
        if isinstance(selection, FieldNode):
            return self._field(selection, of)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        inline = cast("InlineFragmentNode", selection)
        return self._selections(inline.selection_set, self._condition(inline) or of)

    def _fragment(self, name: str) -> Cost:
        if name not in self._measured:
            fragment = self._fragments[name]
            of = cast("GraphQLCompositeType", self._condition(fragment))
            self._measured[name] = self._selections(fragment.selection_set, of)
        return self._measured[name]

    def _condition(self, fragment: InlineFragmentNode | FragmentDefinitionNode) -> GraphQLCompositeType | None:
        named = fragment.type_condition
        return None if named is None else cast("GraphQLCompositeType", self._schema.get_type(named.name.value))

    def _field(self, node: FieldNode, of: GraphQLCompositeType) -> Cost:
        name = f"{of.name}.{node.name.value}"
        field: Any = self._schema.get_field(of, node.name.value)
        answered = 1 + _weight(of, node.name.value)
        if node.selection_set is None:
            return Cost(answered, 0, 1)
        type_ = cast("GraphQLCompositeType", get_named_type(field.type))
        inner = self._selections(node.selection_set, type_)
        depth = inner.depth + 1
        if name.endswith(_ITEMS):
            return Cost(answered, inner.once, depth)
        if type_.name.endswith(_CONNECTION):
            size = self._page_size(node)
            return Cost(answered + _PAGE + size * (_ITEM + inner.per_item) + inner.once, 0, depth)
        if name == "Query.nodes":
            return Cost(answered + self._ids(node) * (_LOOK_UP + inner.once), 0, depth)
        return Cost(answered + LENGTHS.get(name, 1) * inner.once, 0, depth)

    def _page_size(self, node: FieldNode) -> int:
        """Return how many items a page is asked to have; the most there can be for what is no whole number."""
        sizes = (size for size in self._arguments(node, "first", "last") if size is not None)
        return max((_at_most(size) if type(size) is int else MAX_SIZE for size in sizes), default=DEFAULT_SIZE)

    def _ids(self, node: FieldNode) -> int:
        [ids] = self._arguments(node, "ids")
        return _at_most(len(cast("Sequence[object]", ids))) if isinstance(ids, list | tuple) else 1

    def _is_left_out(self, selection: SelectionNode) -> bool:
        return any(
            self._arguments(each, "if") == [each.name.value == "skip"]
            for each in selection.directives or ()
            if each.name.value in {"skip", "include"}
        )

    def _arguments(self, node: FieldNode | DirectiveNode, *names: str) -> list[object]:
        return [self._given(each.value) for each in node.arguments or () if each.name.value in names]

    def _given(self, value: ValueNode | None) -> object:
        """Return what an argument is given as far as it counts here: numbers, truth values, lists; None for null."""
        match value:
            case None | NullValueNode():
                return None
            case VariableNode():
                name = value.name.value
                return self._variables[name] if name in self._variables else self._given(self._defaults.get(name))
            case IntValueNode():
                return int(value.value)
            case BooleanValueNode():
                return value.value
            case ListValueNode():
                return value.values
            case _:
                return value


def _weight(of: GraphQLCompositeType, field: str) -> int:
    """Return the weight of a field of a type, or of an interface of it."""
    interfaces = of.interfaces if isinstance(of, GraphQLObjectType) else ()
    return max(WEIGHTS.get(f"{each.name}.{field}", 0) for each in (of, *interfaces))


def _at_most(size: int) -> int:
    return min(max(size, 0), MAX_SIZE)
