"""The answers of operations that only introspect, kept as JSON: they are the same every time."""

from typing import Any, Final, NamedTuple, cast

import orjson
from graphql import ExecutionResult

from engine.recently_used import RecentlyUsed

KEPT_BYTES: Final = 4 * 1024 * 1024
"""The memory of the answers that are kept, at most: eight of the whole schema."""

_BYTES_OF_ENTRY: Final = 1_000  # beside the texts
_BYTES_OF_CHARACTER: Final = 4  # beyond the first plane; each text is its own, not that of a kept document


class Question(NamedTuple):
    """An introspection: the text of its document, the name of its operation, and the kind of its caller."""

    text: str
    operation: str | None
    kind: str


class SchemaAnswers:
    """The answers of a schema about itself."""

    def __init__(self, max_bytes: int = KEPT_BYTES) -> None:
        self._kept = RecentlyUsed[Question, bytes](max_bytes)

    @property
    def size(self) -> int:
        """The bytes of all answers that are kept, estimated."""
        return self._kept.size

    def find(self, question: Question) -> ExecutionResult | None:
        """Return the answer to a question, if it is kept."""
        answer = self._kept.find(question)
        return None if answer is None else ExecutionResult(cast("dict[str, Any]", orjson.Fragment(answer)), None)

    def keep(self, question: Question, answer: ExecutionResult) -> None:
        """Keep an answer without errors."""
        if not answer.errors and question not in self._kept:
            written = bytes(memoryview(orjson.dumps(answer.data)))  # orjson's own takes 4 KiB at least
            self._kept.keep(question, written, _size(question, written))


def _size(question: Question, answer: bytes) -> int:
    """Return the bytes that a kept answer takes at most, estimated."""
    return _BYTES_OF_ENTRY + _BYTES_OF_CHARACTER * len(question.text) + len(answer)
