"""What PostgreSQL's programs print as they fail is reduced to its reason."""

import pytest

from db.embedded.reasons import initdb_reason, shell_reason, stated_reasons

FULL_DISK = """\
2026-11-29 10:26:52.936 UTC [20198] FATAL:  could not extend file "base/1/2691": No space left on device
2026-11-29 10:26:52.936 UTC [20198] HINT:  Check free disk space.
2026-11-29 10:26:52.936 UTC [20198] PANIC:  cannot abort transaction 1, it was already committed
Aborted
child process exited with exit code 134
initdb: removing contents of data directory "/data/18/new-1"
"""
KILLED = """\
child process was terminated by signal 9: Killed
initdb: removing contents of data directory "/data/18/new-1"
"""
CLOSED = """\
initdb: warning: enabling "trust" authentication for local connections
initdb: error: could not change permissions of directory "/data/18/new-1": Operation not permitted
"""
NAMELESS = "initdb: could not look up effective user ID 54321: user does not exist\n"
LIBRARY = "/programs/initdb: error while loading shared libraries: libpq.so.5: cannot open shared object file\n"
OTHER_VERSION = """\
2026-11-29 10:40:11.001 UTC [77] FATAL:  database files are incompatible with server
2026-11-29 10:40:11.001 UTC [77] DETAIL:  The data directory was initialized by PostgreSQL version 16.
"""
BAD_SETTINGS = """\
2026-11-29 10:40:11.001 UTC [77] LOG:  invalid value for parameter "lc_time": "xx_XX"
2026-11-29 10:40:11.001 UTC [77] FATAL:  configuration file "/data/my.conf" contains errors
"""
NO_DATABASE = "postgres: could not find the database system\nExpected to find it in the directory\n"
RUNNING = "2026-11-29 10:40:11.001 UTC [77] LOG:  database system is ready to accept connections\n"


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        (FULL_DISK, 'could not extend file "base/1/2691": No space left on device'),
        (KILLED, "child process was terminated by signal 9: Killed"),
        (CLOSED, 'could not change permissions of directory "/data/18/new-1": Operation not permitted'),
        (NAMELESS, "could not look up effective user ID 54321: user does not exist"),
        (LIBRARY, LIBRARY.strip()),
        ("", "it was killed"),
    ],
)
def test_the_first_reason_of_initdb_counts_and_not_its_cleaning_up(printed: str, reason: str) -> None:
    assert initdb_reason(printed) == reason


@pytest.mark.parametrize(
    ("logged", "reason"),
    [
        (
            OTHER_VERSION,
            "database files are incompatible with server (The data directory was initialized by PostgreSQL version 16)",
        ),
        (
            BAD_SETTINGS,
            'configuration file "/data/my.conf" contains errors (invalid value for parameter "lc_time": "xx_XX")',
        ),
        (NO_DATABASE, "could not find the database system"),
    ],
)
def test_a_reason_of_the_server_has_its_detail(logged: str, reason: str) -> None:
    assert [*stated_reasons(logged)] == [reason]
    assert [*stated_reasons(RUNNING)] == []


def test_the_reason_of_a_shell_is_the_systems() -> None:
    assert shell_reason("cat: write error: No space left on device\n") == "No space left on device"
    assert shell_reason("") == "it was killed"
