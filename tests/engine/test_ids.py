from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ids import GlobalId, MalformedId, NodeType, account_global_id, named_account, numbered, read_global_id

ACCOUNT = UUID("019b8d2b-8c00-7000-89a8-57d6bd78ece1")


@given(st.sampled_from([each for each in NodeType if each is not NodeType.ACCOUNT]), st.uuids(), st.uuids())
def test_an_id_is_read_as_it_was_written(node_type: NodeType, account_id: UUID, key: UUID) -> None:
    named = GlobalId(node_type, account_id, key)
    assert read_global_id(str(named)) == named


@given(st.uuids())
def test_an_accounts_id_has_no_other_key(account_id: UUID) -> None:
    assert read_global_id(account_global_id(account_id)) == named_account(account_id)


def test_ids_that_clients_keep_stay_what_they_are() -> None:
    assert account_global_id(ACCOUNT) == "AQGbjSuMAHAAiahX1r147OE"
    assert str(numbered(NodeType.EVENT, ACCOUNT, 7)) == "BgGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH"


@given(st.text())
def test_any_other_text_is_malformed(text: str) -> None:
    with pytest.raises(MalformedId):
        read_global_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AQ",
        "AQGbjSuMAHAAiahX1r147OE=",  # padded
        "AQGbjSuMAHAAiahX1r147OF",  # the same bytes with other spare bits
        "AQGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH",  # an account with a key
        "BgGbjSuMAHAAiahX1r147OE",  # an event without one
        "CgGbjSuMAHAAiahX1r147OEAAAAAAAAAAAAAAAAAAAAH",  # of a type that there is not
        "AQGbjSuMAHAAiahX1r147O\N{LATIN SMALL LETTER E WITH ACUTE}",
    ],
)
def test_a_near_miss_is_malformed(text: str) -> None:
    with pytest.raises(MalformedId):
        read_global_id(text)
