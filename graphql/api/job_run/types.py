"""Job runs, at midnights and in between, for the operators of the service."""

from datetime import date, datetime
from typing import Final, cast
from uuid import UUID

import strawberry

from api.account.types import Account
from api.context import Info
from api.ids import NodeType, named_account
from app.domain.job_runs import JobRunState
from db.queries.job_runs import JobRunRow
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.scalars import TimeZone
from engine.weights import COUNT, LOOK_UP

_NO_ACCOUNT: Final = UUID(int=0)


@object_type(count=COUNT, staff=True)
class JobRun(Node):
    """A run of a job: for a time zone at its midnight, for all accounts at once, or for one account that failed.

    For staff only.
    """

    job: str = strawberry.field(description="The name of the job.")
    time_zone: TimeZone | None = strawberry.field(
        description="The time zone whose midnight the run belongs to; null for jobs that do not run by time zone."
    )
    day: date | None = strawberry.field(
        name="date", description="The ledger day that closed at that midnight; null for jobs that do not run by day."
    )
    scheduled_for: datetime = strawberry.field(description="The instant at which the run was due.")
    state: JobRunState = strawberry.field(description="The state of the run.")
    attempts: int = strawberry.field(description="The number of times the run was started.")
    started_at: datetime | None = strawberry.field(description="The instant of the latest start.")
    finished_at: datetime | None = strawberry.field(description="The instant of the end; null while it runs.")
    account_count: int = strawberry.field(description="The number of accounts for which the run succeeded.")
    failure_count: int = strawberry.field(
        description="The number of accounts for which the run failed; each is retried separately."
    )
    error: str | None = strawberry.field(description="The error of the run; null without one.")
    account_id: strawberry.Private[UUID | None]

    @field(cost=LOOK_UP)
    async def account(self, info: Info) -> Account | None:
        """The account for which the run failed, now or before; null for a run over many accounts."""
        return (
            None
            if self.account_id is None
            else cast("Account", await existing_node(info.context, named_account(self.account_id)))
        )


def job_run(row: JobRunRow) -> JobRun:
    """Return the API's job run of a row; its id has no account, since it belongs to no client."""
    return JobRun(
        name_in_api=GlobalId(NodeType.JOB_RUN, _NO_ACCOUNT, row.id),
        job=row.job,
        time_zone=None if row.time_zone is None else TimeZone(row.time_zone),
        day=row.date,
        scheduled_for=row.scheduled_for,
        state=row.state,
        attempts=row.attempts,
        started_at=row.started_at,
        finished_at=row.finished_at,
        account_count=row.accounts,
        failure_count=row.failures,
        error=row.error,
        account_id=row.account_id,
    )
