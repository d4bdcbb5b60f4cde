"""The compliance of answers equals that of plain SQL over the inquiries, for any of them and any instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.inquiries import is_overdue
from app.domain.local_time import Interval, time_zone
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import NO_INQUIRIES, InquiryCounts
from app.domain.pulse.segments import WINDOW
from db.connections import Pool
from db.queries.inquiries import DueInquiries, due_inquiries
from db.queries.pages import LATEST, Slice
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import PoolReader
from tests.support.clock import MICROSECOND
from tests.support.database import execute
from tests.support.pulse_reads import AT, HOUR
from tests.support.rows import new_inquiry
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

ZONE = time_zone("Europe/Copenhagen")
EDGES = [AT, AT - MICROSECOND, AT + MICROSECOND, AT - WINDOW, AT - WINDOW - MICROSECOND, AT - WINDOW + MICROSECOND]
instants = st.sampled_from(EDGES) | st.timedeltas(-2 * WINDOW, 24 * HOUR).map(lambda ago: AT + ago)


@dataclass(frozen=True)
class Asked:
    """An inquiry due five hours after it was made, answered so long after its deadline, or not."""

    due_at: datetime
    answered_after: timedelta | None

    @property
    def answered_at(self) -> datetime | None:
        return None if self.answered_after is None else self.due_at + self.answered_after


delays = st.sampled_from([timedelta(0), MICROSECOND, -MICROSECOND]) | st.timedeltas(-4 * HOUR, 40 * 24 * HOUR)
inquiries = st.lists(st.builds(Asked, instants, st.none() | delays), max_size=12)


@settings(
    max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=inquiries, at=instants)
async def test_counts_and_lists_of_inquiries_equal_the_reference(
    database: str, pool: Pool, asked: list[Asked], at: datetime
) -> None:
    await execute(database, "DELETE FROM inquiries")
    studio = await open_account(pool, Studio())
    rows = [
        new_inquiry(studio.id, each.due_at - 5 * HOUR, due_at=each.due_at, answered_at=each.answered_at)
        for each in asked
    ]
    await in_transaction(pool, lambda writer: writer.insert(rows))
    reader, now = PoolReader(pool), max([at, *(row.answered_at or row.created_at for row in rows)]) + MICROSECOND
    requests = [AsOf(studio.id, at, ZONE, is_now=False), AsOf(studio.id, now, ZONE, is_now=True)]
    figures = await pulse_figures(reader, requests)
    assert figures == await reference_figures(reader, requests)
    assert [each.inquiries for each in figures] == [expected(asked, at), expected(asked, now, is_now=True)]
    for request, each in zip(requests, figures, strict=True):
        missed = DueInquiries(Interval(request.at - WINDOW, request.at), are_open=False)
        found = (await due_inquiries(reader, [studio.id], Slice(100), missed))[studio.id].rows
        assert len(found) == each.inquiries.missed
        assert all(is_overdue(row.due_at, row.answered_at, request.at) for _, row in found)
    still_open = DueInquiries(Interval(now, LATEST), are_open=True)
    found = (await due_inquiries(reader, [studio.id], Slice(100), still_open))[studio.id].rows
    assert len(found) == figures[1].inquiries.open


def expected(asked: list[Asked], at: datetime, *, is_now: bool = False) -> InquiryCounts:
    """Count inquiries by the facts known just before an instant."""
    window = Interval(at - WINDOW, at)
    known = [(each.due_at, each.answered_at if each.answered_at and each.answered_at < at else None) for each in asked]
    return InquiryCounts(
        met=sum(answered is not None and answered <= due and window.contains(answered) for due, answered in known),
        missed=sum(is_overdue(due, answered, at) and window.contains(due) for due, answered in known),
        open=sum(is_now and answered is None and due >= at for due, answered in known),
    )


async def test_an_account_without_inquiries_has_none(pool: Pool) -> None:
    studio = await open_account(pool, Studio())
    [figures] = await pulse_figures(PoolReader(pool), [AsOf(studio.id, AT, ZONE, is_now=True)])
    assert figures.inquiries == NO_INQUIRIES
