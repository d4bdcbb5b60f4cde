"""The arguments and variables that errors of graphql-core are about: their paths, and their values as JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, cast

import orjson
from graphql import (
    ArgumentNode,
    GraphQLError,
    GraphQLInputType,
    ListValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    ValidationContext,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VisitorAction,
)
from graphql.language import SKIP
from graphql.pyutils import inspect
from graphql.utilities import validate_input_literal  # pyright: ignore[reportUnknownVariableType] - in part
from graphql.validation.validate import ValidationAbortedError

from app.turns import breathe

MAX_BAD_VALUES: Final = 10
"""Errors about the variables of a request: graphql-core repeats a part of the values for each."""

_MAX_REPEATED: Final = 10_000  # characters in the messages about a document's literals, which repeat them whole
_MORE: Final = "The document has more bad values, which are not shown. Validation aborted."
_INVALID: Final = re.compile(r"(?:Variable|Argument) '(\$?\w+)' has invalid value(?: at ([.\[\]\w]+))?: ")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")
_LONGEST: Final = 240  # characters of a value in a message, as many as graphql-core's own, and of a path


class BadValue(NamedTuple):
    """A value that an error is about: its path, `filter.placedFrom` or `$filter.placedFrom`, and the problem."""

    path: str
    problem: str


class PathsOfBadValues(ValuesOfCorrectTypeRule):
    """The rule of graphql-core for literals, with errors that have the path of the value, and its location.

    It stops when the messages get long in total: an object with thousands of unknown fields is repeated for each.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._name = ""
        self._repeated = 0

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        """Keep the name of the argument, whose value comes next."""
        self._name = node.name.value

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> None:
        """Keep the name of the variable, whose default value comes next."""
        self._name = f"${node.variable.name.value}"

    def is_valid_value_node(
        self,
        node: ValueNode,
        input_type: GraphQLInputType | None,  # pyright: ignore[reportUnknownParameterType] - in part
    ) -> VisitorAction:
        """Check a whole literal."""
        if input_type is not None:
            report = partial(self._report, node)
            validate_input_literal(node, input_type, report, hide_suggestions=self.context.hide_suggestions)
        return SKIP

    def _report(self, literal: ValueNode, error: GraphQLError, steps: Sequence[str | int]) -> None:
        if self._repeated > _MAX_REPEATED:
            raise ValidationAbortedError(_MORE)
        breathe()
        self._repeated += len(error.message)
        node = error.nodes[0] if error.nodes else None
        if isinstance(node, ObjectFieldNode):  # an unknown field
            steps = [*steps, node.name.value]
        else:
            node = _value_at(literal, steps)  # graphql-core's own may be a copy, without a location
        path = self._name + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        cause = error.original_error
        self.report_error(GraphQLError(error.message, node, original_error=cause, extensions={"argument": path}))


def bad_value(error: GraphQLError, variables: Mapping[str, Any]) -> BadValue | None:
    """Return the value of an argument or a variable that an error of graphql-core is about; None for any other."""
    argument = (error.extensions or {}).get("argument")
    if argument is not None:
        return BadValue(_cut(argument), _of_null(error.message))
    node = error.nodes[0] if error.nodes else None
    found = _INVALID.match(error.message)  # a value found bad as it is used, with the variables
    if found is None:
        return None
    if isinstance(node, VariableDefinitionNode):
        return _of_variable(error, found, variables)
    if not isinstance(node, ValueNode):
        return None
    return BadValue(_cut(found[1] + (found[2] or "")), _of_null(error.message[found.end() :]))


def _value_at(literal: ValueNode, steps: Sequence[str | int]) -> ValueNode:
    for step in steps:
        if isinstance(literal, ListValueNode):
            literal = literal.values[cast("int", step)]
        elif isinstance(literal, ObjectValueNode):
            literal = {field.name.value: field.value for field in literal.fields}[cast("str", step)]
    return literal


def _of_variable(error: GraphQLError, found: re.Match[str], variables: Mapping[str, Any]) -> BadValue:
    name, path = found[1], found[2] or ""
    value: Any = variables.get(name[1:])
    for key, index in _STEP.findall(path):
        value = value[key] if key else value[int(index)]
    return BadValue(_cut(name + path), _in_json(error.message[found.end() :], value))


def _in_json(message: str, value: object) -> str:
    """Return a message with a value as JSON, in which graphql-core has written it as Python."""
    before, python, after = message.rpartition(inspect(value))
    if not python or value is None:
        return _of_null(message)
    return f"{before}{_beginning(value)}{after}"


def _beginning(value: object) -> str:
    """Return a value as JSON, written as far as it is shown."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > _LONGEST:
            break
    return _cut(text)


def _pieces(value: object) -> Iterator[str]:
    """Yield the JSON of a value in pieces; a text that is too long to be shown whole ends early."""
    if isinstance(value, dict):
        yield "{"
        for number, (name, held) in enumerate(cast("dict[str, object]", value).items()):
            yield "," if number else ""
            yield from _pieces(name)
            yield ":"
            yield from _pieces(held)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, held in enumerate(cast("list[object]", value)):
            yield "," if number else ""
            yield from _pieces(held)
        yield "]"
    else:
        yield orjson.dumps(value[:_LONGEST] if isinstance(value, str) else value, default=str).decode()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _of_null(message: str) -> str:
    return message.replace("not to be None.", "not to be null.")
