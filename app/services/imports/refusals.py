"""Refusals of lines."""

from dataclasses import dataclass

from app.domain.wording import quoted


@dataclass(frozen=True, slots=True)
class Subject:
    """An account, specification or order as a line adds or names it: its ref is unique per account and kind."""

    account: str
    kind: str
    ref: str


class LineRefused(Exception):  # noqa: N818 - refusals are named by their case
    """A line that breaks a rule in a field; `missing` is the subject that it names and that does not exist."""

    def __init__(self, field: str, reason: str, missing: Subject | None = None) -> None:
        super().__init__(f"{field}: {reason}")
        self.missing = missing


def no_such(field: str, subject: Subject) -> LineRefused:
    """Return the refusal of a line that names a subject in a field which is not there."""
    return LineRefused(field, f"there is no {subject.kind} {quoted(subject.ref)}", subject)
