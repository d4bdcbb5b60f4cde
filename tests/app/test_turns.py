"""Long synchronous work pauses between two turns, in the middle of whatever it does."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from app.turns import breathe, in_turns, paced, pause

ASKED_BY: ContextVar[str] = ContextVar("asked_by")


@pytest.fixture
def _over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each turn is over at once."""
    monkeypatch.setattr("app.turns.turn_is_over", lambda: True)


def squares(seen: list[str], name: str, count: int) -> list[int]:
    found: list[int] = []
    for number in paced(range(count)):
        seen.append(f"{name}{number}")
        found.append(number * number)
    return found


async def test_work_returns_its_result() -> None:
    assert await in_turns(squares, [], name="A", count=4) == [0, 1, 4, 9]


async def test_work_without_a_caller_never_pauses() -> None:
    seen: list[str] = []
    await asyncio.gather(*(in_turns(squares, seen, name, 2) for name in "AB"))
    assert seen == ["A0", "A1", "B0", "B1"]


@pytest.mark.usefixtures("_over")
async def test_work_pauses_where_it_breathes_and_goes_on_from_there() -> None:
    seen: list[str] = []
    found = await asyncio.gather(*(in_turns(squares, seen, name, 3) for name in "AB"))
    assert seen == ["A0", "B0", "A1", "B1", "A2", "B2"]
    assert found == [[0, 1, 4], [0, 1, 4]]


@pytest.mark.usefixtures("_over")
async def test_work_pauses_below_other_functions() -> None:
    seen: list[str] = []

    def nested(name: str, depth: int) -> int:
        breathe()
        seen.append(f"{name}{depth}")
        return depth if depth == 0 else max(map(nested, [name] * 2, [depth - 1] * 2)) + 1

    assert [*await asyncio.gather(in_turns(nested, "A", 1), in_turns(nested, "B", 1))] == [1, 1]
    assert seen == ["A1", "B1", "A0", "B0", "A0", "B0"]


@pytest.mark.usefixtures("_over")
async def test_synchronous_work_outside_of_turns_does_not_pause() -> None:
    seen: list[str] = []
    asyncio.get_running_loop().call_soon(seen.append, "other")
    squares(seen, "A", 2)
    await pause()
    assert seen == ["A0", "A1", "other"]


@pytest.mark.usefixtures("_over")
async def test_an_error_of_work_is_raised() -> None:
    def fail() -> None:
        breathe()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await in_turns(fail)
    assert await in_turns(squares, [], "A", 2) == [0, 1]


@pytest.mark.usefixtures("_over")
async def test_work_of_a_cancelled_task_ends_at_its_pause() -> None:
    ended: list[str] = []

    def endless() -> None:
        try:
            while True:
                breathe()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    working = asyncio.create_task(in_turns(endless))
    await pause()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert ended == ["cancelled"]
    assert await in_turns(squares, [], "A", 2) == [0, 1]


@pytest.mark.usefixtures("_over")
async def test_work_has_the_context_of_its_task() -> None:
    def asked() -> Iterator[str]:
        for _ in range(2):
            breathe()
            yield ASKED_BY.get()

    async def ask(name: str) -> list[str]:
        ASKED_BY.set(name)
        return await in_turns(list[str], asked())

    assert [*await asyncio.gather(ask("A"), ask("B"))] == [["A", "A"], ["B", "B"]]


class Held:
    """An object that can be referred to weakly."""


@pytest.mark.usefixtures("_over")
async def test_nothing_of_work_is_kept_after_it() -> None:
    held = [Held(), Held()]
    kept = [weakref.ref(each) for each in held]

    def work(given: Held) -> Held:
        breathe()
        return given

    def fail(given: Held) -> Held:
        breathe()
        raise ValueError(given)

    assert await in_turns(work, held[0]) is held[0]
    with pytest.raises(ValueError, match="Held"):
        await in_turns(fail, held[1])
    held.clear()
    assert [each() for each in kept] == [None, None]


@pytest.mark.usefixtures("_over")
async def test_work_that_nobody_awaits_any_more_ends() -> None:
    ended: list[str] = []

    def work() -> None:
        try:
            breathe()
        finally:
            ended.append("ended")

    working = in_turns(work)
    working.send(None)
    working.close()
    gc.collect()
    assert ended == ["ended"]
