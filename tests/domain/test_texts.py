import pytest

from app.domain.texts import BadText, composed, line_problem, name_problem, prose_problem, require_name

INVISIBLE = [
    "",
    " \u2003",
    "\t\n",
    "\u200b",
    "\u200c\u200d\u2060\ufeff",
    "\u3164",
    "\u2800 \u2800",
    "\u00ad",
    "\u115f\u1160",
    "\u200e\u202e",
    "\ufe0f",
    "\U000e0020\U000e007f",
]
BAD_NAMES = {
    "a" * 256: "is longer than 255 characters",
    "a\nb": "has a line end or a control character",
    "a\u2028b": "has a line end or a control character",
    "a\0": "has a line end or a control character",
    "\x1b[2Ja": "has a line end or a control character",
    "a\x85": "has a line end or a control character",
    "half \udcff": "is not written in UTF-8",
    "\0": "has a line end or a control character",
    "\x07": "has a line end or a control character",
    "\u200b\x9f": "has a line end or a control character",
}
NAMES = ["a", " ACME ", "\u5199\u771f\u5de5\u623f", "\N{CAMERA}" * 255, "\U0001f468\u200d\U0001f33e", "\u2800a", "0"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_to_255_characters_of_any_script_in_one_line(name: str) -> None:
    assert name_problem(name) is None
    assert require_name("The name", name) == name


@pytest.mark.parametrize("name", INVISIBLE)
def test_a_name_and_prose_have_a_visible_character(name: str) -> None:
    assert name_problem(name) == prose_problem(name) == "must not be blank"


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_name_is_refused_with_the_reason(name: str) -> None:
    assert name_problem(name) == line_problem(name) == BAD_NAMES[name]
    with pytest.raises(BadText) as refused:
        require_name("The name", name)
    assert str(refused.value) == f"The name {BAD_NAMES[name]}."


def test_a_name_is_counted_and_returned_in_nfc() -> None:
    decomposed = "e\u0301" * 255
    assert require_name("The name", decomposed) == composed(decomposed) == "\u00e9" * 255


def test_prose_is_one_to_2000_characters_on_one_or_more_lines() -> None:
    assert prose_problem("Halo\r\n\tat the sole\u2028" + "." * 1_900) is None
    assert prose_problem("." * 2_000) is None
    assert prose_problem("." * 2_001) == "is longer than 2,000 characters"
    assert prose_problem("\x07") == prose_problem("Halo\x07") == prose_problem("Halo\x85") == "has a control character"
    assert prose_problem("half \udcff") == "is not written in UTF-8"


def test_an_identifier_may_be_blank_but_not_empty() -> None:
    assert line_problem(" ") is None
    assert line_problem("") == "must not be blank"
