"""What the application holds while it runs."""

from typing import cast

from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from db.connections import Reader


def keep_reader(app: Starlette, reader: Reader) -> None:
    """Give all requests to come a reader."""
    app.state.reader = reader


def reader_of(request: HTTPConnection) -> Reader:
    """Return the reader that the application was given."""
    return cast("Reader", request.app.state.reader)
