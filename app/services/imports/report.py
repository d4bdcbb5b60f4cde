"""What an import tells while it runs and at its end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from app.services.imports.lines import Line, OrderLine


class Listener(Protocol):
    """Is told what happens during an import."""

    def problem(self, line: int, text: str) -> None:
        """Hear that a line is refused; `line` counts from 1."""
        ...

    def progress(self, position: int, report: "Report") -> None:
        """Hear that the file was read up to this byte of it as stored, and what became of its lines."""
        ...


@dataclass(slots=True)
class Report:
    """Counts of an import: lines that took effect, by type, and their images; lines known before; lines refused.

    `skipped` lines were left out for a refused one: after it, waiting for it, or naming what it was to make.
    """

    imported: Counter[str] = field(default_factory=Counter[str])
    images: int = 0
    known: int = 0
    problems: int = 0
    skipped: int = 0

    @property
    def lines(self) -> int:
        """Lines read so far that are not blank."""
        return self.imported.total() + self.known + self.problems + self.skipped

    def count(self, line: Line) -> None:
        """Count a line that took effect."""
        self.imported[line.type] += 1
        if isinstance(line, OrderLine):
            self.images += len(line.images)
