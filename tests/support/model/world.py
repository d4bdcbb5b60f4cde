"""A world of two accounts, as the services have it and as the model does, and commands given to both alike."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from app.domain.errors import DomainError, Refusals
from app.domain.ledger.quota import RecordedDay
from app.services.commands import in_transaction
from db.writer import Writer
from tests.support.clock import FrozenClock
from tests.support.customers import Customer
from tests.support.model.facts import Day, Reason, Refused
from tests.support.model.orders import Account
from tests.support.model.production import Production

Result = TypeVar("Result")
Told = TypeVar("Told")

ALONE: Final = ("ExpediteWindowClosed", "NoGain")
"""Refusals of a command as a whole, which are never told together with others."""


@dataclass(frozen=True)
class World:
    """Two accounts that share production, as the services have them and as the model does."""

    clock: FrozenClock
    customers: Sequence[Customer]
    accounts: Sequence[Account]

    @property
    def production(self) -> Production:
        return Production(self.accounts)

    async def agree(
        self, model: Callable[[datetime], Result], service: Callable[[Writer], Awaitable[Told]]
    ) -> tuple[Result, Told] | None:
        """Give a command to both; return what they did, or None when both refused, the service with good reasons."""
        try:
            expected: Result | Refused = model(self.clock.now())
        except Refused as refused:
            expected = refused
        try:
            told: Told | DomainError = await in_transaction(self.customers[0].pool, service)
        except DomainError as error:
            told = error
        if not isinstance(expected, Refused) and not isinstance(told, DomainError):
            return expected, told
        assert isinstance(told, DomainError), f"should be refused: {expected}"
        assert isinstance(expected, Refused), f"should not be refused: {told!r}"
        assert is_justified(told, expected.reasons), f"{told!r} is not what is told of {expected.reasons}"
        return None


class Command(Protocol):
    """Something that happens to a world."""

    async def give(self, world: World) -> None:
        """Let it happen, and assert that services and model agree on it."""


async def accepted(agreed: Awaitable[tuple[Result, Told] | None]) -> tuple[Result, Told]:
    """Return what both did of a command that is never refused."""
    done = await agreed
    assert done is not None
    return done


def assert_day(told: RecordedDay | None, day: Day) -> None:
    """Assert that the service tells of the ledger day that the model has."""
    assert told is not None
    allowance = told.allowance
    assert (told.day.date, told.day.opens_at, told.day.closes_at) == (day.name, day.opens_at, day.closes_at)
    assert (allowance.capacity, allowance.used) == (day.capacity, day.used)
    assert (allowance.expedite_capacity, allowance.expedite_used) == (day.quota, day.expedited)


def picked(items: Sequence[Result], numbers: Sequence[int] | None) -> list[Result]:
    """Pick items by number, each once, or all of them."""
    if numbers is None or not items:
        return list(items)
    return [items[number] for number in dict.fromkeys(number % len(items) for number in numbers)]


def is_justified(error: DomainError, reasons: frozenset[Reason]) -> bool:
    """Say whether each refusal told is a good one, and a gathering of them leaves out nothing that is to mend."""
    errors = error.refusals if isinstance(error, Refusals) else [error]
    told = {Reason(type(each).__name__, _image_id(each)) for each in errors}
    to_mend = _subjects(reason for reason in reasons if reason.kind not in ALONE)
    return told <= reasons and (not isinstance(error, Refusals) or _subjects(told) == to_mend)


def _subjects(reasons: Iterable[Reason]) -> set[object]:
    """Tell what is to mend: an image, or something of the command itself."""
    return {reason.image_id or reason.kind for reason in reasons}


def _image_id(error: DomainError) -> Any:  # noqa: ANN401 - only some have one
    return getattr(error, "image_id", None)
