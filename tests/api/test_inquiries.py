"""Inquiries: asked by clients, answered by staff, and listed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR

ASKED = "inquiry { id account { id } order { id } topic text createdAt dueAt late answer answeredAt }"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def ask(shop: Shop, text: str = "When?", **more: Any) -> str:  # noqa: ANN401
    """Ask, and return the id of the inquiry."""
    id_: str = (await done(shop.client, "contactSupport", topic="SUPPORT", text=text, **more))["inquiry"]["id"]
    return id_


async def test_a_client_asks_about_an_order_and_staff_answer(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    [order] = await shop.place()
    clock.advance()
    payload = await done(
        shop.client,
        "contactSupport",
        ASKED,
        topic="DELIVERY_PLAN",
        text="Can we have half earlier?",
        orderId=order["id"],
    )
    inquiry = payload["inquiry"]
    assert inquiry == {
        "id": inquiry["id"],
        "account": {"id": shop.account},
        "order": {"id": order["id"]},
        "topic": "DELIVERY_PLAN",
        "text": "Can we have half earlier?",
        "createdAt": "2026-03-10T12:00:00.000001Z",
        "dueAt": "2026-03-10T17:00:00.000001Z",
        "late": False,
        "answer": None,
        "answeredAt": None,
    }
    clock.advance(HOUR)
    answered = await done(staff, "answerInquiry", ASKED, inquiryId=inquiry["id"], answer="Yes, 50 by noon.")
    changes = {"answer": "Yes, 50 by noon.", "answeredAt": "2026-03-10T13:00:00.000001Z"}
    assert answered["inquiry"] == inquiry | changes
    events = await shop.client.data("{ account { order(number: 1) { events { nodes { type } } } } }")
    types = [node["type"] for node in events["account"]["order"]["events"]["nodes"]]
    assert types == ["ORDER_PLACED", "INQUIRY_OPENED", "INQUIRY_ANSWERED"]
    assert (await event_types(pool, shop.studio))[-2:] == ["INQUIRY_OPENED", "INQUIRY_ANSWERED"]


async def test_an_inquiry_is_answered_once(shop: Shop, pool: Pool, staff: Client) -> None:
    inquiry = await ask(shop)
    await done(staff, "answerInquiry", inquiryId=inquiry, answer="At nine.")
    before = await contents(pool)
    again = await refused(staff, "answerInquiry", inquiryId=inquiry, answer="At ten.")
    assert again == [("ALREADY_ANSWERED", ["inquiryId"])]
    assert await contents(pool) == before


async def test_an_inquiry_with_a_key_is_made_once(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
    first = await ask(shop, idempotencyKey="a question")
    before = await contents(pool)
    clock.advance(HOUR)
    assert await ask(shop, idempotencyKey="a question") == first
    assert await contents(pool) == before


async def test_an_answer_with_a_key_is_given_once(shop: Shop, pool: Pool, staff: Client, clock: FrozenClock) -> None:
    values = {"inquiryId": await ask(shop), "answer": "At nine.", "idempotencyKey": "an answer"}
    first = await done(staff, "answerInquiry", **values)
    before = await contents(pool)
    clock.advance(HOUR)
    assert await done(staff, "answerInquiry", **values) == first
    assert await contents(pool) == before


async def test_staff_ask_for_an_account_they_name_about_its_orders_only(
    shop: Shop, pool: Pool, client_of: NewClient, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    [order] = await other.place()
    values = {"topic": "FEEDBACK", "text": "By phone: great work."}
    assert await refused(staff, "contactSupport", **values) == [("INVALID", ["accountId"])]
    before = await contents(pool)
    wrong = await refused(staff, "contactSupport", **values, accountId=shop.account, orderId=order["id"])
    assert wrong == [("NOT_FOUND", ["orderId"])]
    assert await contents(pool) == before
    asked = await done(staff, "contactSupport", ASKED, **values, accountId=other.account, orderId=order["id"])
    assert asked["inquiry"]["account"] == {"id": other.account}


async def test_a_closed_account_may_still_ask_and_be_answered(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    await done(staff, "closeAccount", accountId=shop.account)
    clock.advance()
    inquiry = await ask(shop, "Can I have my images?")
    payload = await done(staff, "answerInquiry", inquiryId=inquiry, answer="Until May.")
    assert payload["inquiry"]["answer"] == "Until May."


async def test_an_inquiry_is_late_once_its_deadline_has_passed(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    inquiry = await ask(shop)
    query = "query ($id: ID!) { node(id: $id) { ... on Inquiry { late } } }"
    shown: list[bool] = []
    for ahead in (5 * HOUR, timedelta(microseconds=1)):
        clock.advance(ahead)
        shown.append((await shop.client.data(query, {"id": inquiry}))["node"]["late"])
    assert shown == [False, True]
    answered = await done(staff, "answerInquiry", inquiryId=inquiry, answer="At nine.")
    assert answered["inquiry"]["late"] is True


async def test_the_negotiated_response_of_the_day_decides_when_an_answer_is_due(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    terms = {"supportResponse": "PT2H", "effectiveDate": "2026-03-11"}
    await done(staff, "negotiateSla", "sla { version }", accountId=shop.account, **terms)
    due: list[str] = []
    for at in (datetime(2026, 3, 10, 22, 59, tzinfo=UTC), datetime(2026, 3, 10, 23, tzinfo=UTC)):  # around midnight
        clock.advance_to(at)
        due.append((await done(shop.client, "contactSupport", topic="SLA", text="When?"))["inquiry"]["dueAt"])
    assert due == ["2026-03-11T03:59:00Z", "2026-03-11T01:00:00Z"]


async def test_an_account_lists_its_inquiries_newest_first(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    made: list[str] = []
    for text in ("One?", "Two?", "Three?"):
        made.append(await ask(shop, text))
        clock.advance()
    await done(staff, "answerInquiry", inquiryId=made[1], answer="At nine.")
    clock.advance()
    for chosen, expected in (
        ("", ["Three?", "Two?", "One?"]),
        ("(open: true)", ["Three?", "One?"]),
        ("(open: false)", ["Two?"]),
    ):
        query = f"{{ account {{ inquiries{chosen} {{ nodes {{ text }} totalCount }} }} }}"
        found = (await shop.client.data(query))["account"]["inquiries"]
        assert found == {"nodes": [{"text": text} for text in expected], "totalCount": len(expected)}


async def test_the_inquiries_of_an_account_are_listed_in_pages(shop: Shop, clock: FrozenClock) -> None:
    for number in range(5):
        await ask(shop, f"{number}?")
        clock.advance()
    query = """query ($after: String) { account { inquiries(first: 2, after: $after, open: true) {
      nodes { text } pageInfo { endCursor hasNextPage } } } }"""
    texts, after, more = list[str](), None, True
    while more:
        page = (await shop.client.data(query, {"after": after}))["account"]["inquiries"]
        texts += [node["text"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert texts == ["4?", "3?", "2?", "1?", "0?"]


async def test_staff_list_the_inquiries_of_all_accounts_earliest_due_first(
    shop: Shop, pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock
) -> None:
    other = await open_shop(pool, client_of)
    made: list[str] = []
    for asking, text in ((shop, "One?"), (other, "Two?"), (shop, "Three?")):
        made.append(await ask(asking, text))
        clock.advance(HOUR)
    await done(staff, "answerInquiry", inquiryId=made[0], answer="At nine.")
    clock.advance(3 * HOUR + timedelta(microseconds=1))
    for chosen, expected in (
        ("", [("One?", False), ("Two?", True), ("Three?", False)]),
        ("(open: true)", [("Two?", True), ("Three?", False)]),
        ("(open: false)", [("One?", False)]),
    ):
        query = f"{{ inquiries{chosen} {{ nodes {{ text late account {{ name }} }} totalCount }} }}"
        found = (await staff.data(query))["inquiries"]
        assert [(node["text"], node["late"]) for node in found["nodes"]] == expected
        assert found["totalCount"] == len(expected)


COMPLIANCE = """
query ($at: DateTime) { account { sla(asOf: $at) { compliance { inquiry {
  metCount missedCount openCount rate
  missedInquiries { nodes { text } totalCount } openInquiries { nodes { text } totalCount }
} } } } }
"""


async def compliance(shop: Shop, at: str | None = None) -> dict[str, Any]:
    """Return the compliance of answers, with the texts of the inquiries behind the counts."""
    found = (await shop.client.data(COMPLIANCE, {"at": at}))["account"]["sla"]["compliance"]["inquiry"]
    for name in ("missedInquiries", "openInquiries"):
        if found[name] is not None:
            assert found[name]["totalCount"] == len(found[name]["nodes"])
            found[name] = [node["text"] for node in found[name]["nodes"]]
    return {**found}


async def test_compliance_counts_answers_in_time_and_opens_the_others(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    none: dict[str, Any] = {
        "metCount": 0,
        "missedCount": 0,
        "openCount": 0,
        "rate": None,
        "missedInquiries": [],
        "openInquiries": [],
    }
    assert await compliance(shop) == none
    made = [await ask(shop, text) for text in ("In time?", "Late?", "Missed?")]
    clock.advance(HOUR)
    await done(staff, "answerInquiry", inquiryId=made[0], answer="Yes.")
    clock.advance(5 * HOUR)
    await done(staff, "answerInquiry", inquiryId=made[1], answer="Yes.")
    await ask(shop, "Open?")
    clock.advance(HOUR)
    judged = {"metCount": 1, "missedCount": 2, "rate": 1 / 3, "missedInquiries": ["Missed?", "Late?"]}
    assert await compliance(shop) == judged | {"openCount": 1, "openInquiries": ["Open?"]}
    past: dict[str, Any] = {
        "metCount": 1,
        "missedCount": 0,
        "openCount": None,
        "rate": 1.0,
        "missedInquiries": [],
        "openInquiries": None,
    }
    assert await compliance(shop, "2026-03-10T15:00:00Z") == past


async def test_answers_count_in_no_figure_of_the_pulse(shop: Shop, clock: FrozenClock) -> None:
    query = "{ account { pulse { kpis { summary } reliability { dueCount onTimeCount lateCount } } } }"
    before = await shop.client.data(query)
    await ask(shop)
    clock.advance(6 * HOUR)
    assert await shop.client.data(query) == before
