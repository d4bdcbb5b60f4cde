"""LOUPE_ variables of the environment that are no settings: misspelt ones, Kubernetes' and other programs'."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

PREFIX: Final = "LOUPE_"

_OF_TESTS: Final = "LOUPE_TEST_"  # read by the project's own tests alone
_TYPO: Final = 2  # letters
# For a service called loupe Kubernetes sets LOUPE_PORT to the service's address, in every container of the namespace.
_SERVICE_ADDRESS: Final = re.compile("(tcp|udp|sctp)://")


def misspelt(environment: Mapping[str, str], settings: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each variable that is no setting but at most two letters away from one in any case, and that setting."""
    for name in _unknown(environment, settings):
        distance, nearest = min((_distance(name.upper(), setting), setting) for setting in settings)
        if distance <= _TYPO:
            yield name, nearest


def warnings(environment: Mapping[str, str], settings: Collection[str]) -> Iterator[str]:
    """Yield a sentence about each kind of variables that are ignored."""
    if is_address(environment.get("LOUPE_PORT")):
        yield "LOUPE_PORT is ignored: it is no port, but set by Kubernetes for a service called loupe."
    if unknown := sorted(_unknown(environment, settings)):
        yield f"Ignored, since there are no such settings: {', '.join(unknown)}."


def is_address(value: object) -> bool:
    """Return True if a value is a service's address, as Kubernetes writes it."""
    return isinstance(value, str) and _SERVICE_ADDRESS.match(value) is not None


def _unknown(environment: Mapping[str, str], settings: Collection[str]) -> list[str]:
    return [
        name
        for name in environment
        if name.upper().startswith(PREFIX) and not name.startswith(_OF_TESTS) and name not in settings
    ]


def _distance(one: str, other: str) -> int:
    """Count the letters to insert, remove or replace until one name is the other (Levenshtein's distance)."""
    row = list(range(len(other) + 1))
    for count, letter in enumerate(one, 1):
        above, row = row, [count]
        for index, wanted in enumerate(other):
            row.append(min(above[index] + (letter != wanted), above[index + 1] + 1, row[index] + 1))
    return row[-1]
