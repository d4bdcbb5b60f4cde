"""Variables of examples, which the page of GraphiQL fills in from the answers."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.graphiql_page import graphiql_at
from tests.support.graphiql_site import Site
from tests.support.javascript import printed_by

TITLE = "Set a success manager"


async def filled(*cases: tuple[str, object, str, str]) -> list[tuple[str, str]]:
    """Return the variables of each case after an answer, and the values to replace after the next one.

    A case has variables, an answer, those of the example, and the values that were filled in before.
    """
    names = ("variables", "answer", "example", "filled")
    texts = [dict(zip(names, (case[0], json.dumps(case[1]), *case[2:]), strict=True)) for case in cases]
    done = await printed_by(Path(__file__).with_name("filled_variables.mjs"), json.dumps(texts))
    return [(each["variables"], each["filled"]) for each in done]


async def test_null_variables_of_an_example_get_the_first_value_of_an_answer_that_has_their_name() -> None:
    answer = {"data": {"account": {"id": None, "first": 3, "nodes": [{"id": "a"}, {"id": "b"}]}}}
    text = '{\n  "id": null, // found\n  "first": null\n}\n'
    expected = ('{\n  "id": "a", // found\n  "first": null\n}\n', '{"id":"a"}')
    assert await filled((text, answer, '{"id": null, "first": 10}', "")) == [expected]


async def test_what_was_filled_in_is_replaced_and_what_a_person_has_written_stays() -> None:
    found, nothing = {"data": {"id": "b"}}, {"data": {"id": None}}
    before = '{"id":"a"}'
    cases = [
        ('{"id": "a"}', found, before, ('{"id": "b"}', '{"id":"b"}')),
        ('{"id": "mine"}', found, before, ('{"id": "mine"}', '{"id":"b"}')),
        ('{"id": "a"}', nothing, before, ('{"id": "a"}', before)),
        # An empty text becomes an object, and one that is none stays.
        ("", found, "", ('{"id":"b"}', '{"id":"b"}')),
        *((text, found, "", (text, '{"id":"b"}')) for text in ("{", "[]", "null")),
    ]
    given = [(text, answer, '{"id": null}', filled_in) for text, answer, filled_in, _ in cases]
    assert await filled(*given) == [expected for *_, expected in cases]


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
