"""The job runs that staff see."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from api.ids import NodeType, account_global_id
from app.services.job_queue.claims import ATTEMPTS
from app.settings import Settings
from db.connections import Pool
from db.tables.jobs import JobRun
from db.writer import unit_of_work
from engine.ids import GlobalId
from jobs.catalogue import JOBS
from jobs.kinds.periodic import DAILY
from jobs.worker import Worker
from tests.support.clock import FrozenClock
from tests.support.customers import open_customer
from tests.support.job_queue import KIND, give_up
from tests.support.serving import Client
from tests.support.studio import Studio, open_account

HOUR = timedelta(hours=1)
RUN = """
  id job timeZone date scheduledFor state attempts startedAt finishedAt accountCount failureCount error
  account { name }"""


def run(number: int, at: datetime, **facts: Any) -> JobRun:  # noqa: ANN401
    """Return a run that succeeded an hour after it was due, except for the facts passed."""
    values: dict[str, Any] = {
        "id": UUID(int=number),
        "job": "snapshot_pulse",
        "time_zone": "Africa/Cairo",
        "account_id": None,
        "date": date(2026, 3, 9),
        "scheduled_for": at,
        "state": "SUCCEEDED",
        "attempts": 1,
        "owner": "one",
        "lease_until": None,
        "started_at": at + HOUR,
        "finished_at": at + 2 * HOUR,
        "accounts": 3,
        "failures": 0,
        "error": None,
    }
    return JobRun(**(values | facts))


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    """A studio for which a job failed, among runs at four instants."""
    made = await open_account(pool, Studio(zone="Africa/Cairo"))
    now = clock.now()
    failed = {"state": "FAILED", "failures": 1, "error": "No such zone."}
    runs = [
        run(1, now - 4 * HOUR),
        run(2, now - 3 * HOUR, job="reset_guarantee", **failed),
        run(3, now - 3 * HOUR, job="reset_guarantee", account_id=made.id, accounts=0, **failed),
        run(4, now - 2 * HOUR, job="prune", time_zone=None, date=None, accounts=0),
        run(5, now - HOUR, job="prune", time_zone=None, date=None, state="RUNNING", finished_at=None),
    ]
    async with unit_of_work(pool) as writer:
        await writer.insert(runs)
        await writer.commit()
    return made


def node(number: int) -> str:
    return str(GlobalId(NodeType.JOB_RUN, UUID(int=0), UUID(int=number)))


async def listed(staff: Client, arguments: str) -> list[int]:
    """Return the numbers of the listed runs, having checked that there are as many as the total says."""
    found = (await staff.data(f"{{ jobRuns({arguments}) {{ totalCount nodes {{ id }} }} }}"))["jobRuns"]
    assert found["totalCount"] == len(found["nodes"])
    numbers = {node(number): number for number in range(1, 6)}
    return [numbers[each["id"]] for each in found["nodes"]]


@pytest.mark.usefixtures("studio")
async def test_a_job_run_shows_its_job_schedule_attempts_and_result(staff: Client) -> None:
    data = await staff.data(f"query ($id: ID!) {{ node(id: $id) {{ ... on JobRun {{ {RUN} }} }} }}", {"id": node(3)})
    assert data["node"] == {
        "id": node(3),
        "job": "reset_guarantee",
        "timeZone": "Africa/Cairo",
        "date": "2026-03-09",
        "scheduledFor": "2026-03-10T09:00:00Z",
        "state": "FAILED",
        "attempts": 1,
        "startedAt": "2026-03-10T10:00:00Z",
        "finishedAt": "2026-03-10T11:00:00Z",
        "accountCount": 0,
        "failureCount": 1,
        "error": "No such zone.",
        "account": {"name": "ACME"},
    }
    nodes = (await staff.data("{ jobRuns(first: 1) { nodes { date timeZone finishedAt account { id } } } }"))["jobRuns"]
    assert nodes == {"nodes": [{"date": None, "timeZone": None, "finishedAt": None, "account": None}]}


async def test_job_runs_are_listed_newest_first_and_filtered_by_job_account_and_failure(
    staff: Client, studio: Studio
) -> None:
    account = f'accountId: "{account_global_id(studio.id)}"'
    for arguments, numbers in (
        ("first: 100", [5, 4, 3, 2, 1]),
        ('job: "prune"', [5, 4]),
        ('job: "nothing"', []),
        ("failed: true", [3, 2]),
        ("failed: false", [5, 4, 1]),
        (account, [3]),
        (f"{account}, failed: false", []),
        (f'{account}, failed: true, job: "reset_guarantee"', [3]),
        ('job: "reset_guarantee", failed: null', [3, 2]),
    ):
        assert (arguments, await listed(staff, arguments)) == (arguments, numbers)


async def test_differences_found_by_the_daily_verification_are_shown_with_their_figures(
    pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    customer = await open_customer(pool, clock)
    clock.advance()
    await customer.place(3)
    await pool.fetch("UPDATE rollups SET uploaded = uploaded + 1 WHERE uploaded > 0")
    clock.advance(timedelta(days=1))
    await Worker(pool, clock, Settings(), "a", JOBS).run(DAILY)
    asked = (
        '{ jobRuns(job: "verify_pulse", failed: true) { nodes { accountCount failureCount error account { name } } } }'
    )
    nodes = (await staff.data(asked))["jobRuns"]["nodes"]
    assert all("current.uploaded 4 by rollups, 3 by rows" in node.pop("error") for node in nodes)
    assert sorted(nodes, key=str) == [
        {"accountCount": 0, "failureCount": 1, "account": None},
        {"accountCount": 0, "failureCount": 1, "account": {"name": "ACME"}},
    ]


async def test_queued_jobs_that_fail_are_failed_runs_of_their_account(
    pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    studio = await open_account(pool, Studio(name="ACME", created_at=clock.now()))
    due_at = clock.now()
    await give_up(pool, clock, studio.id, "order 7")
    asked = f"{{ jobRuns(failed: true) {{ nodes {{ {RUN} }} }} }}"
    [node] = (await staff.data(asked))["jobRuns"]["nodes"]
    facts = {name: node[name] for name in ("job", "timeZone", "state", "attempts", "failureCount", "error", "account")}
    assert facts == {
        "job": KIND,
        "timeZone": None,
        "state": "FAILED",
        "attempts": ATTEMPTS,
        "failureCount": 1,
        "error": "order 7: ValueError: x",
        "account": {"name": "ACME"},
    }
    assert datetime.fromisoformat(node["scheduledFor"]) == due_at


@pytest.mark.usefixtures("studio")
async def test_job_runs_are_paged(staff: Client) -> None:
    asked = "query ($after: String) { jobRuns(first: 2, after: $after) { edges { cursor node { id } } } }"
    found: list[str] = []
    after = None
    while edges := (await staff.data(asked, {"after": after}))["jobRuns"]["edges"]:
        found += [edge["node"]["id"] for edge in edges]
        after = edges[-1]["cursor"]
    assert found == [node(number) for number in (5, 4, 3, 2, 1)]


async def test_job_runs_cannot_be_filtered_by_an_id_that_is_no_account(staff: Client) -> None:
    for text, message in ((node(1), "This is not the id of an account."), ("x", "This is not an id.")):
        answer = await staff.answer("query ($id: ID) { jobRuns(accountId: $id) { totalCount } }", {"id": text})
        (error,) = answer["errors"]
        assert (error["message"], error["extensions"]["code"]) == (f"accountId: {message}", "BAD_USER_INPUT")
