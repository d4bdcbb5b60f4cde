"""The validation of documents by graphql-core's rules, within limits and in turns.

Most rules take time by the length of a document. Others compare its parts with each other, or its names with those of
the schema: they are stopped when that becomes too much. graphql-core's own `validate` can neither pause nor be limited.
"""

from collections.abc import Callable, Iterator
from typing import Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    KnownTypeNamesRule,
    Node,
    OverlappingFieldsCanBeMergedRule,
    ParallelVisitor,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    ValuesOfCorrectTypeRule,
    specified_rules,
    visit,
)
from graphql.pyutils import RefMap
from graphql.validation.rules.overlapping_fields_can_be_merged import RuleContext
from graphql.validation.validate import FragmentNestingVisitor, ValidationAbortedError, query_document_keys_to_validate

from app.turns import breathe
from engine.bad_values import PathsOfBadValues

MAX_ERRORS: Final = 20
"""Errors of a document: for each, names of the schema are looked for that are similar to an unknown one."""

MAX_COMPARISONS: Final = 10_000
"""The work of comparing fields of the same name, as graphql-core counts it: 30 ms at most. A dashboard takes 36."""

MAX_FRAGMENT_WORK: Final = 5_000
"""The work of following fragments from each operation, as graphql-core counts it: 10 ms at most."""

ABORTED: Final = "Validation aborted."
"""graphql-core's message when it has worked too much."""

_SUGGESTING: Final = 3  # unknown types for which similar names are looked for: it takes 5 ms for a long name
_MORE_ERRORS: Final = f"Too many validation errors, error limit reached. {ABORTED}"


class _TypeInfo(TypeInfo):
    """The types at a node, with a pause between nodes when the turn is over."""

    def enter(self, node: Node) -> None:
        """Go to the types of a node."""
        breathe()
        super().enter(node)


class _Context(ValidationContext):
    """The memory of all rules. It knows nodes by identity: by value, each look-up would read a whole operation."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, types: TypeInfo, on_error: Callable[[GraphQLError], None]
    ) -> None:
        super().__init__(schema, document, types, on_error)
        self._remaining_fragment_work = MAX_FRAGMENT_WORK
        self._fragment_spreads = RefMap()  # type: ignore[assignment] # pyright: ignore[reportIncompatibleUnannotatedOverride]
        self._variable_usages = RefMap()  # type: ignore[assignment] # pyright: ignore[reportIncompatibleUnannotatedOverride]
        self._recursive_variable_usages = RefMap()  # type: ignore[assignment] # pyright: ignore[reportIncompatibleUnannotatedOverride]


class _Comparisons(RuleContext):
    """The memory of the rule about overlapping fields, with our limit and a pause between comparisons."""

    def __init__(self) -> None:
        super().__init__()
        self._left = MAX_COMPARISONS

    @property
    def remaining_complexity_budget(self) -> int:
        """The work that is left."""
        return self._left

    @remaining_complexity_budget.setter
    def remaining_complexity_budget(self, left: int) -> None:
        self._left = left
        breathe()


class _OverlappingFields(OverlappingFieldsCanBeMergedRule):
    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context = _Comparisons()


class _Names(list[str]):
    """The names that are compared with each of the first unknown types, with a pause between them."""

    _read = 0

    def __iter__(self) -> Iterator[str]:
        self._read += 1
        for name in super().__iter__() if self._read <= _SUGGESTING else ():
            breathe()
            yield name


class _KnownTypes(KnownTypeNamesRule):
    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.type_names = _Names(context.schema.type_map)


_OURS: Final[dict[type[ASTValidationRule], type[ASTValidationRule]]] = {
    KnownTypeNamesRule: _KnownTypes,
    OverlappingFieldsCanBeMergedRule: _OverlappingFields,
    ValuesOfCorrectTypeRule: PathsOfBadValues,
}
RULES: Final = tuple(_OURS.get(rule, rule) for rule in specified_rules)
"""The rules of graphql-core for documents, some of them limited."""


def errors_in(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Return what is wrong with a document: the first errors, and one more if there may be others."""
    errors: list[GraphQLError] = []

    def report(error: GraphQLError) -> None:
        if len(errors) == MAX_ERRORS:
            raise ValidationAbortedError(_MORE_ERRORS)
        errors.append(error)

    types = _TypeInfo(schema)
    context = _Context(schema, document, types, report)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    rules = ParallelVisitor([FragmentNestingVisitor(fragments), *(rule(context) for rule in RULES)])
    try:
        visit(document, TypeInfoVisitor(types, rules), query_document_keys_to_validate)
    except ValidationAbortedError as error:
        errors.append(error.with_traceback(None))
    except RecursionError:
        errors.append(ValidationAbortedError(ABORTED))
    return errors
