"""The progress and the result of an import."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Protocol


class Listener(Protocol):
    """Shows an import while it runs."""

    def problem(self, line: int, text: str) -> None:
        """Show why a line is refused; `line` counts from 1."""
        ...

    def progress(self, position: int, report: "Report") -> None:
        """Show the counts so far; `position` is the number of bytes read of the file as stored."""
        ...

    def resumed(self, line: int) -> None:
        """Show that all lines up to this one were imported before, and the next one was not."""
        ...

    def committed(self, report: "Report") -> None:
        """Note the counts of all lines that are in the database for good."""
        ...


@dataclass(slots=True)
class Report:
    """Counts of an import: imported lines by type, their images, lines known before, and refused lines.

    `skipped` lines were left out because of a refused one: they come after it, wait for it, or name its subject.
    """

    imported: Counter[str] = field(default_factory=Counter[str])
    images: int = 0
    known: int = 0
    problems: int = 0
    skipped: int = 0

    @property
    def lines(self) -> int:
        """The number of lines read so far that are not blank."""
        return self.imported.total() + self.known + self.problems + self.skipped

    def copy(self) -> "Report":
        """Return the counts as they are now."""
        return replace(self, imported=self.imported.copy())
