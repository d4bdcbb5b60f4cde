"""Names in sentences and tables for people: any name leaves the direction of the text around it as it is.

Within an isolate of Unicode's bidirectional algorithm (UAX #9) a name from right to left, or an override in it, moves
no other word or number. Fields of the API and JSON have names as they are stored.
"""

from itertools import accumulate
from pathlib import PurePath
from typing import Final
from unicodedata import bidirectional

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
# Letters and numbers from right to left, and controls.
_MOVING: Final = frozenset({"R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_MARK: Final = "\u200e"  # left to right, of the class of Latin letters
_STEPS: Final = {"LRI": 1, "RLI": 1, "FSI": 1, "PDI": -1}


def quoted(name: str) -> str:
    """Return a name in quotes, for a sentence; what is not printable is escaped, but for controls of direction."""
    return f"'{isolated(printable(name))}'" if _moves(name) else repr(name)


def isolated(name: str) -> str:
    """Return a name in an isolate of its own if it could move the text around it, else as it is.

    Isolates that it leaves open are closed, which closes its embeddings and overrides, too; for those that it closes
    without having opened them, as many are opened.
    """
    if not _moves(name):
        return name
    depths = [0, *accumulate(_STEPS.get(bidirectional(each), 0) for each in name)]
    lowest = min(depths)
    return _FIRST_STRONG_ISOLATE * (1 - lowest) + name + _POP_ISOLATE * (1 + depths[-1] - lowest)


def printable(text: str) -> str:
    """Return a text on one line: what is not printable is escaped, but for controls of direction."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or _moves(each) else ascii(each)[1:-1] for each in text)


def with_full_stop(text: str) -> str:
    """Return a sentence with the full stop that it may lack; nothing stays nothing."""
    return text if text.endswith((".", "?")) or not text else f"{text}."


def shown_path(path: PurePath | str) -> str:
    """Return a path for a sentence, without quotes."""
    return isolated(printable(str(path)))


def _moves(text: str) -> bool:
    return not text.isascii() and any(each == _MARK or bidirectional(each) in _MOVING for each in text)
