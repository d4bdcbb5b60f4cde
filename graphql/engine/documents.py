"""The documents of requests, parsed within limits, their variables, and the choice of the operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from graphql import DocumentNode, Lexer, OperationDefinitionNode, Source, SourceLocation, Token
from graphql.language.parser import Parser

from app.domain.wording import quoted
from app.turns import breathe
from engine.cost import OperationCost
from engine.counts import require_few
from engine.errors import ApiError, ErrorCode, bad_input
from engine.recently_used import RecentlyUsed

MAX_LENGTH: Final = 20_000
"""Characters of a document: six times those of a dashboard. One long text is read in a step of a few milliseconds."""

MAX_TOKENS: Final = 2_000
"""Words, numbers, texts, brackets and comments of a document: seven times those of a dashboard.

Parsing as many takes about 15 ms. Longer lists belong in variables.
"""

MAX_VALUES: Final = 20_000
"""Values in variables, including those within lists and objects: enough for 2,000 images with four facts each."""

KEPT_BYTES: Final = 8 * 1024 * 1024
"""The memory of the documents that are kept, at most: forty dashboards, or six of the largest documents."""

_BYTES_OF_DOCUMENT: Final = 2_000  # beside its tokens and its text
_BYTES_OF_TOKEN: Final = 600  # of the tree, measured: 300 to 555
_BYTES_OF_CHARACTER: Final = 8  # as they are, and in values; beyond the first plane they have four bytes each
_HOLDING: Final = (dict, list)


class _Document(Source):
    """A text that finds the line of a position quickly, for requests with many errors."""

    def get_location(self, position: int) -> SourceLocation:
        before = self.body[:position]
        ends = before.count("\n") + before.count("\r") - before.count("\r\n")
        start = 1 + max(before.rfind("\n"), before.rfind("\r"))
        return SourceLocation(1 + ends, 1 + position - start)


class _Lexer(Lexer):
    """A lexer that pauses between tokens when its turn is over."""

    def advance(self) -> Token:
        breathe()
        return super().advance()


@dataclass(slots=True)
class ReadDocument:
    """A parsed document, its text, and the costs of its operations without variables, by name."""

    text: str
    node: DocumentNode
    costs: dict[str | None, OperationCost] = field(default_factory=dict[str | None, OperationCost])

    @property
    def size(self) -> int:
        """The bytes that it takes at most, estimated."""
        return _BYTES_OF_DOCUMENT + self.node.token_count * _BYTES_OF_TOKEN + len(self.text) * _BYTES_OF_CHARACTER


class KeptDocuments:
    """Valid documents, by their text: those of a front end are parsed, validated and measured once."""

    def __init__(self, max_bytes: int = KEPT_BYTES) -> None:
        self._kept = RecentlyUsed[str, ReadDocument](max_bytes)

    @property
    def size(self) -> int:
        """The bytes of all documents that are kept, estimated."""
        return self._kept.size

    def find(self, text: str) -> ReadDocument | None:
        """Return the document of a text, if it is kept."""
        return self._kept.find(text)

    def keep(self, document: ReadDocument) -> None:
        """Keep a valid document."""
        self._kept.keep(document.text, document, document.size)


def read_document(text: str) -> ReadDocument:
    """Parse a document and count its parts; raises GraphQLSyntaxError, and ApiError for one beyond the limits."""
    if len(text) > MAX_LENGTH:
        raise _too_much(f"A document has at most {MAX_LENGTH:,} characters; send long values as variables.")
    node = _parsed(text)
    if node is None:
        raise _too_much("The document is nested too deeply.")
    _unchain(node)
    require_few(node)
    return ReadDocument(text, node)


def _parsed(text: str) -> DocumentNode | None:
    """Parse a document; None for one that is nested deeper than graphql-core reads."""
    source = _Document(text)
    try:
        return Parser(source, max_tokens=MAX_TOKENS, lexer=_Lexer(source)).parse_document()
    except RecursionError:
        return None


def _unchain(document: DocumentNode) -> None:
    """Separate the tokens of a document: as a chain they would stay in memory until the collector finds it."""
    token = None if document.loc is None else document.loc.start_token
    while token is not None:
        following, token.prev, token.next = token.next, None, None
        token = following


def require_few_values(variables: Mapping[str, object] | None) -> None:
    """Raise ApiError for more values in variables than any operation can use; checking them would take too long."""
    waiting: list[object] = [variables or {}]
    counted = 1
    while waiting:
        value = waiting.pop()
        held = cast("dict[str, object]", value).values() if isinstance(value, dict) else cast("list[object]", value)
        counted += len(held)
        if counted > MAX_VALUES:
            raise _too_much(f"The variables of a request have at most {MAX_VALUES:,} values.")
        waiting += [each for each in held if isinstance(each, _HOLDING)]


def chosen_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Return the operation of a name, or the only one without a name; raises ApiError for an ambiguous choice."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name is not None:
        operations = [each for each in operations if each.name is not None and each.name.value == name]
        if not operations:
            raise bad_input("operationName", f"The document has no operation {quoted(name)}.")
    elif not operations:
        raise ApiError(ErrorCode.BAD_USER_INPUT, "The document has no operation.")
    elif len(operations) > 1:
        raise bad_input("operationName", f"The document has {len(operations)} operations: name the one to execute.")
    return operations[0]


def _too_much(message: str) -> ApiError:
    return ApiError(ErrorCode.TOO_COMPLEX, message)
