"""Names in sentences for people: isolated where they could move the text around them."""

import ast
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.wording import isolated, printable, quoted, with_full_stop

FSI, PDI = "\u2068", "\u2069"
HEBREW = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}"
CONTROLS = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f", "\u061c"]

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("app", "db", "graphql", "jobs")
OTHERS: Final = {
    "app/domain/wording.py": "the function itself",
    "app/services/api_keys/uses.py": "an error",
    "graphql/engine/codes.py": "a mistake in the code",
    "graphql/engine/decorators.py": "a mistake in the code",
    "graphql/engine/mutation.py": "a mistake in the code",
    "graphql/engine/nodes.py": "a mistake in the code",
    "jobs/registry.py": "a mistake in the code",
}
"""Modules that quote other texts than names."""


@pytest.mark.parametrize("name", ["ACME", "M\u00fcller's", "\u5199\u771f", "\U0001f468\u200d\U0001f33e", ""])
def test_a_name_that_moves_nothing_stays_as_it_is(name: str) -> None:
    assert (isolated(name), quoted(name)) == (name, repr(name))


@pytest.mark.parametrize("control", CONTROLS)
def test_a_name_with_a_control_of_direction_is_isolated(control: str) -> None:
    name = f"gpj.{control}exe"
    assert isolated(name).startswith(FSI)
    assert isolated(name).strip(FSI + PDI) == name.strip(FSI + PDI)
    assert name in isolated(name)
    assert quoted(name) == f"'{isolated(name)}'"


@pytest.mark.parametrize("name", [HEBREW, "\N{ARABIC LETTER ALEF}bc", "\N{ARABIC-INDIC DIGIT ONE}2"])
def test_a_name_from_right_to_left_is_isolated(name: str) -> None:
    assert (isolated(name), quoted(name)) == (f"{FSI}{name}{PDI}", f"'{FSI}{name}{PDI}'")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u202eabc", f"{FSI}\u202eabc{PDI}"),  # an override ends with its isolate
        ("\u2067abc", f"{FSI}\u2067abc{PDI}{PDI}"),
        ("abc\u2069d", f"{FSI}{FSI}abc\u2069d{PDI}"),
        ("a\u2069\u2066b", f"{FSI}{FSI}a\u2069\u2066b{PDI}{PDI}"),
        ("a\u2066b\u2069c", f"{FSI}a\u2066b\u2069c{PDI}"),
    ],
)
def test_isolates_of_a_name_are_closed_and_none_around_it_is(name: str, shown: str) -> None:
    assert isolated(name) == shown


@given(st.text(st.sampled_from([*CONTROLS, "a", "1", HEBREW[0]]), max_size=12))
def test_no_control_of_a_name_reaches_beyond_it(name: str) -> None:
    """The first isolate is closed by the last character and by none before, as UAX #9 pairs them (BD9)."""
    shown = isolated(name)
    depth = 0
    for index, each in enumerate(shown):
        depth += (each in "\u2066\u2067\u2068") - (each == PDI)
        assert depth > 0 or index == len(shown) - 1 or shown == name
    assert depth == 0
    assert (shown == name) == set(name).issubset("a1")


def test_what_ends_a_line_or_moves_a_cursor_is_escaped() -> None:
    assert printable("a\nb\x1b[2J\u200b") == r"a\nb\x1b[2J\u200b"
    assert printable(f"a\u202e{HEBREW}") == f"a\u202e{HEBREW}"


def test_a_sentence_gets_the_full_stop_that_it_lacks() -> None:
    sentences = {"there is none": "there is none.", "There is none.": "There is none.", "Is it?": "Is it?", "": ""}
    assert {text: with_full_stop(text) for text in sentences} == sentences


def test_every_sentence_quotes_names_by_the_same_function() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    quoting = {
        str(path.relative_to(ROOT)) for path in files if any(map(is_repr, ast.walk(ast.parse(path.read_text()))))
    }
    assert quoting == set(OTHERS)


def is_repr(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "repr"
    return called or (isinstance(node, ast.FormattedValue) and node.conversion == ord("r"))
