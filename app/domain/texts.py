"""Names and texts: one rule for the API, imports and the command line (domain rules, Names and texts).

Texts are stored in Unicode's NFC. A name is one line of 1 to 255 code points with something visible in it; prose, such
as a reason or a note, has 1 to 2,000 and may have line ends and tabs. Refs of accounts and of import files are
identifiers: they are checked by the same rule, but compared as written, so that those stored before are still found.
Stored texts are not checked again.
"""

import re
from typing import Final
from unicodedata import normalize

from app.domain.bounds import MAX_NAME, MAX_PROSE
from app.domain.errors import DomainError

# Halves of surrogate pairs are how Python reads bytes of a command line that are not UTF-8.
_HALF: Final = re.compile("[\ud800-\udfff]")
_NOT_IN_PROSE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NOT_IN_LINES: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")
# White space, and characters that Unicode calls default ignorable, fillers and the blank Braille pattern.
_NOTHING_VISIBLE: Final = re.compile(
    "[\\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]*"
)


class BadText(DomainError):  # noqa: N818 - refusals are named by their case
    """A text that breaks the rule; `problem` continues a sentence that begins with the name of the text."""

    def __init__(self, subject: str, problem: str) -> None:
        super().__init__(f"{subject} {problem}.")
        self.problem = problem


def composed(text: str) -> str:
    """Return the text in Unicode's NFC, in which texts are checked and stored."""
    return text if text.isascii() else normalize("NFC", text)


def forms_of(text: str) -> tuple[str, str]:
    """Return a text in NFC, as people type it, and in NFD, as file names of macOS are."""
    return composed(text), normalize("NFD", text)


def require_name(subject: str, text: str) -> str:
    """Return a name in NFC; `subject` names it for people, "The name". Raises BadText."""
    name = composed(text)
    problem = name_problem(name)
    if problem is not None:
        raise BadText(subject, problem)
    return name


def name_problem(name: str) -> str | None:
    """Return the problem of a name in NFC, None without one."""
    return _problem(name, MAX_NAME, _NOT_IN_LINES, "has a line end or a control character")


def email_problem(address: str) -> str | None:
    """Return the problem of an email address in NFC, None without one; whether anybody reads it is not checked."""
    problem = name_problem(address)
    return "is not an email address" if problem is None and not _EMAIL.fullmatch(address) else problem


def line_problem(line: str) -> str | None:
    """Return the problem of one line of 1 to 255 characters, None without one."""
    return _problem(line, MAX_NAME, _NOT_IN_LINES, "has a line end or a control character", visible=False)


def prose_problem(prose: str) -> str | None:
    """Return the problem of prose in NFC, None without one."""
    return _problem(prose, MAX_PROSE, _NOT_IN_PROSE, "has a control character")


def _problem(text: str, most: int, excluded: re.Pattern[str], reason: str, *, visible: bool = True) -> str | None:
    """Return the problem of a text; a `visible` one has something visible in it."""
    if text.isascii() and text.isprintable() and 0 < len(text) <= most and not text.isspace():
        return None  # most texts, the quick way
    if not text or (visible and _NOTHING_VISIBLE.fullmatch(text)):
        return "must not be blank"
    if len(text) > most:
        return f"is longer than {most:,} characters"
    if excluded.search(text):
        return reason
    return "is not written in UTF-8" if _HALF.search(text) else None
