"""Names of connections: the command, the host and the process that hold one, and its use."""

import os

import pytest

from db.application_name import name_for, named
from db.connections import connect
from db.pools import open_pool

URL = "postgresql://me:secret@db/loupe"
HERE = f"web-1:{os.getpid()}"
SHOWN = "SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "web-1.example.com")


@pytest.mark.parametrize(
    ("url", "given", "program"),
    [
        (URL, None, "loupe"),
        (f"{URL}?sslmode=require", None, "loupe"),
        (f"{URL}?", "shop", "shop"),
        (f"{URL}?application_name=shop%20eu", "other", "shop eu"),
        (f"{URL}?application_name=K%C3%B8b%09", None, "K?b?"),
    ],
)
def test_a_connection_names_its_program_command_host_process_and_use(url: str, given: str | None, program: str) -> None:
    assert name_for(named(url, "jobs run-due", given), "worker") == f"{program} jobs run-due {HERE} worker"


def test_a_long_name_keeps_the_end_of_the_host_the_process_and_the_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: f"{'loupe-api-' * 5}7d9f8b6c5d-x2x4z")
    monkeypatch.setattr("os.getpid", lambda: 4_194_304)
    name = name_for(named(f"{URL}?application_name={'s' * 70}", "account create"), "use-of-ten")
    assert name == f"{'s' * 20} account create 5d-x2x4z:4194304 use-of-ten"
    assert len(name) == 63


async def test_postgresql_shows_the_name_of_pools_and_single_connections(database: str) -> None:
    url = named(database, "serve")
    single, used = await connect(url), await connect(url, use="listener")
    pool = await open_pool(url, use="reader", settings={"jit": "off"})
    try:
        shown = [(await each.fetch(SHOWN))[0][0] for each in (single, used, pool)]
        assert shown == [f"loupe serve {HERE}", f"loupe serve {HERE} listener", f"loupe serve {HERE} reader"]
    finally:
        for each in (single, used, pool):
            await each.close()
