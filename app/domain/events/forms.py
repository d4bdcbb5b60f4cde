"""The parts of the stored form of each kind of event: a writer, a reader, and the texts beside the data."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from app.domain.events import kinds
from app.domain.events.facts import ERASED
from app.domain.events.keys import Data

Texts: TypeAlias = Mapping[str, Any]
Kind = TypeVar("Kind", bound=kinds.Event)


class StoredTexts(NamedTuple):
    """The texts of a row, which one of version 1 has in `data`."""

    beside: Texts | None

    def one(self, name: str, old: Mapping[str, Any]) -> str | None:
        """Return a text; `old` holds it in a row of version 1."""
        return (old if self.beside is None else self.beside).get(name)

    def each(self, name: str, old: Sequence[Mapping[str, Any]], old_key: str) -> list[str]:
        """Return a text for each image; `old` holds them in a row of version 1."""
        found = [each.get(old_key) for each in old] if self.beside is None else self.beside.get(name)
        return [ERASED if text is None else text for text in found or [None] * len(old)]

    def optional(self, name: str, count: int) -> list[str | None]:
        """Return a text or None for each of the images; a row of version 1 has none."""
        return (self.beside or {}).get(name) or [None] * count


class Form(NamedTuple, Generic[Kind]):
    """The writer of a kind of event, with its data and its texts separate, and its reader."""

    write: Callable[[Kind], tuple[Data, Data]]
    read: Callable[[Data, StoredTexts], Kind]
