"""Imports around changes of specifications, of the catalogue and of an account's administration.

These hold no line of the past back, and end no import that is running.
"""

import asyncio
from functools import partial

import pytest

from app.services.imports import AccountMoved, destination
from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.import_files import START, Outcome, change, everything, order, run_import
from tests.support.interrupted_imports import (
    ASIDE,
    BARRING,
    EVENING,
    MORNING,
    NIGHT,
    NOON,
    TODAY,
    Act,
    Interruption,
    begun,
    close_and_reopen,
    comparable,
    rename,
    reprice,
    specify,
    tonight,
    undisturbed,
)


@pytest.mark.parametrize("act", ASIDE.values(), ids=ASIDE)
async def test_an_import_of_the_morning_equals_one_without_an_act_at_noon(server: str, pool: Pool, act: Act) -> None:
    account_id = await begun(pool)
    before = await everything(pool)
    await act(pool, FrozenClock(NOON), account_id)
    assert await everything(pool) != before
    assert (await tonight(pool, *TODAY)).problems == []
    assert await comparable(pool) == await undisturbed(server)


@pytest.mark.parametrize("batch", range(4))
@pytest.mark.parametrize("act", ASIDE.values(), ids=ASIDE)
async def test_an_act_amid_an_import_changes_nothing_of_it(
    server: str, pool: Pool, monkeypatch: pytest.MonkeyPatch, act: Act, batch: int
) -> None:
    account_id = await begun(pool)
    interruption = Interruption(partial(act, pool, FrozenClock(NIGHT + MICROSECOND), account_id), batch)
    monkeypatch.setattr(destination, "write", interruption)
    assert (await tonight(pool, *TODAY, chunk_lines=1)).problems == []
    monkeypatch.undo()
    assert interruption.written == 4
    assert await comparable(pool) == await undisturbed(server)


@pytest.mark.parametrize("act", ASIDE.values(), ids=ASIDE)
async def test_a_bad_line_is_shown_though_an_act_came_between(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    account_id = await begun(pool)
    interruption = Interruption(partial(act, pool, FrozenClock(NIGHT + MICROSECOND), account_id), 0)
    monkeypatch.setattr(destination, "write", interruption)
    bad = change("expedite", "2026-03-04T10:00:00Z", order="o-9")
    assert (await tonight(pool, TODAY[0], bad, chunk_lines=1)).problems == ["2: order: there is no order 'o-9'"]


@pytest.mark.parametrize("act", BARRING.values(), ids=BARRING)
async def test_no_line_can_be_before_a_change_on_which_it_may_depend(pool: Pool, act: Act) -> None:
    account_id = await begun(pool)
    await act(pool, FrozenClock(NOON), account_id)
    [problem] = (await tonight(pool, TODAY[0])).problems
    assert problem.startswith("1: placedAt: is before 2026-03-04T12:00:00")
    assert (await tonight(pool, order("o-2", at="2026-03-04T13:00:00Z"))).problems == []


@pytest.mark.parametrize("act", BARRING.values(), ids=BARRING)
async def test_a_change_on_which_lines_may_depend_ends_an_import(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    account_id = await begun(pool)
    interruption = Interruption(partial(act, pool, FrozenClock(NIGHT + MICROSECOND), account_id), 0)
    monkeypatch.setattr(destination, "write", interruption)
    with pytest.raises(AccountMoved):
        await tonight(pool, TODAY[0])


@pytest.mark.races
async def test_acts_all_through_an_import_change_nothing_of_it(server: str, pool: Pool) -> None:
    lines = [order(f"n-{number}", 2, "2026-03-04T12:00:00Z") for number in range(60)]
    account_id = await begun(pool)
    clock = FrozenClock(NIGHT + MICROSECOND)
    ended = asyncio.Event()

    async def acting() -> int:
        count = 0
        while not ended.is_set():
            await reprice(pool, clock, account_id, str(count))
            await rename(pool, clock, account_id)
            await specify(pool, clock, account_id)
            count += 1
        return count

    async def importing() -> Outcome:
        try:
            return await tonight(pool, *TODAY, *lines, chunk_lines=3)
        finally:
            ended.set()

    outcome, count = await asyncio.gather(importing(), acting())
    assert (outcome.problems, count > 1) == ([], True)
    assert await comparable(pool) == await undisturbed(server, *lines)


async def test_no_line_can_open_an_account_before_its_reopening(pool: Pool) -> None:
    assert (await run_import(pool, START, now=EVENING)).problems == []
    [row] = await pool.fetch("SELECT id FROM accounts")
    await close_and_reopen(pool, FrozenClock(NOON), row["id"])
    outcome = await tonight(pool, order("o-1"), order("o-2", at=MORNING))
    assert outcome.problems == [
        "1: placedAt: is before 2026-03-04T12:00:00.000001Z, the last instant of account 'acme' so far"
    ]
