"""CORS in a real browser: pages of other origins send requests to the API."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.services.api_keys.keys import create_key
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.catalogue import write_catalogue
from tests.support.clock import FrozenClock
from tests.support.listening import api_for, listen, served
from tests.support.studio import Studio, open_account

VIEWER = "{ viewer { kind account { name } } }"
CREATE = """mutation { createSpecification(input: {
  name: "Hats", steps: ["CLIPPING"]
}) { specification { name } } }"""
AURORA = {"data": {"viewer": {"kind": "CLIENT", "account": {"name": "Aurora"}}}}
# The script of a page; of a response that it may not read it learns only that the request failed.
ASK = """
async ({url, method, query, token, credentials}) => {
  const headers = token ? {Authorization: `Bearer ${token}`} : {};
  const body = method === "POST" ? JSON.stringify({query}) : undefined;
  if (body) headers["Content-Type"] = "application/json";
  const address = method === "POST" ? url : `${url}?query=${encodeURIComponent(query)}`;
  try {
    const response = await fetch(address, {method, headers, body, credentials});
    const challenge = response.headers.get("WWW-Authenticate");
    return {status: response.status, challenge, answer: await response.json()};
  } catch (error) {
    return {failed: error.name};
  }
}
"""
FAILED = {"failed": "TypeError"}


@asynccontextmanager
async def page_of_another_origin(browser: Browser) -> AsyncGenerator[tuple[Page, str]]:
    """Serve and open an empty page; yields it with its origin."""
    listener, origin = listen()
    app = Starlette(routes=[Route("/", HTMLResponse("<!doctype html><title>Dashboard</title>"))])
    async with served(app, listener):
        page = await browser.new_page()
        await page.goto(origin)
        yield page, origin
        await page.close()


async def new_token(pool: Pool, clock: FrozenClock) -> str:
    studio = await open_account(pool, Studio(name="Aurora"))
    async with unit_of_work(pool) as writer:
        key = await create_key(writer, clock.now(), studio.id)
        await writer.commit()
    return key.secret


async def ask(page: Page, url: str, method: str, query: str, token: str | None, credentials: str = "omit") -> Any:  # noqa: ANN401
    """Send a request from a page, and return the parts of the response that the page can read."""
    return await page.evaluate(
        ASK, {"url": url, "method": method, "query": query, "token": token, "credentials": credentials}
    )


async def test_only_pages_of_an_allowed_origin_can_send_requests_and_read_responses(
    browser: Browser, database: str, pool: Pool, clock: FrozenClock
) -> None:
    token = await new_token(pool, clock)
    await write_catalogue(pool)
    async with (
        page_of_another_origin(browser) as (allowed, origin),
        page_of_another_origin(browser) as (other, _),
        api_for(database, clock, origin) as url,
    ):
        for method in ("POST", "GET"):
            answered = {"status": 200, "challenge": None, "answer": AURORA}
            assert await ask(allowed, url, method, VIEWER, token) == answered
            refused = await ask(allowed, url, method, VIEWER, None)
            assert (refused["status"], refused["challenge"]) == (401, 'Bearer realm="loupe"')
            assert refused["answer"]["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
            assert await ask(allowed, url, method, VIEWER, token, credentials="include") == FAILED
            assert [await ask(other, url, method, VIEWER, each) for each in (token, None)] == [FAILED, FAILED]
        assert await ask(other, url, "POST", CREATE, token) == FAILED
        assert await pool.fetch("SELECT FROM specifications") == []
        created = {"data": {"createSpecification": {"specification": {"name": "Hats"}}}}
        assert (await ask(allowed, url, "POST", CREATE, token))["answer"] == created


async def test_pages_of_every_origin_can_send_requests_if_all_are_allowed(
    browser: Browser, database: str, pool: Pool, clock: FrozenClock
) -> None:
    token = await new_token(pool, clock)
    async with page_of_another_origin(browser) as (page, _), api_for(database, clock, "*") as url:
        assert [(await ask(page, url, method, VIEWER, token))["answer"] for method in ("POST", "GET")] == [AURORA] * 2
