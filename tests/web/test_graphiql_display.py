"""The page of GraphiQL by keyboard, in the dark, and on a phone."""

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.support.graphiql_page import GraphiQL, graphiql_at
from tests.support.graphiql_site import CLIENTS, Site, titles_of

PHONE = ViewportSize(width=360, height=740)
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


async def widths(page: GraphiQL) -> tuple[int, bool]:
    """Return the width that the document scrolls over, and whether all visible elements are within the phone's."""
    await page.page.wait_for_timeout(300)  # panels and dialogs move
    scrolled = await page.page.evaluate("document.documentElement.scrollWidth")
    return scrolled, await page.page.evaluate(WIDEST) <= PHONE["width"]
