"""Variables of examples, which the page of GraphiQL fills in from the answers."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.graphiql_page import graphiql_at
from tests.support.graphiql_site import Site
from tests.support.javascript import printed_by

TITLE = "Set a success manager"


async def filled(variables: str, answer: object, *, example: str = '{"id": null}', before: str = "") -> tuple[str, str]:
    """Return variables after an answer, and the values to replace after the next one."""
    case = {"variables": variables, "example": example, "answer": json.dumps(answer), "filled": before}
    (done,) = await printed_by(Path(__file__).with_name("filled_variables.mjs"), json.dumps([case]))
    return done["variables"], done["filled"]


async def test_null_variables_of_an_example_get_the_first_value_of_an_answer_that_has_their_name() -> None:
    answer = {"data": {"account": {"id": None, "first": 3, "nodes": [{"id": "a"}, {"id": "b"}]}}}
    text = '{\n  "id": null, // found\n  "first": null\n}\n'
    example = '{"id": null, "first": 10}'
    expected = ('{\n  "id": "a", // found\n  "first": null\n}\n', '{"id":"a"}')
    assert await filled(text, answer, example=example) == expected


async def test_a_value_that_was_filled_in_is_replaced_and_one_that_a_person_has_written_stays() -> None:
    answer = {"data": {"id": "b"}}
    assert await filled('{"id": "a"}', answer, before='{"id":"a"}') == ('{"id": "b"}', '{"id":"b"}')
    assert await filled('{"id": "mine"}', answer, before='{"id":"a"}') == ('{"id": "mine"}', '{"id":"b"}')
    assert await filled('{"id": "a"}', {"data": {"id": None}}, before='{"id":"a"}') == ('{"id": "a"}', '{"id":"a"}')


async def test_an_empty_text_becomes_an_object_and_one_that_is_none_stays() -> None:
    for text, expected in (("", '{"id":"b"}'), ("{", "{"), ("[]", "[]"), ("null", "null")):
        assert await filled(text, {"data": {"id": "b"}}) == (expected, '{"id":"b"}')


@pytest.mark.soak
async def test_the_operations_of_an_example_are_run_one_after_the_other(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_staff) as page:
        await page.button(TITLE).click()
        own = (await page.text("variables.json")).replace("Harbour", "Aurora")
        await page.write("variables.json", own)
        (account,) = (await page.run("AccountToCareFor"))["data"]["accounts"]["nodes"]
        own = own.replace("null", f'"{account["accountId"]}"')
        assert await page.text("variables.json") == own
        done = (await page.run("SetSuccessManager"))["data"]["setSuccessManager"]
        assert done["userErrors"] == []
        assert done["account"]["sla"]["support"]["successManager"]["name"] == "Jonas Weber"
        assert await page.text("variables.json") == own


@pytest.mark.soak
async def test_a_persons_own_value_stays_after_an_answer(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_staff) as page:
        await page.button(TITLE).click()
        own = '{ "search": "Aurora", "accountId": "mine" }'
        await page.write("variables.json", own)
        assert (await page.run("AccountToCareFor"))["data"]["accounts"]["nodes"] != []
        assert await page.text("variables.json") == own
