"""One side of `bench.against`: an application with a database of its own, that sends itself requests on command.

It runs in the checkout that is measured, also in an older one, so it imports only modules that both have. Once it is
ready, commands come on standard input, a line each, `dashboard CONCURRENTLY TIMES` or `place TIMES`; each is answered
by a line: seconds by the clock, and seconds of this process's CPU.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from api.ids import NodeType
from app.web.event_loop import FairLoop
from bench.client import Client, serving
from bench.dataset import make_account, make_specification
from bench.operations import dashboard
from db.migrate import migrate
from db.pools import open_pool
from db.writer import unit_of_work
from engine.ids import GlobalId

UNTIL = datetime(2026, 3, 10, 12, tzinfo=UTC)
_IMAGES = 100
_SHOP = 20  # images of the account that orders, from before
_PLACE = """
mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) {
  orders { id number status serviceLevel imageCount price { amount currency } deadline { at status } }
  dailyGuarantee { remaining }
  userErrors { code message path }
} }
"""


async def main(url: str, size: int) -> None:
    """Answer commands until standard input ends; a `size` of 0 uses the database without filling it."""
    await migrate(url)
    large, _ = await _account(url, "measured", size)
    shop, specification = await _account(url, "shop", size and _SHOP)
    async with serving(url, UNTIL) as app:
        images = [{"filename": f"IMG_{number:04}.jpg"} for number in range(_IMAGES)]
        asked = {"name": "Spring lookbook", "specificationId": specification, "images": images}
        client, buyer = Client(app, large), Client(app, shop)
        ways = {
            "dashboard": partial(client.send, client.written(dashboard())),
            "place": partial(buyer.send, buyer.written(_PLACE, input=asked)),
        }
        print("ready", flush=True)
        while command := (await asyncio.to_thread(sys.stdin.readline)).split():
            name, *numbers = command
            concurrently, times = (1, *map(int, numbers))[-2:]
            print(*await _timed(ways[name], concurrently, times), flush=True)


async def _account(url: str, name: str, size: int) -> tuple[str, str]:
    """Make an account of so many images, or find it; return a token for it and its specification's id."""
    pool = await open_pool(url)
    try:
        if size:
            await make_account(pool, name, size, UNTIL)
        [account] = (await pool.fetch("SELECT id FROM accounts WHERE name = $1", name))[0]
        async with unit_of_work(pool) as writer:
            specification = await make_specification(writer, account, UNTIL)
            await writer.commit()
        await pool.fetch("VACUUM ANALYZE")
    finally:
        await pool.close()
    command = [str(Path(sys.executable).with_name("loupe")), "token", "create", "--account", str(account)]
    made = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, env=os.environ | {"LOUPE_DATABASE_URL": url, "LOUPE_CLOCK": UNTIL.isoformat()}
    )
    token = (await made.communicate())[0].decode().strip()
    return token, str(GlobalId(NodeType.SPECIFICATION, account, specification))


async def _timed(ask: Callable[[], Awaitable[object]], concurrently: int, times: int) -> tuple[float, float]:
    """Send a request so many times, some at once; return the seconds by the clock and of this process's CPU."""
    left = iter(range(times))

    async def ask_on() -> None:
        for _ in left:
            await ask()

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(ask_on() for _ in range(concurrently)))
    return time.perf_counter() - started, time.process_time() - cpu


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=FairLoop) as runner:  # the loop on which `loupe serve` runs
        runner.run(main(sys.argv[1], int(sys.argv[2])))
