"""Values that are kept within a number of bytes."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class RecentlyUsed(Generic[Key, Value]):
    """Values by their keys, of at most `max_bytes` together: those used longest ago make room for others."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.size = 0
        """The bytes of all values, as they were estimated."""

    def __contains__(self, key: Key) -> bool:
        return key in self._values

    def find(self, key: Key) -> Value | None:
        """Return the value of a key, if it is kept."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of so many bytes, unless its key has one."""
        if key not in self._values:
            self._values[key] = value, size
            self.size += size
        while self.size > self._max_bytes:
            self.size -= self._values.popitem(last=False)[1][1]
