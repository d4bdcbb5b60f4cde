"""Statements are about one account or listed as exceptions, so a database partitioned by account can route them."""

from collections.abc import AsyncGenerator
from typing import Final

import pytest

from db.connections import Statement
from tests.support.routing import PartedDatabase, parted_database
from tests.support.statements import every_statement

NOT_YET: Final = {
    "account_histories",
    "accounts_done_beyond",
    "accounts_only_opened",
    "change_images",
    "change_orders",
    "change_rejections",
    "change_reviews",
    "claim_images",
    "counters_by_ref",
    "deadlines_of_account_to_watch",
    "delivered_images",
    "delivered_images_backwards",
    "events_by_sequence",
    "events_of_amended_orders",
    "events_of_openings",
    "events_of_order",
    "events_of_order_backwards",
    "events_of_order_count",
    "forward_counters",
    "images_by_deadline",
    "images_by_deadline_backwards",
    "images_by_id",
    "images_of_order",
    "images_of_order_backwards",
    "images_of_order_count",
    "import_lines_by_key",
    "import_runs_of_accounts",
    "last_instants",
    "ledger_days_by_date",
    "ledger_days_of_accounts",
    "orders_by_id",
    "orders_by_number",
    "orders_by_ref",
    "orders_count",
    "orders_page",
    "orders_page_backwards",
    "orders_rejected_since",
    "orders_split_from",
    "pulse_figures",
    "pulse_reference",
    "rejected_images",
    "rejected_images_backwards",
    "rejections_by_deadline",
    "rejections_by_deadline_backwards",
    "rejections_by_id",
    "rejections_of_image",
    "snapshots_by_id",
    "snapshots_count",
    "snapshots_of_accounts",
    "snapshots_of_accounts_backwards",
    "specifications_by_id",
    "specifications_by_ref",
    "specifications_count",
    "specifications_of_account",
    "specifications_of_account_backwards",
    "upload_runs",
    "uploaded_images",
    "uploaded_images_backwards",
    "weeks_reference",
}
"""Names of statements that are to be rewritten; this may only shrink."""

ASK_ONE: Final = {
    "each table is compared": """
        SELECT FROM orders o JOIN images i ON i.account_id = $1 AND i.order_id = o.id WHERE o.account_id = $1""",
    "so is that of a subquery": """
        SELECT (SELECT count(*) FROM images i WHERE i.account_id = $1 AND i.order_id = o.id)
        FROM orders o WHERE o.account_id = $1""",
    "rows are written for one": """
        INSERT INTO upload_weeks (account_id, week, images)
        SELECT $1::uuid, week, 1 FROM unnest($2::date[]) AS rows (week)""",
    "no row of an account is read": "SELECT FROM accounts",
}
ASK_MANY: Final = {
    "none is compared": "SELECT FROM images",
    "several accounts are": "SELECT FROM images WHERE account_id = ANY($1::uuid[])",
    "one table is compared with another": """
        SELECT FROM orders o JOIN images i ON i.account_id = o.account_id AND i.order_id = o.id
        WHERE o.account_id = ANY($1::uuid[])""",
    "they are different parameters": """
        SELECT FROM orders o JOIN images i ON i.account_id = $2 AND i.order_id = o.id WHERE o.account_id = $1""",
    "a row of a query is handed on": """
        SELECT FROM unnest($1::uuid[]) AS a (id)
        CROSS JOIN LATERAL (SELECT FROM images i WHERE i.account_id = a.id LIMIT 1) AS i""",
    "rows name their accounts": """
        INSERT INTO upload_weeks (account_id, week, images)
        SELECT id, week, 1 FROM unnest($1::uuid[], $2::date[]) AS rows (id, week)""",
}


@pytest.fixture
async def parted(server: str) -> AsyncGenerator[PartedDatabase]:
    async with parted_database(server) as database:
        yield database


async def test_each_statement_is_about_one_account_or_is_listed(parted: PartedDatabase) -> None:
    wrong = {each.name for each in every_statement() if await parted.asks_one_account(each) == bool(each.many)}
    assert wrong == NOT_YET


async def test_a_plan_names_one_partition_of_each_table_compared_with_one_account(
    parted: PartedDatabase,
) -> None:
    statements = [Statement(*each) for each in (ASK_ONE | ASK_MANY).items()]
    assert [each.name for each in statements if await parted.asks_one_account(each)] == [*ASK_ONE]
