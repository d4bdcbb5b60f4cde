"""The files of the demo: written whole or not at all, the tokens readable by their owner only."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from app.demo.folder import Access, Client, DemoFolder
from app.demo.lines import Line

ACCESS = Access([Client("demo-fifth", "Fifth & Mercer", "ENTERPRISE", "America/New_York", "loupe_one")], "loupe_two")


def test_an_empty_folder_has_no_demo(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "not there yet")
    assert folder.history() is None
    assert folder.access() is None


def test_a_history_is_read_again_with_its_seed_and_accounts(tmp_path: Path) -> None:
    account: Line = {"type": "account", "ref": "demo-fifth"}
    written = DemoFolder(tmp_path).write_history(7, [account, {"type": "specification", "ref": "ghost"}])
    history = DemoFolder(tmp_path).history()
    assert history == written
    assert DemoFolder(tmp_path).seed(written) == 7
    assert DemoFolder(tmp_path).accounts(written) == ["demo-fifth"]


def test_an_interrupted_history_leaves_no_file(tmp_path: Path) -> None:
    def lines() -> Iterator[Line]:
        yield {"type": "account"}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DemoFolder(tmp_path).write_history(7, lines())
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_of_the_file_can_read_the_tokens(tmp_path: Path) -> None:
    DemoFolder(tmp_path).write_access(ACCESS)
    assert DemoFolder(tmp_path).access() == ACCESS
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_unreadable_tokens_are_none(tmp_path: Path) -> None:
    DemoFolder(tmp_path).write_access(ACCESS)
    (file,) = tmp_path.iterdir()
    file.write_text('{"staff_token": 1')
    assert DemoFolder(tmp_path).access() is None


def test_a_history_ends_at_the_instant_of_its_last_line(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    account: Line = {"type": "account", "ref": "demo-fifth"}
    order: Line = {"type": "order", "placedAt": "2026-11-27T08:15:00Z"}
    inquiry: Line = {"type": "inquiry", "at": "2026-11-27T09:00:00Z"}
    assert folder.ends_at(folder.write_history(7, [account, order])) == datetime(2026, 11, 27, 8, 15, tzinfo=UTC)
    assert folder.ends_at(folder.write_history(7, [order, inquiry])) == datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_what_a_killed_start_left_of_a_file_is_removed_by_the_next_one(tmp_path: Path) -> None:
    (tmp_path / ".demo-seed-7.jsonl-x1").write_text("{")
    history = DemoFolder(tmp_path).write_history(7, [{"type": "account"}])
    assert [*tmp_path.iterdir()] == [history]


def test_a_second_start_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    waiting, prepared = Event(), Event()

    def wait() -> None:
        with DemoFolder(tmp_path).lock(waiting.set):
            assert prepared.is_set()

    second = Thread(target=wait)
    with DemoFolder(tmp_path).lock(pytest.fail):
        second.start()
        assert waiting.wait(10)
        prepared.set()
    second.join(10)
    assert not second.is_alive()


def test_a_folder_knows_where_its_demo_is_for_as_long_as_that_runs(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "not there yet")
    assert folder.occupied_at() is None
    with folder.occupy("http://127.0.0.1:8000/graphql"):
        assert folder.occupied_at() == "http://127.0.0.1:8000/graphql"
        with folder.occupy("http://127.0.0.1:8001/graphql"):
            assert folder.occupied_at() == "http://127.0.0.1:8001/graphql"
    assert folder.occupied_at() is None
