"""A bad line stops its account, and a corrected file continues the import."""

import json

from db.connections import Pool
from tests.support.import_files import ACCOUNT, NOW, SPECIFICATION, START, Line, everything, order, rows, run_import

BETA: list[Line] = [ACCOUNT | {"ref": "beta", "name": "Beta"}, SPECIFICATION | {"account": "beta"}]
TRUNCATED = '{"type": "order", "account": "acme", "ref": "o-2", "ima'


def beta(ref: str) -> Line:
    return order(ref) | {"account": "beta"}


async def orders(pool: Pool) -> list[tuple[str, int]]:
    """Accounts and numbers of all orders."""
    query = "SELECT a.ref, o.number FROM orders o JOIN accounts a ON a.id = o.account_id ORDER BY 1, 2"
    return [(ref, number) for ref, number in await rows(pool, query)]


async def test_a_bad_line_ends_its_account_and_no_other(pool: Pool) -> None:
    bad = order("o-2", specification="unknown")
    lines = [*START, *BETA, order("o-1"), bad, beta("b-1"), order("o-3"), beta("b-2")]
    outcome = await run_import(pool, lines, chunk_lines=3)
    assert outcome.problems == ["6: specification: there is no specification 'unknown'"]
    assert (outcome.report.imported["order"], outcome.report.skipped) == (3, 1)
    assert await orders(pool) == [("acme", 1), ("beta", 1), ("beta", 2)]


async def test_further_bad_lines_of_a_stopped_account_are_not_shown(pool: Pool) -> None:
    bad = order("o-2", specification="unknown")
    outcome = await run_import(pool, [*START, order("o-1"), bad, bad, '{"type": "order", "account": "acme"}'])
    assert (len(outcome.problems), outcome.report.skipped) == (1, 2)


async def test_a_corrected_file_continues_the_import(pool: Pool) -> None:
    lines = [*START, order("o-1"), order("o-2", specification="unknown"), order("o-3")]
    await run_import(pool, lines)
    lines[3] = order("o-2")
    outcome = await run_import(pool, lines)
    assert (outcome.problems, outcome.report.known, outcome.report.imported["order"]) == ([], 3, 2)
    query = "SELECT name, number, first_position FROM orders ORDER BY number"
    assert await rows(pool, query) == [("Order o-1", 1, 1), ("Order o-2", 2, 2), ("Order o-3", 3, 3)]


async def test_an_account_whose_first_dated_line_is_bad_is_not_opened(pool: Pool) -> None:
    outcome = await run_import(pool, [*START, *BETA, order("o-1", specification="unknown"), beta("b-1")])
    assert await rows(pool, "SELECT ref FROM accounts") == [("beta",)]
    assert (outcome.report.imported["account"], outcome.report.skipped) == (1, 2)
    await run_import(pool, [*START, order("o-1", at="2026-01-02T10:00:00Z")])
    query = "SELECT ref, created_at::text FROM accounts ORDER BY ref"
    assert (await rows(pool, query))[0] == ("acme", "2026-01-02 10:00:00+00")


async def test_an_account_without_dated_lines_is_opened_now(pool: Pool) -> None:
    outcome = await run_import(pool, START)
    assert outcome.report.imported == {"account": 1, "specification": 1}
    assert await rows(pool, "SELECT created_at FROM accounts") == [(NOW,)]
    assert await rows(pool, "SELECT created_at FROM specifications") == [(NOW,)]
    again = await run_import(pool, START)
    assert (again.problems, again.report.known) == ([], 2)


async def test_a_line_that_is_not_json_ends_the_account_that_it_names(pool: Pool) -> None:
    outcome = await run_import(pool, [*START, *BETA, order("o-1"), TRUNCATED, beta("b-1"), order("o-3")])
    assert outcome.problems == ["6: is not JSON: EOF while parsing a string at column 55"]
    assert await orders(pool) == [("acme", 1), ("beta", 1)]


async def test_a_line_that_may_be_of_any_account_ends_the_import(pool: Pool) -> None:
    for bad in ("oops", TRUNCATED + json.dumps(beta("b-1")), '{"type": "order", "ref": "o-2"}', '["account"]'):
        outcome = await run_import(pool, [*START, *BETA, order("o-1"), bad, beta("b-1")])
        assert [problem[:3] for problem in outcome.problems] == ["6: "]
        assert await orders(pool) == [("acme", 1)]


async def test_accounts_without_dated_lines_stay_pending_when_the_import_ends_early(pool: Pool) -> None:
    outcome = await run_import(pool, [*START, "oops", order("o-1")])
    assert (outcome.report.imported.total(), outcome.report.skipped) == (0, 2)
    assert await rows(pool, "SELECT 1 FROM accounts") == []


async def test_blank_lines_and_a_byte_order_mark_are_ignored(pool: Pool) -> None:
    first, second = (json.dumps(line).encode() for line in START)
    data = (
        b"\xef\xbb\xbf"
        + first
        + b"\r\n\r\n  \n"
        + second
        + b"\n"
        + json.dumps(order("o-1", specification="g")).encode()
    )
    outcome = await run_import(pool, data)
    assert outcome.problems == ["5: specification: there is no specification 'g'"]


async def test_an_empty_file_changes_nothing(pool: Pool) -> None:
    before = await everything(pool)
    outcome = await run_import(pool, b"")
    assert (outcome.problems, outcome.report.lines) == ([], 0)
    assert await everything(pool) == before
