"""`loupe demo` in its own process, from an empty folder to the second start."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from app.demo.folder import DemoFolder
from tests.db.test_embedded import fresh_folder
from tests.support.commands import LOUPE, environment

SMALL = ("--days", "15", "--accounts", "2")
NAMES = ("Nordlys Fashion", "Fifth & Mercer", "Staff")
PATIENCE = 60.0
SATURDAY = "2026-03-14T09:00:00Z"


@dataclass(frozen=True)
class Demo:
    """A running demo, and its output until it was ready."""

    process: subprocess.Popen[str]
    printed: list[str]

    @property
    def tokens(self) -> dict[str, str]:
        words = [line.split() for line in self.printed]
        return {" ".join(line[:-3]) or line[0]: line[-1] for line in words if line and line[-1].startswith("loupe_")}

    @property
    def links(self) -> list[str]:
        return [line.strip() for line in self.printed if "#token=" in line]

    @property
    def url(self) -> str:
        return next(found.group() for line in self.printed if (found := re.search(r"http://\S+/graphql", line)))

    def ask(self, document: str, token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(self.url, json.dumps({"query": document}).encode(), headers)  # noqa: S310
        with urlopen(request) as response:  # noqa: S310
            data: dict[str, Any] = json.load(response)["data"]
        return data

    def picture(self, address: str) -> tuple[int, str, str]:
        """Return the status, the media type and the text at an address of a picture, from this demo's port."""
        port = urlsplit(self.url).port
        with urlopen(urlsplit(address)._replace(netloc=f"127.0.0.1:{port}").geturl()) as response:  # noqa: S310
            return response.status, response.headers["Content-Type"], response.read().decode()

    def allowed_origin(self, origin: str) -> str | None:
        address = self.url.replace("/graphql", "/healthz")
        with urlopen(Request(address, headers={"Origin": origin})) as response:  # noqa: S310
            allowed: str | None = response.headers["Access-Control-Allow-Origin"]
        return allowed

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0


@contextmanager
def started(folder: Path, *options: str, **more: str) -> Generator[subprocess.Popen[str]]:
    settings = {"LOUPE_DATA_DIR": str(folder), "LOUPE_PORT": "0"} | more
    with subprocess.Popen(  # noqa: S603
        [LOUPE, "demo", *options], env=environment(settings), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def ready(folder: Path, *options: str, **more: str) -> Generator[Demo]:
    with started(folder, *options, **more) as process:
        assert process.stdout is not None
        printed: list[str] = []
        while not printed or not printed[-1].startswith("curl "):
            printed.append(process.stdout.readline())
            assert printed[-1], "it ended"
        yield Demo(process, printed)


def refusal(*options: str, **settings: str) -> str:
    """Return the error of a demo that cannot start."""
    done = subprocess.run(  # noqa: S603
        [LOUPE, "demo", *options], env=environment(settings), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def server_of(folder: Path) -> int:
    (pid,) = folder.glob("**/postmaster.pid")
    return int(pid.read_text().split()[0])


def is_gone(process: int) -> bool:
    """Return whether a process has ended; its new parent may take a moment to reap it."""
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def assert_has_pictures(demo: Demo) -> None:
    """Assert that each card of each feed has a thumbnail, which the demo serves from its port."""
    for name in NAMES[:2]:
        feed = demo.ask("{ account { orderFeed { thumbnailUrl } } }", demo.tokens[name])["account"]["orderFeed"]
        assert len(feed) == 10
        for card in feed:
            assert card["thumbnailUrl"].startswith(f"http://localhost:{urlsplit(demo.url).port}/demo/pictures/")
            status, media_type, text = demo.picture(card["thumbnailUrl"])
            assert (status, media_type) == (200, "image/svg+xml")
            assert text.startswith("<svg ")


def test_a_demo_accepts_its_tokens_ends_with_all_its_processes_and_is_reused() -> None:
    with fresh_folder() as folder:
        with ready(folder, *SMALL) as demo:
            assert tuple(demo.tokens) == NAMES
            assert demo.links == [f"{demo.url}#token={demo.tokens[name]}" for name in (NAMES[0], "Staff")]
            for name in NAMES[:2]:
                data = demo.ask("{ account { name pulse { productivity { imagesUploaded } } } }", demo.tokens[name])
                assert data["account"]["name"] == name
                assert data["account"]["pulse"]["productivity"]["imagesUploaded"] > 100
            urls = "{ account { sla { flow { url } support { helpCenterUrl } } } }"
            assert demo.ask(urls, demo.tokens[NAMES[0]])["account"]["sla"] == {
                "flow": {"url": "https://loupe.example/flow"},
                "support": {"helpCenterUrl": "https://help.loupe.example"},
            }
            everybody = demo.ask("{ accounts(orderBy: NAME) { nodes { name } } }", demo.tokens["Staff"])
            chosen = '{name: "Shoes", steps: ["SHADOW", "CLIPPING"]}'
            ordered = "specification { pricePerImage { amount } secondsPerImage }"
            mutation = f"mutation {{ createSpecification(input: {chosen}) {{ {ordered} }} }}"
            made = demo.ask(mutation, demo.tokens[NAMES[0]])
            price = {"pricePerImage": {"amount": "0.90"}, "secondsPerImage": 265.5}
            assert made["createSpecification"]["specification"] == price
            assert {account["name"] for account in everybody["accounts"]["nodes"]} == set(NAMES[:2])
            assert_has_pictures(demo)
            assert demo.allowed_origin("http://localhost:5173") == "http://localhost:5173"
            assert demo.allowed_origin("http://dashboard.example") is None
            server = server_of(folder)
            demo.end()
        assert is_gone(server)
        with ready(folder) as again:
            assert again.tokens == demo.tokens
            assert not any("Imported" in line for line in again.printed)
            data = again.ask("{ account { name } }", again.tokens["Fifth & Mercer"])
            assert data == {"account": {"name": "Fifth & Mercer"}}
            again.end()
        assert "has the demo of seed 1 already" in refusal("--seed", "9", LOUPE_DATA_DIR=str(folder), LOUPE_PORT="0")


def test_two_first_starts_at_once_serve_one_history_with_the_same_tokens() -> None:
    with fresh_folder() as folder, ThreadPoolExecutor(2) as threads, ExitStack() as stack:
        starts = [threads.submit(stack.enter_context, ready(folder, *SMALL)) for _ in range(2)]
        first, second = [start.result(PATIENCE) for start in starts]
        assert first.tokens == second.tokens
        assert sum(any("Imported" in line for line in demo.printed) for demo in (first, second)) == 1
        latest = DemoFolder(folder).occupied_at()
        assert latest in {first.url, second.url}
        assert refusal(LOUPE_DATA_DIR=str(folder), LOUPE_PORT=str(urlsplit(latest).port)) == (
            f"loupe: The demo in {folder} is prepared or served at {latest} already:"
            " use it there, or choose another port by --port or LOUPE_PORT.\n"
        )
        first.end()
        second.end()


def test_the_printed_query_can_be_pasted() -> None:
    with fresh_folder() as folder, ready(folder, "--days", "5", "--accounts", "1", LOUPE_CLOCK=SATURDAY) as demo:
        assert sum("At weekends nothing can be expedited" in line for line in demo.printed) == 1
        words = shlex.split(demo.printed[-1])
        assert words[:3] == ["curl", "-s", demo.url]
        data = demo.ask(json.loads(words[-1])["query"], demo.tokens["Nordlys Fashion"])
        assert data["account"]["pulse"]["productivity"]["summary"]
        demo.end()
        sentence = refusal(LOUPE_DATA_DIR=str(folder), LOUPE_PORT="0", LOUPE_CLOCK="2026-03-13T09:00:00Z")
        assert sentence.startswith(f"loupe: The history of the demo in {folder} ends at 2026-03-14T0")


def test_a_demo_killed_during_its_import_continues_with_the_same_history() -> None:
    with fresh_folder() as folder:
        with started(folder, *SMALL) as process:
            patience = time.monotonic() + PATIENCE
            while not (found := list(folder.glob("demo-seed-1.jsonl"))) and time.monotonic() < patience:
                time.sleep(0.01)
            history = found[0].read_bytes()
            process.kill()
        with ready(folder, *SMALL) as demo:
            assert found[0].read_bytes() == history
            wanted = {"demo-nordlys": "Nordlys Fashion", "demo-fifth": "Fifth & Mercer"}
            lines = [json.loads(line) for line in history.splitlines()]
            for ref, name in wanted.items():
                data = demo.ask("{ account { orders(first: 1) { nodes { name } } } }", demo.tokens[name])
                last = [line for line in lines if line["type"] == "order" and line["account"] == ref][-1]
                assert data["account"]["orders"]["nodes"] == [{"name": last["name"]}]
            demo.end()


def test_a_taken_port_and_an_unusable_folder_are_reported_in_one_sentence_each() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert refusal(LOUPE_PORT=str(port)).startswith(f"loupe: Port {port} of 127.0.0.1 is taken: ")
    sentence = refusal(LOUPE_PORT="0", LOUPE_DATA_DIR="/dev/null/data")
    assert sentence.startswith(
        "loupe: The data folder /dev/null/data/postgres cannot be used (Not a directory: /dev/null): "
    )
    assert sentence.count("\n") == 1


async def test_an_unusable_folder_is_reported_in_one_sentence_also_with_an_external_database(database: str) -> None:
    sentence = refusal(LOUPE_PORT="0", LOUPE_DATA_DIR="/dev/null/data", LOUPE_DATABASE_URL=database)
    assert sentence.startswith("loupe: The data folder /dev/null/data cannot be used (Not a directory): ")
