"""What the demo prints of GraphiQL is true: of its setting, and of a page that is not there yet."""

import fcntl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.welcome import welcome
from app.demo.folder import Access, Client
from app.settings import Access as Setting
from tests.support.serving import SETTINGS

URL = "http://127.0.0.1:8000/graphql"
TOKENS = Access([Client("a", "Aurora", "SOLO", "UTC", "loupe_a")], "loupe_s")
LINKS = ["GraphiQL in a browser, for the first client and for staff:", f"{URL}#token=loupe_a", f"{URL}#token=loupe_s"]
BEING_BUILT = "It is being built, in a minute or two; until then the page says so."
PASSWORD = "The browser asks for a user, which may be any, and a password, which is the token."
NOT_BUILT = "It is not built: make ui builds it."
OFF = "There is no GraphiQL, since LOUPE_GRAPHIQL is off."


def lines(setting: Setting) -> list[str]:
    """Return the lines between the tokens and the first query."""
    tuesday = datetime(2026, 3, 10, 12, tzinfo=UTC)
    text = welcome(URL, TOKENS, SETTINGS.model_copy(update={"graphiql": setting}), tuesday)
    found = [line for line in text.splitlines() if line]
    return found[4 : found.index("A first query:")]


def test_a_page_that_is_there_has_links_and_a_password_where_it_needs_a_key(unbuilt: Path) -> None:
    (unbuilt / "dist").mkdir()
    (unbuilt / "dist" / "index.html").touch()
    assert [lines(each) for each in Setting] == [LINKS, [*LINKS, PASSWORD], [OFF]]


def test_a_page_that_is_being_built_has_links_for_later(unbuilt: Path) -> None:
    with (unbuilt / "package.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert [lines(each) for each in Setting] == [[*LINKS, BEING_BUILT], [*LINKS, BEING_BUILT, PASSWORD], [OFF]]


@pytest.mark.usefixtures("unbuilt")
def test_without_a_page_the_command_that_builds_it_is_named() -> None:
    assert [lines(each) for each in Setting] == [[*LINKS, NOT_BUILT], [*LINKS, NOT_BUILT, PASSWORD], [OFF]]
