"""Tokens in the page of GraphiQL: what the browser keeps of them, and what the page says of those that fail."""

import json
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Route, expect

from tests.support.graphiql_page import UNAUTHENTICATED, GraphiQL, context_of, graphiql_at, open_page
from tests.support.graphiql_site import Site
from tests.support.javascript import printed_by

BLOCKED: Final = """() => {
  const refuse = () => { throw new DOMException("The storage is refused.", "SecurityError"); };
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: refuse });
}"""
FULL: Final = """() => {
  Storage.prototype.setItem = () => { throw new DOMException("The storage is full.", "QuotaExceededError"); };
}"""
BAD_GATEWAY: Final = "Failed to load resource: the server responded with a status of 502 (Bad Gateway)"
LOST: Final = "Failed to load resource: net::ERR_FAILED"


async def test_the_history_is_stored_without_headers_which_may_have_a_token() -> None:
    items = [{"query": "{ a }", "variables": '{"headers": 1}'}, {"query": "{ b }"}]
    stored = await printed_by(Path(__file__).with_name("stored_history.mjs"))
    assert {key: json.loads(text) for key, text in stored.items()} == {
        "loupe:CLIENT:graphiql:queries": {"queries": items},
        "loupe:CLIENT:graphiql:favorites": {"favorites": items},
    }


@pytest.mark.soak
async def test_a_token_among_the_headers_of_an_operation_is_stored_nowhere(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.button("Headers").click()
        await page.write("request-headers.json", json.dumps({"Authorization": f"Bearer {site.staff}"}))
        assert (await page.run())["data"] == {"account": None}
        await page.page.wait_for_timeout(1000)  # GraphiQL stores tabs half a second later
        stored = await page.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        assert "graphiql:queries" in stored
        assert site.staff not in stored


@pytest.mark.soak
@pytest.mark.parametrize("refusal", [BLOCKED, FULL])
async def test_a_page_whose_storage_is_refused_wipes_its_token_and_works(
    browser: Browser, site: Site, refusal: str
) -> None:
    async with context_of(browser, site.url) as context:
        await context.add_init_script(f"({refusal})()")
        page = await open_page(context, site.as_client)
        assert page.page.url == site.url
        assert (await page.run())["data"]["account"]["name"] == "Aurora"
        await page.give_token(site.staff, "Staff")


@pytest.mark.soak
async def test_a_token_is_asked_about_again_once_the_api_is_back(browser: Browser, site: Site) -> None:
    async with context_of(browser, site.url, expected=[UNAUTHENTICATED, BAD_GATEWAY, LOST]) as context:

        async def answer_with_html(route: Route) -> None:
            await route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")

        async def lose(route: Route) -> None:
            await route.abort()

        page = GraphiQL(await context.new_page())
        await page.page.goto(site.url)
        await page.wait()
        for broken, sentence in (
            (answer_with_html, "The API answers with status 502 and no JSON."),
            (lose, "The API cannot be reached."),
        ):
            await context.route(site.url, broken)
            await page.give_token(site.client, sentence)
            await context.unroute(site.url)
        await page.give_token(site.client, "Client: Aurora")


@pytest.mark.soak
async def test_a_token_of_characters_that_no_header_has_is_refused_with_a_sentence(
    browser: Browser, site: Site
) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.give_token(
            "loupe_\N{HORIZONTAL ELLIPSIS}", "The token or a header has characters that cannot be sent."
        )
        await expect(page.page.get_by_label("Token")).to_be_visible()
