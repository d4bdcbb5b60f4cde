"""A command is one transaction, tried again after a conflict (domain rules, section 5)."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import stamina
from structlog.testing import capture_logs

from app.services.commands import Command, Overtaken, perform, retries
from db.connections import Pool, Statement
from db.failures import ServerError
from db.writer import Writer
from tests.support.clock import FrozenClock
from tests.support.customers import open_customer
from tests.support.database import until
from tests.support.stored_results import JsonResult

SERIALIZATION_FAILURE = "40001"
DEADLOCK = "40P01"
NOT_NULL_VIOLATION = "23502"
ATTEMPTS = 20


@pytest.fixture
def without_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=ATTEMPTS, cap=True):
        yield


def failing(sqlstate: str) -> Statement:
    """A statement that PostgreSQL fails with this code."""
    return Statement("failing", f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{sqlstate}'; END $$")


WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
RENAME = Statement("rename", "UPDATE accounts SET name = name || $2 WHERE id = $1")


@dataclass
class Work:
    """Adds an x to an account's name in each call; the first calls then fail, by an exception or a code."""

    account_id: UUID
    failures: int
    fails_by: str | Exception
    calls: int = 0

    async def __call__(self, writer: Writer) -> JsonResult:
        self.calls += 1
        await writer.execute(RENAME, self.account_id, "x")
        if self.calls <= self.failures:
            if isinstance(self.fails_by, Exception):
                raise self.fails_by
            await writer.execute(failing(self.fails_by))
        return JsonResult(call=self.calls)


async def a_work(pool: Pool, clock: FrozenClock, failures: int, fails_by: str | Exception) -> Work:
    return Work((await open_customer(pool, clock, name="ACME")).account_id, failures, fails_by)


def command(work: Work, key: str | None, *, of_staff: bool = False) -> Command:
    return Command(None if of_staff else work.account_id, "rename", {"suffix": "x"}, key)


async def names(pool: Pool) -> list[str]:
    return [row["name"] for row in await pool.fetch("SELECT name FROM accounts")]


async def keys(pool: Pool) -> list[tuple[str, JsonResult]]:
    sql = "SELECT key, answer FROM idempotency_keys UNION ALL SELECT key, answer FROM staff_idempotency_keys"
    return [(row["key"], row["answer"]) for row in await pool.fetch(sql)]


@pytest.mark.parametrize("fails_by", [SERIALIZATION_FAILURE, DEADLOCK, Overtaken()])
async def test_work_that_fails_by_concurrency_is_tried_again_and_done_once(
    pool: Pool, clock: FrozenClock, fails_by: str | Exception
) -> None:
    work = await a_work(pool, clock, 1, fails_by)
    assert await perform(pool, clock, command(work, None), work, JsonResult) == ({"call": 2}, False)
    assert (work.calls, await names(pool), await keys(pool)) == (2, ["ACMEx"], [])


@pytest.mark.parametrize("of_staff", [False, True])
@pytest.mark.parametrize("fails_by", [SERIALIZATION_FAILURE, DEADLOCK, Overtaken()])
async def test_work_tried_again_under_a_key_is_done_once_and_its_answer_known(
    pool: Pool, clock: FrozenClock, fails_by: str | Exception, *, of_staff: bool
) -> None:
    work = await a_work(pool, clock, 1, fails_by)
    asked = command(work, "first", of_staff=of_staff)
    assert [await perform(pool, clock, asked, work, JsonResult) for _ in range(2)] == [
        ({"call": 2}, False),
        ({"call": 2}, True),
    ]
    assert (work.calls, await names(pool)) == (2, ["ACMEx"])
    assert await keys(pool) == [("first", {"call": 2})]


@pytest.mark.usefixtures("without_pauses")
@pytest.mark.parametrize("key", [None, "first"])
async def test_work_that_fails_nineteen_times_is_done_at_the_twentieth(
    pool: Pool, clock: FrozenClock, key: str | None
) -> None:
    work = await a_work(pool, clock, ATTEMPTS - 1, DEADLOCK)
    assert await perform(pool, clock, command(work, key), work, JsonResult) == ({"call": ATTEMPTS}, False)
    assert await names(pool) == ["ACMEx"]


@pytest.mark.usefixtures("without_pauses")
@pytest.mark.parametrize("key", [None, "first"])
async def test_work_that_fails_twenty_times_fails_without_a_change(
    pool: Pool, clock: FrozenClock, key: str | None
) -> None:
    work = await a_work(pool, clock, ATTEMPTS, DEADLOCK)
    with pytest.raises(ServerError) as failed:
        await perform(pool, clock, command(work, key), work, JsonResult)
    assert getattr(failed.value, "sqlstate", None) == DEADLOCK
    assert (work.calls, await names(pool), await keys(pool)) == (ATTEMPTS, ["ACME"], [])


async def test_retries_are_counted_by_error_and_logged_nowhere(
    pool: Pool, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    before = retries.copy()
    with capture_logs() as logs:
        for failures, fails_by in ((2, DEADLOCK), (1, Overtaken()), (0, "")):
            work = await a_work(pool, clock, failures, fails_by)
            await perform(pool, clock, command(work, None), work, JsonResult)
    assert retries - before == {"DeadlockDetectedError": 2, "Overtaken": 1}
    assert (logs, caplog.records) == ([], [])


async def test_pauses_before_retries_grow_and_are_as_long_as_an_overtaken_command_says(
    pool: Pool, clock: FrozenClock
) -> None:
    pauses: list[float] = []
    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([lambda details: pauses.append(details.wait_for)])
    try:
        for failures, fails_by in ((4, DEADLOCK), (1, Overtaken(0.03)), (1, Overtaken())):
            work = await a_work(pool, clock, failures, fails_by)
            await perform(pool, clock, command(work, None), work, JsonResult)
    finally:
        stamina.instrumentation.set_on_retry_hooks(hooks)
    grown = zip(pauses[:4], (0.005, 0.01, 0.02, 0.04), strict=True)
    assert [least <= pause <= least + 0.02 for pause, least in grown] == [True] * 4
    assert [round(pause, 6) for pause in pauses[4:]] == [0.03, 0]


@dataclass
class Gate:
    """A gate: work signals that it has begun, and waits until it is opened."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.mark.parametrize("of_staff", [False, True])
async def test_a_call_with_the_key_of_another_under_way_is_performed_if_that_one_changes_nothing(
    pool: Pool, clock: FrozenClock, *, of_staff: bool
) -> None:
    work, gate = await a_work(pool, clock, 0, ""), Gate()
    asked = command(work, "first", of_staff=of_staff)

    async def change_nothing(_writer: Writer) -> JsonResult:
        gate.begun.set()
        await gate.opened.wait()
        return JsonResult(call=0, changed=False)

    refused = asyncio.create_task(perform(pool, clock, asked, change_nothing, JsonResult))
    await gate.begun.wait()
    others = [asyncio.create_task(perform(pool, clock, asked, work, JsonResult)) for _ in range(3)]
    await until(pool, WAITING)
    gate.opened.set()
    assert await refused == ({"call": 0, "changed": False}, False)
    assert sorted([(await each).is_repeated for each in others]) == [False, True, True]
    assert [(await each).result for each in others] == [{"call": 1}] * 3
    assert (work.calls, await names(pool), await keys(pool)) == (1, ["ACMEx"], [("first", {"call": 1})])


@pytest.mark.parametrize("of_staff", [False, True])
async def test_a_refusal_that_a_release_before_kept_is_judged_again(
    pool: Pool, clock: FrozenClock, *, of_staff: bool
) -> None:
    work = await a_work(pool, clock, 0, "")
    asked = command(work, "first", of_staff=of_staff)
    table = "staff_idempotency_keys" if of_staff else "idempotency_keys"
    await perform(pool, clock, asked, work, JsonResult)
    await pool.fetch(f"UPDATE {table} SET answer = $1", {"at": "2026-03-10T12:00:00Z", "errors": []})  # noqa: S608
    assert [await perform(pool, clock, asked, work, JsonResult) for _ in range(2)] == [
        ({"call": 2}, False),
        ({"call": 2}, True),
    ]


async def test_work_that_fails_by_its_own_error_is_not_tried_again(pool: Pool, clock: FrozenClock) -> None:
    work = await a_work(pool, clock, 1, NOT_NULL_VIOLATION)
    with pytest.raises(ServerError) as failed:
        await perform(pool, clock, command(work, "first"), work, JsonResult)
    assert getattr(failed.value, "sqlstate", None) == NOT_NULL_VIOLATION
    assert (work.calls, await names(pool), await keys(pool)) == (1, ["ACME"], [])
