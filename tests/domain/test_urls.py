"""The addresses of pictures."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bounds import MAX_URL
from app.domain.urls import url_problem

LONGEST = "https://pictures.example/" + "a" * (MAX_URL - len("https://pictures.example/"))


@pytest.mark.parametrize(
    "url",
    [
        "https://pictures.example/a.jpg",
        "HTTPS://pictures.example",
        "https://pictures.example:8443/a%20b.jpg?size=200&sig=a/b+c==#top",
        "https://192.0.2.7/a.jpg",
        "https://[2001:db8::7]/a.jpg",
        "https://my_pictures.xn--bcher-kva.example./a.jpg",
        "http://localhost:8000/a.jpg",
        "http://pictures.localhost/a.jpg",
        "http://127.0.0.1:8000/a.jpg",
        "http://127.9.9.9/a.jpg",
        "http://[::1]:8000/a.jpg",
        LONGEST,
    ],
)
def test_an_address_is_https_or_http_on_a_loopback_host(url: str) -> None:
    assert url_problem(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.jpg",
        "/a.jpg",
        "//pictures.example/a.jpg",
        "https:pictures.example/a.jpg",
        "https:///a.jpg",
        "https://:443/a.jpg",
        "https://[::1/a.jpg",
        "https://pictures.example:port/a.jpg",
        "https://pictures.example:65536/a.jpg",
        "http://pictures.example/a.jpg",
        "http://localhost.pictures.example/a.jpg",
        "http://10.0.0.1/a.jpg",
        "http://0.0.0.0/a.jpg",
        "ftp://localhost/a.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///a.jpg",
    ],
)
def test_any_other_text_is_refused(url: str) -> None:
    assert url_problem(url) == (
        "must be a URL such as https://pictures.example/a.jpg, with http only where the host is loopback"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://pictures.example/a b.jpg",
        " https://pictures.example/a.jpg",
        "https://pictures.example/a.jpg\n",
        "https://pictures.example/é.jpg",
        "https://pictures.example/100%.jpg",
        "https://pictures.example/a[1].jpg",
        "https://pictures.example/a.jpg?size=[1]",
        "https://pictures.example/a.jpg#top#bottom",
        "http://localhost\\@pictures.example/a.jpg",
        'https://pictures.example/"><script>',
    ],
)
def test_characters_that_readers_may_understand_differently_are_percent_encoded(url: str) -> None:
    assert url_problem(url) == "has a character that a URL has to have percent-encoded"


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example%2f.localhost/a.jpg",
        "http://pictures.example%23.localhost/a.jpg",
        "http://.localhost/a.jpg",
        "https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example/a.jpg",
        "https://b%C3%BCcher.example/a.jpg",
        "https://pictures..example/a.jpg",
        "https://./a.jpg",
        "https://*/a.jpg",
        "https://[v1.a]/a.jpg",
        "https://[fe80::1%25eth0]/a.jpg",
    ],
)
def test_a_host_that_readers_may_understand_differently_is_refused(url: str) -> None:
    assert url_problem(url) == (
        "must have a host of letters from a to z, digits, hyphens and dots, such as xn--bcher-kva.example"
    )


@pytest.mark.parametrize("url", ["http://localhost@pictures.example/a.jpg", "https://ann:secret@pictures.example/"])
def test_an_address_has_no_user_name(url: str) -> None:
    assert url_problem(url) == "has a user name"


def test_an_address_has_at_most_2048_characters() -> None:
    assert url_problem(f"{LONGEST}a") == "is longer than 2,048 characters"


@given(st.text(max_size=40), st.sampled_from(["https://", "http://", "http://localhost", "HTTP://127.0.0.1", ""]))
def test_an_accepted_address_has_a_host_and_is_printable(text: str, start: str) -> None:
    url = start + text
    if url_problem(url) is None:
        parts = urlsplit(url)
        assert parts.hostname
        assert unquote(parts.netloc) == parts.netloc
        assert parts.scheme in {"http", "https"}
        assert url.isascii()
        assert url.isprintable()
