"""From raw lines to typed ones, or to what is wrong with them, named by field."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.services.imports.digests import digest_of
from app.services.imports.lines import LINE, Line
from app.services.imports.source import MAX_LINE_BYTES, RawLine

_PROBLEMS: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "too_short": "is empty",
    "too_long": "has more than {max_length} entries",
    "enum": "must be {expected}",
    "bool_type": "must be true or false",
    "string_type": "must be a string",
    "list_type": "must be a list",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must not be less than {ge}",
    "less_than_equal": "must not be more than {le}",
    "decimal_max_places": "has more than {decimal_places} decimals",
    "decimal_max_digits": "has more than {max_digits} digits",
    "decimal_whole_digits": "has more than {whole_digits} digits before the point",
    "union_tag_not_found": "type: is missing",
    "union_tag_invalid": "type: {tag!r} is not one of {expected_tags}",
}
_MOST_PROBLEMS: Final = 5
_MOST_CHARACTERS: Final = 80
_OF_THE_LINE: Final = frozenset({"type", "account", "ref"})
_NAMED_ACCOUNT: Final = re.compile(rb'"account"\s*:\s*("(?:[^"\\]|\\.)*")')
_KIND: Final = re.compile(rb'"type"\s*:')


@dataclass(frozen=True, slots=True)
class Named:
    """What a line makes under a name of the file's own: unique per account and kind."""

    account: str
    kind: str
    ref: str


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A line that says something; `digest` is the SHA-256 of what."""

    number: int
    content: Line
    digest: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that says nothing, and why; `account` is whose it is, None when it may be anybody's.

    `named` is what it would have made, as far as that can be told.
    """

    number: int
    problem: str
    account: str | None
    named: Named | None


ReadLine: TypeAlias = GoodLine | BadLine


def read_line(raw: RawLine) -> ReadLine:
    """Read a line."""
    if raw.data is None:
        return BadLine(raw.number, f"is longer than {MAX_LINE_BYTES:,} bytes", None, None)
    try:
        content = LINE.validate_json(raw.data)
        json.loads(raw.data, object_pairs_hook=_require_unrepeated)
    except ValidationError as error:
        return _bad_line(raw.number, raw.data, _problem(error))
    except _RepeatedKeyError as error:
        problem = f"{error.key}: is told twice"
        anybodys = error.key in _OF_THE_LINE
        return BadLine(raw.number, problem, None, None) if anybodys else _bad_line(raw.number, raw.data, problem)
    return GoodLine(raw.number, content, digest_of(content))


def field_name(path: Sequence[int | str]) -> str:
    """Name a field as people would write it: images[3].deliveredAt."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def _shown(name: str) -> str:
    """Show a key of the file, whatever it holds and however long it is."""
    return name if name.isidentifier() and len(name) <= _MOST_CHARACTERS else repr(_clipped(name))


def _clipped(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}..."


class _RepeatedKeyError(Exception):
    """A key that one object has twice: which one counts would be chance."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _require_unrepeated(pairs: list[tuple[str, object]]) -> None:
    """Look at the fields of an object; nothing else is wanted of it."""
    if len(dict(pairs)) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for place, key in enumerate(keys) if key in keys[:place]))


def _problem(error: ValidationError) -> str:
    """Say what is wrong, field by field; a line with many problems tells the first ones."""
    details = error.errors(include_url=False)
    problems = [_one_problem(each) for each in details[:_MOST_PROBLEMS]]
    more = len(details) - len(problems)
    return "; ".join(problems) + (f"; and {more} more" if more else "")


def _one_problem(error: ErrorDetails) -> str:
    if error["type"] == "json_invalid":
        reason = str(error.get("ctx", {}).get("error", ""))
        return f"is not JSON: {reason.replace('line 1 ', '')}"
    text = _PROBLEMS.get(error["type"])
    context = error.get("ctx", {})
    if "tag" in context:
        context["tag"] = _clipped(context["tag"])
    text = error["msg"] if text is None else text.format(**context)
    field = field_name(error["loc"][1:])  # the first part is the type of line
    return f"{field}: {text}" if field else text


def _bad_line(number: int, data: bytes, problem: str) -> BadLine:
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError:
        return BadLine(number, problem, _account_in(data), None)
    if not isinstance(content, dict):
        return BadLine(number, problem, None, None)
    fields = cast("dict[str, Any]", content)
    kind, ref = fields.get("type"), fields.get("ref")
    account = ref if kind == "account" else fields.get("account")
    if not isinstance(account, str):
        return BadLine(number, problem, None, None)
    named = Named(account, kind, ref) if isinstance(kind, str) and isinstance(ref, str) else None
    return BadLine(number, problem, account, named)


def _account_in(data: bytes) -> str | None:
    """Tell whose line this is though it is no JSON: it names one account and was one line."""
    names = {bytes(name) for name in _NAMED_ACCOUNT.findall(data)}
    if len(names) != 1 or len(_KIND.findall(data)) != 1:
        return None
    try:
        return str(orjson.loads(names.pop()))
    except orjson.JSONDecodeError:
        return None
