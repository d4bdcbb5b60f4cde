"""Links to operations, which the page of GraphiQL copies and opens."""

from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests.support.graphiql_page import context_of, graphiql_at, open_page
from tests.support.graphiql_site import CLIENTS, Site, titles_of

DOCUMENT = """# Two operations
query Kind { viewer { kind } }
query Orders($first: Int) { account { name orders(first: $first) { nodes { number } } } }
"""
VARIABLES = '{ "first": 2 }'


@pytest.mark.soak
async def test_a_link_opens_the_operation_that_it_names_beside_the_examples(browser: Browser, site: Site) -> None:
    link = urlencode({"query": DOCUMENT, "variables": VARIABLES, "operationName": "Orders"}, quote_via=quote)
    async with graphiql_at(browser, f"{site.url}?{link}#token={site.client}") as page:
        assert await page.tabs() == ["Two operations", *titles_of(CLIENTS)[:3]]
        assert await page.text("operation.graphql") == DOCUMENT
        assert await page.text("variables.json") == VARIABLES
        assert await page.run("Orders") == {"data": {"account": {"name": "Aurora", "orders": {"nodes": []}}}}
        await page.page.goto(f"{site.url}?query=%7Bviewer%7Bkind%7D%7D")
        await page.wait()
        assert await page.active_tab() == "<untitled>"
        assert [await page.text(name) for name in ("operation.graphql", "variables.json")] == ["{viewer{kind}}", ""]
        assert await page.run() == {"data": {"viewer": {"kind": "CLIENT"}}}


@pytest.mark.soak
async def test_a_link_to_an_operation_is_copied_without_the_token(browser: Browser, site: Site) -> None:
    link = urlencode({"query": DOCUMENT, "variables": VARIABLES, "operationName": "Orders"}, quote_via=quote)
    permissions = ["clipboard-read", "clipboard-write"]
    async with graphiql_at(browser, f"{site.url}?{link}#token={site.client}", permissions=permissions) as page:
        await page.button("Copy a link to this operation").click()
        await expect(page.page.get_by_role("status").filter(has_text="The link is copied")).to_be_attached()
        copied = urlsplit(str(await page.page.evaluate("navigator.clipboard.readText()")))
        assert f"{copied.scheme}://{copied.netloc}{copied.path}" == site.url
        assert parse_qs(copied.query) == {"query": [DOCUMENT], "variables": [VARIABLES], "operationName": ["Orders"]}
        assert copied.fragment == ""


@pytest.mark.soak
async def test_without_a_clipboard_the_link_is_in_the_address(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }")
        await page.button("Copy a link to this operation").click()
        await expect(page.button("The link is in the address bar")).to_be_visible()
        assert parse_qs(urlsplit(page.page.url).query) == {"query": [CLIENTS[0].read_text()]}


@pytest.mark.soak
async def test_a_link_of_hostile_texts_is_shown_as_text(browser: Browser, site: Site) -> None:
    element = "<img src=x onerror=alert(1)>"
    document = f"# {element}\u2028\u2029\n{{ viewer {{ kind }} }}"
    link = urlencode({"query": document, "variables": "{}", "operationName": "javascript:alert(1)"}, quote_via=quote)
    dialogs = list[str]()
    async with context_of(browser, site.url) as context:
        context.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page = await open_page(context, f"{site.url}?{link}#token={site.client}")
        assert await page.active_tab() == element
        assert await page.text("operation.graphql") == document
        assert await page.run() == {"data": {"viewer": {"kind": "CLIENT"}}}
    assert dialogs == []
