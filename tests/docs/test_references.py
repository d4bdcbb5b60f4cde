"""Every reference resolves: of docstrings to the rules in `docs/domain.md`, of pages to each other and to files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
CODE: Final = [
    *(path for top in ("app", "bench", "db", "graphql", "jobs", "tests") for path in (ROOT / top).rglob("*.py"))
]
PAGES: Final = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]

_COMMENT: Final = re.compile(r"\n\s*(?:#\s*)?")
_REFERENCE: Final = re.compile(r"domain rules, ([^)\"]*(?:\"[^\"]*\"[^)\"]*)*?)[).]")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_RULE: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\.? (?P<title>.+)")
_QUOTED: Final = re.compile(r'"([^"]+)"')
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCED: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_PATH: Final = re.compile(r"`((?:app|bench|db|docs|examples|graphql|jobs|tests|\.ci)/[\w./-]*)`")


def _headings(page: Path) -> list[str]:
    return _HEADING.findall(_FENCED.sub("", page.read_text()))


RULES: Final = {
    found["number"]: found["title"]
    for title in _headings(ROOT / "docs" / "domain.md")
    if (found := _RULE.fullmatch(title)) is not None
}
"""Titles by number, of sections and of rules."""


def _dead_rules(text: str) -> list[str]:
    """Return the references in a text that are no rule: numbers, titles of sections, words that quote a title."""
    dead: list[str] = []
    for reference in _REFERENCE.findall(_COMMENT.sub(" ", text)):
        numbers = _NUMBER.findall(reference)
        quoted = _QUOTED.findall(reference)
        dead += [number for number in numbers if number not in RULES]
        dead += [words for words in quoted if not any(words.casefold() in title.casefold() for title in RULES.values())]
        dead += [] if numbers or quoted or reference in RULES.values() else [reference]
    return dead


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("When an image is due (domain rules, section 3). More.", []),
        ('Whether it was kept (domain rules, section 3, "Late").', []),
        ("Months and weeks (domain rules, Time).", []),
        ("Two lines (domain rules,\n    sections 3.2, 4 and 5).", []),
        ("# A comment (domain rules,\n# section 8).", ["8"]),
        ("What never was (domain rules, section 3.99).", ["3.99"]),
        ('Nor that (domain rules, section 3, "Early").', ["Early"]),
        ("By a name that is gone (domain rules, Promises).", ["Promises"]),
    ],
)
def test_dead_references_to_rules_are_found(text: str, dead: list[str]) -> None:
    assert _dead_rules(text) == dead


def test_docstrings_and_pages_refer_to_rules_that_exist() -> None:
    here = Path(__file__)
    found = {str(path.relative_to(ROOT)): _dead_rules(path.read_text()) for path in (*CODE, *PAGES) if path != here}
    assert {path: dead for path, dead in found.items() if dead} == {}


def _anchor(heading: str) -> str:
    """Return the anchor of a heading in rendered Markdown."""
    return re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-")


def _dead_links(page: Path) -> Iterator[str]:
    for link in _LINK.findall(_FENCED.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page if not file else page.parent / file
        if not target.exists() or (anchor and anchor not in map(_anchor, _headings(target))):
            yield link


def _dead_paths(page: Path) -> Iterator[str]:
    """Yield paths in a page that are neither a file nor a folder, nor a module without its `.py`."""
    for path in _PATH.findall(page.read_text()):
        if not (ROOT / path).exists() and not (ROOT / f"{path}.py").exists():
            yield path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_refer_to_pages_and_files_that_exist(page: Path) -> None:
    assert [*_dead_links(page), *_dead_paths(page)] == []


def test_every_page_of_docs_is_reachable_from_the_readme() -> None:
    linked: set[Path] = set()
    new = {ROOT / "README.md"}
    while new:
        linked |= new
        links = (
            (page.parent / link.partition("#")[0]).resolve() for page in new for link in _LINK.findall(page.read_text())
        )
        new = {target for target in links if target.suffix == ".md" and target.is_file()} - linked
    assert [page for page in PAGES if ROOT / "docs" in page.parents and page not in linked] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").iterdir()), ids=lambda page: page.stem)
def test_a_decision_has_its_context_and_consequences(page: Path) -> None:
    assert _headings(page)[1:] == ["Context", "Decision", "Consequences"]
    assert len(page.read_text().splitlines()) <= 45  # half a page
