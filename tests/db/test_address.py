"""The shown part of a database's URL: the address, and never a password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.address import is_well_formed, shown

ANYTHING = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=12)


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgres://db", "postgresql://db"),
        ("postgresql://me:secret@db:5433/loupe", "postgresql://db:5433/loupe"),
        ("postgresql://me:se@cret@db/loupe", "postgresql://db/loupe"),
        ("postgresql://db/loupe?user=me&password=secret", "postgresql://db/loupe"),
        (
            "postgresql:///loupe?host=%2Frun&password=secret&port=1",
            "postgresql:///loupe?host=%2Frun&port=1",
        ),
        ("postgresql://db/loupe?sslpassword=secret&sslmode=require", "postgresql://db/loupe?sslmode=require"),
        ("postgresql://me:secret@db:wrong/loupe", "postgresql://db:wrong/loupe"),
        ("postgresql://[::1]:1,b:2/loupe", "postgresql://[::1]:1,b:2/loupe"),
        ("postgresql://me@[::1]:1,b:2,c/loupe?", "postgresql://[::1]:1,b:2,c/loupe"),
    ],
)
def test_a_url_is_shown_without_user_and_password(url: str, seen: str) -> None:
    assert is_well_formed(url)
    assert shown(url) == seen


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:se/cret@db/loupe",
        "postgresql://me:12/34@db/loupe",
        "postgresql://me:12?34@db/loupe",
        "postgresql://me:12#34@db/loupe",
        "postgresql://db/loupe#secret",
        "postgresql://db/loupe?secret",
        "db.example/loupe?password=secret",
    ],
)
def test_nothing_of_a_malformed_url_is_shown(url: str) -> None:
    assert not is_well_formed(url)
    assert shown(url) == "postgresql://..."


def test_a_possible_rest_of_a_password_is_not_shown() -> None:
    url = "postgresql://me:@secret?0=@db/loupe"
    assert is_well_formed(url)
    assert shown(url) == "postgresql://..."


@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_password_is_shown_whatever_its_characters(before: str, after: str, in_query: str) -> None:
    for url in (
        f"postgresql://me:{before}SECRET{after}@db/loupe",
        f"postgresql://me@db/loupe?password={before}SECRET{after}",
        f"postgresql://me@db/loupe?{in_query}=1&password=SECRET",
    ):
        assert "SECRET" not in shown(url)
