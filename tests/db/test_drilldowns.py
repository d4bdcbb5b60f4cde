"""The list of images of each figure is as long as the figure, for any history and instant."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings

from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures
from app.domain.pulse.segments import windows
from db.connections import Pool
from db.queries.drilldowns import (
    Drilldown,
    delivered_images,
    drill_down,
    late_images,
    late_redos,
    late_reviews,
    on_time_images,
    open_images,
    open_redos,
    open_reviews,
    rejected_images,
    uploaded_images,
)
from db.queries.images import ImageRow
from db.queries.pages import Key, Slice
from db.queries.pulse_reference import reference_figures
from db.readers import PoolReader
from tests.support.histories import CREATED_AT, DAY, MICROSECOND, History, write_history
from tests.support.past_images import PastImage
from tests.support.random_histories import histories

AT = datetime(2026, 5, 5, 12, tzinfo=CREATED_AT.tzinfo)
EVERY_LEVEL = tuple(ServiceLevel)
LEVELS = {
    "standard": ServiceLevel.STANDARD,
    "additional": ServiceLevel.ADDITIONAL,
    "expedited": ServiceLevel.EXPEDITED,
    "expedited_additional": ServiceLevel.EXPEDITED_ADDITIONAL,
    "delivery_plan": ServiceLevel.EXPEDITED_PLAN,
}


def numbered_lists(at: datetime, figures: PulseFigures) -> list[tuple[int, Drilldown]]:
    """Pair each figure as of an instant with its list."""
    window, current = windows(at).current, figures.current
    lists = [
        (current.uploaded, uploaded_images(window)),
        (current.delivered, delivered_images(window)),
        (current.rejected, rejected_images(window)),
        (current.met.images, on_time_images(window)),
        (current.late.images, late_images(window, EVERY_LEVEL)),
        (current.late.rejection, late_redos(window)),
        (current.late.review, late_reviews(window)),
    ]
    for term, level in LEVELS.items():
        lists.append((getattr(current.late, term), late_images(window, (level,))))
        if figures.open is not None:
            lists.append((getattr(figures.open, term), open_images(at, (level,))))
    if figures.open is not None:
        lists += [(figures.open.rejection, open_redos(at)), (figures.open.review, open_reviews(at))]
    return lists


async def every_page(
    reader: PoolReader, account_id: UUID, drilldown: Drilldown, size: int, *, backwards: bool = False
) -> list[tuple[Key, ImageRow]]:
    """Read all pages of a list in one direction."""
    rows: list[tuple[Key, ImageRow]] = []
    part, more = Slice(size, backwards=backwards), True
    while more:
        found = (await drill_down(reader, [account_id], part, drilldown))[account_id]
        rows, more = [*found.rows, *rows] if backwards else [*rows, *found.rows], found.more
        part = Slice(size, before=rows[0][0], backwards=True) if backwards and rows else part
        part = Slice(size, after=rows[-1][0]) if not backwards and rows else part
    return rows


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=histories())
async def test_every_list_is_newest_first_and_as_long_as_its_figure(
    pool: Pool, drawn: tuple[History, datetime]
) -> None:
    history, at = drawn
    await write_history(pool, history)
    reader = PoolReader(pool)
    now = max(image.known_by for image in history.images) + MICROSECOND
    for asked, is_now in ((at, False), (at - DAY, False), (now, True)):
        request = AsOf(history.account_id, asked, history.zone_before(asked), is_now=is_now)
        [figures] = await reference_figures(reader, [request])
        for number, drilldown in numbered_lists(asked, figures):
            rows = await every_page(reader, history.account_id, drilldown, 4)
            keys = [key for key, _ in rows]
            assert len(keys) == number
            assert keys == sorted(set(keys), reverse=True)
            assert rows == await every_page(reader, history.account_id, drilldown, 3, backwards=True)


async def test_lists_of_several_accounts_are_read_in_one_batch(pool: Pool) -> None:
    reader = PoolReader(pool)
    images = tuple(PastImage(AT - number * timedelta(hours=7)) for number in range(5))
    some = [History(images[:size]) for size in (1, 0, 5)]
    for history in some:
        await write_history(pool, history)
    accounts = [history.account_id for history in some]
    found = await drill_down(reader, accounts, Slice(3), uploaded_images(windows(AT + DAY).current))
    assert [len(found[account].rows) for account in accounts] == [1, 0, 3]
    assert [found[account].more for account in accounts] == [False, False, True]
    assert {row.account_id for _, row in found[accounts[2]].rows} == {accounts[2]}
