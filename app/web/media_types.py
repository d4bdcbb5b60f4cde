"""Media types in requests: the one preferred by an Accept header, and JSON in a Content-Type (RFC 9110)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from typing import Final
from urllib.request import parse_http_list

JSON: Final = "application/json"
GRAPHQL_RESPONSE: Final = "application/graphql-response+json"
HTML: Final = "text/html"

_ANY: Final = "*/*"
_UTF_8: Final = frozenset({"utf-8", "utf8"})
_TYPE: Final = re.compile(r"[\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+", re.ASCII)
_QUALITY: Final = re.compile(r"0?\.\d+|0\.?|1(\.0*)?", re.ASCII)  # also as clients write it: .2


@dataclass(frozen=True, slots=True)
class _Range:
    """A media range of an Accept header, such as text/*, and its weight; one of another charset has no name."""

    name: str
    quality: float

    def precision(self, media_type: str) -> int:
        """Return how exactly the range names a media type: 2 by its name, 1 by its type, 0 by */*, -1 not at all."""
        names = (_ANY, f"{media_type.partition('/')[0]}/*", media_type)
        return names.index(self.name) if self.name in names else -1


@lru_cache(maxsize=256)
def preferred(accept: str, offered: Sequence[str]) -> str | None:
    """Return the offered media type with the highest weight in an Accept header; None if it accepts none of them.

    Among equal weights it is one that is named rather than covered by a wildcard, then the one listed first, then the
    one offered first. What is no media range is disregarded; a header without any accepts everything.
    """
    ranges = list(_ranges(accept)) or [_Range(_ANY, 1)]
    ranked = [(rank, media_type) for media_type in offered if (rank := _rank(ranges, media_type)) is not None]
    return max(ranked, key=lambda each: each[0])[1] if ranked else None


@lru_cache(maxsize=256)
def is_json(content_type: str) -> bool:
    """Return whether a Content-Type is JSON in UTF-8, which is the default."""
    media_type, parameters = _parsed(content_type)
    return media_type == JSON and _is_utf_8(parameters)


def _rank(ranges: Sequence[_Range], media_type: str) -> tuple[float, int, int] | None:
    """Return the weight, the precision and the order of the range that names a media type most exactly.

    None if it is not accepted. The order is the greater, the earlier the range is listed.
    """
    index, best = max(enumerate(ranges), key=lambda each: each[1].precision(media_type))
    precision = best.precision(media_type)
    return (best.quality, precision, -index) if precision >= 0 and best.quality > 0 else None


def _ranges(accept: str) -> Iterator[_Range]:
    for member in parse_http_list(accept):
        name, parameters = _parsed(member)
        name = _ANY if name == "*" else name  # as Java's own client writes it
        weight = parameters.get("q", "1")
        if _TYPE.fullmatch(name) and _QUALITY.fullmatch(weight):
            yield _Range(name if _is_utf_8(parameters) else "", float(weight))


def _parsed(value: str) -> tuple[str, dict[str, str]]:
    """Split a media type into its name, in lower case, and its parameters, whose values may be quoted."""
    message = Message()
    message["Content-Type"] = value
    (name, _), *parameters = message.get_params([("", "")])
    return name.lower(), {key: str(text) for key, text in parameters}


def _is_utf_8(parameters: dict[str, str]) -> bool:
    return parameters.get("charset", "utf-8").lower() in _UTF_8
