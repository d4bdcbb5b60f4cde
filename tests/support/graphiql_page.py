"""The page of GraphiQL in a browser, with the steps that people take in it."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Route, WebError, expect

# What Chromium writes to the console about a response to a caller without a valid token.
UNAUTHENTICATED = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"
_CANCELED = "Canceled"  # by Monaco, if a text changes while its worker reads it
_PATIENCE = 60_000  # milliseconds, on a busy machine
_TEXT = "name => __MONACO.editor.getModels().find(model => model.uri.path.endsWith(name)).getValue()"
_WRITE = "([name, text]) => __MONACO.editor.getModels().find(model => model.uri.path.endsWith(name)).setValue(text)"


@dataclass  # with its attributes, which playwright adds
class Faults:
    """What no page may do: ask another host, write an error or a warning to the console, or fail."""

    origin: str
    found: list[str] = field(default_factory=list[str])

    async def watch(self, context: BrowserContext) -> None:
        """Block and record what pages ask of other hosts, and record what they write to the console."""
        context.on("console", self._note_message)
        context.on("weberror", self._note_error)
        await context.route("**/*", self._block)

    async def _block(self, route: Route) -> None:
        url = route.request.url
        if url.startswith(f"{self.origin}/"):
            await route.continue_()
        else:
            self.found.append(f"asks {url}")
            await route.abort()

    def _note_error(self, failed: WebError) -> None:
        if str(failed.error) != _CANCELED:
            self.found.append(str(failed.error))

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.found.append(message.text)


@dataclass(frozen=True, slots=True)
class GraphiQL:
    """The page, once its editors are there."""

    page: Page

    @property
    def caller(self) -> Locator:
        """What the page says of the token."""
        return self.page.locator("#caller")

    @property
    def query_editor(self) -> Locator:
        return self.page.get_by_role("group", name="Operation: Enter to edit, Escape to leave")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    async def tabs(self) -> list[str]:
        return [title.strip() for title in await self.page.locator(".graphiql-tab").all_inner_texts()]

    async def active_tab(self) -> str:
        return (await self.page.locator(".graphiql-tab-active").inner_text()).strip()

    async def text(self, editor: str) -> str:
        """Return the text of an editor: operation.graphql, variables.json or response.json."""
        return str(await self.page.evaluate(_TEXT, editor))

    async def write(self, editor: str, text: str) -> None:
        """Replace the text of an editor."""
        await self.page.evaluate(_WRITE, [editor, text])

    async def give_token(self, token: str, caller: str) -> None:
        """Type a token, and wait until the page says whose it is."""
        await self.page.get_by_label("Token").fill(token)
        await self.page.keyboard.press("Enter")
        await expect(self.caller).to_contain_text(caller, timeout=_PATIENCE)
        await self.wait()

    async def wait(self) -> None:
        """Wait until the editors and the schema are there."""
        await expect(self.query_editor.locator(".view-line").first).to_be_visible(timeout=_PATIENCE)
        await expect(self.button("Re-fetch GraphQL schema")).to_be_enabled(timeout=_PATIENCE)

    async def run(self, operation: str | None = None) -> Any:  # noqa: ANN401 - any JSON
        """Run the operation of the active tab, of several the one of this name, and return its response."""
        await self.button("Execute query").click()
        if operation is not None:
            await self.page.get_by_role("menuitem", name=operation).click()
        return await self.response()

    async def response(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the response in its editor, once it is there."""
        arrived = "() => __MONACO.editor.getModels().some(m => m.uri.path.endsWith('response.json') && m.getValue())"
        await self.page.wait_for_function(arrived, timeout=_PATIENCE)
        return json.loads(await self.text("response.json"))

    async def empty_editor(self) -> None:
        """Go into the editor of the operation and delete its text."""
        await self.query_editor.locator(".view-lines").click()
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.press("Delete")


@asynccontextmanager
async def context_of(
    browser: Browser,
    url: str,
    *,
    expected: Sequence[str] = (),
    **options: Any,  # noqa: ANN401 - those of contexts
) -> AsyncGenerator[BrowserContext]:
    """Make a browser's context whose pages commit no faults but those that are expected, in any number."""
    parts = urlsplit(url)
    faults = Faults(f"{parts.scheme}://{parts.netloc}")
    context = await browser.new_context(**options)
    await faults.watch(context)
    yield context
    await context.close()
    unexpected = [each for each in faults.found if each not in expected]
    assert not unexpected, unexpected


async def open_page(context: BrowserContext, url: str) -> GraphiQL:
    """Open the page, and wait until its editors are there."""
    opened = GraphiQL(await context.new_page())
    await opened.page.goto(url)
    await opened.wait()
    return opened


@asynccontextmanager
async def graphiql_at(
    browser: Browser,
    url: str,
    *,
    expected: Sequence[str] = (),
    **options: Any,  # noqa: ANN401 - those of contexts
) -> AsyncGenerator[GraphiQL]:
    """Open the page in a context of its own."""
    async with context_of(browser, url, expected=expected, **options) as context:
        yield await open_page(context, url)
