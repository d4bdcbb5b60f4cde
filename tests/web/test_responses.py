"""The status of a response whose errors have different codes."""

from typing import Any

import pytest

from app.web.media_types import GRAPHQL_RESPONSE, JSON
from app.web.responses import answered
from engine.errors import ErrorCode


def error(code: ErrorCode, **place: object) -> dict[str, Any]:
    return {"message": "No.", "extensions": {"code": code}, **place}


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL_RESPONSE])
def test_the_first_of_the_errors_before_the_execution_is_the_reason(media_type: str) -> None:
    errors = [error(ErrorCode.INTERNAL), error(ErrorCode.UNAVAILABLE), error(ErrorCode.BAD_USER_INPUT)]
    for first, status in ((0, 500), (1, 503)):
        response = answered({"data": None, "errors": errors[first:]}, media_type)
        assert (response.status_code, response.headers.get("retry-after")) == (status, "1" if first else None)


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL_RESPONSE])
def test_an_answer_of_nulls_is_unavailable_only_if_all_its_errors_are(media_type: str) -> None:
    unavailable, bad = (error(code, path=["nodes"]) for code in (ErrorCode.UNAVAILABLE, ErrorCode.BAD_USER_INPUT))
    for errors, status in (([unavailable] * 2, 503), ([unavailable, bad], 200), ([bad, unavailable], 200)):
        assert answered({"data": None, "errors": errors}, media_type).status_code == status
