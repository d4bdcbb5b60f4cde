"""Codes of user errors declared by a field: listed in its description, and the only ones that it can answer."""

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final, Protocol

CODES: Final = "codes"
"""The key of a field's codes in its metadata."""


class Coded(Protocol):
    """A user error with its code."""

    @property
    def code(self) -> str:
        """The code."""
        ...


class Refusable(Protocol):
    """A result with user errors."""

    @property
    def user_errors(self) -> Sequence[Coded]:
        """The errors."""
        ...


class UndeclaredCode(Exception):  # noqa: N818 - named by its case, like all errors here
    """A user error with a code that its field does not declare, which is a bug."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The code {code} is not declared.")


def listed(codes: Collection[str]) -> str:
    """Return the sentence of a field's description that lists its codes."""
    return f"User errors: {', '.join(codes)}."


def answering(codes: Collection[str], resolver: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap an asynchronous resolver: it raises UndeclaredCode for a user error with another code."""
    if not iscoroutinefunction(resolver):
        raise TypeError(f"{resolver!r} is not asynchronous.")

    @wraps(resolver)
    async def answer(*args: object, **kwargs: object) -> Refusable:
        answered: Refusable = await resolver(*args, **kwargs)
        for error in answered.user_errors:
            if error.code not in codes:
                raise UndeclaredCode(error.code)
        return answered

    return answer
