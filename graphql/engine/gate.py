"""Gates: so much work of each caller at once, and of all callers together; the rest waits, one caller after the other.

They are written by hand, since libraries limit rates or keep a limiter for every key they ever saw, and since asyncio's
semaphore serves whoever came first, so that all wait for the one who sends most.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import Final, Self

_TOO_MANY_OF_ONE: Final = "Too many of your requests are under way, so this one was not begun; try again."
_TOO_MANY: Final = "Too many requests are under way, so this one was not begun; try again."


class Busy(Exception):  # noqa: N818 - named by its case, like all errors here
    """Too much work is under way or waits, so that this was not begun; the text is for clients."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of a gate.

    `per_caller` and `places` are the most that is at work at once, of a caller and of all, `weight` the most that all
    of it weighs; the last places are `reserved` for callers with nothing at work. `waiting` is the most that waits,
    half of it of one caller, and `patience` the seconds until it is refused.
    """

    per_caller: int
    places: int
    waiting: int
    patience: float
    weight: float = inf
    reserved: int = 0


@dataclass(slots=True, eq=False)
class Place:
    """The place of a piece of work within a gate: `async with` waits for it and raises Busy, and leaves at the end."""

    gate: "Gate"
    caller: str
    weight: int
    is_taken: bool = False
    turn: asyncio.Future[None] | None = None
    """The turn that it waits for."""

    async def __aenter__(self) -> Self:
        if not self.gate.take(self):
            await self.gate.wait(self)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Leave, unless that was done before."""
        if self.is_taken:
            self.gate.give_back(self)


@dataclass(slots=True)
class _Caller:
    """The work of a caller: how much is at work, what that weighs, and what waits, in order."""

    at_work: int = 0
    weight: int = 0
    line: deque[Place] = field(default_factory=deque[Place])


class Gate:
    """A gate with bounds, which keeps nothing of a caller without work.

    Callers that wait take turns, and the work of one is begun in its order. A caller with nothing at work needs a free
    place alone, and so does one that weighs no more than an equal share: the heavy work of others keeps neither out.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._callers: dict[str, _Caller] = {}
        self._waiting: dict[str, _Caller] = {}  # those with a line, in the order of their turns
        self._in_lines = 0
        self._at_work = 0
        self._callers_at_work = 0
        self._weight = 0

    @property
    def is_idle(self) -> bool:
        """True if nothing is at work or waits, so that nothing is kept."""
        return not (self._callers or self._waiting or self._in_lines or self._at_work or self._weight)

    def enter(self, caller: str, weight: int = 1) -> Place:
        """Return a place, to be entered."""
        return Place(self, caller, weight)

    def take(self, place: Place) -> bool:
        """Take a place now; False if it has to wait."""
        caller = self._callers.get(place.caller) or _Caller()
        if caller.line or not self._admits(caller, place.weight):
            return False
        self._occupy(caller, place)
        return True

    async def wait(self, place: Place) -> None:
        """Wait for the turn of a place; raises Busy, at once if there is no room to wait."""
        caller = self._callers.get(place.caller) or _Caller()
        self._make_room(caller)
        loop = asyncio.get_running_loop()
        place.turn = loop.create_future()
        caller.line.append(place)
        self._in_lines += 1
        self._callers[place.caller] = self._waiting[place.caller] = caller
        timer = loop.call_later(self._bounds.patience, self._refuse, place)
        try:
            await place.turn
        except asyncio.CancelledError:
            self._withdraw(place)
            place.leave()  # if its turn came just before
            raise
        finally:
            timer.cancel()

    def give_back(self, place: Place) -> None:
        """Give a taken place to the caller whose turn it is."""
        caller = self._callers[place.caller]
        place.is_taken = False
        self._at_work -= 1
        self._weight -= place.weight
        caller.at_work -= 1
        caller.weight -= place.weight
        self._callers_at_work -= not caller.at_work
        self._forget_idle(place.caller, caller)
        self._admit_waiting()

    def _admits(self, caller: _Caller, weight: int) -> bool:
        bounds = self._bounds
        free = bounds.places - self._at_work
        if not caller.at_work:
            return free > 0
        if free <= bounds.reserved or caller.at_work >= bounds.per_caller:
            return False
        return self._weight + weight <= bounds.weight or caller.weight + weight <= bounds.weight / self._callers_at_work

    def _occupy(self, caller: _Caller, place: Place) -> None:
        self._callers[place.caller] = caller
        place.is_taken = True
        self._at_work += 1
        self._weight += place.weight
        self._callers_at_work += not caller.at_work
        caller.at_work += 1
        caller.weight += place.weight

    def _admit_waiting(self) -> None:
        """Begin what waits, one of each caller in turn, as long as any of it is admitted."""
        while self._in_lines and self._at_work < self._bounds.places:
            admitted = next((each for each in self._waiting.values() if self._admits(each, each.line[0].weight)), None)
            if admitted is None:
                return
            place = admitted.line[0]
            self._remove(place)
            if admitted.line:
                self._waiting[place.caller] = self._waiting.pop(place.caller)  # behind all others
            if place.turn is not None and not place.turn.done():  # it was not cancelled just before
                self._occupy(admitted, place)
                place.turn.set_result(None)

    def _make_room(self, caller: _Caller) -> None:
        """Make room for one more in the line of a caller; it takes that of the newest in a longer line."""
        line, most = len(caller.line), self._bounds.waiting
        if line >= most // 2:
            raise Busy(_TOO_MANY_OF_ONE)
        if self._in_lines >= most:
            longest = max((each.line for each in self._waiting.values()), key=len)
            if len(longest) <= line + 1:
                raise Busy(_TOO_MANY)
            self._refuse(longest[-1])

    def _refuse(self, place: Place) -> None:
        """Refuse what waits."""
        if place.turn is not None and not place.turn.done():
            is_own = self._callers[place.caller].at_work >= self._bounds.per_caller
            place.turn.set_exception(Busy(_TOO_MANY_OF_ONE if is_own else _TOO_MANY))
            self._withdraw(place)

    def _withdraw(self, place: Place) -> None:
        """Remove what waits no longer, and begin what it kept waiting."""
        self._remove(place)
        self._admit_waiting()

    def _remove(self, place: Place) -> None:
        caller = self._waiting.get(place.caller)
        if caller is None or place not in caller.line:
            return
        caller.line.remove(place)
        self._in_lines -= 1
        if not caller.line:
            del self._waiting[place.caller]
            self._forget_idle(place.caller, caller)

    def _forget_idle(self, name: str, caller: _Caller) -> None:
        if not caller.at_work and not caller.line:
            del self._callers[name]
