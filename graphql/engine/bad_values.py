"""The arguments and variables that errors of graphql-core are about: their paths, and their values as JSON."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson
from graphql import GraphQLError, Node, ObjectFieldNode, Token, TokenKind, ValueNode, VariableDefinitionNode
from graphql.pyutils import inspect

_OPENING: Final = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L})
_CLOSING: Final = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R})
_INVALID: Final = re.compile(r"(?:Variable|Argument) '(\$?\w+)' has invalid value(?: at ([.\[\]\w]+))?: ")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")
_LONGEST: Final = 240  # characters of a value in a message, as many as graphql-core's own


class BadValue(NamedTuple):
    """A value that an error is about: its path, `filter.placedFrom` or `$filter.placedFrom`, and the problem."""

    path: str
    problem: str


def bad_value(error: GraphQLError, variables: Mapping[str, Any]) -> BadValue | None:
    """Return the value of an argument or a variable that an error of graphql-core is about; None for any other."""
    node = error.nodes[0] if error.nodes else None
    found = _INVALID.match(error.message)  # a value found bad as it is used, with the variables
    if isinstance(node, VariableDefinitionNode):
        return None if found is None else _of_variable(error, found, variables)
    if not isinstance(node, ValueNode | ObjectFieldNode):
        return None
    if found is None:
        return BadValue(_argument_path(node), _of_null(error.message))
    return BadValue(found[1] + (found[2] or ""), _of_null(error.message[found.end() :]))


def _of_variable(error: GraphQLError, found: re.Match[str], variables: Mapping[str, Any]) -> BadValue:
    name, path = found[1], found[2] or ""
    value: Any = variables.get(name[1:])
    for key, index in _STEP.findall(path):
        value = value[key] if key else value[int(index)]
    return BadValue(name + path, _in_json(error.message[found.end() :], value))


def _in_json(message: str, value: object) -> str:
    """Return a message with a value as JSON, in which graphql-core has written it as Python."""
    before, python, after = message.rpartition(inspect(value))
    if not python or value is None:
        return _of_null(message)
    text = orjson.dumps(value, default=str).decode()
    return f"{before}{text if len(text) <= _LONGEST else f'{text[:_LONGEST]}...'}{after}"


def _of_null(message: str) -> str:
    return message.replace("not to be None.", "not to be null.")


def _argument_path(value: Node) -> str:
    """Return the names that lead to a literal in a document, outermost first: filter.placedFrom.

    It is found backwards from the literal: the document may be long, with many errors.
    """
    names = [value.name.value] if isinstance(value, ObjectFieldNode) else []
    closed, is_value = 0, True
    token = value.loc.start_token.prev if value.loc else None
    while token is not None and token.kind is not TokenKind.PAREN_L:
        if token.kind in _CLOSING:
            closed += 1
        elif token.kind in _OPENING:
            is_value = is_value or closed == 0
            closed = max(closed - 1, 0)
        elif token.kind is TokenKind.COLON and is_value and closed == 0:
            names.append(_name_before(token))
            is_value = False
        token = token.prev
    return ".".join(reversed(names))


def _name_before(colon: Token) -> str:
    """Return the name before a colon, that of a variable with its dollar sign."""
    name = colon.prev
    if name is None or name.value is None:
        return ""
    return f"${name.value}" if name.prev is not None and name.prev.kind is TokenKind.DOLLAR else name.value
