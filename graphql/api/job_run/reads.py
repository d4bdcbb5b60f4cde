"""Query fields of job runs."""

from functools import partial
from typing import Annotated, Final

import strawberry

from api.context import Context, Info
from api.ids import NodeType
from api.job_run.types import JobRun, job_run
from db.queries.job_runs import RUN_SPAN, JobRunRow, RunFilter
from db.queries.pages import Page, Slice
from engine.arguments import or_none, text_or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing
from engine.cursors import ID, INSTANT, CursorKind
from engine.decorators import field, object_type
from engine.errors import bad_input
from engine.ids import GlobalId
from engine.nodes import reads

_CURSORS: Final = CursorKind("jobRuns", (INSTANT, ID))


def runs_of_jobs(context: Context, wanted: RunFilter) -> Listing[JobRunRow, JobRun]:
    """List job runs, newest first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[JobRunRow]:
        found = await loaders.job_runs.load((part, wanted))
        await context.view.include({row.account_id for _, row in found.rows if row.account_id is not None})
        return found

    return Listing(_CURSORS, RUN_SPAN, read, partial(loaders.job_run_count.load, (wanted,)), job_run)


@reads(NodeType.JOB_RUN)
async def job_run_node(context: Context, named: GlobalId) -> JobRun | None:
    """Return the job run with this id; None if it does not exist."""
    row = await context.loaders.job_runs_by_id.load(named.key)
    return None if row is None else job_run(row)


@object_type
class JobRunQueries:
    """Query fields of job runs."""

    @field(staff=True)
    async def job_runs(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        job: Annotated[
            str | None, strawberry.argument(description="Only runs of the job with this name.")
        ] = strawberry.UNSET,
        account_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only runs that ever failed for this account.")
        ] = strawberry.UNSET,
        failed: Annotated[
            bool | None, strawberry.argument(description="True for failed runs only, false for the others only.")
        ] = strawberry.UNSET,
    ) -> Connection[JobRun] | None:
        """Runs of jobs, newest first; for staff."""
        context = info.context
        text = or_none(account_id)
        named = None if text is None else context.visible("accountId", text)
        if named is not None and named.type != NodeType.ACCOUNT:
            raise bad_input("accountId", "This is not the id of an account.")
        wanted = RunFilter(text_or_none("job", job), None if named is None else named.account_id, or_none(failed))
        return await context.page_of_all_accounts(lambda: runs_of_jobs(context, wanted).first(first, after))
