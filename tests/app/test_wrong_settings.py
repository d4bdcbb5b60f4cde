"""A wrong value of each setting: one sentence that names it. The table is compared with the settings that there are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from app.domain.bounds import MAX_URL, YEARS
from app.domain.sla.enums import Plan
from app.setting_values import CLOCK_YEARS
from app.settings import Settings, SettingsError, data_folder, read_settings
from tests.support.wrong_terms import IN_DAYS, PLANS, WRONG_TERMS

BYTES: Final = "\udcff"  # one that is not UTF-8, as Python reads it
NO_DURATION: Final = "it should be a duration such as PT1H"
SHORT: Final = "it should be at least 1 second"
NO_NUMBER: Final = "it should be a whole number"
ACCESS: Final = "it should be 'public', 'key' or 'off'"
YEARS_OF_CLOCK: Final = "it must be in the years 1973 to 2197"
NO_HOST: Final = " is no host such as localhost, 0.0.0.0 or ::1, without a port"
NO_PAGE: Final = " is no URL such as https://help.example"
NO_ORDER: Final = " is no URL or path such as https://shop.example/orders/{number}"
BRACES: Final = "only {account} and {number} may be in braces"
NO_PORT: Final = "its port should be 1 to 65535"
SETTINGS: Final[dict[str, dict[str, str]]] = {
    "database_url": {
        "postgresql://db:99999/loupe": NO_PORT,
        "postgresql://me:secret@one,two:0/loupe": NO_PORT,
        "postgresql:///loupe?host=db&port=5432,70000": NO_PORT,
        f"postgresql://db:{'9' * 5_000}/loupe": NO_PORT,
        "mysql://me:secret@db/loupe": "it should begin with postgresql://",
        "postgresql://me:se/cret@db/loupe": "it is no URL; characters such as / and ? in a password are written as "
        "%2F and %3F",
        "postgresql://db/loupe\n": "it has a line end or a control character",
    },
    "data_dir": {"~nobody-of-that-name/x": "there is no home folder ~nobody-of-that-name: give the path without ~"},
    "migrate": {"always": "it should be 'auto' or 'never'"},
    "read_only": {"perhaps": "it should be true or false"},
    "clock": {
        "1900-01-01T00:00:00Z": YEARS_OF_CLOCK,
        "0001-01-01T00:00:00+01:00": YEARS_OF_CLOCK,
        "9999-12-31T23:59:59Z": YEARS_OF_CLOCK,
        "1972-12-31T23:59:59Z": YEARS_OF_CLOCK,
        "2198-01-01T00:00:00Z": YEARS_OF_CLOCK,
        "2026-03-28T22:59:30": "it must be an instant with an offset, like 2026-03-02T13:05:00Z",
        "2026-02-29T00:00:00Z": "it is no instant that exists: 2026-02-29T00:00:00Z",
    },
    "host": {
        "localhost:8000": "'localhost:8000'" + NO_HOST,
        "[::1]": "'[::1]'" + NO_HOST,
        "http://localhost": "'http://localhost'" + NO_HOST,
        "a..b": "'a..b'" + NO_HOST,
        " ": "' '" + NO_HOST,
        "a" * 64: f"'{'a' * 64}'{NO_HOST}",
    },
    "port": {
        "65536": "it should be at most 65535",
        "9" * 4_000: "it should be at most 65535",
        "http": NO_NUMBER,
        "-1": "it should be at least 0",
        "1_0": NO_NUMBER,
        "1.5": NO_NUMBER,
    },
    **{key: {"1023": "it should be at least 1024", "1MiB": NO_NUMBER} for key in ("max_body", "receiving_memory")},
    **{key: {"0": "it should be at least 1"} for key in ("max_connections", "address_connections")},
    **{key: {"0": NO_DURATION} for key in ("header_timeout", "body_timeout", "idle_timeout")},
    "cors_origins": {
        "https://a.example:70000": "'https://a.example:70000' is no origin such as https://dashboard.example "
        "or http://localhost:5173",
        "*,https://a.example": "* means all origins, so no other may be listed",
    },
    **{name: {"true": ACCESS, "Public": ACCESS} for name in ("introspection", "schema_sdl", "graphiql")},
    "client_cost": {"9999": "it should be at least 10000", "1e6": NO_NUMBER},
    "staff_cost": {"-1": "it should be at least 10000", "1000000001": "it should be at most 1000000000"},
    "dashboard_plans": {"SOLO,GOLD": f"it {PLANS}"},
    "plan_terms": WRONG_TERMS,
    "catalogue_currency": {"usd": "'usd' is no currency of ISO 4217, such as USD"},
    "order_url": {
        **dict.fromkeys(("/orders/{id}", "/orders/{}", "/orders/{", "/orders/{number:99999999999}"), BRACES),
        **dict.fromkeys(("/orders/{number!r}", "/orders/{number.real}", "/orders/{account[x]}"), BRACES),
        "javascript:alert({number})": "'javascript:alert({number})'" + NO_ORDER,
        "https://": "'https://'" + NO_ORDER,
        "/my orders/{number}": "'/my orders/{number}'" + NO_ORDER,
    },
    "help_center_url": {
        "help": "'help'" + NO_PAGE,
        "javascript:alert(1)": "'javascript:alert(1)'" + NO_PAGE,
        "https://help.example:70000": "'https://help.example:70000'" + NO_PAGE,
        "https://[help": "'https://[help'" + NO_PAGE,
        f"https://help.example/{'a' * (MAX_URL - 20)}": f"'https://help.example/{'a' * 29}...'{NO_PAGE}",
    },
    "flow_url": {"ftp://flow.example": "'ftp://flow.example'" + NO_PAGE},
    "support_email": {"support": "it is not an email address"},
    "at_risk_lead": {
        **dict.fromkeys(("NaN", "3600"), NO_DURATION),
        "-PT1H": "it should be at least 0 seconds",
        "P1MT1H": f"it {IN_DAYS}",
    },
    "run_retention": {
        "30": NO_DURATION,
        "PT23H": "it should be at least 1 day",
        "P1Y": f"it {IN_DAYS}",
        "P36501D": "it should be at most 36500 days",
    },
    "rejection_period": {
        f"P{'9' * 20}D": NO_DURATION,
        "P1Y2D": f"it {IN_DAYS}",
        "PT0S": "it should be more than 0 seconds",
        "P36501D": "it should be at most 36500 days",
    },
    "verified_accounts": {"-1": "it should be at least 0", "1e3": NO_NUMBER},
    **{f"{use}_timeout": {"10": NO_DURATION, "PT0.9S": SHORT} for use in ("read", "write", "job", "import")},
}


@pytest.fixture(autouse=True)
def _nothing_set(unset: pytest.MonkeyPatch) -> None: ...


def refusal(unset: pytest.MonkeyPatch, name: str, value: str) -> str:
    unset.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return str(refused.value)


def test_each_setting_has_a_wrong_value() -> None:
    assert list(SETTINGS) == list(Settings.model_fields)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_value_of_a_setting_is_one_sentence_that_names_it(unset: pytest.MonkeyPatch, setting: str) -> None:
    name = f"LOUPE_{setting.upper()}"
    assert {value: refusal(unset, name, value) for value in SETTINGS[setting]} == {
        value: f"{name} is wrong: {reason}." for value, reason in SETTINGS[setting].items()
    }


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_text_of_one_line(unset: pytest.MonkeyPatch, setting: str) -> None:
    name = f"LOUPE_{setting.upper()}"
    assert refusal(unset, name, f"a{BYTES}") == f"{name} is wrong: it is not written in UTF-8."
    assert refusal(unset, name, "a" * 20_001) == f"{name} is wrong: it is longer than 20,000 characters."
    end = "a" if setting == "plan_terms" else "a line end or a"  # JSON may have lines
    assert refusal(unset, name, "\x1b[31m") == f"{name} is wrong: it has {end} control character."


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\u0085", "\x7f"])
def test_a_line_end_of_unicode_is_one(unset: pytest.MonkeyPatch, end: str) -> None:
    sentence = "LOUPE_ORDER_URL is wrong: it has a line end or a control character."
    assert refusal(unset, "LOUPE_ORDER_URL", f"/orders{end}") == sentence


def test_a_url_may_be_as_long_as_stored_ones(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("LOUPE_FLOW_URL", url := "https://flow.example/".ljust(MAX_URL, "a"))
    assert read_settings().flow_url == url


def test_terms_may_be_written_in_lines(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("LOUPE_PLAN_TERMS", '{\n\t"SOLO": {"images_per_day": 60,\r\n"expedites_per_day": 6}\n}\n')
    assert read_settings().plan_terms[Plan.SOLO].images_per_day == 60


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("host", ["localhost", "0", "::", "fe80::1%eth0", "db_1.internal.", "b\u00fccher.example"]),
        (
            "order_url",
            ["/o/{number}", "#/{account}/{number}", "https://shop.example/?o={number}&{{}}", "http://a:80/b"],
        ),
        ("help_center_url", ["https://help.example/a?b#c", "http://10.0.0.1:8080"]),
        ("database_url", ["postgresql://db:65535/x", "postgresql://[::1]/x", "postgres://me:12345678@db/x"]),
        ("clock", ["1973-01-01T00:00:00Z", "2197-12-31T23:59:59.999999Z"]),
    ],
)
def test_right_values_are_taken(unset: pytest.MonkeyPatch, setting: str, values: list[str]) -> None:
    for value in values:
        unset.setenv(f"LOUPE_{setting.upper()}", value)
        assert getattr(read_settings(), setting)


def test_a_clock_leaves_the_days_that_are_reckoned_within_the_calendar() -> None:
    days = timedelta(days=1_000)  # the longest history of the demo; jobs look back 400
    assert (datetime(CLOCK_YEARS[0], 1, 1, tzinfo=UTC) - days).year in YEARS
    assert (datetime(CLOCK_YEARS[-1], 12, 31, tzinfo=UTC) + days).year in YEARS


@pytest.fixture
def _homeless(unset: pytest.MonkeyPatch) -> None:
    """A user without a home, as in containers that run as any uid."""

    def unknown(_uid: int) -> None:
        raise KeyError

    unset.setattr("os.geteuid", lambda: 54_321)
    unset.setattr("pwd.getpwuid", unknown)
    for name in ("HOME", "XDG_DATA_HOME", "USER", "LOGNAME", "USERNAME", "LNAME", "PGUSER"):
        unset.delenv(name, raising=False)


@pytest.mark.usefixtures("_homeless")
def test_a_user_without_a_home_sets_the_data_folder(
    unset: pytest.MonkeyPatch, refused: Callable[..., str], tmp_path: Path
) -> None:
    unset.chdir(tmp_path)  # in which a relative folder would be made
    sentence = "LOUPE_DATA_DIR is not set, and user 54321 has no home folder: set it to a folder."
    unset.setenv("XDG_DATA_HOME", "not/absolute")
    for command in (("account", "list"), ("demo",)):
        assert refused(*command, LOUPE_PORT="0") == sentence
    unset.setenv("LOUPE_DATA_DIR", "/data")
    assert data_folder(read_settings()) == Path("/data")


@pytest.mark.usefixtures("_homeless")
def test_a_user_without_a_name_needs_neither_a_home_nor_a_name_for_a_server(refused: Callable[..., str]) -> None:
    known = refused("account", "list", LOUPE_DATABASE_URL="postgresql://me@127.0.0.1:1/loupe")
    assert known.startswith("The database at postgresql://127.0.0.1:1/loupe cannot be reached: [Errno 111]")
    nameless = refused("account", "list", LOUPE_DATABASE_URL="postgresql://127.0.0.1:1/loupe")
    assert nameless.endswith(
        "the URL names no user, and the system has no name for the one of this process (LOUPE_DATABASE_URL)."
    )


def test_the_users_own_data_folder_is_written_in_utf8(unset: pytest.MonkeyPatch) -> None:
    unset.setattr("os.geteuid", lambda: 1_000)
    unset.setattr("sys.platform", "linux")
    unset.setenv("XDG_DATA_HOME", f"/home/{BYTES}")
    with pytest.raises(SettingsError, match=r"cannot be used \(it is not written in UTF-8\): set LOUPE_DATA_DIR"):
        data_folder(read_settings())


def test_a_home_with_control_characters_is_shown_escaped(unset: pytest.MonkeyPatch) -> None:
    unset.setattr("os.geteuid", lambda: 1_000)
    unset.setattr("sys.platform", "linux")
    unset.setenv("XDG_DATA_HOME", "/home/\x1b[31m\u05d0")
    with pytest.raises(SettingsError) as refused:
        data_folder(read_settings())
    shown = "\u2068/home/\\x1b[31m\u05d0/loupe\u2069"
    assert str(refused.value).startswith(f"The data folder {shown} cannot be used (it has a line end or a control")


def test_a_folder_from_right_to_left_moves_no_other_word(refused: Callable[..., str]) -> None:
    sentence = refused("migrate", LOUPE_DATA_DIR="/dev/null/\u05d0")
    assert sentence.startswith(
        "The data folder \u2068/dev/null/\u05d0/postgres\u2069 cannot be used (Not a directory: "
    )


def test_a_port_of_postgresqls_own_variable_is_a_sentence(
    unset: pytest.MonkeyPatch, refused: Callable[..., str]
) -> None:
    unset.setenv("PGPORT", "99999")
    error = refused("account", "list", LOUPE_DATABASE_URL="postgresql://127.0.0.1/loupe")
    assert error.startswith("The database at postgresql://127.0.0.1/loupe cannot be reached: connect(): port must be ")


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ("sslmode=verify-full&sslrootcert=%2Fnope", "sslrootcert=/nope: No such file or directory"),
        ("sslmode=require&sslcert=/nope&sslkey=/nowhere", "sslcert=/nope, sslkey=/nowhere: No such file or directory"),
        (
            "target_session_attrs=foo",
            "target_session_attrs should be any, primary, standby, read-write, read-only or prefer-standby",
        ),
    ],
)
def test_a_wrong_parameter_of_the_databases_url_is_named(
    refused: Callable[..., str], parameters: str, reason: str
) -> None:
    error = refused("account", "list", LOUPE_DATABASE_URL=f"postgresql://me@127.0.0.1:1/loupe?{parameters}")
    assert error.endswith(f" cannot be reached: {reason} (LOUPE_DATABASE_URL).")
