"""Why a line is refused."""

from collections.abc import Generator
from contextlib import contextmanager

from app.domain.errors import DomainError
from app.services.imports.reading import Named


class LineRefused(Exception):  # noqa: N818 - a refusal is named by what it says
    """A line that cannot take effect: `field` is where, the text why, `missing` what it names that is not there."""

    def __init__(self, field: str, reason: str, missing: Named | None = None) -> None:
        super().__init__(f"{field}: {reason}")
        self.missing = missing


@contextmanager
def refusing(field: str) -> Generator[None]:
    """Blame what the rules refuse on a field."""
    try:
        yield
    except DomainError as refusal:
        raise LineRefused(field, str(refusal)) from refusal
