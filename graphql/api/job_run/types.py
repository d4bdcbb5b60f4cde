"""Runs of jobs: what was done at midnights and in between, for those who operate the service."""

from datetime import date, datetime
from typing import Final, cast
from uuid import UUID

import strawberry

from api.account.types import Account
from api.context import Info
from api.ids import NodeType, named_account
from app.domain.vocabulary import JobRunState
from db.queries.job_runs import JobRunRow
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.scalars import TimeZone
from engine.weights import COUNT, LOOK_UP

_NOBODY: Final = UUID(int=0)


@object_type(count=COUNT, staff=True)
class JobRun(Node):
    """A run of a job: for a zone at its midnight, for all at once, or for an account where it failed; for staff."""

    job: str = strawberry.field(description="The name of the job.")
    time_zone: TimeZone | None = strawberry.field(
        description="The zone whose midnight it is of; null for jobs that run by no zone's."
    )
    day: date | None = strawberry.field(
        name="date", description="The ledger day that closed with that midnight; null for jobs that run by no day."
    )
    scheduled_for: datetime = strawberry.field(description="When it was due.")
    state: JobRunState = strawberry.field(description="What came of it.")
    attempts: int = strawberry.field(description="How often it was begun.")
    started_at: datetime | None = strawberry.field(description="When it was begun last.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it runs.")
    accounts: int = strawberry.field(description="The accounts that it was done for.")
    failures: int = strawberry.field(description="The accounts that it failed for; each is tried again by itself.")
    error: str | None = strawberry.field(description="What went wrong; null when nothing did.")
    account_id: strawberry.Private[UUID | None]

    @field(cost=LOOK_UP)
    async def account(self, info: Info) -> Account | None:
        """The account that it failed for, now or before; null when it is the run of many."""
        return (
            None
            if self.account_id is None
            else cast("Account", await existing_node(info.context, named_account(self.account_id)))
        )


def job_run(row: JobRunRow) -> JobRun:
    """Show a run. It is of no client, so its id is of no account."""
    return JobRun(
        name_in_api=GlobalId(NodeType.JOB_RUN, _NOBODY, row.id),
        job=row.job,
        time_zone=None if row.time_zone is None else TimeZone(row.time_zone),
        day=row.date,
        scheduled_for=row.scheduled_for,
        state=row.state,
        attempts=row.attempts,
        started_at=row.started_at,
        finished_at=row.finished_at,
        accounts=row.accounts,
        failures=row.failures,
        error=row.error,
        account_id=row.account_id,
    )
