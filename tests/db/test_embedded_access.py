"""The data of the embedded server are accessible to root and the server's user only."""

import asyncio
import os
import pwd
import shutil
import subprocess
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from db.embedded.binaries import EmbeddedServerError, User
from db.embedded.cluster import server_of
from db.embedded.server import embedded_server
from db.embedded.user import SYSTEM_USER, server_user, system_user
from db.failures import DatabaseUnreachable
from tests.db.test_embedded import MAJOR, as_root, fresh_folder, postmaster
from tests.support.database import execute

NOBODY = "nobody"
TRUSTING = "local all all trust\n"


@pytest.fixture(scope="module")
def folder() -> Generator[Path]:
    with fresh_folder() as made:
        yield made


@pytest.fixture(scope="module")
def nobody() -> User:
    found = pwd.getpwnam(NOBODY)
    return User(found.pw_uid, found.pw_gid)


@contextmanager
def acting_as(user: User) -> Generator[None]:
    """Run this process with the rights of a user, as whom PostgreSQL sees it too."""
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(user.gid, user.gid, 0)
    os.setresuid(user.uid, user.uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def owner_of(path: Path) -> str:
    return pwd.getpwuid(path.lstat().st_uid).pw_name


def runs_as(process: int) -> str:
    return owner_of(Path(f"/proc/{process}"))


def is_readable(file: Path) -> bool:
    try:
        file.open("rb").close()
    except PermissionError:
        return False
    return True


def connect(url: str) -> str:
    """Return the reason why a connection is refused, or an empty text."""
    try:
        asyncio.run(execute(url, "SELECT 1"))
    except DatabaseUnreachable as error:
        return str(error)
    return ""


def give(folder: Path, user: User) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.uid, user.gid, follow_symlinks=False)


@as_root
def test_the_server_and_its_data_belong_to_a_system_user(folder: Path) -> None:
    with embedded_server(folder):
        assert runs_as(postmaster(folder)) == SYSTEM_USER
    base = folder / str(MAJOR)
    assert {owner_of(path) for name in ("data", "run") for path in (base / name).rglob("*")} == {SYSTEM_USER}
    assert (base / "data").stat().st_mode & 0o777 == (base / "run").stat().st_mode & 0o777 == 0o700


@as_root
def test_another_user_cannot_connect_read_a_file_or_send_a_signal(folder: Path, nobody: User) -> None:
    with embedded_server(folder) as url:
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert len(files) > 100
        with acting_as(nobody):
            assert "Permission denied" in connect(url)
            assert [file for file in files if is_readable(file)] == []
            with pytest.raises(PermissionError):
                os.kill(postmaster_seen(files), 0)


def postmaster_seen(files: list[Path]) -> int:
    """Return the server's process id, as every user can read it."""
    data = next(file.parent for file in files if file.name == "PG_VERSION" and file.parent.name == "data")
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            if f"postgres\0-D\0{data}\0" in (process / "cmdline").read_text(errors="replace"):
                return int(process.name)
    raise AssertionError


def test_connections_are_accepted_on_the_socket_alone_and_by_the_users_name(folder: Path) -> None:
    with embedded_server(folder) as url:
        assert connect(url) == ""
        rules = (folder / str(MAJOR) / "data" / "pg_hba.conf").read_text()
        assert rules == "local all all peer map=loupe\nhost all all all reject\n"


@as_root
def test_whoever_reaches_the_socket_is_refused_but_for_root_and_the_servers_user(folder: Path, nobody: User) -> None:
    run = folder / str(MAJOR) / "run"
    with embedded_server(folder) as url:
        for opened in (run, *run.glob(".s.PGSQL.*")):
            opened.chmod(0o777)
        try:
            assert connect(url) == ""
            with acting_as(system_user(SYSTEM_USER)):
                assert connect(url) == ""
            with acting_as(nobody):
                assert 'Peer authentication failed for user "loupe"' in connect(url)
        finally:
            run.chmod(0o700)


def test_the_log_is_for_its_owner_alone(folder: Path) -> None:
    with embedded_server(folder):
        assert (folder / str(MAJOR) / "run" / "postgres.log").stat().st_mode & 0o777 == 0o600


def test_data_with_trust_authentication_is_secured_at_the_next_start(folder: Path) -> None:
    rules = folder / str(MAJOR) / "data" / "pg_hba.conf"
    with embedded_server(folder):
        closed = rules.read_text()
    rules.write_text(TRUSTING)
    with embedded_server(folder):
        assert rules.read_text() == closed


@as_root
def test_data_of_another_system_user_are_taken_over_with_all_committed_rows(folder: Path, nobody: User) -> None:
    base = folder / str(MAJOR)
    with embedded_server(folder) as url:
        asyncio.run(execute(url, "CREATE TABLE kept ()"))
    give(base / "data", nobody)
    give(base / "run", nobody)
    (base / "data" / "pg_hba.conf").write_text(TRUSTING)
    theirs = base / "binaries-0"
    theirs.mkdir()
    os.chown(theirs, nobody.uid, nobody.gid)
    with embedded_server(folder) as url:
        assert runs_as(postmaster(folder)) == SYSTEM_USER
        asyncio.run(execute(url, "DROP TABLE kept"))
    assert {owner_of(path) for path in (base / "data").rglob("*")} == {SYSTEM_USER}
    assert not theirs.exists()


@as_root
def test_a_server_that_runs_as_another_user_is_started_again_as_the_right_one(
    folder: Path, nobody: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = folder / str(MAJOR) / "data"
    monkeypatch.setattr("db.embedded.server.server_user", lambda _data: nobody)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    with embedded_server(folder) as url:
        earlier = postmaster(folder)
        assert runs_as(earlier) == NOBODY
        monkeypatch.undo()
        with embedded_server(folder) as same_url:
            assert same_url == url
            assert server_of(data) not in {None, earlier}
            assert runs_as(postmaster(folder)) == SYSTEM_USER
            assert connect(url) == ""


@as_root
def test_taking_data_over_follows_no_link_to_other_files(folder: Path, nobody: User) -> None:
    with embedded_server(folder):
        pass
    data = folder / str(MAJOR) / "data"
    give(data, nobody)
    outside = folder / "outside"
    outside.mkdir()
    file = outside / "file"
    file.write_text("root's")
    (data / "link").symlink_to(outside)
    os.link(file, data / "hard")
    with embedded_server(folder):
        pass
    for link in ("link", "hard"):
        (data / link).unlink()
    assert {owner_of(outside), owner_of(file)} == {"root"}


@as_root
def test_a_persons_own_data_are_not_taken_away_by_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = pwd.struct_passwd(("ann", "x", 54321, 54321, "", "/home/ann", "/bin/sh"))
    monkeypatch.setattr("pwd.getpwuid", lambda _uid: person)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    os.chown(tmp_path, 54321, 54321)
    assert server_user(tmp_path) == User(54321, 54321)


@pytest.fixture
def unused_name() -> Generator[str]:
    name = f"loupe-test-{uuid4().hex[:12]}"
    yield name
    subprocess.run(["userdel", name], check=True, capture_output=True)  # noqa: S603, S607


@as_root
def test_concurrent_starts_create_one_system_user(unused_name: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        users = set(threads.map(system_user, [unused_name] * 4))
    [user] = users
    made = pwd.getpwnam(unused_name)
    assert (user.uid, user.name, made.pw_shell) == (made.pw_uid, unused_name, "/usr/sbin/nologin")
    assert 0 < user.uid < 1000


@as_root
def test_if_no_system_user_can_be_created_the_error_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    with pytest.raises(EmbeddedServerError) as refused:
        system_user("loupe-absent")
    assert str(refused.value) == (
        "PostgreSQL does not run as root, and the system user loupe-absent, who would run it, cannot be made: there is"
        " no useradd. Make it by `useradd --system loupe-absent`, or set LOUPE_DATABASE_URL to a server."
    )


@as_root
@pytest.mark.parametrize("uid", [0, 1000])
def test_root_and_people_do_not_run_the_server(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    person = pwd.struct_passwd((SYSTEM_USER, "x", uid, uid, "", "/home/loupe", "/bin/sh"))
    monkeypatch.setattr("pwd.getpwnam", lambda _name: person)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    with pytest.raises(EmbeddedServerError, match=rf"who would run it, has uid {uid}\. .* set LOUPE_DATABASE_URL"):
        system_user(SYSTEM_USER)
