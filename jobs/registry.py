"""The registry of jobs: each is registered under a name of its own, with its kind."""

from collections.abc import Callable, Mapping
from typing import Any

from jobs.kind import Kind, WorkT


class DuplicateJob(Exception):  # noqa: N818 - named by its case, like all errors here
    """Two jobs of one name: they would take each other's runs for their own."""


class Registry:
    """Jobs by kind and name, in the order in which they were registered."""

    def __init__(self) -> None:
        self._jobs: dict[Kind[Any], dict[str, Any]] = {}

    def register(self, kind: Kind[WorkT], name: str) -> Callable[[WorkT], WorkT]:
        """Return a decorator that registers a function as a job; it raises DuplicateJob for a name that is taken."""

        def decorate(work: WorkT) -> WorkT:
            if name in self.names:
                raise DuplicateJob(f"There is a job {name!r} already.")
            self._jobs.setdefault(kind, {})[name] = work
            return work

        return decorate

    @property
    def names(self) -> list[str]:
        """The names of all jobs."""
        return [name for jobs in self._jobs.values() for name in jobs]

    @property
    def kinds(self) -> list[Kind[Any]]:
        """The kinds that have jobs."""
        return list(self._jobs)

    def of(self, kind: Kind[WorkT]) -> Mapping[str, WorkT]:
        """Return the jobs of a kind by name."""
        return self._jobs.get(kind, {})
