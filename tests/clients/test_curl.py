"""The programs of `clients/curl` export a day's deliveries and complete orders, and say why they cannot."""

from datetime import timedelta
from typing import Final

import pytest
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.listening import listen, served
from tests.support.programs import Ended, busy_api, run_curl_program
from tests.support.serving import NewClient, new_token
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

HEADER: Final = "number,reference,name,delivered,images,price,currency\n"


async def studio_with(pool: Pool, clock: FrozenClock, count: int) -> Studio:
    """A studio with a delivery at each end of yesterday in Copenhagen, outside of it, and some more at its noon."""
    studio = await open_account(pool, Studio())
    opens = clock.now().replace(hour=23) - 2 * DAY
    microsecond = timedelta(microseconds=1)
    for at in (opens - microsecond, opens, opens + DAY - microsecond, opens + DAY, *[opens + 12 * HOUR] * count):
        studio.order(opens - HOUR, [Photo(delivered_at=at)], name='Shoes, "red"')
    await write(pool, studio)
    return studio


async def test_the_deliveries_of_yesterday_in_the_studios_own_time_are_exported_as_csv(
    api: str, pool: Pool, clock: FrozenClock
) -> None:
    token = await new_token(pool, clock.now(), (await studio_with(pool, clock, 0)).id)
    lines = [
        '3,,"Shoes, ""red""","2026-03-09T22:59:59.999999Z",1,"1.45","USD"\n',
        '2,,"Shoes, ""red""","2026-03-08T23:00:00Z",1,"1.45","USD"\n',
    ]
    expected = Ended(0, HEADER + "".join(lines), "")
    assert await run_curl_program("deliveries.sh", url=api, token=token) == expected


@pytest.mark.soak
async def test_deliveries_of_several_pages_are_exported_whole(api: str, pool: Pool, clock: FrozenClock) -> None:
    token = await new_token(pool, clock.now(), (await studio_with(pool, clock, 230)).id)
    exported = await run_curl_program("deliveries.sh", url=api, token=token)
    assert [line.partition(",")[0] for line in exported.output.splitlines()[1:]] == [
        *(str(number) for number in range(234, 4, -1)),
        "3",
        "2",
    ]


@pytest.mark.soak
async def test_orders_are_completed_up_to_the_first_that_cannot_be(
    api: str, pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    studio = await open_account(pool, Studio())
    for delivered_at in (clock.now() - HOUR, None, clock.now() - HOUR):
        studio.order(clock.now() - DAY, [Photo(delivered_at=delivered_at)])
    await write(pool, studio)
    client = await client_of(studio)
    assert client.token is not None
    assert await run_curl_program("complete.sh", "1", "2", "3", url=api, token=client.token) == Ended(
        1,
        "Order 1 was completed at 2026-03-10T12:00:00Z.\n",
        "NOT_COMPLETABLE at orderId: Order 2 is IN_PRODUCTION: only one that is READY_FOR_DOWNLOAD completes.\n",
    )
    orders = await client.data("{ account { orders(last: 3) { nodes { completedAt } } } }")
    assert [each["completedAt"] is None for each in orders["account"]["orders"]["nodes"]] == [True, True, False]
    assert await run_curl_program("complete.sh", "4", url=api, token=client.token) == Ended(
        5, "", "There is no such order.\n"
    )


@pytest.mark.soak
@pytest.mark.parametrize(
    ("arguments", "code", "errors"),
    [
        (["2026-01-04"], 5, "There is no such day.\n"),
        (["March"], 1, "BAD_USER_INPUT: $date: A date is written as 2026-03-06.\n"),
    ],
)
async def test_a_day_that_is_none_is_refused(
    api: str, pool: Pool, clock: FrozenClock, arguments: list[str], code: int, errors: str
) -> None:
    token = await new_token(pool, clock.now(), (await open_account(pool, Studio())).id)
    assert await run_curl_program("deliveries.sh", *arguments, url=api, token=token) == Ended(code, "", errors)


@pytest.mark.parametrize("arguments", [[], ["PO-1"], ["1", ""]])
async def test_what_is_no_number_of_an_order_is_refused_before_anything_is_asked(arguments: list[str]) -> None:
    usage = Ended(2, "", "Usage: complete.sh NUMBER...\n")
    assert await run_curl_program("complete.sh", *arguments, url="http://127.0.0.1:1", token="loupe_x") == usage


async def test_a_wrong_token_is_an_error_with_its_code(api: str) -> None:
    assert await run_curl_program("deliveries.sh", url=api, token="loupe_wrong") == Ended(
        1,
        "",
        "curl: (22) The requested URL returned error: 401\n"
        "UNAUTHENTICATED: There is no such token, or it has expired or was revoked.\n",
    )


@pytest.mark.parametrize(
    "answer",
    [
        HTMLResponse("<h1>Welcome</h1>"),
        Response(status_code=204),
        RedirectResponse("https://loupe.example/graphql", 301),
        JSONResponse({"detail": "Not found"}),
        JSONResponse({"data": None}),
        JSONResponse(None),
    ],
)
async def test_an_answer_that_is_none_of_graphql_is_an_error(answer: Response) -> None:
    listener, origin = listen()
    async with served(answer, listener):
        completed = await run_curl_program("complete.sh", "1", url=f"{origin}/graphql", token="loupe_x")
    assert completed == Ended(1, "", "This is no answer of GraphQL: is LOUPE_URL the address of Loupe?\n")


@pytest.mark.soak
async def test_an_api_that_is_busy_is_asked_again_after_the_time_it_says(
    database: str, pool: Pool, clock: FrozenClock
) -> None:
    token = await new_token(pool, clock.now(), (await open_account(pool, Studio())).id)
    unavailable = JSONResponse({"errors": [{"message": "Busy."}]}, 503, {"Retry-After": "1"})
    limited = PlainTextResponse("Too many requests", 429, {"Retry-After": "1"})
    async with busy_api(database, clock, limited, unavailable) as url:
        exported = await run_curl_program("deliveries.sh", url=url, token=token)
    assert (exported.code, exported.output) == (0, HEADER)
