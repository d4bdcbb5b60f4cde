"""The words for values that pydantic refuses, of settings and of options."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

_KEY_OF_MAPPING: Final = "[key]"  # in the locations of errors of pydantic
_WORDS: Final[Mapping[str, str]] = {
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "int_parsing": "should be a whole number",
    "int_parsing_size": "should be a whole number of fewer digits",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "decimal_parsing": "should be a number",
    "decimal_type": "should be a number",
    "finite_number": "should be a number",
    "time_delta_parsing": "should be a duration such as PT1H",
    "time_delta_type": "should be a duration such as PT1H",
    "time_parsing": "should be a time such as 09:00",
    "time_type": "should be a time such as 09:00",
    "dict_type": "should be a JSON object",
    "dataclass_type": "should be a JSON object",
    "enum": "should be {expected}",
    "greater_than": "should be more than {gt}",
    "greater_than_equal": "should be at least {ge}",
    "less_than_equal": "should be at most {le}",
    "missing": "is missing",
    "unexpected_keyword_argument": "is no term",
}


def problem(error: ValidationError) -> str:
    """Return the first problem as a clause: "it should be true or false", or "SOLO.images_per_day is missing"."""
    wrong = error.errors(include_url=False)[0]
    context = wrong.get("ctx", {})
    if wrong["type"] == "value_error":
        return str(context["error"])
    where = ".".join(part for part in wrong["loc"][1:] if isinstance(part, str) and part != _KEY_OF_MAPPING)
    words = _WORDS.get(wrong["type"])
    return wrong["msg"] if words is None else f"{where or 'it'} {words.format(**context)}"
