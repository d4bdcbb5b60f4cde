"""Bounds of quantities and lengths, the same for commands, imported files and settings."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

YEARS: Final = range(1970, 2201)
"""Years that days and instants are in."""
MAX_NAME: Final = 255
"""Characters of a name."""
MAX_PROSE: Final = 2_000
"""Characters of a reason, a note, a message or instructions."""
MAX_URL: Final = 2_048
"""Characters of the address of a picture."""
MAX_IMAGES: Final = 2_000
"""Images of one order."""
MAX_PORTIONS: Final = 20
"""Portions of an order's images to which staff set deadlines at once."""
MAX_OPERATIONS: Final = 500
"""Operations on one image in an import."""
MAX_PER_DAY: Final = 1_000_000
"""Images a day that terms may state."""
GREATEST_INT: Final = 2**31 - 1
"""The greatest whole number of the API and of most columns; figures that 0.1.0 stored may be as great."""
MAX_STEPS: Final = 100
"""Steps of a specification."""

PRICE_DIGITS: Final = 14
"""Digits of a price, those after the point included."""
PRICE_DECIMALS: Final = 4
"""Of these, after the point."""
MAX_SECONDS: Final = 1_000_000
"""Seconds of a step."""
SECONDS_DECIMALS: Final = 3
"""Digits after the point of a step's seconds: steps are stored in whole milliseconds."""

MIN_TURNAROUND: Final = timedelta(minutes=1)
MAX_TURNAROUND: Final = timedelta(days=30)
"""Turnarounds and the response time of support that can be promised."""
TURNAROUNDS: Final = "PT1M to P30D"
"""The same for people."""
MIN_MULTIPLIER: Final = 1
MAX_MULTIPLIER: Final = 100
"""Multiples of its price that an expedited image may cost."""
MULTIPLIER_DECIMALS: Final = 2
"""Digits after the point of such a multiple."""


def is_turnaround(duration: timedelta) -> bool:
    """Return True if a turnaround or a response time can be promised: in whole seconds, within the bounds."""
    return MIN_TURNAROUND <= duration <= MAX_TURNAROUND and not duration.microseconds


def is_multiplier(multiplier: Decimal) -> bool:
    """Return True if an expedited image may cost this multiple of its price."""
    return MIN_MULTIPLIER <= multiplier <= MAX_MULTIPLIER and multiplier == round(multiplier, MULTIPLIER_DECIMALS)
