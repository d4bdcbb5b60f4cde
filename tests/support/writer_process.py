"""A process of writers that a test kills: each gives commands in a loop and prints them.

It prints a line of JSON before a command is sent, and one with the answer once it is acknowledged. A command that fails
is repeated with the same key, as clients are to do.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.domain.errors import DomainError
from app.logging import configure_logging
from app.services.commands import Command, perform
from app.services.orders.claiming import claim_images
from app.services.orders.placing import NewOrder, place_order
from app.services.orders.producing import deliver_images
from db.connections import Pool
from db.failures import is_outage
from db.pools import open_pool
from db.writer import Writer
from tests.support.clock import FrozenClock
from tests.support.customers import LEASE
from tests.support.order_states import uploads
from tests.support.stored_results import JsonResult

START: Final = datetime(2026, 3, 10, 12, tzinfo=UTC)
WRITERS: Final = 3
_PAUSE: Final = 0.05  # seconds before a command is repeated

Request = dict[str, Any]


async def execute_request(pool: Pool, clock: FrozenClock, asked: Request) -> JsonResult:
    """Execute a command by its key; return its answer, which may be an earlier one."""
    clock.advance(timedelta(seconds=1))

    async def work(writer: Writer) -> JsonResult:
        try:
            return await _done(writer, clock, asked)
        except DomainError as refusal:
            return JsonResult(refused=str(refusal), changed=False)

    account_id = UUID(asked["account"]) if asked["operation"] == "place" else None
    command = Command(account_id, asked["operation"], asked, asked["key"])
    return (await perform(pool, clock, command, work, JsonResult)).result


async def _done(writer: Writer, clock: FrozenClock, asked: Request) -> JsonResult:
    match asked["operation"]:
        case "place":
            new_images = uploads(*(f"{number}.jpg" for number in range(asked["count"])))
            new = NewOrder(
                UUID(asked["account"]), asked["key"], UUID(asked["specification"]), new_images, expedite=False
            )
            return JsonResult(orders=[str(key[1]) for key in (await place_order(writer, clock, new)).orders])
        case "claim":
            claimed = await claim_images(writer, clock, asked["worker"], asked["count"], LEASE)
            return JsonResult(images=[[str(part) for part in image] for image in claimed.images])
        case _:
            images = [(UUID(account_id), UUID(image_id)) for account_id, image_id in asked["images"]]
            return JsonResult(delivered=len((await deliver_images(writer, clock, asked["worker"], images)).images))


async def write(pool: Pool, name: str, account: str, specification: str) -> None:
    """Place, claim and deliver until the process is killed."""
    clock = FrozenClock(START)
    common = {"account": account, "specification": specification, "worker": name}
    turn = 0
    while True:
        turn += 1
        await _ask(pool, clock, {"operation": "place", "key": f"{name}-{turn}-place", "count": 1 + turn % 7, **common})
        claim = {"operation": "claim", "key": f"{name}-{turn}-claim", "count": 1 + turn % 4, **common}
        images = (await _ask(pool, clock, claim))["images"]
        if images:
            await _ask(
                pool, clock, {"operation": "deliver", "key": f"{name}-{turn}-deliver", "images": images, **common}
            )


async def _ask(pool: Pool, clock: FrozenClock, asked: Request) -> JsonResult:
    _print({"asked": asked})
    while True:
        try:
            answer = await execute_request(pool, clock, asked)
        except Exception as error:
            if not is_outage(error):
                raise
            await asyncio.sleep(_PAUSE)
        else:
            _print({"asked": asked, "answered": answer})
            return answer


def _print(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def main(url: str, name: str, account: str, specification: str) -> None:
    """Run the writers of an account."""
    configure_logging()  # to standard error
    pool = await open_pool(url)
    await asyncio.gather(*(write(pool, f"{name}-{number}", account, specification) for number in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
