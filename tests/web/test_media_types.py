"""Media types in headers: the one that an Accept header prefers, and JSON in a Content-Type."""

import pytest

from app.web.media_types import GRAPHQL_RESPONSE, HTML, JSON, is_json, preferred

API = (JSON, GRAPHQL_RESPONSE)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
URQL = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream"
APOLLO = "application/graphql-response+json,application/json;q=0.9"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"  # of HttpURLConnection, unless it is set


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (APOLLO, GRAPHQL_RESPONSE),
        (URQL, GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", JSON),
        (f"{JSON};q=0.5, {GRAPHQL_RESPONSE};q=0.25", JSON),
        (f"{JSON};q=0.25, {GRAPHQL_RESPONSE};q=0.251", GRAPHQL_RESPONSE),
        (f"*/*, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.9, */*", JSON),
        (f"{JSON};q=0.1, application/*;q=0.2, */*", GRAPHQL_RESPONSE),
        (f"{JSON};q=0, */*;q=0.1", GRAPHQL_RESPONSE),
        (f"text/event-stream, {JSON};q=0.001", JSON),
        (BROWSER, JSON),
        (JAVA, JSON),
        ("*", JSON),
        ("text/html;level=1,application/json;q=.5", JSON),
        (f"{JSON};q=.25, {GRAPHQL_RESPONSE};q=.5", GRAPHQL_RESPONSE),
        (f"{JSON};q=0.3333, {GRAPHQL_RESPONSE};q=0.66667", GRAPHQL_RESPONSE),
    ],
)
def test_an_accept_header_prefers_by_weight_then_by_precision_then_by_order(accept: str, media_type: str) -> None:
    assert preferred(accept, API) == media_type


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/*;q=1",
        "application/graphql+json",
        f"{JSON};q=0",
        "*/*;q=0.0",
        "*;q=.0",
        f"{JSON};charset=latin1",
    ],
)
def test_an_accept_header_may_accept_nothing_that_is_offered(accept: str) -> None:
    assert preferred(accept, API) is None


@pytest.mark.parametrize(
    "accept",
    [
        "APPLICATION/GraphQL-Response+JSON",
        "\tapplication/graphql-response+json ; q=0.5 , application/json ;Q=0.4",
        'application/graphql-response+json; charset="UTF-8"',
        "application/graphql-response+json;charset=utf-8;q=1.000, application/json;q=0.999",
        'application/json;profile="a, application/json";q=0.1, application/graphql-response+json;q=0.2',
        ",, application/graphql-response+json,",
    ],
)
def test_case_blanks_quotes_and_empty_items_make_no_difference(accept: str) -> None:
    assert preferred(accept, API) == GRAPHQL_RESPONSE


@pytest.mark.parametrize(
    "accept",
    [
        ",",
        ";",
        "json",
        "/",
        "application/",
        "é/ü",
        '"',
        *(f"{GRAPHQL_RESPONSE};q={q}" for q in ("2", "high", ".", "1.1")),
    ],
)
def test_a_header_without_any_media_range_accepts_everything(accept: str) -> None:
    assert preferred(accept, API) == JSON


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, HTML),
        (JAVA, HTML),
        ("text/html", HTML),
        ("TEXT/HTML;q=0.9, application/json;q=0.8", HTML),
        ("text/*", HTML),
        ("text/html;q=0.8, application/json", JSON),
        ("text/html;q=0, */*", JSON),
        ("*/*", JSON),
        ("application/xhtml+xml", None),
    ],
)
def test_a_page_is_preferred_like_any_other_media_type(accept: str, media_type: str | None) -> None:
    assert preferred(accept, (*API, HTML)) == media_type


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", True),
        ("Application/JSON", True),
        ("application/json;", True),
        ("application/json;charset=utf-8", True),
        ('application/json ; Charset="UTF-8"', True),
        ("application/json; charset=utf8", True),
        ("application/json; profile=x", True),
        ("", False),
        ("json", False),
        ("text/json", False),
        ("application/jsonl", False),
        ("x-application/json", False),
        ("application/graphql-response+json", False),
        ("text/plain; application/json", False),
        ("application/json, text/plain", False),
        ("application/json; charset=utf-16", False),
        ("application/json; charset=", False),
    ],
)
def test_only_json_in_utf_8_is_json(content_type: str, *, expected: bool) -> None:
    assert is_json(content_type) is expected
