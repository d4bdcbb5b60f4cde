"""The page of GraphiQL as people use it, in a real browser that reaches no other host."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from app.services.api_keys.keys import create_key
from app.web.asgi import create_app
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.graphiql_page import UNAUTHENTICATED, GraphiQL, context_of, graphiql_at, open_page
from tests.support.listening import api_for, listen, served
from tests.support.serving import SETTINGS
from tests.support.studio import HOUR, Photo, Studio, open_account
from tools.node import ROOT

PHONE = {"width": 360, "height": 740}
CLIENTS, STAFFS = (sorted((ROOT / "examples" / role).glob("*.graphql")) for role in ("client", "staff"))
DOCUMENT = "# Two operations\nquery Kind { viewer { kind } }\nquery Name($first: Int) { account { name } }\n"
VARIABLES = '{ "first": 2 }'
WIDEST = """() => Math.max(...[...document.querySelectorAll("body *")]
  .filter(each => each.checkVisibility({opacityProperty: true, visibilityProperty: true}))
  .filter(each => !each.closest(".graphiql-tabs, .monaco-editor"))
  .map(each => each.getBoundingClientRect().right))"""
FOCUSED = """() => {
  const {ariaLabel, innerText, id} = document.activeElement;
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  return [ariaLabel || innerText.trim() || id, outlineStyle === "solid" ? outlineWidth : ""];
}"""
BACKGROUNDS = """() => [".loupe-bar", "#token", ".loupe-examples button", ".graphiql-container", ".graphiql-editors"]
  .map(each => getComputedStyle(document.querySelector(each)).backgroundColor)
  .concat(getComputedStyle(document.body).backgroundColor)"""


@dataclass(frozen=True, slots=True)
class Site:
    """A served API, and tokens for it: of a client, whose name is Aurora, and of staff."""

    url: str
    client: str
    staff: str

    @property
    def as_client(self) -> str:
        return f"{self.url}#token={self.client}"

    @property
    def as_staff(self) -> str:
        return f"{self.url}#token={self.staff}"


@pytest.fixture
async def site(graphiql: Path, database: str, pool: Pool, clock: FrozenClock) -> AsyncGenerator[Site]:
    assert (graphiql / "index.html").is_file()
    studio = Studio(name="Aurora")
    studio.order(clock.now() - HOUR, (Photo(),))
    await open_account(pool, studio)
    async with unit_of_work(pool) as writer:
        secrets = [(await create_key(writer, clock.now(), account)).secret for account in (studio.id, None)]
        await writer.commit()
    async with api_for(database, clock) as url:
        yield Site(url, *secrets)


def titles_of(examples: list[Path]) -> list[str]:
    return [path.read_text().splitlines()[0].removeprefix("# ") for path in examples]


async def test_a_client_opens_the_page_and_runs_its_first_example(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        assert await page.tabs() == titles_of(CLIENTS)[:3]
        assert await page.text("operation.graphql") == CLIENTS[0].read_text()
        answer = await page.run()
        assert answer["data"]["account"]["name"] == "Aurora"
        assert "errors" not in answer


@pytest.mark.soak
async def test_staff_run_their_first_example(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_staff) as page:
        await expect(page.caller).to_have_text("Staff")
        assert await page.tabs() == titles_of(STAFFS)[:3]
        answer = await page.run()
        assert [account["name"] for account in answer["data"]["accounts"]["nodes"]] == ["Aurora"]
        assert "errors" not in answer


@pytest.mark.soak
async def test_a_role_sees_its_own_examples_and_opens_each_in_a_tab_of_its_title(browser: Browser, site: Site) -> None:
    titles = titles_of(CLIENTS)
    async with graphiql_at(browser, site.as_client) as page:
        assert await page.page.locator(".loupe-examples li").all_inner_texts() == titles
        for title, path in zip(titles, CLIENTS, strict=True):
            await page.page.locator(".loupe-examples").get_by_role("button", name=title, exact=True).click()
            await expect(page.page.locator(".graphiql-tab-active")).to_contain_text(title)
            assert await page.text("operation.graphql") == path.read_text()
            variables = path.with_suffix(".json")
            assert await page.text("variables.json") == (variables.read_text() if variables.exists() else "")
        assert await page.tabs() == titles


@pytest.mark.soak
async def test_each_role_has_tabs_of_its_own(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.button(titles_of(CLIENTS)[3]).click()
        await page.page.wait_for_timeout(1000)  # GraphiQL stores tabs half a second later
        await page.give_token(site.staff, "Staff")
        assert await page.tabs() == titles_of(STAFFS)[:3]
        await page.give_token(site.client, "Client: Aurora")
        assert await page.tabs() == titles_of(CLIENTS)[:4]


@pytest.mark.soak
async def test_the_name_of_a_field_is_completed_in_the_editor(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.empty_editor()
        await page.page.keyboard.type("{ account { dailyGua")
        await expect(page.page.locator(".suggest-widget .monaco-list-row").first).to_contain_text("dailyGuarantee")
        await page.page.keyboard.press("Enter")
        assert "{ account { dailyGuarantee" in await page.text("operation.graphql")


@pytest.mark.soak
async def test_a_query_is_built_by_clicking_in_the_explorer(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.button("New tab").click()
        await page.button("Show GraphiQL Explorer").click()
        explorer = page.page.locator(".graphiql-explorer-root")
        for name in ("viewer", "kind"):
            await explorer.get_by_text(name, exact=True).click()
        await expect(page.query_editor).to_contain_text("kind")
        assert " ".join((await page.text("operation.graphql")).split()) == "query MyQuery { viewer { kind } }"
        assert await page.run() == {"data": {"viewer": {"kind": "CLIENT"}}}


@pytest.mark.soak
async def test_the_docs_list_types_by_name(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.button("Show Documentation Explorer").click()
        names = await page.page.locator(
            ".graphiql-doc-explorer-content .graphiql-doc-explorer-type-name"
        ).all_inner_texts()
        assert names[:2] == ["Query", "Mutation"]
        assert len(names) > 100
        assert names[2:] == sorted(names[2:], key=str.lower)


@pytest.mark.soak
async def test_a_link_opens_the_operation_that_it_names_beside_the_examples(browser: Browser, site: Site) -> None:
    link = urlencode({"query": DOCUMENT, "variables": VARIABLES, "operationName": "Name"}, quote_via=quote)
    async with graphiql_at(browser, f"{site.url}?{link}#token={site.client}") as page:
        assert await page.tabs() == ["Two operations", *titles_of(CLIENTS)[:3]]
        assert await page.text("operation.graphql") == DOCUMENT
        assert await page.text("variables.json") == VARIABLES
        await page.button("Copy a link to this operation").wait_for()
        assert await page.run("Name") == {"data": {"account": {"name": "Aurora"}}}
        await page.page.goto(f"{site.url}?query=%7Bviewer%7Bkind%7D%7D")
        await page.wait()
        assert await page.active_tab() == "<untitled>"
        assert [await page.text(name) for name in ("operation.graphql", "variables.json")] == ["{viewer{kind}}", ""]
        assert await page.run() == {"data": {"viewer": {"kind": "CLIENT"}}}


@pytest.mark.soak
async def test_a_link_to_an_operation_is_copied_without_the_token(browser: Browser, site: Site) -> None:
    link = urlencode({"query": DOCUMENT, "variables": VARIABLES, "operationName": "Name"}, quote_via=quote)
    permissions = ["clipboard-read", "clipboard-write"]
    async with graphiql_at(browser, f"{site.url}?{link}#token={site.client}", permissions=permissions) as page:
        await page.button("Copy a link to this operation").click()
        await expect(page.page.get_by_role("status").filter(has_text="The link is copied")).to_be_attached()
        copied = urlsplit(str(await page.page.evaluate("navigator.clipboard.readText()")))
        assert f"{copied.scheme}://{copied.netloc}{copied.path}" == site.url
        assert parse_qs(copied.query) == {"query": [DOCUMENT], "variables": [VARIABLES], "operationName": ["Name"]}
        assert copied.fragment == ""


@pytest.mark.soak
async def test_without_a_clipboard_the_link_is_in_the_address(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        await page.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }")
        await page.button("Copy a link to this operation").click()
        await expect(page.button("The link is in the address bar")).to_be_visible()
        assert parse_qs(urlsplit(page.page.url).query) == {"query": [CLIENTS[0].read_text()]}


@pytest.mark.soak
async def test_a_token_in_the_address_is_taken_and_wiped(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        assert page.page.url == site.url
        await expect(page.caller).to_have_text("Client: Aurora")
        await expect(page.page.get_by_label("Token")).to_have_value(site.client)
        await page.page.evaluate("token => { location.hash = `token=${token}` }", site.staff)
        await expect(page.caller).to_have_text("Staff")
        assert page.page.url == site.url


@pytest.mark.soak
async def test_a_token_is_kept_in_its_tab_alone(browser: Browser, site: Site) -> None:
    async with context_of(browser, site.url, expected=[UNAUTHENTICATED]) as context:
        page = await open_page(context, site.as_client)
        await page.page.reload()
        await expect(page.caller).to_have_text("Client: Aurora")
        other = await open_page(context, site.url)
        await expect(other.page.get_by_label("Token")).to_have_value("")
        await page.page.wait_for_timeout(1000)  # GraphiQL stores tabs half a second later
        stored = await other.page.evaluate("JSON.stringify(localStorage)")
        assert "Dashboard" in stored
        assert site.client not in stored


@pytest.mark.soak
async def test_without_a_valid_token_the_page_says_where_keys_come_from(browser: Browser, site: Site) -> None:
    origin = "from loupe key create --account ID_OR_REF or --staff; the demo prints some."
    async with graphiql_at(browser, site.url, expected=[UNAUTHENTICATED]) as page:
        assert await page.tabs() == ["Welcome"]
        await expect(page.caller).to_have_text(f"The secret of a key, {origin}")
        await expect(page.page.locator(".loupe-examples h2")).to_have_text(["For clients", "For staff"])
        await page.give_token("loupe_wrong", "There is no such token, or it has expired or was revoked.")
        await expect(page.caller).to_contain_text(origin)
        await page.give_token(site.client, "Client: Aurora")


@pytest.mark.soak
async def test_all_is_reached_by_keyboard_with_a_visible_focus(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        keyboard = page.page.keyboard
        await page.page.get_by_label("Token").focus()
        reached: list[str] = []
        while not reached or not reached[-1].startswith("Response"):
            await keyboard.press("Tab")
            name, outline = await page.page.evaluate(FOCUSED)
            assert (name, outline) == (name, "2px")
            reached.append(name)
        assert reached[1:5] == [
            "Show Documentation Explorer", "Hide Examples", "Show GraphiQL Explorer", "Show History",
        ]  # fmt: skip
        assert {*titles_of(CLIENTS), "New tab", "Execute query (Ctrl-Enter)", "Variables", "Headers"} <= {*reached}
        assert "Copy a link to this operation" in reached
        assert "" not in reached


@pytest.mark.soak
async def test_an_editor_is_entered_by_enter_and_left_by_escape(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client) as page:
        keyboard = page.page.keyboard
        await page.query_editor.focus()
        await keyboard.press("Enter")
        await keyboard.press("Control+A")
        await keyboard.type("{ viewer { kin")
        await expect(page.page.locator(".suggest-widget .monaco-list-row").first).to_contain_text("kind")
        await keyboard.press("Enter")
        await keyboard.press("Control+Enter")
        assert await page.response() == {"data": {"viewer": {"kind": "CLIENT"}}}
        await keyboard.press("Escape")
        await expect(page.query_editor).to_be_focused()
        await keyboard.press("Tab")
        await expect(page.button("Execute query")).to_be_focused()


@pytest.mark.soak
async def test_the_whole_page_is_dark_as_the_system_or_the_theme_says(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client, color_scheme="light") as page:
        light = await page.page.evaluate(BACKGROUNDS)
        await page.page.emulate_media(color_scheme="dark")
        dark = await page.page.evaluate(BACKGROUNDS)
        assert {*light} & {*dark} <= {"rgba(0, 0, 0, 0)"}
        await page.button("Open settings dialog").click()
        for theme, colours in (("Light", light), ("Dark", dark)):
            await page.button(theme).click()
            assert await page.page.evaluate(BACKGROUNDS) == colours
        await page.page.keyboard.press("Escape")
        await page.page.emulate_media(color_scheme="light")
        await page.give_token(site.staff, "Staff")
        assert await page.page.evaluate(BACKGROUNDS) == dark


@pytest.mark.soak
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
async def test_nothing_overflows_the_width_of_a_phone(browser: Browser, site: Site, color_scheme: str) -> None:
    async with graphiql_at(browser, site.as_client, viewport=PHONE, has_touch=True, color_scheme=color_scheme) as page:
        await page.run()
        assert await widths(page) == (360, True)
        for panel in ("Examples", "Documentation Explorer", "GraphiQL Explorer", "History"):
            await page.button(f"Show {panel}").click()
            assert (panel, await widths(page)) == (panel, (360, True))
        await page.button("Hide History").click()
        for dialog in ("Open short keys dialog", "Open settings dialog"):
            await page.button(dialog).click()
            assert (dialog, await widths(page)) == (dialog, (360, True))
            await page.page.keyboard.press("Escape")


@pytest.mark.soak
async def test_an_example_opened_on_a_phone_uncovers_its_editor(browser: Browser, site: Site) -> None:
    async with graphiql_at(browser, site.as_client, viewport=PHONE, has_touch=True) as page:
        await page.button("Show Examples").click()
        await page.button(titles_of(CLIENTS)[-1]).click()
        await expect(page.page.locator(".graphiql-tab-active")).to_be_in_viewport()
        assert await page.active_tab() == titles_of(CLIENTS)[-1]
        await page.button("Execute query").click(trial=True)


@pytest.mark.soak
async def test_the_page_works_below_the_path_of_a_proxy(
    browser: Browser, site: Site, database: str, clock: FrozenClock
) -> None:
    inner = create_app(database_url=database, settings=SETTINGS, clock=clock)
    listener, origin = listen()
    outer = Starlette(routes=[Mount("/studio", inner)])
    async with inner.router.lifespan_context(inner), served(outer, listener):
        for address in ("/studio/graphql", "/studio/graphql/"):
            async with graphiql_at(browser, f"{origin}{address}#token={site.client}") as page:
                assert (await page.run())["data"]["account"]["name"] == "Aurora"


async def widths(page: GraphiQL) -> tuple[int, bool]:
    """Return the width that the document scrolls over, and whether all visible elements are within the phone's."""
    await page.page.wait_for_timeout(300)  # panels and dialogs move
    scrolled = await page.page.evaluate("document.documentElement.scrollWidth")
    return scrolled, await page.page.evaluate(WIDEST) <= PHONE["width"]
