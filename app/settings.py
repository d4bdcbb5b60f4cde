"""Settings, from LOUPE_ variables of the environment; read once, as a process starts, and passed on."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import environment
from app.domain.bounds import (
    MAX_MULTIPLIER,
    MAX_PER_DAY,
    MIN_MULTIPLIER,
    MULTIPLIER_DECIMALS,
    TURNAROUNDS,
    is_multiplier,
    is_turnaround,
)
from app.domain.errors import SentenceError
from app.domain.instants import BadInstant, read_instant
from app.domain.production.rejections import REJECTION_PERIOD
from app.domain.sla.enums import Plan
from app.domain.sla.stored import COLUMNS, Json, terms_to_json
from app.domain.sla.terms import PLAN_TERMS, SlaTerms
from app.services.currencies import CURRENCIES
from db.address import is_well_formed

ANY_ORIGIN: Final = "*"
"""The text for all origins."""

_ORIGIN: Final = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]+)?", re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}  # which browsers leave out
_KEY_OF_MAPPING = "[key]"  # in the locations of errors of pydantic
_NEVER_EMPTY = ("LOUPE_DATABASE_URL", "LOUPE_DATA_DIR")  # or an empty database would be made in place of the data
_ONE_DAY = timedelta(days=1)
_MOST_ACCOUNTS = 1_000_000
_LONGEST = timedelta(days=36_500)  # so that instants reckoned by a setting are within the calendar


class Migrate(StrEnum):
    """The choice whether commands migrate the database that they use."""

    AUTO = "auto"
    NEVER = "never"


class SettingsError(SentenceError):
    """A setting, or the option in its place, has a wrong value; the text names it."""


def _default_data_dir() -> Path:
    """Choose the user's data folder; as root one that the server's unprivileged user can enter."""
    if os.geteuid() == 0:
        return Path("/var/lib/loupe")
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/loupe"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "loupe"


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _origin(text: str) -> str:
    """Return an origin as browsers send it, or "*"; raises ValueError."""
    if text == ANY_ORIGIN:
        return text
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not _ORIGIN.fullmatch(text) or parts.hostname is None:
        raise ValueError(f"{text!r} is no origin such as https://dashboard.example or http://localhost:5173")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in {None, _PORTS[parts.scheme]} else f":{port}")


def _instant(value: object) -> object:
    """Read an instant from the environment; raises ValueError."""
    try:
        return read_instant(value) if isinstance(value, str) else value
    except BadInstant as error:
        raise ValueError(f"it {error.problem}") from None


def _parse(value: object) -> object:
    return orjson.loads(value) if isinstance(value, str) else value


class Settings(BaseSettings):
    """All settings, with their defaults."""

    model_config = SettingsConfigDict(env_prefix=environment.PREFIX, env_ignore_empty=True, frozen=True)

    database_url: str | None = Field(default=None, pattern=r"^postgres(ql)?://")
    """The PostgreSQL to use, 16 or newer; the embedded one without it."""
    data_dir: Path = Field(default_factory=_default_data_dir)
    """The folder of the embedded database."""
    migrate: Migrate = Migrate.AUTO
    """The choice whether commands migrate an older database first or refuse it; `loupe migrate` always migrates."""
    read_only: bool = False
    """The choice to write nothing to the database: the server answers queries only, and commands that write refuse."""
    clock: Annotated[datetime | None, BeforeValidator(_instant)] = None
    """The instant at which the process's clock starts, running; the machine's own time without it."""
    host: str = Field(default="127.0.0.1", min_length=1)
    """The address to serve at."""
    port: int = Field(default=8000, ge=0, le=65535)
    """The port to serve at; 0 takes a free one."""
    cors_origins: Annotated[frozenset[Annotated[str, AfterValidator(_origin)]], NoDecode, BeforeValidator(_split)] = (
        frozenset()
    )
    """The origins whose pages may call the API in a browser, with commas between; `*` for all."""
    dashboard_plans: Annotated[frozenset[Plan], NoDecode, BeforeValidator(_split)] = frozenset(
        {Plan.PROFESSIONAL, Plan.ENTERPRISE}
    )
    """The plans whose accounts see the dashboard, with commas between (domain rules, section 2)."""
    plan_terms: Annotated[Mapping[Plan, SlaTerms], NoDecode, BeforeValidator(_parse)] = Field(
        default_factory=lambda: dict(PLAN_TERMS)
    )
    """The terms plans start with, as JSON for any of them: {"SOLO": {"images_per_day": 60, "expedites_per_day": 6}}.

    These two are required; any other term may be set, too, and is as in SlaTerms otherwise.
    """
    catalogue_currency: str = "USD"
    """The currency of the catalogue of retouching steps, by ISO 4217, for its first step; all others have the same."""
    order_url: str = "/orders/{number}"
    """An order's page in the client's front end; {account} is replaced by the account's id, {number} by its own."""
    help_center_url: str | None = None
    """The URL of answers for clients."""
    flow_url: str | None = None
    """The URL of Flow production, shown with its terms."""
    support_email: str | None = None
    """The address at which clients ask for support."""
    at_risk_lead: timedelta = Field(default=timedelta(hours=1), ge=timedelta(), le=_LONGEST)
    """The lead of alerts to a deadline at risk before it: as PT1H or 01:00:00."""
    run_retention: timedelta = Field(default=timedelta(days=90), ge=_ONE_DAY, le=_LONGEST)
    """The retention of runs of jobs, at least a day: as P90D."""
    rejection_period: timedelta = Field(default=REJECTION_PERIOD, gt=timedelta(), le=_LONGEST)
    """The time from its delivery within which an image can be rejected: as P30D."""
    verified_accounts: int = Field(default=100, ge=0, le=_MOST_ACCOUNTS)
    """The number of accounts a day whose Pulse is compared with the rows it is counted from, 0 for none."""

    @field_validator("database_url")
    @classmethod
    def _is_well_formed(cls, url: str | None) -> str | None:
        if url is not None and not is_well_formed(url):
            raise ValueError("it is no URL; characters such as / and ? in a password are written as %2F and %3F")
        return url

    @field_validator("port", mode="before")
    @classmethod
    def _not_of_kubernetes(cls, port: object) -> object:
        return cls.model_fields["port"].default if environment.is_address(port) else port

    @field_validator("data_dir")
    @classmethod
    def _from_home(cls, folder: Path) -> Path:
        return folder.expanduser()

    @field_validator("cors_origins")
    @classmethod
    def _all_or_some(cls, origins: frozenset[str]) -> frozenset[str]:
        if ANY_ORIGIN in origins and len(origins) > 1:
            raise ValueError(f"{ANY_ORIGIN} means all origins, so no other may be listed")
        return origins

    @field_validator("plan_terms")
    @classmethod
    def _over_defaults(cls, terms: Mapping[Plan, SlaTerms]) -> Mapping[Plan, SlaTerms]:
        for plan, given in terms.items():
            for term, allowed in _out_of_bounds(given):
                raise ValueError(f"{plan}.{term} should be {allowed}")
        return {**PLAN_TERMS, **terms}

    @field_validator("catalogue_currency")
    @classmethod
    def _is_a_currency(cls, code: str) -> str:
        if code not in CURRENCIES:
            raise ValueError(f"{code!r} is no currency of ISO 4217, such as USD")
        return code

    @field_validator("order_url")
    @classmethod
    def _names_what_it_may(cls, template: str) -> str:
        try:
            template.format(account="", number=1)
        except (LookupError, ValueError, AttributeError):
            raise ValueError("only {account} and {number} may be in braces") from None
        return template


def _out_of_bounds(terms: SlaTerms) -> Iterator[tuple[str, str]]:
    """Yield the terms that nobody could negotiate either, with what is allowed."""
    for name in COLUMNS:
        if not 0 <= getattr(terms, name) <= MAX_PER_DAY:
            yield name, f"0 to {MAX_PER_DAY:,}"
    if terms.deliver_by.tzinfo is not None or terms.deliver_by.microsecond:
        yield "deliver_by", "00:00 to 23:59:59, without an offset"
    if not is_multiplier(terms.expedite_multiplier):
        yield (
            "expedite_multiplier",
            f"{MIN_MULTIPLIER} to {MAX_MULTIPLIER}, with at most {MULTIPLIER_DECIMALS} decimals",
        )
    for each in fields(SlaTerms):
        if each.type is timedelta and not is_turnaround(getattr(terms, each.name)):
            yield each.name, f"{TURNAROUNDS}, in whole seconds"
    if not terms.expedites_in_order:
        yield "expedite_turnaround", "at most expedite_additional_turnaround"


def plan_terms_as_json(settings: Settings) -> dict[str, Json]:
    """Return the terms plans start with, by plan."""
    return {plan: terms_to_json(terms) for plan, terms in settings.plan_terms.items()}


def read_settings(**options: str | int | None) -> Settings:
    """Read the environment; options of the command that are not None replace settings of the same name.

    Raises SettingsError.
    """
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    for name, value in os.environ.items():
        if name.upper() in _NEVER_EMPTY and not value.strip():
            raise SettingsError(f"{name} is empty: give it a value, or unset it.")
    for name, meant in environment.misspelt(os.environ, _names()):
        raise SettingsError(f"{name} is no setting: write {meant} if that is meant, or unset it.")
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        setting = str(wrong["loc"][0])
        name = f"--{setting}" if setting in given else environment.PREFIX + setting.upper()
        where = ".".join(part for part in wrong["loc"][1:] if isinstance(part, str) and part != _KEY_OF_MAPPING)
        reason = (where and f"{where}: ") + wrong["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} is wrong: {reason}.") from None  # its value may be a secret


def ignored_variables() -> list[str]:
    """Return a sentence about each kind of LOUPE_ variables that are set in vain."""
    return list(environment.warnings(os.environ, _names()))


def _names() -> frozenset[str]:
    return frozenset(environment.PREFIX + name.upper() for name in Settings.model_fields)
