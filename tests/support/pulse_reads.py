"""Reads of figures and streaks as of instants, and histories by example."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures
from db.connections import Pool
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import PoolReader
from tests.support.histories import CREATED_AT, MICROSECOND, History

AT = datetime(2026, 5, 5, 12, 34, 56, tzinfo=UTC)
HOUR = timedelta(hours=1)
AGO = AT - timedelta(days=3)
"""The upload instant of most images of the examples."""


def past_and_present(history: History, asked_at: Sequence[datetime]) -> list[AsOf]:
    """Return requests as of each instant, and as of the present: the first instant after all changes."""
    now = max((image.known_by for image in history.images), default=CREATED_AT) + MICROSECOND
    past = [AsOf(history.account_id, at, history.zone_before(at), is_now=False) for at in asked_at]
    return [*past, AsOf(history.account_id, now, history.zone_before(now), is_now=True)]


def weeks_at(history: History, at: datetime) -> AsOf:
    return AsOf(history.account_id, at, history.zone_before(at), False, at > history.moved_at, CREATED_AT)


async def figures_at(pool: Pool, at: datetime, history: History) -> PulseFigures:
    """Read the figures of a written history as of the present, and assert that they equal the reference."""
    requests = [AsOf(history.account_id, at, history.zone_before(at), is_now=True)]
    [figures] = await pulse_figures(PoolReader(pool), requests)
    assert [figures] == await reference_figures(PoolReader(pool), requests)
    return figures
