"""A start of the embedded server that fails says why and where in one sentence, and does not spoil the next one."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.embedded.binaries import EmbeddedServerError, User
from db.embedded.nameless import under_a_name
from db.embedded.server import embedded_server
from tests.db.test_embedded import MAJOR, accepts, as_root, fresh_folder, postmaster
from tests.db.test_embedded_access import acting_as, give

# A process that starts the server of the folder it is given twice, if need be with more room the second time.
START = """
import subprocess, sys
from pathlib import Path
from db.embedded.binaries import EmbeddedServerError
from db.embedded.server import embedded_server
for command in (["true"], sys.argv[2:]):
    subprocess.run(command, check=True)
    try:
        with embedded_server(Path(sys.argv[1]), settings={"fsync": "off"}):
            print("It runs.")
    except EmbeddedServerError as error:
        print(error)
"""
NAMELESS = User(54321, 54321)
NOBODY = User(65534, 65534)


@pytest.fixture(scope="module")
def made() -> Generator[Path]:
    """A folder with data; each test leaves them as it found them."""
    with fresh_folder() as folder:
        with embedded_server(folder):
            pass
        yield folder


@pytest.fixture
def empty_folder() -> Generator[Path]:
    with fresh_folder() as folder:
        yield folder


@contextmanager
def files_of_at_most(size: int) -> Generator[None]:
    """Refuse longer files to the programs that this process starts, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def changed(file: Path, text: str) -> Generator[None]:
    before = file.read_bytes()
    file.write_text(text)
    yield
    file.write_bytes(before)


def refusal(folder: Path) -> str:
    """Return the sentence of a start that fails; it leaves no temporary folder."""
    with pytest.raises(EmbeddedServerError) as refused, embedded_server(folder):
        pass
    assert not [*folder.rglob("new-*")]
    return str(refused.value)


def starts(folder: Path) -> bool:
    with embedded_server(folder) as url:
        return accepts(url)


def two_starts(folder: Path, mounted: str, between: str) -> list[str]:
    """Return the outcomes of two starts in their own mounts, where a command is run before and between them."""
    ours = ["unshare", "--mount", "/bin/sh", "-ec", f'{mounted} || exit 9; exec "$@"', "sh"]
    command = [*ours, sys.executable, "-c", START, str(folder), "/bin/sh", "-c", between]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode == 9:
        pytest.skip("this container may mount nothing")
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_disk_too_small_for_the_first_start_is_named_with_the_reason(empty_folder: Path) -> None:
    with files_of_at_most(1_000_000):
        sentence = refusal(empty_folder)
    assert sentence.startswith(f"PostgreSQL could not make its data in {empty_folder}/18: could not write to file ")
    assert sentence.endswith(": File too large.")
    assert starts(empty_folder)


@as_root
def test_a_first_start_on_a_full_disk_does_not_keep_the_next_one_from_working(empty_folder: Path) -> None:
    small = f"mount -t tmpfs -o size=20m,mode=711 tmpfs {empty_folder}"
    failed, next_one = two_starts(empty_folder, small, f"mount -o remount,size=200m {empty_folder}")
    assert failed.startswith(f"PostgreSQL could not make its data in {empty_folder}/18: could not extend file ")
    assert failed.endswith(": No space left on device.")
    assert next_one == "It runs."


@as_root
def test_a_disk_that_is_full_at_a_later_start_is_reported_at_once(empty_folder: Path) -> None:
    small = f"mount -t tmpfs -o size=90m,mode=711 tmpfs {empty_folder}"
    first, failed = two_starts(empty_folder, small, f"cat /dev/zero > {empty_folder}/filling 2>/dev/null || true")
    assert first == "It runs."
    assert failed == f"The file {empty_folder}/18/run/postgres.log cannot be written: No space left on device."


@as_root
def test_a_container_with_hardly_any_shared_memory_is_enough(empty_folder: Path) -> None:
    tiny = f"mount --bind {empty_folder} /mnt && mount -t tmpfs -o size=64k tmpfs /dev/shm"
    assert two_starts(Path("/mnt"), tiny, "true") == ["It runs.", "It runs."]


@as_root
def test_programs_that_cannot_be_copied_are_named_and_leave_nothing(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def can_run(_user: User, _program: Path) -> bool:
        return False

    monkeypatch.setattr(User, "can_run", can_run)
    with files_of_at_most(1_000_000):
        sentence = refusal(empty_folder)
    assert sentence.startswith("PostgreSQL's programs cannot be copied from /")
    assert sentence.endswith(": File too large.")


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("PG_VERSION", "17\n", "database files are incompatible with server (The data directory was initialized by"),
        ("postgresql.conf", "port = many\n", "contains errors (invalid value for parameter"),
        ("global/pg_control", "", "could not read file"),
    ],
)
def test_data_that_do_not_suit_are_named_with_the_reason(made: Path, file: str, text: str, reason: str) -> None:
    data = made / str(MAJOR) / "data"
    with changed(data / file, text):
        sentence = refusal(made)
    assert sentence.startswith(f"PostgreSQL does not start in {data}: ")
    assert reason in sentence


def test_data_open_to_others_are_reported_with_the_permissions_that_they_need(made: Path) -> None:
    data = made / str(MAJOR) / "data"
    data.chmod(0o755)
    assert refusal(made) == (
        f'PostgreSQL does not start in {data}: data directory "{data}" has invalid permissions'
        " (Permissions should be u=rwx (0700) or u=rwx,g=rx (0750))."
    )
    data.chmod(0o700)


def test_a_folder_from_right_to_left_moves_no_other_word(empty_folder: Path) -> None:
    folder = empty_folder / "\u05d0"
    with files_of_at_most(1_000_000):
        sentence = refusal(folder)
    assert sentence.startswith(
        f"PostgreSQL could not make its data in \u2068{folder}/18\u2069: could not write to file "
    )


def test_a_setting_that_is_wrong_is_named(made: Path) -> None:
    wrong = {"shared_buffers": "many"}
    with pytest.raises(EmbeddedServerError) as refused, embedded_server(made, settings=wrong):
        pass
    reason = 'invalid value for parameter "shared_buffers": "many"'
    assert str(refused.value) == f"PostgreSQL does not start in {made}/18/data: {reason}."


def test_an_empty_folder_is_filled_and_one_of_other_files_is_left_alone(empty_folder: Path) -> None:
    data = empty_folder / str(MAJOR) / "data"
    data.mkdir(parents=True)
    (data / "mine").write_text("")
    assert refusal(empty_folder) == (
        f"The folder {data} has files that are no data of PostgreSQL:"
        " remove it, or set LOUPE_DATA_DIR to another folder."
    )
    (data / "mine").unlink()
    assert starts(empty_folder)


@as_root
def test_data_of_another_user_are_reported_with_whose_they_are(empty_folder: Path) -> None:
    data = empty_folder / str(MAJOR) / "data"
    data.mkdir(parents=True)
    give(empty_folder, NAMELESS)
    give(data, NOBODY)
    with acting_as(NAMELESS):
        assert refusal(empty_folder) == (
            f"The folder {data} belongs to user {NOBODY.uid}, and PostgreSQL would run as user 54321:"
            f" run as user {NOBODY.uid}, or set LOUPE_DATA_DIR to another folder."
        )


def test_a_folder_that_cannot_be_made_is_reported_with_the_place(empty_folder: Path) -> None:
    (empty_folder / "file").write_text("")
    (empty_folder / "loop").symlink_to("loop")
    advice = "mend that, or set LOUPE_DATA_DIR to another folder."
    for name in ("file", "loop"):
        folder = empty_folder / name / "data"
        where = f"Not a directory: {empty_folder / name}"
        assert refusal(folder) == f"The data folder {folder} cannot be used ({where}): {advice}"
    taken = empty_folder / str(MAJOR) / "turn.lock"
    taken.mkdir(parents=True)
    assert f"cannot be used (Is a directory: {taken}): {advice}" in refusal(empty_folder)


@as_root
def test_a_user_without_a_name_gets_a_server_that_no_other_user_reaches(empty_folder: Path) -> None:
    give(empty_folder, NAMELESS)
    with acting_as(NAMELESS):
        try:
            under_a_name(NAMELESS)
        except EmbeddedServerError:
            pytest.skip("this container allows no user namespaces")
        with embedded_server(empty_folder) as url:
            assert accepts(url)
            assert Path(f"/proc/{postmaster(empty_folder)}").stat().st_uid == NAMELESS.uid
            os.setresuid(0, 0, 0)
            with acting_as(NOBODY):
                assert not accepts(url)


@as_root
def test_where_there_are_no_namespaces_the_remedies_are_named(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    give(empty_folder, NAMELESS)
    with acting_as(NAMELESS):
        assert refusal(empty_folder) == (
            "PostgreSQL cannot make its data as user 54321, who has no name on this system: add the user to"
            " /etc/passwd, run as one who is in it (docker run --user), or set LOUPE_DATABASE_URL to a server."
        )
