"""Programs in JavaScript ask a served API: the audits of GraphQL over HTTP, and clients that send hashes of queries."""

from pathlib import Path

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.javascript import printed_by
from tests.support.serving import new_token

HERE = Path(__file__).parent


@pytest.fixture
async def token(pool: Pool, clock: FrozenClock) -> str:
    return await new_token(pool, clock.now(), None)


async def test_every_audit_of_graphql_http_is_passed(api: str, token: str) -> None:
    audits = await printed_by(HERE / "audits.mjs", api, token)
    assert len(audits) == 61
    assert [audit for audit in audits if audit["status"] != "ok"] == []


async def test_clients_that_send_hashes_of_queries_send_the_queries_instead(api: str, token: str) -> None:
    kinds = ["STAFF", "STAFF"]
    assert await printed_by(HERE / "persisted_queries.mjs", api, token) == {
        "Apollo by POST": {"data": kinds, "requests": ["POST 400", "POST 200", "POST 200"]},
        "Apollo by GET": {"data": kinds, "requests": ["GET 400", "POST 200", "POST 200"]},
        "Apollo, JSON only": {"data": kinds, "requests": ["GET 200", "POST 200", "POST 200"]},
        "urql by POST": {"data": kinds, "requests": ["POST 400", "POST 200", "GET 200"]},
        "urql by GET": {"data": kinds, "requests": ["GET 400", "GET 200", "GET 200"]},
    }
