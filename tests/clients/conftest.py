"""The fixtures of the served API."""

from tests.support.serving import app, client_of, counting, http, staff

__all__ = ["app", "client_of", "counting", "http", "staff"]
