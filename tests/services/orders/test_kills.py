"""Writers killed amid writes, and PostgreSQL with them: acknowledged commands are complete, others never partial."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
import structlog
from httpx import ASGITransport, AsyncClient, Response
from structlog.testing import capture_logs

from api.ids import NodeType
from app.logging import CountedWarning
from app.services.api_keys.keys import create_key
from app.services.commands import IdempotencyConflict
from app.web.asgi import create_app
from db.connections import Pool, Record
from db.embedded.cluster import server_of
from db.embedded.server import embedded_server
from db.migrate import migrate
from db.pools import open_pool
from db.readers import PoolReader
from engine.ids import GlobalId
from tests.db.test_embedded import MAJOR, fresh_folder
from tests.support.clock import FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import Customer, open_customer
from tests.support.database import temporary_database
from tests.support.serving import SETTINGS
from tests.support.transactions import in_transaction
from tests.support.writer_process import START, Request, execute_request

pytestmark = pytest.mark.races

SEED = 3
KILLS = 3
PATIENCE = 60.0
PAUSE = 0.002
KEPT = "SELECT key, answer FROM idempotency_keys UNION ALL SELECT key, answer FROM staff_idempotency_keys"
OTHERS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'judge'"
PLACE = """
mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) { orders { number } userErrors { code } } }
"""


@dataclass
class Writers:
    """A process of writers, with its commands by key and the results of acknowledged ones."""

    process: "subprocess.Popen[str]"
    asked: dict[str, Request] = field(default_factory=dict[str, Request])
    answered: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def listen(self) -> None:
        """Read its lines until it ends; a line that the kill cut off does not count."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                said = json.loads(line)
                self.asked[said["asked"]["key"]] = said["asked"]
                if "answered" in said:
                    self.answered[said["asked"]["key"]] = said["answered"]

    async def acknowledge(self, more: int) -> None:
        """Wait until so many more commands were acknowledged."""
        count = len(self.answered) + more
        await asyncio.to_thread(wait_until, lambda: len(self.answered) >= count or self.process.poll() is not None)
        assert self.process.poll() is None


@contextmanager
def writing(url: str, name: str, customer: Customer) -> Generator[Writers]:
    """Run writers, kill them at the end of the block, and read all their lines."""
    command = [sys.executable, "-m", "tests.support.writer_process", url, name]
    command += [str(customer.account_id), str(customer.specification_id)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        writers = Writers(process)
        listener = Thread(target=writers.listen)
        listener.start()
        try:
            yield writers
        finally:
            process.kill()
            listener.join()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(PAUSE)


@asynccontextmanager
async def judging(url: str) -> AsyncGenerator[Pool]:
    pool = await open_pool(url, settings={"application_name": "judge"})
    yield pool
    await pool.close()


async def be_alone(pool: Pool) -> None:
    """Wait until nothing of the killed is left on the server: it ends a statement before it looks for its client."""
    deadline = time.monotonic() + PATIENCE
    while await pool.fetch(OTHERS):
        assert time.monotonic() < deadline
        await asyncio.sleep(PAUSE)


async def assert_all_or_nothing(pool: Pool, customer: Customer, writers: Writers) -> None:
    """Assert that acknowledged commands are stored as answered, and others complete or not at all."""
    await assert_consistent(PoolReader(pool), customer)
    kept: dict[str, dict[str, Any]] = {row["key"]: row["answer"] for row in await pool.fetch(KEPT)}
    assert {key: kept.get(key) for key in writers.answered} == writers.answered
    assert not any(answer is None or "refused" in answer for answer in kept.values())
    orders = await pool.fetch("SELECT id, name, image_count FROM orders ORDER BY number")
    images = {str(row["id"]): row for row in await pool.fetch("SELECT * FROM images")}
    for key, asked in writers.asked.items():
        if asked["operation"] == "place":
            made = [row for row in orders if row["name"] == key]
            assert [str(row["id"]) for row in made] == kept.get(key, {"orders": []})["orders"]
            assert sum(row["image_count"] for row in made) == (asked["count"] if key in kept else 0)
        elif asked["operation"] == "claim":
            claimed = [images[id_] for _, id_ in kept.get(key, {"images": ()})["images"]]
            assert all(is_in_hand(image, asked["worker"]) for image in claimed)
        else:
            delivered = {images[id_]["status"] == "DELIVERED" for _, id_ in asked["images"]}
            assert delivered == {key in kept}


def is_in_hand(image: Record, worker: str) -> bool:
    """Return True if an image is claimed by the worker, or was delivered."""
    return bool(image["claimed_by"] == worker or image["status"] == "DELIVERED")


async def assert_done_once(pool: Pool, customer: Customer, writers: Writers) -> None:
    """Repeat all commands: acknowledged ones get the same answer, and the rest is done now, once."""
    clock = FrozenClock(START)
    again = {key: await execute_request(pool, clock, asked) for key, asked in writers.asked.items()}
    assert {key: again[key] for key in writers.answered} == writers.answered
    writers.answered.update(again)
    await assert_all_or_nothing(pool, customer, writers)
    assert {key: await execute_request(pool, clock, asked) for key, asked in writers.asked.items()} == again
    await assert_all_or_nothing(pool, customer, writers)
    with pytest.raises(IdempotencyConflict):
        await execute_request(pool, clock, {**next(iter(writers.asked.values())), "count": 9})


async def test_killed_writers_leave_acknowledged_commands_whole_and_no_partial_ones(database: str) -> None:
    random = Random(SEED)  # noqa: S311 - drawn for tests
    async with judging(database) as pool:
        customer = await open_customer(pool, FrozenClock(START), images=50)
        for kill in range(KILLS):
            with writing(database, f"run-{kill}", customer) as writers:
                await writers.acknowledge(random.randrange(3, 40))
                await asyncio.sleep(random.random() * 0.02)
            await be_alone(pool)
            await assert_all_or_nothing(pool, customer, writers)
            await assert_done_once(pool, customer, writers)


@pytest.fixture(scope="module")
def folder() -> Generator[Path]:
    """The folder of a durable server, with fsync; each test holds it, and leaves it stopped."""
    with fresh_folder() as made:
        yield made


@pytest.fixture
async def durable(folder: Path) -> AsyncGenerator[str]:
    """A migrated, empty database on that server."""
    with embedded_server(folder) as server:
        async with temporary_database(server) as url:
            await migrate(url)
            yield url


def signal_server(folder: Path, sent: signal.Signals) -> None:
    """Send a signal to all processes of PostgreSQL, the main process last."""
    postmaster = server_of(folder / str(MAJOR) / "data")
    assert postmaster is not None
    os.kill(postmaster, signal.SIGSTOP)  # or it would start others meanwhile
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process in (*map(int, children), postmaster):
        with suppress(ProcessLookupError):
            os.kill(process, sent)


def kill_server(folder: Path) -> None:
    """Kill PostgreSQL with all its processes."""
    signal_server(folder, signal.SIGKILL)
    wait_until(lambda: server_of(folder / str(MAJOR) / "data") is None)


async def test_a_killed_database_keeps_all_acknowledged_commands_and_writers_continue(
    durable: str, folder: Path
) -> None:
    random = Random(SEED)  # noqa: S311 - drawn for tests
    async with judging(durable) as pool:
        customer = await open_customer(pool, FrozenClock(START), images=50)
        with writing(durable, "run", customer) as writers:
            for _ in range(2):
                await writers.acknowledge(random.randrange(5, 30))
                kill_server(folder)
                with embedded_server(folder):
                    await writers.acknowledge(5)
    async with judging(durable) as pool:
        await be_alone(pool)
        customer = Customer(pool, customer.clock, customer.account_id, customer.specification_id)
        await assert_all_or_nothing(pool, customer, writers)
        await assert_done_once(pool, customer, writers)


async def test_clients_get_unavailable_while_the_database_is_down_and_the_service_recovers(
    durable: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A round before may have logged the line of this second already.
    monkeypatch.setattr("engine.unavailable._warning", CountedWarning(structlog.get_logger("loupe.api"), "unavailable"))
    clock = FrozenClock(START)
    async with judging(durable) as pool:
        customer = await open_customer(pool, clock)
        key = await in_transaction(pool, lambda writer: create_key(writer, START, customer.account_id))
    app = create_app(database_url=durable, settings=SETTINGS, clock=clock)
    headers = {"Authorization": f"Bearer {key.secret}"}
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://loupe", headers=headers) as http,
    ):
        assert await place_one(http, customer, "first") == 1
        kill_server(folder)
        with capture_logs() as logs:
            assert (
                await asyncio.gather(*(place_one(http, customer, "second") for _ in range(20))) == ["UNAVAILABLE"] * 20
            )
        seen = {(entry["event"], entry.get("exc_info")) for entry in logs}
        assert seen - {("reconnecting", None), ("database_away", None)} == {("unavailable", None)}
        with embedded_server(folder):
            while (again := await place_one(http, customer, "second")) == "UNAVAILABLE":  # noqa: ASYNC110 - only polling shows it
                await asyncio.sleep(PAUSE)
            assert again == 2
            assert [await place_one(http, customer, key) for key in ("first", "second", "third")] == [1, 2, 3]


async def place_one(http: AsyncClient, customer: Customer, key: str) -> object:
    """Place an order of an image by the API; return its number, or the code of the error."""
    response = await ask_to_place(http, customer, key)
    answer = response.json()
    if "errors" in answer:
        (error,) = answer["errors"]
        assert (response.status_code, response.headers["retry-after"], answer.keys()) == (503, "1", {"errors"})
        return error["extensions"]["code"]
    (order,) = answer["data"]["placeOrder"]["orders"]
    return order["number"]


async def ask_to_place(http: AsyncClient, customer: Customer, key: str) -> Response:
    specification = GlobalId(NodeType.SPECIFICATION, customer.account_id, customer.specification_id)
    asked = {"name": key, "specificationId": str(specification), "images": [{"filename": "1.jpg"}]}
    body = {"query": PLACE, "variables": {"input": {**asked, "idempotencyKey": key}}}
    return await http.post("/graphql", json=body)
