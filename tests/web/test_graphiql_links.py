"""Links to operations, which the page of GraphiQL copies and opens."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests.support.graphiql_page import graphiql_at
from tests.support.graphiql_site import CLIENTS, Site


@pytest.mark.soak
async def test_without_a_clipboard_the_link_is_in_the_address(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }")
        await page.button("Copy a link to this operation").click()
        await expect(page.button("The link is in the address bar")).to_be_visible()
        assert parse_qs(urlsplit(page.page.url).query) == {"query": [CLIENTS[0].read_text()]}
