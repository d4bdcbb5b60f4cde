"""An import after an erasure writes nothing that counts as a text again."""

from datetime import date

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.erasing import erase
from tests.support.import_files import NOW, START, Line, change, order, run_import
from tests.support.studio import DAY

TOMORROW = date(2026, 6, 2)
REJECTED = {
    "filename": "ada.jpg",
    "deliveredAt": "2026-03-03T12:00:00Z",
    "rejections": [{"at": "2026-03-04T08:00:00Z", "reason": "halo", "redeliveredAt": "2026-03-04T09:00:00Z"}],
}
ORDER = order("o-1", [REJECTED])
LATE = change("terms", "2026-03-03T11:00:00Z", effectiveDate="2026-03-04", rejectionTurnaround="PT30M")
"""Terms by which the rejection is late, so that its events are written again."""


@pytest.mark.parametrize(
    ("before", "after", "rewritten"),
    [
        ([ORDER], [LATE], {"IMAGES_REJECTED"}),
        ([], [ORDER], {"ACCOUNT_CREATED", "SPECIFICATION_CHANGED"}),  # it opens the account earlier
    ],
)
async def test_events_that_an_import_writes_again_have_no_erased_texts(
    pool: Pool, before: list[Line], after: list[Line], rewritten: set[str]
) -> None:
    await run_import(pool, [*START, *before])
    [account] = await pool.fetch("SELECT id FROM accounts")
    await erase(pool, FrozenClock(NOW + DAY), account["id"], TOMORROW)
    assert (await run_import(pool, after, now=NOW + DAY)).problems == []
    withdrawn = await pool.fetch("SELECT type FROM events WHERE withdrawn_by IS NOT NULL")
    assert {row["type"] for row in withdrawn} == rewritten
    assert await pool.fetch("""SELECT FROM events WHERE concat(data, texts) LIKE '%"erased"%'""") == []
