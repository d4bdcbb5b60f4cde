"""`loupe serve` killed amid orders, with PostgreSQL or without: started again, it has all acknowledged orders.

PostgreSQL alone killed is started again by its users; they end with the reason if that fails.
"""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from httpx import AsyncClient, HTTPError

from db.embedded.cluster import server_of
from tests.app.test_cli import ACME, address_in, answer, serving
from tests.db.test_embedded import MAJOR, fresh_folder
from tests.services.orders.test_kills import PATIENCE, kill_server, wait_until
from tests.support.commands import LOUPE, environment

pytestmark = pytest.mark.races

CLIENTS = 4
SEED = 5
CREATE = """
mutation ($input: CreateSpecificationInput!) { createSpecification(input: $input) { specification { id } } }
"""
PLACE = """
mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { orders { id number imageCount } } }
"""
PLACED = "{ account { orders(last: 100) { nodes { id number name imageCount images { totalCount } } } } }"


@dataclass
class Clients:
    """Clients of one account, their requests by key, and the acknowledged orders."""

    account: str
    token: str
    staff: str
    specification: str = ""
    asked: dict[str, int] = field(default_factory=dict[str, int])
    acknowledged: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])

    async def specify(self, http: AsyncClient) -> None:
        """Have staff create the specification of all orders."""
        terms = {
            "pricePerImage": {"amount": "1.45", "currency": "USD"},
            "stepSeconds": [{"step": "DUST", "seconds": 9}],
        }
        fields: dict[str, Any] = {"accountId": self.account, "name": "Hats", "steps": ["DUST"], **terms}
        made = await self.ask(http, CREATE, self.staff, **fields)
        self.specification = made["createSpecification"]["specification"]["id"]

    async def ask(self, http: AsyncClient, document: str, token: str | None = None, **fields: object) -> dict[str, Any]:
        body = {"query": document, "variables": {"input": fields}}
        response = await http.post("/graphql", json=body, headers={"Authorization": f"Bearer {token or self.token}"})
        data: dict[str, Any] = response.json().get("data")  # none amid an outage
        return data

    async def place(self, http: AsyncClient, key: str) -> None:
        """Place an order of some images, or repeat it by its key."""
        images = [{"filename": f"{number}.jpg"} for number in range(self.asked[key])]
        fields: dict[str, Any] = {"name": key, "specificationId": self.specification, "images": images}
        fields["idempotencyKey"] = key
        self.acknowledged[key] = list((await self.ask(http, PLACE, **fields))["placeOrder"]["orders"])

    async def place_until_cut_off(self, url: str, name: str) -> None:
        """Place one order after the other until there is no response."""
        async with AsyncClient(base_url=url, timeout=PATIENCE) as http:
            for turn in range(1_000):
                key = f"{name}-{turn}"
                self.asked[key] = 1 + turn % 5
                try:
                    await self.place(http, key)
                except (HTTPError, TypeError):  # cut off, or an error without data while the database goes
                    return


@pytest.fixture
def folder() -> Generator[Path]:
    with fresh_folder() as made:
        yield made


@pytest.fixture
def clients(folder: Path) -> Clients:
    account = answer(*ACME, LOUPE_DATA_DIR=str(folder))["id"]
    own, staff = [
        answer("token", "create", *whose, LOUPE_DATA_DIR=str(folder))["token"]
        for whose in (("--account", account), ("--staff",))
    ]
    return Clients(account, own, staff)


async def begin(clients: Clients, url: str) -> None:
    async with AsyncClient(base_url=url) as http:
        await clients.specify(http)


async def placed_amid(clients: Clients, url: str, name: str, kill: Callable[[], None]) -> None:
    """Place orders by all clients, and kill the service meanwhile."""
    random = Random(SEED)  # noqa: S311 - drawn for tests
    before = len(clients.acknowledged)
    placing = [asyncio.create_task(clients.place_until_cut_off(url, f"{name}-{each}")) for each in range(CLIENTS)]
    await asyncio.to_thread(wait_until, lambda: len(clients.acknowledged) >= before + 10)
    await asyncio.sleep(random.random() * 0.02)
    await asyncio.to_thread(kill)
    await asyncio.gather(*placing)


async def assert_known(clients: Clients, url: str) -> None:
    """Assert that acknowledged orders are stored, that no other is partial, and that all can be repeated."""
    async with AsyncClient(base_url=url, timeout=PATIENCE) as http:
        found = await orders(clients, http)
        acknowledged = {order["id"]: order for each in clients.acknowledged.values() for order in each}
        assert {id_: found[id_] for id_ in acknowledged} == {
            id_: (key_of(found[id_]), *facts(acknowledged[id_])) for id_ in acknowledged
        }
        assert all(count == clients.asked[name] for name, _, count in found.values())
        before = dict(clients.acknowledged)
        for key in clients.asked:
            await clients.place(http, key)
        assert {key: clients.acknowledged[key] for key in before} == before
        found = await orders(clients, http)
    assert sorted(number for _, number, _ in found.values()) == list(range(1, len(clients.asked) + 1))
    assert sorted(name for name, _, _ in found.values()) == sorted(clients.asked)


async def orders(clients: Clients, http: AsyncClient) -> dict[str, tuple[str, int, int]]:
    """Return all orders with their names, numbers and images, in the number that the order has."""
    nodes = (await clients.ask(http, PLACED))["account"]["orders"]["nodes"]
    assert all(node["images"]["totalCount"] == node["imageCount"] for node in nodes)
    return {node["id"]: (node["name"], *facts(node)) for node in nodes}


def facts(order: dict[str, Any]) -> tuple[int, int]:
    return order["number"], order["imageCount"]


def key_of(order: tuple[str, int, int]) -> str:
    return order[0]


def killed(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait(PATIENCE)


def kill_main_process(folder: Path) -> None:
    """Kill PostgreSQL's main process; the others end by themselves."""
    postmaster = server_of(folder / "postgres" / str(MAJOR) / "data")
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)


async def until_ready(url: str) -> None:
    async with AsyncClient(base_url=url, timeout=PATIENCE) as http, asyncio.timeout(PATIENCE):
        while (await http.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - only polling shows it
            await asyncio.sleep(0.05)


def test_a_killed_service_has_all_that_was_acknowledged_once_it_is_started_again(
    clients: Clients, folder: Path
) -> None:
    settings = {"LOUPE_DATA_DIR": str(folder)}
    with serving(**settings) as (process, url):
        asyncio.run(begin(clients, url))
        asyncio.run(placed_amid(clients, url, "alone", lambda: killed(process)))
    with serving(**settings) as (process, url):
        asyncio.run(assert_known(clients, url))

        def kill_both() -> None:
            kill_server(folder / "postgres")
            killed(process)

        asyncio.run(placed_amid(clients, url, "both", kill_both))
    with serving(**settings) as (process, url):
        asyncio.run(assert_known(clients, url))
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def running(command: str, folder: Path, log: Path) -> Generator[tuple["subprocess.Popen[str]", str]]:
    """Run a command until it is ended; yield it and its output once it has started."""
    settings = environment({"LOUPE_DATA_DIR": str(folder), "LOUPE_PORT": "0"})
    with (
        log.open("wb") as errors,
        subprocess.Popen([LOUPE, command], env=settings, stdout=subprocess.PIPE, stderr=errors, text=True) as process,  # noqa: S603
    ):
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Loupe ")
            yield process, said
        finally:
            process.kill()


def test_a_killed_database_is_started_again_or_else_serve_and_jobs_end_with_the_reason(
    clients: Clients, folder: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "serve", tmp_path / "jobs"
    control = folder / "postgres" / str(MAJOR) / "data" / "global" / "pg_control"
    with running("serve", folder, logs[0]) as (serve, said), running("jobs", folder, logs[1]) as (jobs, _):
        url = address_in(said)
        asyncio.run(begin(clients, url))
        asyncio.run(placed_amid(clients, url, "healed", lambda: kill_main_process(folder)))
        asyncio.run(until_ready(url))
        asyncio.run(assert_known(clients, url))
        assert (serve.poll(), jobs.poll()) == (None, None)
        kept = control.rename(control.with_name("kept"))
        kill_main_process(folder)
        assert (serve.wait(PATIENCE), jobs.wait(PATIENCE)) == (1, 1)
    kept.rename(control)
    for log in logs:
        first, *_, last = log.read_text().splitlines()
        assert json.loads(first)["event"] == f"Database: the embedded PostgreSQL in {folder}/postgres."
        where = f"{folder}/postgres/18/data"
        assert last == f"loupe: PostgreSQL does not start in {where}: could not find the database system."
