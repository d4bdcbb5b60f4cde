"""Chromium, in which tests open pages."""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.support.system import program

# A browser that does nothing by itself: no start page, no requests to its vendor.
OPTIONS = (
    "--no-sandbox",  # as root it has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    path = program("chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield launched
        await launched.close()
