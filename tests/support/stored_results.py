"""Results of commands that tests make up, which can be stored with an idempotency key."""

from typing import Any


class JsonResult(dict[str, Any]):
    """The result of a command of a test, stored as it is; it changed something unless `changed` is false."""

    @property
    def changed(self) -> bool:
        return bool(self.get("changed", True))

    def to_json(self) -> dict[str, Any]:
        return self
