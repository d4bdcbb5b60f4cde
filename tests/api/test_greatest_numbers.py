"""A number that was accepted once can be read everywhere, also one stored before it was bounded."""

from collections.abc import AsyncGenerator, Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from httpx import ASGITransport, AsyncClient

from api.ids import NodeType
from app.services.housekeeping.verification import verify_accounts
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool
from db.migrate import migrate
from db.pools import open_pool
from engine.ids import GlobalId
from tests.support.clock import FrozenClock
from tests.support.database import execute
from tests.support.mutations import done, valid_inputs
from tests.support.numeric_fields import (
    documents_of_arguments,
    documents_of_numbers,
    facts_of_errors,
    numbers_of_input,
    objects_in,
    types_with_numbers,
)
from tests.support.one_of_each import START
from tests.support.released_database import released_database
from tests.support.rows import new_inquiry
from tests.support.serving import SETTINGS, Client, CountingReader, NewClient, new_token
from tests.support.studio import HOUR, Studio, open_account, write

GREATEST: Final = 2**31 - 1
LATER: Final = START.replace(month=4)
ACCOUNTS: Final = "SELECT id FROM accounts"
OLD_ROWS: Final = (
    "UPDATE sla_versions SET images_per_day = 2147483647, expedites_per_day = 2147483647",
    "UPDATE ledger_days SET capacity = 2147483647, expedite_capacity = 2147483647",
    """UPDATE events SET data = regexp_replace(data::text,
      '("(imagesPerDay|expeditesPerDay|capacity|expediteCapacity)": )[0-9]+', '\\12147483647', 'g')::jsonb""",
    "UPDATE images SET price = 9999999999.9999 * 2",
    "UPDATE orders SET price = 9999999999.9999 * 2 * image_count",
    """UPDATE specification_versions SET price_per_image = 9999999999.9999, steps = '[
      {"step": "CLIPPING", "milliseconds": 9999999999}, {"step": "SHADOW", "milliseconds": 9999999999}]'""",
)
"""The greatest numbers that 0.1.0 accepted: figures of LOUPE_PLAN_TERMS and the command line, prices, seconds."""
NOT_THERE: Final = {
    *("Activity", "LimitExceeded", "QuotePart"),  # answers to arguments
    *("AwaitingStaffStep", "ClockChangeStep", "PlanVoidStep", "WeekendShiftStep"),
    *("CompletedStep", "DeadlineRevised", "ImagesCancelled", "MeasuredTime", "NoGain", "OperationsRecorded"),
    *("PlanChanged", "RetouchingStep", "ReviewOverdue", "SlaWithdrawn", "StepSavings"),
}
"""Types of objects with numbers that an answer about these rows does not have."""


@pytest.fixture
async def old(server: str) -> AsyncGenerator[tuple[Client, Pool]]:
    """Staff and the pool of a database of 0.1.0, with the greatest numbers, that was migrated."""
    async with released_database(server) as url:
        await execute(url, *OLD_ROWS)
        await migrate(url)
        app = create_app(database_url=url, settings=SETTINGS, clock=FrozenClock(LATER))
        http = AsyncClient(transport=ASGITransport(app), base_url="http://loupe")
        async with app.router.lifespan_context(app), http:
            pool = await open_pool(url)
            yield Client(http, await new_token(pool, START, None), CountingReader(running_of(app).reader)), pool
            await pool.close()


async def test_every_number_of_the_api_can_be_read_where_the_greatest_old_ones_are_stored(
    old: tuple[Client, Pool],
) -> None:
    staff, pool = old
    seen: set[str] = set()
    for name, document in documents_of_numbers():
        answer = await staff.answer(document)
        assert "errors" not in answer, (document, answer["errors"])
        seen.update({name} if [*objects_in(answer["data"], name)] else ())
    assert types_with_numbers() - seen == NOT_THERE
    verified = await verify_accounts(pool, FrozenClock(LATER), "a test", [row[0] for row in await pool.fetch(ACCOUNTS)])
    assert (verified.accounts, verified.failed) == (2, {})


EXTREMES: Final = (
    GREATEST,
    -GREATEST - 1,
    0,
    10**6,
    1e308,
    -1e308,
    5e-324,
    "9" * 40,
    f"-{'9' * 40}",
    f"0.{'9' * 38}",
    "9999999999.9999",
)
FACTS: Final = facts_of_errors()
PRICE: Final = {"amount": "1", "currency": "USD"}
PORTIONS: Final = [{"deadline": f"2026-03-1{day}T08:00:00Z", "imageCount": 1} for day in (2, 3)]


def inputs(studio: Studio) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield inputs of each mutation that has numbers, with all of them."""
    valid = valid_inputs(studio)
    del valid["confirmDeadline"]["deadline"]
    valid["confirmDeadline"] |= {"portions": PORTIONS}
    for name in ("createSpecification", "updateSpecification"):
        valid[name] |= {"pricePerImage": PRICE, "stepSeconds": [{"step": "CLIPPING", "seconds": 1}]}
    for name, input_ in valid.items():
        for *path, last in numbers_of_input(f"{name[0].upper()}{name[1:]}Input"):
            for extreme in EXTREMES:
                changed = deepcopy(input_)
                for place in _places(changed, path):
                    place[last] = extreme
                yield name, changed


def _places(value: Any, path: list[str]) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a part of an input
    """Yield the objects at a path, those of each entry of a list."""
    if not path:
        yield value
    elif path[0] == "0":
        for each in value:
            yield from _places(each, path[1:])
    else:
        yield from _places(value[path[0]], path[1:])


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    """A studio with what mutations need, and a specification at the greatest price."""
    made = await open_account(pool, Studio())
    made.order(clock.now() - HOUR)
    made.specification(price="9999999999.9999")
    made.inquiries.append(new_inquiry(made.id, clock.now() - HOUR))
    await write(pool, made)
    return made


async def test_no_number_of_an_input_is_a_fault_of_ours_or_makes_another_unreadable(
    studio: Studio, staff: Client, clock: FrozenClock
) -> None:
    taken: set[str] = set()
    for name, input_ in inputs(studio):
        clock.advance()
        asked = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {FACTS} }} }}"
        answer = await staff.answer(asked, {"input": input_})
        assert codes(answer) <= {"BAD_USER_INPUT"}, (input_, answer)
        taken.update([name] if answer.get("data") and not answer["data"][name]["userErrors"] else ())
    assert taken == {"createSpecification", "negotiateSla", "setRetouchingStep"}
    priced = studio.specifications[1].id
    specification = str(GlobalId(NodeType.SPECIFICATION, studio.id, priced))
    await done(staff, "placeOrder", **valid_inputs(studio)["placeOrder"] | {"specificationId": specification})
    for _, document in documents_of_numbers():
        await staff.data(document)


@pytest.mark.parametrize("value", [GREATEST, -GREATEST - 1])
async def test_no_number_of_an_argument_is_a_fault_of_ours(
    studio: Studio, staff: Client, client_of: NewClient, value: int
) -> None:
    for document in documents_of_arguments(value):
        assert codes(await staff.answer(document)) <= {"BAD_USER_INPUT"}, document
    new = f'{{specificationId: "{valid_inputs(studio)["placeOrder"]["specificationId"]}", imageCount: {value}}}'
    quoted = await (await client_of(studio)).data(
        f"{{ account {{ quote(input: {{newOrder: {new}}}) {{ {FACTS} }} }} }}"
    )
    assert [error["path"] for error in quoted["account"]["quote"]["userErrors"]] == [["newOrder", "imageCount"]]


def codes(answer: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in answer.get("errors", ())}
