"""`loupe key` and `loupe account`: output for people and for scripts."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from api.ids import read_global_id
from app.cli.commands import cli
from app.clock import SystemClock
from app.services.api_keys.keys import find_caller, find_key
from app.services.api_keys.uses import KeyUses
from db.connections import Pool
from db.readers import PoolReader
from tests.app.test_cli import ACME
from tests.support.clock import FrozenClock

AT = datetime(2026, 3, 28, 22, 59, 30, tzinfo=UTC)
CLOCK = "2026-03-28T22:59:30Z"
NO_SUCH_KEY = "There is no key of that number or prefix: `loupe key list` has them all."
NO_LENGTH = "--expires is no length of time such as P90D: "
NO_INSTANT = "--expires must be an instant with an offset, like 2026-03-02T13:05:00Z, or a length of time such as P90D."

Loupe = Callable[..., str]


@pytest.fixture
def loupe(unset: pytest.MonkeyPatch, database: str) -> Loupe:
    """Run the command line on a database, at a set clock; return its output."""
    unset.setenv("LOUPE_DATABASE_URL", database)
    unset.setenv("LOUPE_CLOCK", CLOCK)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == 0, done.output
        return done.output

    return run


async def read(loupe: Loupe, *arguments: str) -> dict[str, Any]:
    """Return the output of a command for scripts."""
    answer: dict[str, Any] = json.loads(await asyncio.to_thread(loupe, *arguments, "--json"))
    return answer


async def new_account(loupe: Loupe) -> str:
    id_: str = (await read(loupe, *ACME, "--ref", "acme"))["id"]
    return id_


def about(text: str) -> datetime:
    """Return an instant of a command's running clock, rounded to its start."""
    at = datetime.fromisoformat(text)
    assert timedelta() <= (at - AT) % timedelta(days=1) < timedelta(minutes=1)
    return at - (at - AT) % timedelta(days=1)


async def test_a_key_is_made_with_a_name_and_an_end(loupe: Loupe, reader: PoolReader) -> None:
    id_ = await new_account(loupe)
    made = await read(loupe, "key", "create", "--account", "acme", "--name", "web shop", "--expires", "P90D")
    assert (made["id"], made["name"], about(made["expiresAt"])) == (id_, "web shop", AT + timedelta(days=90))
    assert made["token"].startswith(made["prefix"])
    row = await find_key(reader, str(made["number"]))
    assert (row.account_id, row.name, row.prefix) == (read_global_id(id_).account_id, "web shop", made["prefix"])


@pytest.mark.parametrize(
    ("expires", "at"),
    [("2027-01-31T01:00:00+01:00", "2027-01-31T00:00:00Z"), ("2027-01-31T00:00:00.5Z", "2027-01-31T00:00:00.500000Z")],
)
async def test_an_end_may_be_an_instant(loupe: Loupe, expires: str, at: str) -> None:
    assert (await read(loupe, "key", "create", "--staff", "--expires", expires))["expiresAt"] == at


async def test_keys_and_terms_are_of_the_databases_time_whatever_the_machine_says(
    loupe: Loupe, unset: pytest.MonkeyPatch
) -> None:
    await new_account(loupe)
    unset.delenv("LOUPE_CLOCK")
    unset.setattr(SystemClock, "now", FrozenClock(datetime(2199, 1, 1, tzinfo=UTC)).now)
    made = await read(loupe, "key", "create", "--staff", "--expires", "P90D")
    shown = await read(loupe, "key", "show", str(made["number"]))
    assert datetime.fromisoformat(made["expiresAt"]) == datetime.fromisoformat(shown["createdAt"]) + timedelta(days=90)
    assert (shown["createdAt"] < "2199", shown["state"]) == (True, "ACTIVE")
    assert [key["state"] for key in (await read(loupe, "key", "list"))["keys"]] == ["ACTIVE"]
    assert (await read(loupe, "key", "revoke", str(made["number"])))["revokedAt"] < "2199"
    assert (await read(loupe, "account", "show", "acme"))["imagesPerDay"] == 200


async def test_only_the_secret_is_printed_for_people_and_token_is_another_name(
    loupe: Loupe, reader: PoolReader
) -> None:
    for name in ("key", "token"):
        secret = (await asyncio.to_thread(loupe, name, "create", "--staff")).removesuffix("\n")
        assert await find_caller(reader, FrozenClock(AT), secret) is not None


async def test_keys_are_listed_with_all_but_their_secret(loupe: Loupe, pool: Pool, reader: PoolReader) -> None:
    id_ = await new_account(loupe)
    shop = await read(loupe, "key", "create", "--account", "acme", "--name", "shop", "--expires", "P1D")
    await pool.fetch("UPDATE api_keys SET name = $1", "web\nshop")  # as releases before took it
    desk = await read(loupe, "key", "create", "--staff")
    caller = await find_caller(reader, FrozenClock(AT), shop["token"])
    assert caller is not None
    uses = KeyUses(pool)
    uses.note(caller, AT)
    await uses.write()
    [listed, of_staff] = (await read(loupe, "key", "list"))["keys"]
    assert about(listed["createdAt"]) == AT
    assert listed == {
        "number": shop["number"],
        "prefix": shop["prefix"],
        "name": "web\nshop",
        "account": {"id": id_, "ref": "acme", "name": "ACME"},
        "createdAt": listed["createdAt"],
        "expiresAt": shop["expiresAt"],
        "revokedAt": None,
        "lastUsedAt": CLOCK,
        "state": "ACTIVE",
    }
    assert (of_staff["number"], of_staff["account"], of_staff["lastUsedAt"]) == (desk["number"], None, None)
    assert await read(loupe, "key", "list", "--account", id_) == {"keys": [listed]}
    assert await read(loupe, "key", "list", "--staff") == {"keys": [of_staff]}
    lines = (await asyncio.to_thread(loupe, "key", "list")).splitlines()
    assert lines[0].split() == ["NUMBER", "PREFIX", "NAME", "ACCOUNT", "CREATED", "EXPIRES", "LAST", "USED", "STATE"]
    assert r"web\nshop" in lines[1]
    assert lines[2].split()[2:4] == ["-", "staff"]
    assert len(lines) == 3


@pytest.mark.parametrize("holder", [("--staff",), ("--account", "acme")])
@pytest.mark.parametrize("by", ["number", "prefix", "token"])
async def test_a_key_is_revoked_by_number_prefix_or_secret(
    loupe: Loupe, reader: PoolReader, holder: tuple[str, ...], by: str
) -> None:
    await new_account(loupe)
    made, other = [await read(loupe, "key", "create", *holder) for _ in range(2)]
    assert (await read(loupe, "key", "show", str(made[by])))["state"] == "ACTIVE"
    revoked = await read(loupe, "key", "revoke", str(made[by]))
    assert (revoked["number"], revoked["state"], about(revoked["revokedAt"])) == (made["number"], "REVOKED", AT)
    assert await find_caller(reader, FrozenClock(AT), made["token"]) is None
    assert await find_caller(reader, FrozenClock(AT), other["token"]) is not None
    again = await read(loupe, "key", "revoke", str(made["number"]))
    assert again == await read(loupe, "key", "show", str(made["number"])) == revoked


async def test_a_key_is_shown_to_people_line_by_line(loupe: Loupe, unset: pytest.MonkeyPatch) -> None:
    made = await read(loupe, "key", "create", "--staff", "--name", "desk", "--expires", "2026-03-29T00:00:00Z")
    shown = (await asyncio.to_thread(loupe, "key", "show", str(made["number"]))).splitlines()
    assert [line.split("  ")[0] for line in shown] == [
        "number",
        "prefix",
        "name",
        "account",
        "created",
        "expires",
        "last used",
        "state",
        "revoked",
    ]
    assert [line.split()[-1] for line in shown[5:]] == ["2026-03-29T00:00:00Z", "never", "ACTIVE", "-"]
    unset.setenv("LOUPE_CLOCK", "2026-03-29T00:00:00Z")
    assert (await read(loupe, "key", "show", str(made["number"])))["state"] == "EXPIRED"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("key", "show", "7"), NO_SUCH_KEY),
        (("key", "revoke", "loupe_12345678"), NO_SUCH_KEY),
        (("key", "revoke", "\udcff"), "The key is not written in UTF-8."),
        (("key", "revoke", ""), "The key must not be blank."),
        (("key", "list", "--account", "acme", "--staff"), "Give either --account or --staff, or neither for all keys."),
        (("key", "list", "--account", "acme"), "There is no account 'acme'."),
        (("account", "show", "acme"), "There is no account 'acme'."),
        (
            ("key", "create", "--staff", "--expires", "2026-03-28T22:59:30Z"),
            "A key that expires at 2026-03-28T22:59:30Z is of no use: now is 2026-03-28T22:59:30",
        ),
        (
            ("key", "create", "--staff", "--expires", "tomorrow"),
            NO_INSTANT,
        ),
        (
            ("key", "create", "--staff", "--expires", "2027-01-31"),
            NO_INSTANT,
        ),
        (
            ("key", "create", "--staff", "--expires", "P90"),
            NO_LENGTH + "'P90'.",
        ),
        (
            ("key", "create", "--staff", "--expires", "P9999999D"),
            NO_LENGTH + "'P9999999D'.",
        ),
        (("key", "create", "--staff", "--expires", "P1Y"), NO_LENGTH + "'P1Y'."),
        (("key", "create", "--staff", "--name", " "), "The key's name must not be blank."),
        (
            ("key", "create", "--staff", "--name", "web\nshop"),
            "The key's name has a line end or a control character.",
        ),
    ],
)
def test_a_refused_command_prints_one_sentence(
    database: str, refused: Callable[..., str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert refused(*arguments, LOUPE_DATABASE_URL=database, LOUPE_CLOCK=CLOCK).startswith(sentence)


async def test_accounts_are_listed_by_name(loupe: Loupe) -> None:
    id_ = await new_account(loupe)
    other = (await read(loupe, *ACME[:3], "aurora", *ACME[4:]))["id"]
    listed = (await read(loupe, "account", "list"))["accounts"]
    assert [(each["id"], each["ref"], each["name"]) for each in listed] == [
        (id_, "acme", "ACME"),
        (other, None, "aurora"),
    ]
    lines = (await asyncio.to_thread(loupe, "account", "list")).splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["ID", "REF", "NAME"],
        [id_, "acme", "ACME"],
        [other, "-", "aurora"],
    ]


async def test_an_account_is_shown_with_its_terms_of_today(loupe: Loupe) -> None:
    id_ = (await read(loupe, *ACME, "--ref", "acme", "--images-per-day", "300"))["id"]
    shown = await read(loupe, "account", "show", "acme")
    assert about(shown.pop("createdAt")) == AT
    assert shown == {
        "id": id_,
        "ref": "acme",
        "name": "ACME",
        "plan": "ENTERPRISE",
        "timeZone": "Europe/Copenhagen",
        "closedAt": None,
        "imagesPerDay": 300,
        "expeditesPerDay": 20,
        "deliverBy": "09:00",
        "expediteTurnaround": "PT3H",
        "expediteAdditionalTurnaround": "PT6H",
        "expediteMultiplier": "2",
        "rejectionTurnaround": "PT5H",
        "reviewTurnaround": "PT5H",
        "flowAvailable": False,
        "supportResponse": "PT5H",
        "supportPhone": False,
        "orders": 0,
    }
    lines = (await asyncio.to_thread(loupe, "account", "show", id_)).splitlines()
    values = ["-", "09:00", "300", "20", "PT3H", "PT6H", "2", "PT5H", "PT5H", "no", "PT5H", "no", "0"]
    assert [line.split()[-1] for line in lines[6:]] == values
    assert lines[10].split() == ["expedite", "turnaround", "PT3H"]
