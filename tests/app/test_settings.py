import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.sla.enums import Plan
from app.domain.sla.terms import PLAN_TERMS, SlaTerms
from app.settings import Access, Migrate, SettingsError, ignored_variables, read_settings

pytestmark = pytest.mark.usefixtures("unset")


def test_nothing_needs_to_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    settings = read_settings()
    assert settings.model_dump() == {
        "database_url": None,
        "data_dir": Path("/var/lib/loupe"),
        "migrate": Migrate.AUTO,
        "clock": None,
        "read_only": False,
        "host": "127.0.0.1",
        "port": 8000,
        "max_body": 1_048_576,
        "receiving_memory": 16_777_216,
        "max_connections": 1_000,
        "address_connections": 256,
        "header_timeout": timedelta(seconds=30),
        "body_timeout": timedelta(seconds=60),
        "idle_timeout": timedelta(seconds=75),
        "cors_origins": frozenset(),
        "introspection": Access.KEY,
        "schema_sdl": Access.KEY,
        "graphiql": Access.PUBLIC,
        "client_cost": 110_000,
        "staff_cost": 500_000,
        "dashboard_plans": {Plan.PROFESSIONAL, Plan.ENTERPRISE},
        "plan_terms": {plan: asdict(terms) for plan, terms in PLAN_TERMS.items()},
        "catalogue_currency": "USD",
        "order_url": "/orders/{number}",
        "help_center_url": None,
        "flow_url": None,
        "support_email": None,
        "at_risk_lead": timedelta(hours=1),
        "run_retention": timedelta(days=90),
        "rejection_period": timedelta(days=30),
        "verified_accounts": 100,
        "read_timeout": timedelta(seconds=10),
        "write_timeout": timedelta(seconds=30),
        "job_timeout": timedelta(minutes=15),
        "import_timeout": timedelta(hours=1),
    }


def test_a_user_has_data_in_a_folder_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/home/someone/data")
    assert read_settings().data_dir == Path("/home/someone/data/loupe")


def test_the_data_folder_may_start_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("LOUPE_DATA_DIR", "~/loupe")
    assert read_settings().data_dir == Path("/home/someone/loupe")


def test_a_clock_may_be_set_with_any_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_CLOCK", "2026-03-29T00:59:30+02:00")
    assert read_settings().clock == datetime(2026, 3, 28, 22, 59, 30, tzinfo=UTC)


def test_plans_with_a_dashboard_are_named_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_DASHBOARD_PLANS", "SOLO, ENTERPRISE")
    assert read_settings().dashboard_plans == {Plan.SOLO, Plan.ENTERPRISE}


def test_terms_are_set_for_some_plans_and_stay_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_PLAN_TERMS", '{"SOLO": {"images_per_day": 60, "expedites_per_day": 6}}')
    assert read_settings().plan_terms == {**PLAN_TERMS, Plan.SOLO: SlaTerms(60, 6)}


def test_any_term_of_a_plan_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = {"deliver_by": "07:30", "expedite_turnaround": "PT2H", "expedite_multiplier": "1.5", "support_phone": True}
    terms_by_plan = {"SOLO": {"images_per_day": 60, "expedites_per_day": 6, **terms}}
    monkeypatch.setenv("LOUPE_PLAN_TERMS", json.dumps(terms_by_plan))
    assert read_settings().plan_terms[Plan.SOLO] == SlaTerms(
        60,
        6,
        deliver_by=time(7, 30),
        expedite_turnaround=timedelta(hours=2),
        expedite_multiplier=Decimal("1.5"),
        support_phone=True,
    )


@pytest.mark.parametrize(
    ("term", "problem"),
    [
        ({"images_per_day": -1}, "images_per_day should be 0 to 1,000,000"),
        ({"images_per_day": 1_000_001}, "images_per_day should be 0 to 1,000,000"),
        ({"deliver_by": "07:30:00.5"}, "deliver_by should be 00:00 to 23:59:59, without an offset"),
        ({"deliver_by": "07:30Z"}, "deliver_by should be 00:00 to 23:59:59, without an offset"),
        ({"expedite_multiplier": "0.99"}, "expedite_multiplier should be 1 to 100, with at most 2 decimals"),
        ({"expedite_multiplier": "100.01"}, "expedite_multiplier should be 1 to 100, with at most 2 decimals"),
        ({"expedite_multiplier": "1.005"}, "expedite_multiplier should be 1 to 100, with at most 2 decimals"),
        ({"rejection_turnaround": "PT59S"}, "rejection_turnaround should be PT1M to P30D, in whole seconds"),
        ({"review_turnaround": "PT60.5S"}, "review_turnaround should be PT1M to P30D, in whole seconds"),
        ({"support_response": "P31D"}, "support_response should be PT1M to P30D, in whole seconds"),
        ({"expedite_turnaround": "PT7H"}, "expedite_turnaround should be at most expedite_additional_turnaround"),
        ({"flow_turnaround": "PT0S"}, "flow_turnaround should be PT1M to P30D, in whole seconds"),
    ],
)
def test_terms_that_nobody_could_negotiate_are_refused_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, term: dict[str, object], problem: str
) -> None:
    terms_by_plan = {"SOLO": {"images_per_day": 60, "expedites_per_day": 6, **term}}
    monkeypatch.setenv("LOUPE_PLAN_TERMS", json.dumps(terms_by_plan))
    with pytest.raises(SettingsError, match=re.escape(f"LOUPE_PLAN_TERMS is wrong: SOLO.{problem}.")):
        read_settings()


@pytest.mark.parametrize("turnaround", ["PT1M", "P30D"])
@pytest.mark.parametrize("multiplier", ["1", "100", "1.25"])
def test_terms_at_their_bounds_are_accepted(monkeypatch: pytest.MonkeyPatch, turnaround: str, multiplier: str) -> None:
    terms = {"images_per_day": 0, "expedites_per_day": 1_000_000, "deliver_by": "23:59:59"}
    terms |= {"expedite_turnaround": turnaround, "expedite_multiplier": multiplier}
    terms |= {"expedite_additional_turnaround": "P30D"}
    monkeypatch.setenv("LOUPE_PLAN_TERMS", json.dumps({"SOLO": terms}))
    assert read_settings().plan_terms[Plan.SOLO].expedite_multiplier == Decimal(multiplier)


@pytest.mark.parametrize(("value", "lead"), [("PT90M", 90), ("01:30:00", 90), ("PT0S", 0), ("P2D", 2880)])
def test_a_length_of_time_is_written_as_in_iso_8601_or_as_on_a_clock(
    monkeypatch: pytest.MonkeyPatch, value: str, lead: int
) -> None:
    monkeypatch.setenv("LOUPE_AT_RISK_LEAD", value)
    assert read_settings().at_risk_lead == timedelta(minutes=lead)


def test_origins_are_named_with_commas_and_kept_as_browsers_send_them(monkeypatch: pytest.MonkeyPatch) -> None:
    named = "https://dashboard.example, HTTP://Localhost:5173,https://shop.example:443,http://shop.example:443,http://[::1]:80"
    monkeypatch.setenv("LOUPE_CORS_ORIGINS", named)
    assert read_settings().cors_origins == {
        "https://dashboard.example",
        "http://localhost:5173",
        "https://shop.example",
        "http://shop.example:443",
        "http://[::1]",
    }


def test_all_origins_are_named_by_an_asterisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_CORS_ORIGINS", "*")
    assert read_settings().cors_origins == {"*"}


@pytest.mark.parametrize(
    "value",
    [
        "dashboard.example",
        "https://dashboard.example/",
        "https://dashboard.example/page",
        "https://*.example",
        "https://me@dashboard.example",
        "https://dashboard.example:65536",
        "https://dashboard.example:",
        "https://",
        "https://[zz]",
        "https://[:",
        "https://bücher.example",
        "ftp://dashboard.example",
        "null",
        "",
        "https://a.example,",
        "https://a.example https://b.example",
    ],
)
def test_a_malformed_origin_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LOUPE_CORS_ORIGINS", f"https://good.example,{value}")
    with pytest.raises(SettingsError, match=r"^LOUPE_CORS_ORIGINS is wrong: '.*' is no origin such as https://"):
        read_settings()


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_PORT", "")
    assert read_settings().port == 8000


@pytest.mark.parametrize("name", ["LOUPE_DATABASE_URL", "LOUPE_DATA_DIR"])
@pytest.mark.parametrize("value", ["", " "])
def test_the_data_folder_is_never_empty(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name} is empty: give it a value, or unset it.$"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LOUPE_DATABSE_URL", "LOUPE_DATABASE_URL"),
        ("LOUPE_DATABASE_UR", "LOUPE_DATABASE_URL"),
        ("LOUPE_DATABASEURL", "LOUPE_DATABASE_URL"),
        ("LOUPE_DATABASE_ULR", "LOUPE_DATABASE_URL"),
        ("loupe_databas_url", "LOUPE_DATABASE_URL"),
        ("loupe_flow_url", "LOUPE_FLOW_URL"),
        ("Loupe_Port", "LOUPE_PORT"),
        ("LOUPE_PRT", "LOUPE_PORT"),
        ("LOUPE_DATADIR", "LOUPE_DATA_DIR"),
    ],
)
def test_a_name_at_most_two_letters_from_a_settings_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "")
    with pytest.raises(SettingsError, match=f"^{name} is no setting: write {meant} if that is meant, or unset it.$"):
        read_settings()


def test_other_unknown_variables_are_ignored_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOUPE_SECRET", "LOUPE_DATABASE", "LOUPE_TEST_POSTGRES", "LOUPE_HOST", "PATH_TO_LOUPE"):
        monkeypatch.setenv(name, "18")
    assert read_settings().host == "18"
    assert ignored_variables() == ["Ignored, since there are no such settings: LOUPE_DATABASE, LOUPE_SECRET."]


def test_variables_of_kubernetes_for_a_service_called_loupe_are_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOUPE_PORT", "LOUPE_PORT_8000_TCP"):
        monkeypatch.setenv(name, "tcp://10.96.0.12:8000")
    monkeypatch.setenv("LOUPE_SERVICE_PORT", "8000")
    assert read_settings().port == 8000
    assert ignored_variables() == [
        "LOUPE_PORT is ignored: it is no port, but set by Kubernetes for a service called loupe.",
        "Ignored, since there are no such settings: LOUPE_PORT_8000_TCP, LOUPE_SERVICE_PORT.",
    ]


def test_no_warning_is_printed_if_all_variables_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_PORT", "8000")
    assert ignored_variables() == []


def test_the_currency_of_the_catalogue_is_one_of_iso_4217(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_CATALOGUE_CURRENCY", "EUR")
    assert read_settings().catalogue_currency == "EUR"
