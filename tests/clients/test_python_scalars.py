"""gql reads and writes each custom scalar of the schema as a value of Python."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from graphql import GraphQLScalarType, GraphQLSchema, specified_scalar_types

from api.schema import schema
from loupe_client.scalars import PYTHON_TYPES, SCALARS
from tests.support.committed_schema import SCHEMA

LOUPE: Final[GraphQLSchema] = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
CLIENT: Final = {scalar.name: scalar for scalar in SCALARS}
VALUES: Final[list[tuple[str, str, object]]] = [
    ("Currency", "USD", "USD"),
    ("Date", "2026-03-29", date(2026, 3, 29)),
    ("DateTime", "2026-03-28T22:59:59.999999Z", datetime(2026, 3, 28, 22, 59, 59, 999999, UTC)),
    ("DateTime", "2026-03-28T22:00:00Z", datetime(2026, 3, 28, 22, tzinfo=UTC)),
    ("Decimal", "1.4500", Decimal("1.4500")),
    ("Decimal", "0.0000001", Decimal("0.0000001")),
    ("Duration", "PT3H", timedelta(hours=3)),
    ("Duration", "PT72H30M1S", timedelta(3, 1801)),
    ("Duration", "PT0S", timedelta()),
    ("LocalTime", "07:30", timedelta(hours=7, minutes=30)),
    ("LocalTime", "24:00", timedelta(hours=24)),
    ("LocalTime", "23:59:59", timedelta(seconds=86_399)),
    ("TimeZone", "Europe/Copenhagen", ZoneInfo("Europe/Copenhagen")),
    ("URL", "https://pictures.example/a.jpg", "https://pictures.example/a.jpg"),
]


def test_each_custom_scalar_of_the_schema_has_a_type_of_python() -> None:
    types = SCHEMA.type_map.values()
    custom = {each.name for each in types if isinstance(each, GraphQLScalarType)} - set(specified_scalar_types)
    assert custom == set(CLIENT) == set(PYTHON_TYPES) == {name for name, _, _ in VALUES}


@pytest.mark.parametrize(("name", "text", "value"), VALUES)
def test_a_scalar_is_read_as_loupe_writes_it_and_written_as_loupe_reads_it(name: str, text: str, value: object) -> None:
    server = LOUPE.type_map[name]
    assert isinstance(server, GraphQLScalarType)
    assert isinstance(value, PYTHON_TYPES[name])
    assert CLIENT[name].parse_value(text) == value
    written = CLIENT[name].serialize(value)
    assert server.serialize(server.parse_value(written)) == text


def test_a_duration_of_days_is_read_too() -> None:
    assert CLIENT["Duration"].parse_value("P1DT30M") == timedelta(1, 1800)


@pytest.mark.parametrize(("name", "value"), [("Duration", "3 hours"), ("Date", "March"), ("TimeZone", "Nowhere")])
def test_other_texts_are_refused(name: str, value: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        CLIENT[name].parse_value(value)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 3, 28, 22)  # noqa: DTZ001 - as callers may give one
    with pytest.raises(ValueError, match=r"^2026-03-28 22:00:00 has no time zone\.$"):
        CLIENT["DateTime"].serialize(naive)
