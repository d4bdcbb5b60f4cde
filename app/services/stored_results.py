"""The parts of a command's result in the JSON stored with its key: instants as texts, keys as pairs of texts.

Keys are known for 24 hours, also over an upgrade, so results stored by the release before are read, too.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

StoredResult: TypeAlias = dict[str, Any]
"""The result of a command that changed something, as JSON."""
Key: TypeAlias = tuple[UUID, UUID]
"""An account and an id."""


def keys_to_json(keys: Iterable[Key]) -> list[list[str]]:
    """Write keys."""
    return [[str(account_id), str(id_)] for account_id, id_ in keys]


def keys_from_json(keys: Sequence[Sequence[str]]) -> list[Key]:
    """Read keys."""
    return [(UUID(account_id), UUID(id_)) for account_id, id_ in keys]
