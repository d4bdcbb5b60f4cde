"""Reads raw lines into typed ones, or into bad ones with their problems by field."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeAlias, cast

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.wording import isolated, quoted
from app.services.imports.digests import canonical
from app.services.imports.lines import LINE, Line
from app.services.imports.refusals import Subject
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
    "tuple_type": "must be a list",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must not be less than {ge}",
    "less_than_equal": "must not be more than {le}",
    "decimal_max_places": "has more than {decimal_places} decimals",
    "decimal_max_digits": "has more than {max_digits} digits",
    "decimal_whole_digits": "has more than {whole_digits} digits before the point",
    "union_tag_not_found": "type: is missing",
    "union_tag_invalid": "type: {tag} is not one of {expected_tags}",
}
_MOST_PROBLEMS: Final = 5
_MOST_CHARACTERS: Final = 80
_OF_THE_LINE: Final = frozenset({"type", "account", "ref"})
_NAMED_ACCOUNT: Final = re.compile(rb'"account"\s*:\s*("(?:[^"\\]|\\.)*")')
_KIND: Final = re.compile(rb'"type"\s*:')


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A valid line with the SHA-256 of its content."""

    number: int
    content: Line
    digest: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is refused, and why; without an `account` it may be of any.

    `subject` is what it would have added, where it is known; `missing` what it names and does not exist.
    """

    number: int
    problem: str
    account: str | None = None
    subject: Subject | None = None
    missing: Subject | None = None


ReadLine: TypeAlias = GoodLine | BadLine


def read_line(raw: RawLine) -> ReadLine:
    """Read a line."""
    if raw.data is None:
        return BadLine(raw.number, f"is longer than {MAX_LINE_BYTES:,} bytes")
    try:
        line = LINE.validate_json(raw.data)
        content = canonical(line)
        json.loads(raw.data, object_pairs_hook=_require_unrepeated)
    except ValidationError as error:
        return _bad_line(raw.number, raw.data, _problem(error))
    except _RepeatedKeyError as error:
        problem = f"{_shown(error.key)}: is repeated"
        return BadLine(raw.number, problem) if error.key in _OF_THE_LINE else _bad_line(raw.number, raw.data, problem)
    return GoodLine(raw.number, line, sha256(content).digest())


def field_name(path: Sequence[int | str]) -> str:
    """Write the path of a field: images[3].deliveredAt."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def _shown(name: str) -> str:
    """Write a key of the file, quoted unless it is an identifier, and clipped."""
    return isolated(name) if name.isidentifier() and len(name) <= _MOST_CHARACTERS else quoted(_clipped(name))


def _clipped(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}..."


class _RepeatedKeyError(Exception):
    """A key that one object has twice."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _require_unrepeated(pairs: list[tuple[str, object]]) -> None:
    """Raise _RepeatedKeyError if an object has a key twice."""
    if len(dict(pairs)) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for index, key in enumerate(keys) if key in keys[:index]))


def _problem(error: ValidationError) -> str:
    """Write the problems by field, the first ones of many."""
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
        context["tag"] = quoted(_clipped(context["tag"]))
    text = error["msg"] if text is None else text.format(**context)
    field = field_name(error["loc"][1:])  # the first part is the type of line
    return f"{field}: {text}" if field else text


def _bad_line(number: int, data: bytes, problem: str) -> BadLine:
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError:
        return BadLine(number, problem, _account_in(data))
    if not isinstance(content, dict):
        return BadLine(number, problem)
    fields = cast("dict[str, Any]", content)
    kind, ref = fields.get("type"), fields.get("ref")
    account = ref if kind == "account" else fields.get("account")
    if not isinstance(account, str):
        return BadLine(number, problem)
    subject = Subject(account, kind, ref) if isinstance(kind, str) and isinstance(ref, str) else None
    return BadLine(number, problem, account, subject)


def _account_in(data: bytes) -> str | None:
    """Return the account of a line that is not JSON, if it names exactly one and is one line."""
    names = {bytes(name) for name in _NAMED_ACCOUNT.findall(data)}
    if len(names) != 1 or len(_KIND.findall(data)) != 1:
        return None
    try:
        return str(orjson.loads(names.pop()))
    except orjson.JSONDecodeError:
        return None
