"""The page of GraphiQL, which Vite builds of app/web/ui, once for the files that it is made of.

Usage: python -m tools.ui
"""

import gzip
import shutil
import sys
from collections.abc import Generator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from tools.node import ROOT, NodeMissing, PackagesMissing, install_node, install_packages, run
from tools.once import once

PAGE: Final = Path("app/web/ui")
BUILT: Final = PAGE / "dist"

_STAMP: Final = BUILT / "sources.sha256"
_SOURCES: Final = (PAGE, Path("examples"), Path("package-lock.json"), Path("tools/ui.py"))
_MADE: Final = ("dist", "node_modules", "__pycache__")  # folders of files that are made of others
_ASSETS: Final = "graphiql"  # as in vite.config.ts
# Vite lists the licences of packages, but not those within Monaco's own, nor of the one that only a worker has.
_NOTICES: Final = ("monaco-editor/ThirdPartyNotices.txt", "picomatch-browser/LICENSE")


class BuildFailed(Exception):  # noqa: N818 - named by its case, like all errors here
    """Vite could not build the page; `errors` are what it wrote to standard error."""

    def __init__(self, errors: str) -> None:
        super().__init__(f"Vite could not build the page of GraphiQL: {errors.strip()}")


def build(root: Path = ROOT) -> None:
    """Build the page, unless it is there; processes that want it at the same time wait for the first.

    Raises BuildFailed, PackagesMissing and NodeMissing.
    """
    once(root / PAGE / "package.json", root / _STAMP, partial(digest, root), partial(_build, root))


def digest(root: Path = ROOT) -> str:
    """Return the hash of the files that the page is made of, their names included."""
    files = sorted(file for source in _SOURCES for file in _files(root / source))
    hashes = (f"{sha256(file.read_bytes()).hexdigest()} {file.relative_to(root).as_posix()}\n" for file in files)
    return sha256("".join(hashes).encode()).hexdigest()


def is_current(root: Path = ROOT) -> bool:
    """Return True if the page is built, of the files as they are now."""
    return (root / _STAMP).is_file() and (root / _STAMP).read_text() == digest(root)


def _files(source: Path) -> Generator[Path]:
    if source.name.startswith("."):  # of editors and tools, which git ignores, and so the sdist
        return
    if source.is_file():
        yield source
    elif source.is_dir() and source.name not in _MADE:
        for each in source.iterdir():
            yield from _files(each)


def _build(root: Path, held: int) -> None:
    """Build beside the page and put it in its place as a whole."""
    install_node()
    install_packages(root)
    packages = root / "node_modules"
    made, former = packages / ".ui", packages / ".ui-former"
    vite = (str(packages / "vite/bin/vite.js"), "build", "--outDir", str(made), "--emptyOutDir")
    done = run("node", *vite, folder=root / PAGE, capture_output=True, text=True, pass_fds=(held,))
    if done.returncode:
        raise BuildFailed(done.stderr)
    _compress(made / _ASSETS)
    (made / "notices").mkdir()
    for notice in _NOTICES:
        shutil.copy(packages / notice, made / "notices" / notice.replace("/", "-"))
    shutil.rmtree(former, ignore_errors=True)
    if (root / BUILT).exists():
        (root / BUILT).rename(former)
    made.rename(root / BUILT)
    shutil.rmtree(former, ignore_errors=True)


def _compress(folder: Path) -> None:
    """Replace each file by its gzip, as it is served."""
    for file in folder.iterdir():
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
        file.unlink()


def main() -> None:
    """Build the page; fails with a sentence, and what npm or Vite wrote."""
    try:
        build()
    except (BuildFailed, NodeMissing, PackagesMissing) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
