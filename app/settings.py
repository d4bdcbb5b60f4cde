"""Settings, from LOUPE_ variables of the environment; read once, as a process starts, and passed on."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import environment, setting_values, wrong_values
from app.domain.errors import SentenceError
from app.domain.production.rejections import REJECTION_PERIOD
from app.domain.sla.enums import Plan
from app.domain.sla.stored import Json, terms_to_json
from app.domain.sla.terms import PLAN_TERMS, SlaTerms
from app.domain.wording import shown_path
from app.setting_values import ANY_ORIGIN

_Origin: TypeAlias = Annotated[str, AfterValidator(setting_values.origin)]
_Duration: TypeAlias = Annotated[timedelta, BeforeValidator(setting_values.duration)]
_WholeNumber: TypeAlias = Annotated[int, BeforeValidator(setting_values.whole_number)]
_WebAddress: TypeAlias = Annotated[str, AfterValidator(setting_values.web_address)]

_NEVER_EMPTY = ("LOUPE_DATABASE_URL", "LOUPE_DATA_DIR")  # or an empty database would be made in place of the data
_OF_LINES = "LOUPE_PLAN_TERMS"  # JSON, which may have line ends
_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)
_MOST_ACCOUNTS = 1_000_000
_LEAST_COST = 10_000  # so that a dashboard is answered
_MOST_COST = 1_000_000_000
_MOST_BYTES = 1024 * 1024 * 1024
_MOST_CONNECTIONS = 1_000_000
_LONGEST = timedelta(days=36_500)  # so that instants reckoned by a setting are within the calendar


class Migrate(StrEnum):
    """The choice whether commands migrate the database that they use."""

    AUTO = "auto"
    NEVER = "never"


class Access(StrEnum):
    """The choice who is answered: everybody, callers with a key in force, or nobody."""

    PUBLIC = "public"
    KEY = "key"
    OFF = "off"


class SettingsError(SentenceError):
    """A setting, or the option in its place, has a wrong value; the text names it."""


def _default_data_dir() -> Path | None:
    """Choose the user's data folder; as root one that the server's unprivileged user can enter."""
    if os.geteuid() == 0:
        return Path("/var/lib/loupe")
    shared = Path(os.environ.get("XDG_DATA_HOME", ""))
    if sys.platform != "darwin" and shared.is_absolute():
        return shared / "loupe"
    with suppress(RuntimeError):  # the user has neither HOME nor an entry in the system's list of users
        return Path.home() / ("Library/Application Support" if sys.platform == "darwin" else ".local/share") / "loupe"
    return None


class Settings(BaseSettings):
    """All settings, with their defaults."""

    model_config = SettingsConfigDict(env_prefix=environment.PREFIX, env_ignore_empty=True, frozen=True)

    database_url: Annotated[str, AfterValidator(setting_values.database_address)] | None = None
    """The PostgreSQL to use, 16 or newer; the embedded one without it."""
    data_dir: Annotated[Path | None, AfterValidator(setting_values.folder)] = Field(default_factory=_default_data_dir)
    """The folder of the embedded database; None for a user without a home (see `data_folder`)."""
    migrate: Migrate = Migrate.AUTO
    """The choice whether commands migrate an older database first or refuse it; `loupe migrate` always migrates."""
    read_only: bool = False
    """The choice to write nothing to the database: the server answers queries only, and commands that write refuse."""
    clock: Annotated[datetime | None, BeforeValidator(setting_values.clock_start)] = None
    """The instant at which the process's clock starts, running; the machine's own time without it."""
    host: Annotated[str, AfterValidator(setting_values.host)] = "127.0.0.1"
    """The address to serve at."""
    port: _WholeNumber = Field(default=8000, ge=0, le=65535)
    """The port to serve at; 0 takes a free one."""
    max_body: _WholeNumber = Field(default=1024 * 1024, ge=1024, le=_MOST_BYTES)
    """The bytes of a request's body, at most: an order of 2,000 images fits in."""
    receiving_memory: _WholeNumber = Field(default=16 * 1024 * 1024, ge=1024, le=_MOST_BYTES)
    """The bytes of all bodies that a process holds, at most; of each the first 16 KiB do not count."""
    max_connections: _WholeNumber = Field(default=1_000, ge=1, le=_MOST_CONNECTIONS)
    """The connections of a process, at most; in any case 256 fewer than it may open files."""
    address_connections: _WholeNumber = Field(default=256, ge=1, le=_MOST_CONNECTIONS)
    """The connections of one address to a process, at most."""
    header_timeout: _Duration = Field(default=timedelta(seconds=30), gt=timedelta(), le=_ONE_DAY)
    """The time in which the headers of a request have to arrive."""
    body_timeout: _Duration = Field(default=timedelta(seconds=60), gt=timedelta(), le=_ONE_DAY)
    """The time in which the body of a request has to arrive, and an answer has to be taken."""
    idle_timeout: _Duration = Field(default=timedelta(seconds=75), gt=timedelta(), le=_ONE_DAY)
    """The time for which a connection without requests is kept: longer than those of usual proxies."""
    cors_origins: Annotated[frozenset[_Origin], NoDecode, BeforeValidator(setting_values.split)] = frozenset()
    """The origins whose pages may call the API in a browser, with commas between; `*` for all."""
    introspection: Access = Access.KEY
    """Who reads the schema by introspection."""
    schema_sdl: Access = Access.KEY
    """Who reads the schema as text at /schema.graphql."""
    graphiql: Access = Access.PUBLIC
    """Who opens GraphiQL, a page without data, in a browser."""
    client_cost: _WholeNumber = Field(default=110_000, ge=_LEAST_COST, le=_MOST_COST)
    """The highest cost of an operation of a client: by default thirty dashboards."""
    staff_cost: _WholeNumber = Field(default=500_000, ge=_LEAST_COST, le=_MOST_COST)
    """The highest cost of an operation of staff: by default two to three seconds of one core."""
    dashboard_plans: Annotated[frozenset[Plan], NoDecode, BeforeValidator(setting_values.split)] = frozenset(
        {Plan.PROFESSIONAL, Plan.ENTERPRISE}
    )
    """The plans whose accounts see the dashboard, with commas between (domain rules, section 2)."""
    plan_terms: Annotated[Mapping[Plan, SlaTerms], NoDecode, BeforeValidator(setting_values.terms_of_plans)] = Field(
        default_factory=lambda: dict(PLAN_TERMS)
    )
    """The terms plans start with, as JSON for any of them: {"SOLO": {"images_per_day": 60, "expedites_per_day": 6}}.

    These two are required; any other term may be set, too, and is as in SlaTerms otherwise.
    """
    catalogue_currency: Annotated[str, AfterValidator(setting_values.currency)] = "USD"
    """The currency of the catalogue of retouching steps, by ISO 4217, for its first step; all others have the same."""
    order_url: Annotated[str, AfterValidator(setting_values.order_address)] = "/orders/{number}"
    """An order's page in the client's front end; {account} is replaced by the account's id, {number} by its own."""
    help_center_url: _WebAddress | None = None
    """The URL of answers for clients."""
    flow_url: _WebAddress | None = None
    """The URL of Flow production, shown with its terms."""
    support_email: Annotated[str, AfterValidator(setting_values.email)] | None = None
    """The address at which clients ask for support."""
    at_risk_lead: _Duration = Field(default=timedelta(hours=1), ge=timedelta(), le=_LONGEST)
    """The lead of alerts to a deadline at risk before it: as PT1H or 01:00:00."""
    run_retention: _Duration = Field(default=timedelta(days=90), ge=_ONE_DAY, le=_LONGEST)
    """The retention of runs of jobs, at least a day: as P90D."""
    rejection_period: _Duration = Field(default=REJECTION_PERIOD, gt=timedelta(), le=_LONGEST)
    """The time from its delivery within which an image can be rejected: as P30D."""
    verified_accounts: _WholeNumber = Field(default=100, ge=0, le=_MOST_ACCOUNTS)
    """The number of accounts a day whose Pulse is compared with the rows it is counted from, 0 for none."""
    read_timeout: _Duration = Field(default=timedelta(seconds=10), ge=_ONE_SECOND, le=_ONE_DAY)
    """The time limit of a statement that reads for a caller, and of the wait for a connection: as PT10S."""
    write_timeout: _Duration = Field(default=timedelta(seconds=30), ge=_ONE_SECOND, le=_ONE_DAY)
    """The time limit of a statement of a caller's command, and of the wait for a connection: as PT30S."""
    job_timeout: _Duration = Field(default=timedelta(minutes=15), ge=_ONE_SECOND, le=_ONE_DAY)
    """The time limit of a statement of a job, or of `loupe jobs verify`: as PT15M."""
    import_timeout: _Duration = Field(default=timedelta(hours=1), ge=_ONE_SECOND, le=_ONE_DAY)
    """The time limit of a statement of `loupe import` or `loupe erase`: as PT1H."""

    @field_validator("port", mode="before")
    @classmethod
    def _not_of_kubernetes(cls, port: object) -> object:
        return cls.model_fields["port"].default if environment.is_address(port) else port

    @field_validator("cors_origins")
    @classmethod
    def _all_or_some(cls, origins: frozenset[str]) -> frozenset[str]:
        if ANY_ORIGIN in origins and len(origins) > 1:
            raise ValueError(f"{ANY_ORIGIN} means all origins, so no other may be listed")
        return origins

    @field_validator("plan_terms")
    @classmethod
    def _over_defaults(cls, terms: Mapping[Plan, SlaTerms]) -> Mapping[Plan, SlaTerms]:
        setting_values.require_negotiable(terms)
        return {**PLAN_TERMS, **terms}


def data_folder(settings: Settings) -> Path:
    """Return the folder of the embedded database and the demo; raises SettingsError for a user without one."""
    folder = settings.data_dir
    if folder is None:
        raise SettingsError(
            f"LOUPE_DATA_DIR is not set, and user {os.geteuid()} has no home folder: set it to a folder."
        )
    try:
        setting_values.require_text(str(folder))
    except ValueError as error:
        raise SettingsError(
            f"The data folder {shown_path(folder)} cannot be used ({error}): set LOUPE_DATA_DIR to another."
        ) from None
    return folder


def plan_terms_as_json(settings: Settings) -> dict[str, Json]:
    """Return the terms plans start with, by plan."""
    return {plan: terms_to_json(terms) for plan, terms in settings.plan_terms.items()}


def read_settings(**options: str | int | None) -> Settings:
    """Read the environment; options of the command that are not None replace settings of the same name.

    Raises SettingsError.
    """
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    for name in _NEVER_EMPTY:
        if name in os.environ and not os.environ[name].strip():
            raise SettingsError(f"{name} is empty: give it a value, or unset it.")
    for name, meant in environment.misspelt(os.environ, _names()):
        raise SettingsError(f"{name} is no setting: write {meant} if that is meant, or unset it.")
    for name in _names() & os.environ.keys():
        _require_text(name, os.environ[name])
    try:
        return Settings(**given)
    except ValidationError as error:
        setting = str(error.errors(include_url=False)[0]["loc"][0])
        name = f"--{setting}" if setting in given else environment.PREFIX + setting.upper()
        raise SettingsError(f"{name} is wrong: {wrong_values.problem(error)}.") from None  # its value may be a secret


def _require_text(name: str, value: str) -> None:
    try:
        setting_values.require_text(value, lines=name == _OF_LINES)
    except ValueError as error:
        raise SettingsError(f"{name} is wrong: {error}.") from None


def ignored_variables() -> list[str]:
    """Return a sentence about each kind of LOUPE_ variables that are set in vain."""
    return list(environment.warnings(os.environ, _names()))


def _names() -> frozenset[str]:
    return frozenset(environment.PREFIX + name.upper() for name in Settings.model_fields)
