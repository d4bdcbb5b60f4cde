"""A picture of GraphiQL at a running demo, after it ran its first example.

Usage: python -m tools.screenshot 'http://127.0.0.1:8000/graphql#token=TOKEN' [--dark] [--phone] [--to FILE]
"""

import shutil
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from playwright.sync_api import ViewportSize, sync_playwright

from tools.node import ROOT

_README: Final = ROOT / "docs" / "graphiql.png"
_DESK: Final = ViewportSize(width=1280, height=720)
_PHONE: Final = ViewportSize(width=360, height=740)
_EDITOR: Final = ".graphiql-query-editor .view-line >> nth=0"
_ANSWERED: Final = ".graphiql-response .view-line >> nth=10"


def take(chromium: str, options: Namespace) -> None:
    """Open the page, run its first example, and write the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(
            viewport=_PHONE if options.phone else _DESK, color_scheme="dark" if options.dark else "light"
        )
        page.goto(options.url)
        page.locator(_EDITOR).wait_for()
        page.get_by_role("button", name="Execute query").click()
        page.locator(_ANSWERED).wait_for()
        page.get_by_label("Token").hover()  # no button is lit
        page.wait_for_timeout(1000)  # colours and scroll bars come and go slowly
        page.screenshot(path=options.to)
        browser.close()


def main() -> None:
    """Take the picture; fails with a sentence if there is no Chromium."""
    parser = ArgumentParser(description="Take a picture of GraphiQL at a running demo.")
    parser.add_argument("url", help="the demo's URL with #token=TOKEN")
    parser.add_argument("--dark", action="store_true", help="as a dark system shows it")
    parser.add_argument("--phone", action="store_true", help="as wide as a phone")
    parser.add_argument("--to", type=Path, default=_README, help="by default the README's")
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no Chromium: tests/system-packages installs it.")
    take(chromium, parser.parse_args())


if __name__ == "__main__":
    main()
