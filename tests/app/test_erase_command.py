"""`loupe erase`: what it prints and refuses."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from unittest.mock import AsyncMock

import pytest
from typer.testing import CliRunner

from api.ids import account_global_id
from app.cli import output
from app.cli.commands import cli
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, claim, deliver, open_customer
from tests.support.studio import HOUR, Studio, open_account, write

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
NOTHING = dict.fromkeys(
    (
        "orders",
        "images",
        "rejections",
        "inquiries",
        "events",
        "slaVersions",
        "specificationVersions",
        "keys",
        "answers",
    ),
    0,
)
ERASED = {**NOTHING, "orders": 1, "images": 1, "events": 4}
BEFORE = ("--account", "acme", "--before", "2026-03-11")

Loupe = Callable[..., str]


@pytest.fixture
def loupe(unset: pytest.MonkeyPatch, database: str) -> Loupe:
    """Run `loupe erase` on a database on the day after; return its output."""
    unset.setenv("LOUPE_DATABASE_URL", database)
    unset.setenv("LOUPE_CLOCK", "2026-03-11T18:00:00Z")

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["erase", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
async def account(pool: Pool) -> str:
    """An account with an order that is done and one in production; its id."""
    clock = FrozenClock(START)
    studio = await open_account(pool, Studio(ref="acme", created_at=START))
    specification = studio.specification()
    await write(pool, studio)
    customer = Customer(pool, clock, studio.id, specification)
    for _ in range(2):
        await customer.place(1)
    clock.advance(HOUR)
    await deliver(pool, clock, "Ada", (await claim(pool, clock, "Ada", 1)).images)
    return account_global_id(studio.id)


async def test_the_rows_are_counted_then_erased_then_gone(loupe: Loupe, account: str, pool: Pool) -> None:
    subject = {"account": account, "before": "2026-03-11"}
    passed = {"passedOver": {"orders": 1, "inquiries": 0}}
    for options, dry_run, erased in (
        (("--dry-run",), True, ERASED),
        ((), False, ERASED),
        ((), False, NOTHING),
    ):
        said = await asyncio.to_thread(loupe, *BEFORE, "--json", *options)
        assert json.loads(said) == {**subject, "dryRun": dry_run, "erased": erased, **passed}
        names = [row["name"] for row in await pool.fetch("SELECT name FROM orders ORDER BY number")]
        assert names == (["Shoes", "Shoes"] if dry_run else ["erased", "Shoes"])


async def test_people_read_a_table(loupe: Loupe, account: str) -> None:
    assert account
    assert (await asyncio.to_thread(loupe, *BEFORE, "--dry-run")).splitlines() == [
        "Rows with texts to erase:",
        "orders                                   1",
        "images                                   1",
        "events                                   4",
        "passed over: orders in production        1",
        "passed over: inquiries not answered yet  0",
    ]
    await asyncio.to_thread(loupe, *BEFORE)
    assert (await asyncio.to_thread(loupe, *BEFORE)).splitlines()[:2] == ["Rows with erased texts:", "none"]


async def test_the_name_of_a_worker_is_erased_without_printing_it(loupe: Loupe, account: str) -> None:
    assert account
    passed = {"passedOver": {"orders": 0}}
    for options, dry_run, accounts, images, events in (
        (("--dry-run",), True, 1, 1, 2),
        ((), False, 1, 1, 2),
        ((), False, 0, 0, 0),
    ):
        said = await asyncio.to_thread(loupe, "--worker", "Ada", "--json", *options)
        rows = {"images": images, "events": events}
        assert json.loads(said) == {"accounts": accounts, "dryRun": dry_run, "erased": rows, **passed}
    assert (await asyncio.to_thread(loupe, "--worker", "Ada")).splitlines() == [
        "Rows with erased texts:",
        "none",
        "passed over: orders in production  0",
    ]


@pytest.mark.parametrize(("options", "rows"), [(BEFORE, ["1", "6"]), (("--worker", "Ada"), ["3"])])
async def test_a_long_erasure_tells_how_far_it_is(
    loupe: Loupe, account: str, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], rows: list[str]
) -> None:
    assert account
    monkeypatch.setattr(output, "SECONDS_BETWEEN_LINES", 0)
    said = await asyncio.to_thread(loupe, *options, "--json")
    assert said.splitlines()[:-1] == [f"Rows erased so far: {number}" for number in rows]
    dry_run = await asyncio.to_thread(loupe, *options, "--json", "--dry-run")
    assert len(dry_run.splitlines()) == 1


OF_WORKER = {("images", "delivered_by"), ("events", "texts")}
OF_INDEXES = {("orders_by_name_idx", "lower"), ("orders_by_period_idx", "lower")}
OF_ORDER = {("orders", "name"), ("events", "texts"), *OF_INDEXES}


@pytest.mark.parametrize("interrupted", [False, True])
@pytest.mark.parametrize(
    ("options", "text", "columns"),
    [
        (("--worker", "Quagga"), "quagga", OF_WORKER),
        (BEFORE, "quagga", OF_WORKER),
        (BEFORE, "okapi", OF_ORDER),
    ],
)
async def test_no_statistics_of_postgresql_hold_an_erased_text(
    loupe: Loupe,
    pool: Pool,
    options: tuple[str, ...],
    text: str,
    columns: set[tuple[str, str]],
    *,
    interrupted: bool,
) -> None:
    clock = FrozenClock(START)
    customer = await open_customer(pool, clock, name="ACME")
    for _ in range(2):  # statistics hold values of several rows
        await customer.place(1, name="Okapi")
        clock.advance(HOUR)
        await deliver(pool, clock, "Quagga", (await claim(pool, clock, "Quagga", 1)).images)
    await pool.fetch("UPDATE accounts SET ref = 'acme'")
    await pool.fetch("ANALYZE")
    found = f"SELECT tablename, attname FROM pg_stats WHERE pg_stats::text ILIKE '%{text}%'"  # noqa: S608
    assert {tuple(row) for row in await pool.fetch(found)} == columns
    if interrupted:  # after its last batch
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("app.cli.erasing.forget_values", AsyncMock())
            await asyncio.to_thread(loupe, *options)
        assert await pool.fetch(found) != []
    await asyncio.to_thread(loupe, *options)
    assert await pool.fetch(found) == []


ONE = "Exactly one of --account and --worker is needed."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], ONE),
        (["--before", "2026-03-11"], ONE),
        (["--account", "acme", "--worker", "Ada"], ONE),
        (["--account", "acme", "--before", "2026-03-11", "--worker", "Ada"], ONE),
        (["--account", "acme"], "--account needs --before."),
        (
            ["--worker", "Ada", "--before", "2026-03-11"],
            "--before goes with --account: a worker's name is erased whenever it was.",
        ),
        (["--worker", ""], "--worker must not be blank."),
        (["--worker", "Ad\udce4"], "--worker is not written in UTF-8."),
        (["--account", "acme", "--before", "yesterday"], "--before must be a date, like 2026-04-01."),
        (["--account", "acme", "--before", "2026-02-30"], "--before is no date that exists: 2026-02-30."),
        (["--account", "acme", "--before", "1969-12-31"], "--before must be in the years 1970 to 2200."),
        (["--account", "nobody", "--before", "2026-03-11"], "There is no account 'nobody'."),
        (
            ["--account", "acme", "--before", "2026-03-12"],
            "--before: 2026-03-12 is yet to come: the account's ledger day is 2026-03-11.",
        ),
        (
            ["--account", "acme", "--before", "2026-03-09"],
            "--before: 2026-03-09 is no ledger day of the account, whose first one is 2026-03-10.",
        ),
    ],
)
async def test_a_bad_option_is_refused_by_its_name(
    refused: Callable[..., str], database: str, account: str, arguments: list[str], sentence: str
) -> None:
    assert account
    settings = {"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": "2026-03-11T18:00:00Z"}
    assert await asyncio.to_thread(refused, "erase", *arguments, **settings) == sentence
