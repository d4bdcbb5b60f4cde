"""Gates: who is at work, who waits, who is refused, and in which order; counted, with a loop that does nothing else."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from itertools import pairwise

import pytest

from engine.gate import Bounds, Busy, Gate

WHOLE_MINUTE = 60.0
OWN = "Too many of your requests are under way, so this one was not begun; try again."
ALL = "Too many requests are under way, so this one was not begun; try again."


class Works:
    """Pieces of work that pass a gate, and end when a test says so."""

    def __init__(self, gate: Gate) -> None:
        self.begun: list[str] = []
        self.at_work: list[str] = []
        self.gate = gate
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def send(self, *names: str, weight: int = 1) -> None:
        """Send work, each named by its caller and a number; let it begin if it can."""
        for name in names:
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._work(name, weight))
            await settle()

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
            await settle()

    async def end_all(self) -> None:
        """End what is at work, one after the other, until nothing is."""
        while self.at_work:
            await self.end(self.at_work[0])

    def refusal(self, name: str) -> str | None:
        """Return the text with which work was refused; None if it was not."""
        task = self.tasks[name]
        error = task.exception() if task.done() and not task.cancelled() else None
        return None if error is None else str(error)

    async def _work(self, name: str, weight: int) -> None:
        async with self.gate.enter(name[0], weight):
            self.begun.append(name)
            self.at_work.append(name)
            try:
                await self._ends[name].wait()
            finally:
                self.at_work.remove(name)


async def settle() -> None:
    """Let all tasks run until each waits."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def works() -> AsyncGenerator[Callable[..., Works]]:
    """Make works at a gate with these bounds; in the end nothing may be left of them."""
    made: list[Works] = []

    def make(
        per_caller: int = 2,
        places: int = 4,
        waiting: int = 8,
        patience: float = WHOLE_MINUTE,
        weight: float = 100,
        reserved: int = 0,
    ) -> Works:
        made.append(Works(Gate(Bounds(per_caller, places, waiting, patience, weight, reserved))))
        return made[-1]

    yield make
    for each in made:
        await each.end_all()
        for task in each.tasks.values():
            with suppress(Busy, asyncio.CancelledError):
                await task
        assert each.gate.is_idle


async def test_a_caller_is_at_work_as_often_as_its_bound_says(works: Callable[..., Works]) -> None:
    sent = works(per_caller=2)
    await sent.send("a1", "a2", "a3", "b1")
    assert sent.at_work == ["a1", "a2", "b1"]
    await sent.end("a2")
    assert sent.at_work == ["a1", "b1", "a3"]


async def test_callers_take_turns_and_the_work_of_one_is_begun_in_its_order(works: Callable[..., Works]) -> None:
    sent = works(per_caller=1, places=1)
    await sent.send("a1", "a2", "a3", "a4", "b1", "c1", "b2")
    await sent.end_all()
    assert sent.begun == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_work_beyond_the_room_to_wait_is_refused_at_once(works: Callable[..., Works]) -> None:
    sent = works(per_caller=1, waiting=4)
    await sent.send("a1", "a2", "a3", "a4")
    assert (sent.at_work, sent.refusal("a4")) == (["a1"], OWN)
    await sent.send("b1")
    assert sent.at_work == ["a1", "b1"]
    assert sent.refusal("a3") is None


async def test_the_newest_of_the_longest_line_is_refused_for_a_caller_with_a_shorter_one(
    works: Callable[..., Works],
) -> None:
    sent = works(per_caller=1, places=1, waiting=4)
    await sent.send("a1", "a2", "a3", "b1", "b2", "c1")
    assert [sent.refusal(each) for each in ("a2", "a3", "b1", "b2", "c1")] == [None, OWN, None, None, None]
    await sent.send("d1", "e1")
    assert [sent.refusal(each) for each in ("a2", "b1", "b2", "c1", "d1", "e1")] == [None, None, ALL, None, None, ALL]
    await sent.end_all()
    assert sent.begun == ["a1", "a2", "b1", "c1", "d1"]


async def test_work_is_refused_after_the_patience(works: Callable[..., Works]) -> None:
    sent = works(per_caller=1, places=2, patience=0.01)
    await sent.send("a1", "b1", "a2", "c1")
    await asyncio.wait([sent.tasks["a2"], sent.tasks["c1"]])
    assert (sent.refusal("a2"), sent.refusal("c1"), sent.at_work) == (OWN, ALL, ["a1", "b1"])
    await sent.end("a1")
    assert sent.begun == ["a1", "b1"]


async def test_the_last_places_are_for_callers_with_nothing_at_work(works: Callable[..., Works]) -> None:
    sent = works(per_caller=4, places=4, reserved=1)
    await sent.send("a1", "a2", "a3", "a4", "b1", "b2", "c1")
    assert sent.at_work == ["a1", "a2", "a3", "b1"]
    await sent.end("a1")
    assert sent.at_work == ["a2", "a3", "b1", "c1"]
    await sent.end("b1")
    assert sent.at_work == ["a2", "a3", "c1", "b2"]


async def test_heavy_work_of_one_caller_waits_for_each_other(works: Callable[..., Works]) -> None:
    sent = works(per_caller=3)
    await sent.send("a1", weight=90)
    await sent.send("a2", weight=20)
    await sent.send("a3", weight=5)
    assert sent.at_work == ["a1"]
    await sent.end("a1")
    assert sent.at_work == ["a2", "a3"]


async def test_a_caller_with_nothing_at_work_needs_a_free_place_alone(works: Callable[..., Works]) -> None:
    sent = works(per_caller=2, places=3)
    await sent.send("a1", "b1", "c1", weight=1_000)
    assert sent.at_work == ["a1", "b1", "c1"]
    await sent.send("d1")
    assert sent.at_work == ["a1", "b1", "c1"]
    await sent.end("a1")
    assert sent.at_work == ["b1", "c1", "d1"]


async def test_a_caller_within_an_equal_share_of_the_weight_does_not_wait_for_heavy_work(
    works: Callable[..., Works],
) -> None:
    sent = works(per_caller=8, places=10)
    await sent.send("a1", weight=1_000)
    await sent.send("b1", "b2", "b3", "b4", "b5", "b6", weight=10)
    assert sent.at_work == ["a1", "b1", "b2", "b3", "b4", "b5"]
    await sent.end("b1")
    assert sent.at_work == ["a1", "b2", "b3", "b4", "b5", "b6"]


async def test_cancelled_work_leaves_its_place_or_its_line(works: Callable[..., Works]) -> None:
    sent = works(per_caller=1, places=2)
    await sent.send("a1", "a2", "a3", "b1", "b2")
    for name in ("a2", "b1"):
        sent.tasks[name].cancel()
        await settle()
    assert sent.at_work == ["a1", "b2"]
    await sent.end("a1")
    assert sent.at_work == ["b2", "a3"]


async def test_light_work_behind_cancelled_heavy_work_is_begun(works: Callable[..., Works]) -> None:
    sent = works(per_caller=3)
    await sent.send("a1", weight=90)
    await sent.send("a2", weight=20)
    await sent.send("a3", weight=5)
    sent.tasks["a2"].cancel()
    await settle()
    assert sent.at_work == ["a1", "a3"]


@pytest.mark.parametrize("cancelled_first", [True, False])
async def test_a_turn_that_comes_as_its_work_is_cancelled_goes_to_the_next(
    works: Callable[..., Works], *, cancelled_first: bool
) -> None:
    sent = works(per_caller=1, places=1)
    async with sent.gate.enter("a") as place:
        await sent.send("b1", "c1")
        acts: list[Callable[[], object]] = [sent.tasks["b1"].cancel, place.leave]
        for act in acts if cancelled_first else reversed(acts):
            act()
        await settle()
        assert sent.begun == ["c1"]


async def test_a_place_is_left_once(works: Callable[..., Works]) -> None:
    sent = works(per_caller=1, places=1)
    async with sent.gate.enter("a") as place:
        place.leave()
        await sent.send("b1")
        place.leave()
        await sent.send("c1")
        assert sent.at_work == ["b1"]


async def test_a_hundred_pieces_of_work_keep_the_bounds_and_take_turns(works: Callable[..., Works]) -> None:
    sent = works(per_caller=2, places=3, waiting=40)
    names = [f"{caller}{number}" for number in range(20) for caller in "abcde"]
    await sent.send(*names)
    most = 0
    while sent.at_work:
        most = max(most, len(sent.at_work))
        assert all(sent.at_work.count(each) <= 2 for each in "abcde")
        await sent.end(sent.at_work[0])
    assert most == 3
    begun = [name[0] for name in sent.begun[3:]]
    assert all(one != other for one, other in pairwise(begun))
    assert len(sent.begun) == 43
