"""The fixtures of the API's tests: what is tested here is the same application."""

from tests.api.conftest import app, client_of, counting, http, staff

__all__ = ["app", "client_of", "counting", "http", "staff"]
