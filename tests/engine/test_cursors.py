from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.queries.pages import Key
from engine.cursors import ID, INSTANT, NUMBER, SEQUENCE, TEXT, CursorKind, MalformedCursor

ORDERS = CursorKind("orders", (INSTANT, NUMBER))
EVERY_PART = CursorKind("everything", (INSTANT, NUMBER, SEQUENCE, TEXT, ID))
ALL: list[object] = []
KEY = (datetime(2026, 3, 2, 13, 5, 0, 1, tzinfo=UTC), 17)


def cursor_of(value: object) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).decode()


keys = st.tuples(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(0, 2**31 - 2),
    st.integers(0, 2**63 - 2),
    st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    st.uuids(),
)


@given(keys)
def test_a_cursor_is_read_as_it_was_written(key: Key) -> None:
    assert EVERY_PART.read(EVERY_PART.write(key)) == key


def test_a_cursor_is_of_one_kind_of_list() -> None:
    with pytest.raises(MalformedCursor):
        CursorKind("others", (INSTANT, NUMBER)).read(ORDERS.write(KEY))


def test_a_cursor_is_of_the_list_of_one_object() -> None:
    account, other = UUID(int=1), UUID(int=2)
    owners = ((), (account,), (other,), (account, 7), (account, 8), (account, other))
    for owner in owners:
        cursor = ORDERS.write(KEY, owner)
        assert ORDERS.read(cursor, owner) == KEY
        for another in owners:
            if another != owner:
                with pytest.raises(MalformedCursor):
                    ORDERS.read(cursor, another)


@given(st.text())
def test_a_text_that_is_no_cursor_is_malformed(text: str) -> None:
    with pytest.raises(MalformedCursor):
        ORDERS.read(text)


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "orders",
        {"1": "orders"},
        [],
        [2, "orders", ALL],
        [1, "orders", ALL, 0, 1],
        [2, "orders", 0, 1],
        [2, "orders", None, 0, 1],
        [2, "orders", [7], 0, 1],
        [2, "orders", ALL, 0],
        [2, "orders", ALL, 0, 1, 2],
        [2, "orders", ALL, "0", 1],
        [2, "orders", ALL, 0, "1"],
        [2, "orders", ALL, 0, True],
        [2, "orders", ALL, 0, 1.5],
        [2, "orders", ALL, 0, -1],
        [2, "orders", ALL, 0, 2**31 - 1],
        [2, "orders", ALL, 2**62, 1],
        [2, "orders", ALL, None, None],
    ],
)
def test_a_forged_cursor_is_malformed(value: object) -> None:
    assert ORDERS.read(cursor_of([2, "orders", ALL, 0, 1])) == (datetime(1970, 1, 1, tzinfo=UTC), 1)
    with pytest.raises(MalformedCursor):
        ORDERS.read(cursor_of(value))


@pytest.mark.parametrize("value", ["a\0b", 7, None])
def test_a_forged_text_is_malformed(value: object) -> None:
    with pytest.raises(MalformedCursor):
        CursorKind("accounts", (TEXT, ID)).read(cursor_of([2, "accounts", ALL, value, str(UUID(int=1))]))


@pytest.mark.parametrize("value", ["", "x", 7, None])
def test_a_forged_id_is_malformed(value: object) -> None:
    with pytest.raises(MalformedCursor):
        CursorKind("specifications", (ID,)).read(cursor_of([2, "specifications", ALL, value]))
