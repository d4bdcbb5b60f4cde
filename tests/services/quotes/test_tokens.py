"""Tokens of quotes, and their bound terms."""

import asyncio
import base64
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders.changes import Change
from app.domain.orders.quotes import InvalidQuoteToken, QuoteChanged, offers
from app.services.quotes.tokens import Binding, QuoteKey, Subject, read_token, require_binding, token_of
from db.connections import Pool
from tests.support.order_states import MICROSECOND, UPLOADED_AT, placed, quota

KEY = bytes(range(32))
ACCOUNT, ORDER = UUID(int=1), UUID(int=2)
IMAGES = [UUID(int=3), UUID(int=4)]
NEW_ORDER = Subject(ACCOUNT)
ALL_OF_IT = Subject(ACCOUNT, ORDER)
CHOSEN = Subject(ACCOUNT, ORDER, IMAGES)
EXPIRES_AT = UPLOADED_AT + timedelta(minutes=15)
DAY = quota(used=190)
TERMS = DAY.sla.terms
ORDERS = placed(12, DAY)
CHANGE = Change(ORDERS, DAY)
BINDING = Binding(NEW_ORDER, EXPIRES_AT, offers(ORDERS, TERMS, priced=True))
TOKEN = token_of(BINDING, KEY)


def forged(token: str, key: bytes = KEY, subject: Subject = NEW_ORDER) -> bool:
    try:
        read_token(token, key, subject)
    except InvalidQuoteToken:
        return True
    return False


@pytest.mark.parametrize("subject", [NEW_ORDER, ALL_OF_IT, CHOSEN, Subject(ACCOUNT, ORDER, [])])
@pytest.mark.parametrize("priced", [True, False])
@pytest.mark.parametrize("later", [timedelta(0), MICROSECOND])
def test_a_token_holds_the_bound_terms(subject: Subject, *, priced: bool, later: timedelta) -> None:
    parts = [*ORDERS, *placed(250, expedite=True)]
    binding = Binding(subject, EXPIRES_AT + later, offers(parts, TERMS, priced=priced))
    assert read_token(token_of(binding, KEY), KEY, subject) == binding


def test_a_token_of_the_release_before_binds_no_turnaround() -> None:
    binding = Binding(NEW_ORDER, EXPIRES_AT, offers(placed(3, expedite=True), TERMS, priced=True))
    payload = token_of(binding, KEY).partition(".")[0]
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    del content["terms"]
    before = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(KEY, before, "sha256")).rstrip(b"=")
    read = read_token(b".".join((before, signature)).decode(), KEY, NEW_ORDER)
    assert read.offers == tuple(replace(offer, turnaround=None) for offer in binding.offers)
    with pytest.raises(QuoteChanged, match=r"EXPEDITED was 3 images for 8\.70 USD, is 3 images due in 3 hours for"):
        require_binding(read, UPLOADED_AT, Change(placed(3, expedite=True), DAY))


@pytest.mark.parametrize(
    "other",
    [
        Subject(UUID(int=9)),
        ALL_OF_IT,
        CHOSEN,
        replace(ALL_OF_IT, order_id=UUID(int=9)),
        replace(CHOSEN, chosen=IMAGES[::-1]),
        replace(CHOSEN, chosen=IMAGES[:1]),
        replace(CHOSEN, chosen=[]),
        replace(CHOSEN, account_id=UUID(int=9)),
    ],
)
def test_a_token_is_of_one_account_and_for_one_thing(other: Subject) -> None:
    for subject in (NEW_ORDER, ALL_OF_IT, CHOSEN):
        token = token_of(replace(BINDING, subject=subject), KEY)
        assert forged(token, subject=other) == (subject != other)


def test_a_token_is_signed_by_the_key() -> None:
    assert not forged(TOKEN)
    assert forged(TOKEN, key=bytes(32))
    payload, _, signature = TOKEN.partition(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    content["offers"][0][1] = 12
    other = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    assert forged(f"{other}.{signature}")


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_with_a_changed_character_is_refused(place: int, character: str) -> None:
    assert forged(TOKEN[:place] + character + TOKEN[place + 1 :]) == (character != TOKEN[place])


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_no_other_text_is_a_token(text: str) -> None:
    assert forged(text)
    assert forged(f"{text}.{text}")
    assert forged(TOKEN + text) == bool(text)
    assert forged(text + TOKEN) == bool(text)
    assert forged(f"{TOKEN}=")


@pytest.mark.parametrize("text", ["", ".", "\ud800", "\x00", TOKEN.partition(".")[0], f"{TOKEN.partition('.')[0]}."])
def test_malformed_texts_are_no_tokens(text: str) -> None:
    assert forged(text)


def test_nothing_binds_without_a_quote() -> None:
    require_binding(None, UPLOADED_AT, CHANGE)


def test_a_quote_binds_until_just_before_it_expires() -> None:
    require_binding(BINDING, EXPIRES_AT - MICROSECOND, CHANGE)
    with pytest.raises(QuoteChanged) as refused:
        require_binding(BINDING, EXPIRES_AT, CHANGE)
    assert refused.value.reason == "it expired at 2026-03-03T10:15:00Z"


def test_a_changed_offer_is_refused_with_its_differences() -> None:
    with pytest.raises(QuoteChanged) as refused:
        require_binding(BINDING, UPLOADED_AT, Change(placed(12, quota(used=189)), DAY))
    assert refused.value.reason == (
        "STANDARD was 10 images due 2026-03-04T08:00:00Z for 14.50 USD,"
        " is 11 images due 2026-03-04T08:00:00Z for 15.95 USD;"
        " ADDITIONAL was 2 images reviewed in 5 hours for 2.90 USD, is 1 image reviewed in 5 hours for 1.45 USD"
    )


def test_a_quote_without_prices_binds_none() -> None:
    binding = replace(BINDING, offers=offers(ORDERS, TERMS, priced=False))
    require_binding(binding, UPLOADED_AT, CHANGE)


def test_the_rest_of_a_split_order_is_no_part_of_an_expedite() -> None:
    at = UPLOADED_AT  # the very instant of the upload
    [expedited] = placed(3, expedite=True, at=at)
    [staying] = placed(5, at=at)
    binding = Binding(ALL_OF_IT, EXPIRES_AT, offers([expedited], TERMS, priced=True))
    require_binding(binding, at, Change((staying, expedited), DAY))


async def test_servers_that_need_a_key_at_once_have_the_same(pool: Pool) -> None:
    keys = await asyncio.gather(*(QuoteKey(pool).get() for _ in range(8)))
    assert {len(key) for key in keys} == {32}
    assert [(row["purpose"], row["secret"]) for row in await pool.fetch("SELECT * FROM signing_keys")] == [
        ("quotes", keys[0])
    ]
    assert await QuoteKey(pool).get() == keys[0]
    assert keys == [keys[0]] * 8


def test_the_key_of_a_purpose_that_is_gone_reads_no_token() -> None:
    assert all(map(partial(forged, TOKEN), (b"", KEY[:-1], KEY[::-1])))
