"""The wheel and the sdist have GraphiQL as its files are now, and are refused without it."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools.node import ROOT

PAGE = "app/web/ui/"
PACKAGES = ("app", "db", "jobs", "graphql/api", "graphql/engine")
REFUSED = "GraphiQL is not built, or of other files than there are now: make wheel builds it."


def build(root: Path, *targets: str, into: Path) -> "subprocess.CompletedProcess[str]":
    """Build targets of a repository without network, as `make wheel` does."""
    options = [part for target in targets for part in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(into), *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603


def wheel_in(folder: Path) -> list[str]:
    """Return the names of the files of the only wheel in a folder."""
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with our configuration and hardly any files."""
    root = tmp_path / "repository"
    shutil.copytree(ROOT / "tools", root / "tools")
    for name in ("pyproject.toml", "LICENSE", "package-lock.json"):
        shutil.copy(ROOT / name, root)
    for package in PACKAGES:
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").touch()
    return root


def test_a_wheel_has_the_page_and_its_licences_but_neither_its_sources_nor_tests_also_if_made_of_the_sdist(
    graphiql: Path, tmp_path: Path
) -> None:
    done = build(ROOT, "sdist", "wheel", into=tmp_path)
    assert done.returncode == 0, done.stderr
    files = wheel_in(tmp_path)
    page = {path.relative_to(ROOT).as_posix() for path in graphiql.rglob("*") if path.is_file()}
    assert {name for name in files if name.startswith(PAGE)} == page
    licences = {name.partition("/licenses/")[2] for name in files if "/licenses/" in name}
    assert licences == {"LICENSE", *(name for name in page if "/notices/" in name or name.endswith("/licenses.md"))}
    assert len(licences) == 4
    assert {name.split("/")[0] for name in files if ".dist-info/" not in name} == {"api", "app", "db", "engine", "jobs"}
    assert not [name for name in files if "node_modules" in name or "test" in name]

    [sdist] = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sdist", filter="data")
    [unpacked] = (tmp_path / "sdist").iterdir()
    assert build(unpacked, "wheel", into=tmp_path / "again").returncode == 0
    assert wheel_in(tmp_path / "again") == files


@pytest.mark.parametrize(("target", "stamp"), [("sdist", ""), ("wheel", ""), ("wheel", "of other files")])
def test_neither_is_built_without_the_page_or_with_one_of_other_files(
    repository: Path, tmp_path: Path, target: str, stamp: str
) -> None:
    if stamp:
        (repository / PAGE / "dist").mkdir(parents=True)
        (repository / PAGE / "dist" / "sources.sha256").write_text(stamp)
    done = build(repository, target, into=tmp_path / "made")
    assert (done.returncode, done.stderr.strip()) == (1, REFUSED)
    assert not [*tmp_path.glob("made/*")]


def test_an_editable_install_needs_no_page(repository: Path, tmp_path: Path) -> None:
    done = build(repository, "wheel:editable", into=tmp_path / "made")
    assert done.returncode == 0, done.stderr
    assert not [name for name in wheel_in(tmp_path / "made") if name.startswith(PAGE)]
