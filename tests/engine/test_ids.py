"""Global ids of two types of nodes."""

from enum import IntEnum
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.ids import GlobalId, MalformedId, numbered, parse_global_id

ACCOUNT = UUID("019b8d2b-8c00-7000-89a8-57d6bd78ece1")


class Type(IntEnum):
    STUDIO = 1
    PHOTO = 6


@given(st.sampled_from(Type), st.uuids(), st.uuids())
def test_an_id_is_parsed_as_it_was_written(type_: Type, account_id: UUID, key: UUID) -> None:
    assume(key != account_id)
    named = GlobalId(type_, account_id, key)
    assert parse_global_id(str(named), Type) == named


@given(st.uuids())
def test_a_key_that_is_the_account_is_not_written(account_id: UUID) -> None:
    named = GlobalId(Type.STUDIO, account_id, account_id)
    assert len(str(named)) == 23
    assert parse_global_id(str(named), Type) == named


def test_a_number_is_a_key() -> None:
    named = numbered(Type.PHOTO, ACCOUNT, 7)
    assert str(named) == "BgGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH"
    assert named.number == parse_global_id(str(named), Type).number == 7


@given(st.text())
def test_an_id_that_was_never_written_is_malformed(text: str) -> None:
    with pytest.raises(MalformedId):
        parse_global_id(text, Type)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AQ",
        "AQGbjSuMAHAAiahX1r147OE=",  # padded
        "AQGbjSuMAHAAiahX1r147OF",  # the same bytes with other spare bits
        "BgGbjSuMAHAAiahX1r147OEBm40rjABwAImoV9a9eOzh",  # the account written as the key
        "BQGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH",  # of an unknown type
        "AQGbjSuMAHAAiahX1r147O\N{LATIN SMALL LETTER E WITH ACUTE}",
    ],
)
def test_a_near_miss_is_malformed(text: str) -> None:
    with pytest.raises(MalformedId):
        parse_global_id(text, Type)
