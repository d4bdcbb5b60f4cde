from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.domain.errors import UnknownTimeZone
from app.domain.sla.enums import Plan
from app.domain.sla.stored import terms_to_json
from app.domain.sla.terms import PLAN_TERMS, NegotiableTerms
from app.services.accounts.finding import UnknownAccount, find_account
from app.services.accounts.opening import AccountRefTaken, create_account
from db.connections import Pool, Record, Statement
from db.readers import PoolReader
from db.writer import unit_of_work

AT = datetime(2026, 3, 10, 11, 30, tzinfo=UTC)


async def create(pool: Pool, *, time_zone: str = "UTC", ref: str | None = None) -> UUID:
    async with unit_of_work(pool) as writer:
        created = await create_account(
            writer,
            at=AT,
            name="ACME",
            plan=Plan.PROFESSIONAL,
            time_zone=time_zone,
            terms=NegotiableTerms(500, 40),
            ref=ref,
        )
        await writer.commit()
    return created


async def rows(reader: PoolReader, table: str) -> list[Record]:
    return await reader.fetch(Statement(table, f"SELECT * FROM {table}"))  # noqa: S608


async def test_an_account_begins_with_its_zone_its_terms_and_an_event(pool: Pool, reader: PoolReader) -> None:
    account_id = await create(pool, time_zone="Europe/Copenhagen", ref="acme")
    assert [tuple(row) for row in await rows(reader, "accounts")] == [
        (account_id, "acme", "ACME", "PROFESSIONAL", "Europe/Copenhagen", AT, *6 * [None])
    ]
    assert [tuple(row) for row in await rows(reader, "time_zone_periods")] == [
        (account_id, AT, "Europe/Copenhagen", None)
    ]
    assert [tuple(row) for row in await rows(reader, "sla_versions")] == [
        (account_id, 1, date(2026, 3, 10), 500, 40, AT, None, terms_to_json(PLAN_TERMS[Plan.PROFESSIONAL]), *5 * [None])
    ]
    after = {
        "ref": "acme",
        "name": "ACME",
        "plan": "PROFESSIONAL",
        "timeZone": "Europe/Copenhagen",
        "imagesPerDay": 500,
        "expeditesPerDay": 40,
    }
    assert [tuple(row) for row in await rows(reader, "events")] == [
        (
            account_id,
            1,
            AT,
            "ACCOUNT_CREATED",
            None,
            None,
            {"before": None, "after": after, "version": 2},
            None,
            None,
            None,
            None,
        )
    ]


async def test_the_first_sla_version_starts_with_the_local_day_of_the_creation(pool: Pool, reader: PoolReader) -> None:
    await create(pool, time_zone="Pacific/Auckland")  # 00:30 of the next day there
    assert [row["effective_date"] for row in await rows(reader, "sla_versions")] == [date(2026, 3, 11)]


async def test_an_unknown_zone_is_refused_without_a_change(pool: Pool, reader: PoolReader) -> None:
    with pytest.raises(UnknownTimeZone):
        await create(pool, time_zone="Mars/Olympus")
    assert await rows(reader, "accounts") == []


async def test_a_ref_is_one_accounts_only(pool: Pool, reader: PoolReader) -> None:
    first = await create(pool, ref="acme")
    with pytest.raises(AccountRefTaken, match="'acme'"):
        await create(pool, ref="acme")
    assert [row["id"] for row in await rows(reader, "accounts")] == [first]


async def test_any_number_of_accounts_have_no_ref(pool: Pool, reader: PoolReader) -> None:
    assert await create(pool) != await create(pool)
    assert len(await rows(reader, "accounts")) == 2


async def test_an_account_is_found_by_its_ref_or_its_id(pool: Pool, reader: PoolReader) -> None:
    account_id = await create(pool, ref="acme")
    assert await find_account(reader, "acme") == account_id
    assert await find_account(reader, str(account_id), account_id) == account_id


async def test_a_ref_that_reads_like_an_id_is_a_ref(pool: Pool, reader: PoolReader) -> None:
    other = await create(pool)
    account_id = await create(pool, ref=str(other))
    assert await find_account(reader, str(other), other) == account_id


async def test_an_account_that_is_not_there_is_not_found(pool: Pool, reader: PoolReader) -> None:
    await create(pool)
    with pytest.raises(UnknownAccount, match="'nobody'"):
        await find_account(reader, "nobody")


async def test_an_account_is_found_by_its_ref_in_another_form_of_unicode(pool: Pool, reader: PoolReader) -> None:
    composed, decomposed = "K\u00fcche", "Ku\u0308che"
    old = await create(pool, ref=decomposed)
    assert await find_account(reader, composed) == await find_account(reader, decomposed) == old
    new = await create(pool, ref=composed)
    assert (await find_account(reader, composed), await find_account(reader, decomposed)) == (new, old)
