"""The declared costs of fields. The unit is the time that a plain field takes, about 4 microseconds."""

from typing import Any, Final, NamedTuple

PAGE: Final = 150  # a statement and the page around its rows
ITEM: Final = 10  # a row of a page
LOOK_UP: Final = 25  # a row by its key, read together with others
COUNT: Final = 500  # a count of filtered rows
COMMAND: Final = 5_000  # a transaction, or the quote of one

WEIGHT: Final = "weight"
"""The key of a field's weight in its metadata."""


class Weight(NamedTuple):
    """The cost of a field beyond a plain one: once, and for each item of its list.

    `length` is the assumed number of items of a list that is no page: a number, or the name of the argument with as
    many items.
    """

    once: int = 0
    per_item: int = 0
    length: int | str = 1


PLAIN: Final = Weight()
"""The weight of a field that declares none."""

_COUNTS: Final[dict[type, int]] = {}


def weigh_count(cls: type, weight: int) -> None:
    """Declare the cost of counting a list of objects of a type."""
    _COUNTS[cls] = weight


def count_weight(cls: type) -> int:
    """Return the cost of counting a list of objects of a type."""
    return _COUNTS.get(cls, 0)


def declared(definition: Any) -> Weight:  # noqa: ANN401 - strawberry's definition of a field, if it has one
    """Return the weight that a field declares."""
    return PLAIN if definition is None else definition.metadata.get(WEIGHT, PLAIN)
