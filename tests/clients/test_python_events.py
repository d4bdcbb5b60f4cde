"""`clients/python/follow_events.py` misses no event of an account, even if it is killed, and repeats one at most."""

import json
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from db.connections import Pool
from follow_events import replace
from tests.support.clock import FrozenClock
from tests.support.event_lists import ids_of
from tests.support.events.samples import order_placed
from tests.support.mutations import done
from tests.support.programs import begin_python_program, busy_api, run_python_program
from tests.support.serving import NewClient, new_token
from tests.support.studio import HOUR, Studio, open_account, write

PROGRAM: Final = "follow_events.py"
MANY: Final = 130

Event = dict[str, Any]


async def studio_with_two_pages(pool: Pool, clock: FrozenClock) -> Studio:
    studio = await open_account(pool, Studio())
    order = studio.order(clock.now() - HOUR)
    for _ in range(MANY - 1):
        studio.event(clock.now() - HOUR, order, order_placed(order, studio.images))
    await write(pool, studio)
    return studio


async def events_until(process: Process, last: str) -> list[Event]:
    """Read the events that a program prints, up to the one with this id."""
    assert process.stdout is not None
    events = list[Event]()
    while not events or events[-1]["id"] != last:
        events.append(json.loads(await process.stdout.readline()))
    return events


async def killed(process: Process) -> list[Event]:
    """Kill a program, and return the events that it had printed and nobody had read."""
    process.kill()
    output, errors = await process.communicate()
    assert errors == b""
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.races
async def test_a_program_killed_amid_a_page_and_started_again_prints_every_event_in_order_and_repeats_one_at_most(
    api: str, pool: Pool, client_of: NewClient, clock: FrozenClock, tmp_path: Path
) -> None:
    studio = await studio_with_two_pages(pool, clock)
    client = await client_of(studio)
    assert client.token is not None
    ids = await ids_of(pool, studio)
    start = (PROGRAM, str(tmp_path / "cursor"), "--pause", "0.05")
    process = await begin_python_program(*start, url=api, token=client.token)
    first = await events_until(process, ids[0]) + await killed(process)
    assert [event["id"] for event in first] == ids[: len(first)]
    assert len(first) < 100
    process = await begin_python_program(*start, url=api, token=client.token)
    second = await events_until(process, ids[-1])
    assert [event["id"] for event in second] in (ids[len(first) :], ids[len(first) - 1 :])
    await done(client, "changeTimeZone", timeZone="Asia/Tokyo")
    [*_, changed] = await ids_of(pool, studio)
    assert await events_until(process, changed) == [
        {"id": changed, "type": "TIME_ZONE_CHANGED", "recordedAt": "2026-03-10T12:00:00+00:00", "order": None}
    ]
    assert await killed(process) == []


@pytest.mark.soak
async def test_an_api_that_is_busy_or_away_is_asked_again_and_a_wrong_token_ends_the_program(
    database: str, pool: Pool, clock: FrozenClock, tmp_path: Path
) -> None:
    studio = await open_account(pool, Studio())
    token = await new_token(pool, clock.now(), studio.id)
    [created] = await ids_of(pool, studio)
    unavailable = {"message": "Busy.", "extensions": {"code": "UNAVAILABLE", "retryAfter": 1}}
    first = (
        PlainTextResponse("Too many requests", 429, {"Retry-After": "1"}),
        PlainTextResponse("Bad gateway", 502),
        JSONResponse({"errors": [unavailable]}, 503, {"Retry-After": "1"}),
    )
    async with busy_api(database, clock, *first) as url:
        process = await begin_python_program(PROGRAM, str(tmp_path / "cursor"), url=url, token=token)
        [event] = await events_until(process, created)
        process.kill()
        _, errors = await process.communicate()
        refused = await run_python_program(PROGRAM, str(tmp_path / "cursor"), url=url, token="loupe_wrong")
    assert event["type"] == "ACCOUNT_CREATED"
    assert [line.rpartition("; ")[2] for line in errors.decode().splitlines()] == ["asking again in 1 s"] * 3
    assert refused.code == 1
    assert "'code': 'UNAUTHENTICATED'" in refused.errors


@pytest.mark.soak
async def test_a_url_or_a_token_that_cannot_be_right_ends_the_program(api: str, tmp_path: Path) -> None:
    for url, token, reason in (
        (api.removeprefix("http://"), "loupe_x", "Request URL is missing an 'http://' or 'https://' protocol."),
        (api, "loupe_x\r", "Illegal header value b'Bearer loupe_x\\r'"),
    ):
        refused = await run_python_program(PROGRAM, str(tmp_path / "cursor"), url=url, token=token)
        assert (refused.code, refused.errors.splitlines()[-1].partition(": ")[2]) == (1, reason)


def test_a_cursor_is_written_without_a_change_of_other_files(tmp_path: Path) -> None:
    others = [tmp_path / name for name in ("cursor", "cursor.harbour", "cursor.new")]
    for file in others:
        file.write_text("another cursor")
    replace(tmp_path / "cursor.aurora", "a cursor")
    assert (tmp_path / "cursor.aurora").read_text() == "a cursor"
    assert [file.read_text() for file in others] == ["another cursor"] * 3
    assert len([*tmp_path.iterdir()]) == 4
