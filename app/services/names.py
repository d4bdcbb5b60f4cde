"""What people may call things, such as accounts, orders and images: one rule for commands and for files.

It is whatever can be written, up to a length; line ends and other control characters are the business of who shows it.
"""

import re
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from app.domain.errors import DomainError

MAX_LENGTH: Final = 255
"""Characters of a name."""

# Halves of characters: as such Python reads bytes of a command line that are no text.
_HALF: Final = re.compile("[\ud800-\udfff]")


class BadName(DomainError):  # noqa: N818 - a refusal is named by what it says
    """A name that nothing can have; `problem` is what is wrong with it, in words that follow its mention."""

    def __init__(self, mention: str, problem: str) -> None:
        super().__init__(f"{mention} {problem}.")
        self.problem = problem


def require_name(mention: str, name: str) -> None:
    """Raise BadName unless a name is one; `mention` says for people which it is: "The name"."""
    problem = _problem(name)
    if problem is not None:
        raise BadName(mention, problem)


def _read(name: str) -> str:
    problem = _problem(name)
    if problem is not None:
        raise PydanticCustomError("name", "{problem}", {"problem": problem})
    return name


def _problem(name: str) -> str | None:
    if not name.strip():
        return "must not be blank"
    if len(name) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    if "\0" in name:
        return "holds a NUL character, which cannot be stored"
    return "is not written in UTF-8" if _HALF.search(name) else None


Name: TypeAlias = Annotated[str, AfterValidator(_read)]
"""A name in what pydantic reads."""
