"""The event loop of the server: callers take turns, and what has no caller waits for none of them."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextvars import Context, copy_context
from itertools import groupby
from typing import Any, TypeVar

import pytest

from app.turns import ALONE, TURN, caller, pause, turn_is_over
from app.web.event_loop import FairLoop

Value = TypeVar("Value")
Served = list[str]


def run(main: Awaitable[Value]) -> Value:
    with asyncio.Runner(loop_factory=FairLoop) as runner:

        async def waited() -> Value:
            return await main

        return runner.run(waited())


def of(name: str) -> Context:
    context = copy_context()
    context.run(caller.set, name)
    return context


class _Time:
    """The loop's clock, in seconds, which work advances."""

    now = 0.0


@pytest.fixture(autouse=True)
def _time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.turns.perf_counter", lambda: _Time.now)


def work_a_turn() -> None:
    _Time.now += ALONE


def turns(served: Iterable[str]) -> Served:
    return [name for name, _ in groupby(served)]


async def work(served: Served, times: int) -> None:
    """Take so many turns."""
    for _ in range(times):
        served.append(caller.get())
        work_a_turn()
        await pause()


async def everything(tasks: Iterable[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks)


def task(name: str, work: Callable[[], Awaitable[Any]]) -> asyncio.Task[Any]:
    async def run() -> None:
        await work()

    return asyncio.get_running_loop().create_task(run(), context=of(name))


def test_a_caller_with_one_operation_has_every_second_turn_beside_one_with_eight() -> None:
    served: Served = []

    async def main() -> None:
        await everything(
            [*(task("A", lambda: work(served, 10)) for _ in range(8)), task("B", lambda: work(served, 10))]
        )

    run(main())
    assert served[:20] == ["A", "B"] * 10
    assert served[20:] == ["A"] * 70


def test_three_callers_have_turns_in_the_order_in_which_they_came() -> None:
    served: Served = []

    async def main() -> None:
        await everything(task(name, lambda: work(served, 3)) for name in "CAB")

    run(main())
    assert served == [*"CABCABCAB"]


def test_callbacks_of_a_caller_are_called_in_their_order() -> None:
    called: list[tuple[str, int]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for number in range(1000):
            for name in "AB":
                loop.call_soon(called.append, (name, number), context=of(name))
        done = loop.create_future()
        loop.call_soon(loop.call_soon, done.set_result, None, context=of("A"))
        await done

    run(main())
    assert [number for name, number in called if name == "A"] == [*range(1000)]
    assert [number for name, number in called if name == "B"] == [*range(1000)]


def test_a_turn_has_as_many_callbacks_as_begin_within_its_time() -> None:
    served: Served = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for name in "AB":
            loop.call_soon(served.append, f"{name}1", context=of(name))
            loop.call_soon(work_a_turn, context=of(name))
            loop.call_soon(served.append, f"{name}2", context=of(name))
        await everything([task("A", pause), task("B", pause)])

    run(main())
    assert served == ["A1", "B1", "A2", "B2"]


def test_callbacks_without_a_caller_wait_for_the_turn_under_way_alone() -> None:
    served: Served = []

    async def alone() -> None:
        for _ in range(3):
            served.append("-")
            await pause()

    async def main() -> None:
        tasks = [task("A", lambda: work(served, 4)) for _ in range(2)]
        await asyncio.gather(alone(), *tasks)

    run(main())
    assert served == ["A", "-", "A", "-", "A", "-", "A", "A", "A", "A", "A"]


def test_sockets_are_read_between_two_turns() -> None:
    served: Served = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        near, far = socket.socketpair()
        with near, far:
            near.setblocking(False)
            loop.add_reader(near, lambda: served.append(near.recv(1).decode()))

            async def send() -> None:
                served.append("A")
                far.send(b"!")
                work_a_turn()
                await pause()
                await work(served, 1)

            await task("A", send)
            loop.remove_reader(near)

    run(main())
    assert served == ["A", "!", "A"]


def test_a_cancelled_callback_is_not_called() -> None:
    called: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        handles = [loop.call_soon(called.append, number, context=of("A")) for number in range(3)]
        handles[1].cancel()
        assert [handle.cancelled() for handle in handles] == [False, True, False]
        await task("A", pause)

    run(main())
    assert called == [0, 2]


def test_a_cancelled_task_ends_at_its_pause() -> None:
    served: Served = []

    async def main() -> None:
        working = task("A", lambda: work(served, 100))
        await task("B", lambda: work(served, 2))
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working

    run(main())
    assert served == ["A", "B", "A", "B", "A"]


def test_an_exception_of_a_callback_is_logged_and_others_are_called(caplog: pytest.LogCaptureFixture) -> None:
    called: list[str] = []

    def fail() -> None:
        work_a_turn()
        raise ValueError("of A")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(fail, context=of("A"))
        loop.call_soon(called.append, "A", context=of("A"))
        loop.call_soon(called.append, "B", context=of("B"))
        await everything([task("A", pause), task("B", pause)])

    with caplog.at_level(logging.ERROR, "asyncio"):
        run(main())
    assert called == ["B", "A"]
    [record] = caplog.records
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "of A"


def test_a_callback_that_ends_the_process_leaves_the_turns_to_what_ends_with_it() -> None:
    ended: list[str] = []

    def leave() -> None:
        raise SystemExit(3)

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(caller.get())

    async def main() -> None:
        tasks = [task("A", wait), task("B", wait)]
        await pause()
        asyncio.get_running_loop().call_soon(leave, context=of("A"))
        await everything(tasks)

    with pytest.raises(SystemExit, match="3"):
        run(main())
    assert sorted(ended) == ["A", "B"]


def test_children_of_a_task_and_its_callbacks_work_for_its_caller() -> None:
    served: Served = []

    async def parent() -> None:
        await everything(asyncio.create_task(work(served, 2)) for _ in range(2))
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: done.set_result(caller.get()))
        served.append(await done)

    async def main() -> None:
        await everything([task("A", parent), task("B", lambda: work(served, 4))])

    run(main())
    assert turns(served[:8]) == ["A", "B"] * 4
    assert served[8:] == ["A"]


def test_a_turn_is_over_after_its_time_and_never_without_a_caller() -> None:
    found: list[bool] = []

    async def find() -> None:
        found.append(turn_is_over())
        work_a_turn()
        found.append(turn_is_over())

    async def main() -> None:
        await task("A", find)
        await find()

    run(main())
    assert found == [False, True, False, False]


def test_a_turn_is_longer_while_nobody_else_waits() -> None:
    served: Served = []

    async def work_shortly(times: int) -> None:
        for _ in range(times):
            served.append(caller.get())
            _Time.now += TURN
            await pause()

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def note() -> None:
            served.append("-")
            loop.call_soon(note)

        loop.call_soon(note)
        await everything([task("A", lambda: work_shortly(7)), task("B", lambda: work_shortly(2))])

    run(main())
    assert "".join(served).strip("-").replace("--", "-") == "A-B-A-B-A-AA-AA"  # B ends after the third turn of A
