"""The documents of requests, parsed within limits, their variables, and the choice of the operation."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, cast

from graphql import DocumentNode, OperationDefinitionNode, Source, SourceLocation, parse

from app.domain.wording import quoted
from engine.cost import Cost
from engine.errors import ApiError, ErrorCode, bad_input

MAX_TOKENS: Final = 20_000
"""Words, numbers, texts, brackets and comments of a document: enough for 2,000 images as literals."""

MAX_LINES: Final = 20_000
"""Lines of a document: the location of each error takes time by their number."""

MAX_LENGTH: Final = 1_000_000
"""Characters of a document: parsing as many takes a quarter of a second. Longer values belong in variables."""

MAX_VALUES: Final = 20_000
"""Values in variables, including those within lists and objects: enough for 2,000 images with four facts each."""

_HOLDING: Final = (dict, list)
_KEPT: Final = 128
_KEPT_LENGTH: Final = 20_000
_LINE_END: Final = re.compile(r"\r\n|[\n\r]")


class _Document(Source):
    """A text that finds the line of a position by bisection, for requests with thousands of errors."""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.body))]

    def get_location(self, position: int) -> SourceLocation:
        line = bisect_left(self._starts, position + 1)
        return SourceLocation(line, position + 1 - self._starts[line - 1])


@dataclass(slots=True)
class ReadDocument:
    """A parsed document, its validity as far as known, and the costs of its operations without variables, by name."""

    node: DocumentNode
    is_valid: bool = False
    costs: dict[str | None, Cost] = field(default_factory=dict[str | None, Cost])


def read_document(text: str) -> ReadDocument:
    """Parse a document, or take it from the cache; raises GraphQLSyntaxError, and ApiError for one that is too long."""
    return _kept(text) if len(text) <= _KEPT_LENGTH else _read(text)


def _read(text: str) -> ReadDocument:
    if len(text) > MAX_LENGTH:
        raise _too_much(f"A document has at most {MAX_LENGTH:,} characters; send long values as variables.")
    if text.count("\n") + text.count("\r") >= MAX_LINES:
        raise _too_much(f"A document has at most {MAX_LINES:,} lines.")
    return ReadDocument(parse(_Document(text), max_tokens=MAX_TOKENS))


_kept: Final = lru_cache(maxsize=_KEPT)(_read)
"""The cache of documents: those of a front end are parsed, validated and measured once."""


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
