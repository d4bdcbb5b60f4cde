"""A world of accounts kept by the services and by the model, and commands given to both alike."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from app.domain.errors import DomainError, Refusals
from app.domain.ledger.quota import RecordedDay
from db.writer import Writer
from tests.support.clock import FrozenClock
from tests.support.customers import Customer
from tests.support.model.facts import Day, Reason, Refused
from tests.support.model.orders import Account
from tests.support.model.production import Production
from tests.support.transactions import in_transaction

Result = TypeVar("Result")
Answer = TypeVar("Answer")

ALONE: Final = ("AccountIsClosed", "ExpediteWindowClosed", "NoGain")
"""Refusals of a command as a whole, which are never raised together with others."""


@dataclass(frozen=True)
class World:
    """Accounts that share production, as customers of the services and as accounts of the model."""

    clock: FrozenClock
    customers: Sequence[Customer]
    accounts: Sequence[Account]

    @property
    def production(self) -> Production:
        return Production(self.accounts)

    async def agree(
        self, model: Callable[[datetime], Result], service: Callable[[Writer], Awaitable[Answer]]
    ) -> tuple[Result, Answer] | None:
        """Give a command to both; return both results, or None if both refused for the same reasons."""
        try:
            expected: Result | Refused = model(self.clock.now())
        except Refused as refused:
            expected = refused
        try:
            answer: Answer | DomainError = await in_transaction(self.customers[0].pool, service)
        except DomainError as error:
            answer = error
        if not isinstance(expected, Refused) and not isinstance(answer, DomainError):
            return expected, answer
        assert isinstance(answer, DomainError), f"should be refused: {expected}"
        assert isinstance(expected, Refused), f"should not be refused: {answer!r}"
        assert is_justified(answer, expected.reasons), f"{answer!r} is not for the reasons {expected.reasons}"
        return None


class Command(Protocol):
    """A command, or a wait, in a world."""

    async def give(self, world: World) -> None:
        """Give it to the services and to the model, and assert that both agree."""


async def accepted(agreed: Awaitable[tuple[Result, Answer] | None]) -> tuple[Result, Answer]:
    """Return both results of a command that is never refused."""
    done = await agreed
    assert done is not None
    return done


def assert_day(recorded: RecordedDay | None, day: Day) -> None:
    """Assert that the ledger day returned by the service equals the model's."""
    assert recorded is not None
    allowance, opened = recorded.allowance, recorded.day
    assert (opened.date, opened.opens_at, opened.closes_at) == (day.name, day.opens_at, day.closes_at)
    assert (allowance.capacity, allowance.used) == (day.capacity, day.used)
    assert (allowance.expedite_capacity, allowance.expedite_used) == (day.quota, day.expedited)


def picked(items: Sequence[Result], numbers: Sequence[int] | None) -> list[Result]:
    """Pick items by number, each once, or all of them."""
    if numbers is None or not items:
        return list(items)
    return [items[number] for number in dict.fromkeys(number % len(items) for number in numbers)]


def is_justified(error: DomainError, reasons: frozenset[Reason]) -> bool:
    """Return whether each refusal has a reason of the model, and several of them cover all subjects of its reasons."""
    errors = error.refusals if isinstance(error, Refusals) else [error]
    refusals = {Reason(type(each).__name__, _image_id(each)) for each in errors}
    expected = _subjects(reason for reason in reasons if reason.kind not in ALONE)
    return refusals <= reasons and (not isinstance(error, Refusals) or _subjects(refusals) == expected)


def _subjects(reasons: Iterable[Reason]) -> set[object]:
    """Return the subjects of reasons: images, or parts of the command itself."""
    return {reason.image_id or reason.kind for reason in reasons}


def _image_id(error: DomainError) -> Any:  # noqa: ANN401 - only some have one
    return getattr(error, "image_id", None)
