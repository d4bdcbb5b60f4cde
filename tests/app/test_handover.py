"""Connections handed over from a parent to workers, in turn."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import suppress

import pytest

from app.cli.handover import Handover, received


@pytest.fixture
async def listener() -> AsyncGenerator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
async def handover(listener: socket.socket) -> AsyncGenerator[Handover]:
    handover = Handover(listener)
    running = asyncio.create_task(handover.run())
    yield handover
    running.cancel()


class Worker:
    """A worker with its end of a channel."""

    def __init__(self, handover: Handover) -> None:
        self.parents_end, self.channel = socket.socketpair()
        self.parents_end.setblocking(False)
        handover.add(self.parents_end)

    async def client(self) -> tuple[str, int]:
        """Return the address of the client of the next connection that it gets."""
        connection = await asyncio.to_thread(received, self.channel)
        assert connection is not None
        with connection:
            address: tuple[str, int] = connection.getpeername()
            return address

    def close(self) -> None:
        self.parents_end.close()
        self.channel.close()


def connect(listener: socket.socket) -> socket.socket:
    return socket.create_connection(listener.getsockname())


async def test_workers_get_connections_in_turn(listener: socket.socket, handover: Handover) -> None:
    one, other = Worker(handover), Worker(handover)
    clients = [connect(listener) for _ in range(6)]
    addresses = [client.getsockname() for client in clients]
    taken = [[await worker.client() for _ in range(3)] for worker in (one, other)]
    assert taken == [addresses[0::2], addresses[1::2]]
    for worker in (one, other):
        worker.close()
    for client in clients:
        client.close()


async def test_a_worker_that_has_died_gets_none(listener: socket.socket, handover: Handover) -> None:
    one, dead = Worker(handover), Worker(handover)
    dead.channel.close()
    clients = [connect(listener) for _ in range(3)]
    assert [await one.client() for _ in clients] == [client.getsockname() for client in clients]
    for worker in (one, dead):
        worker.close()
    for client in clients:
        client.close()


async def test_connections_wait_while_there_is_no_worker(listener: socket.socket, handover: Handover) -> None:
    first = Worker(handover)
    handover.remove(first.parents_end)
    client = connect(listener)
    second = Worker(handover)
    assert await second.client() == client.getsockname()
    for worker in (first, second):
        worker.close()
    client.close()


async def test_a_connection_waits_until_a_busy_worker_takes_it(listener: socket.socket, handover: Handover) -> None:
    busy = Worker(handover)
    with suppress(BlockingIOError):
        while True:
            busy.parents_end.send(b"\0")
    client = connect(listener)
    await asyncio.sleep(0.05)  # in which it does not fit
    while (connection := await asyncio.to_thread(received, busy.channel)) is None:
        pass
    with connection:
        assert connection.getpeername() == client.getsockname()
    busy.close()
    client.close()
