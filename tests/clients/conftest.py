"""The fixtures of the served API."""

from tests.support.listening import api
from tests.support.serving import app, client_of, counting, http, staff

__all__ = ["api", "app", "client_of", "counting", "http", "staff"]
