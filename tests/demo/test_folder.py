"""The files of the demo: written whole or not at all, the tokens readable by their owner only."""

import stat
from collections.abc import Iterator
from pathlib import Path

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
