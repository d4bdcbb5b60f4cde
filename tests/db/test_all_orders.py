"""The statements that list the orders of all accounts."""

import re
from datetime import UTC, datetime
from itertools import product
from typing import Final

import pytest

from db.connections import Statement
from db.pools import open_pool
from db.queries import all_orders
from db.queries.order_selection import OrderSelection
from db.writer import unit_of_work

NOON: Final = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "reference", "index"),
    [
        (None, None, "all_orders_by_kind_idx"),
        (8, None, "all_orders_by_number_idx"),
        (None, "PO-8", "all_orders_by_reference_idx"),
    ],
)
async def test_each_filter_of_all_orders_walks_the_index_made_for_it(
    new_database: str, number: int | None, reference: str | None, index: str
) -> None:
    """Also before the tables are analyzed, since the plan cached then is used for many orders later."""
    pool = await open_pool(new_database)
    async with unit_of_work(pool) as writer:
        await writer.execute(Statement("no_scans", "SET LOCAL enable_seqscan = off"))
        for late, way in product((None, True, False), (0, 1)):
            wanted = OrderSelection(NOON, late=late, number=number, external_reference=reference)
            statement = all_orders._page_statements(all_orders._shape(wanted))[way]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            span, which = all_orders.all_orders_span(wanted), all_orders._arguments(wanted)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            explain = Statement("explain", "EXPLAIN " + statement.sql)
            rows = await writer.fetch(explain, *span.least, *span.greatest, *which, 21)
            plan = "\n".join(row[0] for row in rows)
            assert set(re.findall(r"Index.* (\w*orders\w+) on", plan)) == {index}
            assert plan.count("Sort Key") == (2 if index == "all_orders_by_kind_idx" else 1)
            assert "Seq Scan on" not in plan
    await pool.close()
