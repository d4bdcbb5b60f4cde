"""The page of GraphiQL as people use it, in a real browser that reaches no other host."""

import pytest
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from app.settings import Access
from app.web.asgi import create_app
from tests.support.clock import FrozenClock
from tests.support.graphiql_page import UNAUTHENTICATED, context_of, graphiql_at, open_page
from tests.support.graphiql_site import CLIENTS, STAFFS, Site, titles_of
from tests.support.listening import listen, served
from tests.support.serving import SETTINGS


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
        assert names[2:] == sorted(names[2:])


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
    source = "loupe key create --account ID_OR_REF or --staff makes one; the demo prints some."
    origin = f"A token is the secret of a key. {source}"
    async with graphiql_at(browser, site.url, expected=[UNAUTHENTICATED]) as page:
        assert await page.tabs() == ["Welcome"]
        await expect(page.caller).to_have_text(origin)
        await expect(page.page.locator(".loupe-examples h2")).to_have_text(["For clients", "For staff"])
        await page.give_token("loupe_wrong", "There is no such token, or it has expired or was revoked.")
        await expect(page.caller).to_contain_text(origin)
        await page.give_token(site.client, "Client: Aurora")


@pytest.mark.soak
@pytest.mark.usefixtures("graphiql")
async def test_without_a_token_the_page_has_the_schema_where_everybody_reads_it(
    browser: Browser, database: str, clock: FrozenClock
) -> None:
    settings = SETTINGS.model_copy(update={"introspection": Access.PUBLIC})
    app = create_app(database_url=database, settings=settings, clock=clock)
    listener, origin = listen()
    async with (
        app.router.lifespan_context(app),
        served(app, listener),
        graphiql_at(browser, f"{origin}/graphql") as page,
    ):
        await page.button("Show Documentation Explorer").click()
        await expect(page.page.locator(".graphiql-doc-explorer-type-name", has_text="SLACompliance")).to_be_visible()


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
