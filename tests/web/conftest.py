"""The fixtures of the served API, and of a browser."""

from tests.support.browser import browser
from tests.support.graphiql_site import site
from tests.support.listening import api
from tests.support.serving import app, client_of, counting, http, staff

__all__ = ["api", "app", "browser", "client_of", "counting", "http", "site", "staff"]
