"""Accounts take turns to be verified; one that is slow, broken or different does not stop the others."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures
from app.services.housekeeping import verification as verifying
from app.services.housekeeping.verification import VERIFY, NotCompared, Verified, verify_accounts, verify_next
from db.connections import Pool, Statement
from db.queries.pulse_reference import reference_figures
from db.readers import Reader
from tests.support.clock import FrozenClock
from tests.support.customers import open_customer
from tests.support.verification import OWNER, SOON, turns

pytestmark = pytest.mark.usefixtures("logs")

DAY = timedelta(days=1)


async def test_accounts_take_turns_the_longest_waiting_first(pool: Pool, clock: FrozenClock) -> None:
    """The eighth account is opened on the third day, and waits from then on like those that had their turn."""
    accounts: list[UUID] = []
    for number in range(7):
        accounts.append((await open_customer(pool, clock, name=f"Studio {number}")).account_id)
        clock.advance(SOON)
    days: list[list[int]] = []
    for day in range(7):
        clock.advance(DAY)
        if day == 2:
            accounts.append((await open_customer(pool, clock, name="Late")).account_id)
        assert await verify_next(pool, clock, OWNER, 3) == Verified(accounts=3)
        verified = {account_id for account_id, (at, _) in (await turns(pool)).items() if at == clock.now()}
        days.append([number for number, account_id in enumerate(accounts[:7]) if account_id in verified])
    assert days == [[0, 1, 2], [3, 4, 5], [0, 1, 6], [2, 3, 4], [0, 1, 5], [2, 6], [0, 3, 4]]
    [late] = await pool.fetch("SELECT due_at FROM job_cursors WHERE account_id = $1 AND job = $2", accounts[7], VERIFY)
    assert late["due_at"] == clock.now() - DAY


async def test_a_continued_verification_compares_each_account_once(pool: Pool, clock: FrozenClock) -> None:
    for number in range(5):
        await open_customer(pool, clock, name=f"Studio {number}")
    clock.advance(DAY)
    assert [(await verify_next(pool, clock, OWNER, 3)).accounts for _ in range(3)] == [3, 2, 0]


async def test_turns_recorded_by_a_clock_that_was_ahead_delay_no_account(pool: Pool, clock: FrozenClock) -> None:
    accounts = [(await open_customer(pool, clock, name=f"Studio {number}")).account_id for number in range(3)]
    ahead = FrozenClock(clock.now() + 400 * DAY)
    assert await verify_next(pool, ahead, OWNER, 2) == Verified(accounts=2)
    clock.advance(DAY)
    assert await verify_next(pool, clock, OWNER, 9) == Verified(accounts=3)
    assert await turns(pool) == dict.fromkeys(accounts, (clock.now(), 0))


async def test_an_account_with_a_difference_is_compared_every_day_besides_the_turn(
    pool: Pool, clock: FrozenClock
) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(4)]
    await customers[0].place(3)
    await pool.fetch("UPDATE rollups SET uploaded = uploaded + 9")
    clock.advance(DAY)
    assert list((await verify_accounts(pool, clock, OWNER, [customers[0].account_id])).failed) == [
        customers[0].account_id
    ]
    for _ in range(2):
        clock.advance(DAY)
        verified = await verify_next(pool, clock, OWNER, 1)
        assert (verified.accounts, list(verified.failed)) == (1, [customers[0].account_id])
        assert verified.error is not None
        assert verified.error.startswith(f"1 of 2 accounts. account {customers[0].account_id}: FiguresDiffer: as of ")
    await pool.fetch("UPDATE rollups SET uploaded = uploaded - 9")
    clock.advance(DAY)
    assert await verify_next(pool, clock, OWNER, 1) == Verified(accounts=2)


async def test_a_comparison_that_takes_too_long_is_ended_and_reported_and_others_continue(
    pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = sorted([(await open_customer(pool, clock, name=name)).account_id for name in ("Slow", "Quick")])

    async def reading(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
        if requests[0].account_id == slow:
            await reader.fetch(Statement("sleep", "SELECT pg_sleep(600)"))
        return await reference_figures(reader, requests)

    monkeypatch.setattr(verifying, "reference_figures", reading)
    monkeypatch.setattr(verifying, "BOUNDS", [Statement("soon", "SET LOCAL statement_timeout = '300ms'")])
    verified = await verify_accounts(pool, clock, OWNER, [slow, quick])
    assert (verified.accounts, list(verified.failed)) == (1, [slow])
    assert isinstance(verified.failed[slow], NotCompared)
    assert str(verified.failed[slow]) == "It takes longer than 2min to read its rows."
    assert {id_: attempts for id_, (_, attempts) in (await turns(pool)).items()} == {slow: 1, quick: 0}
    [left] = await pool.fetch("SHOW statement_timeout")  # of a connection that is used again
    assert left["statement_timeout"] == "15min"


async def test_an_account_that_cannot_be_read_stops_no_other(pool: Pool, clock: FrozenClock) -> None:
    lost, fine = [(await open_customer(pool, clock, name=name)).account_id for name in ("Lost", "Fine")]
    await pool.fetch("UPDATE time_zone_periods SET time_zone = 'Mars/Olympus' WHERE account_id = $1", lost)
    verified = await verify_accounts(pool, clock, OWNER, [lost, fine])
    assert (verified.accounts, list(verified.failed)) == (1, [lost])
    assert "'Mars/Olympus' is not an IANA time zone." in str(verified.failed[lost])
