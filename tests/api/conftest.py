"""The fixtures of the served API, of accounts side by side, and of a held import."""

from tests.support.held_import import held
from tests.support.neighbours import neighbours
from tests.support.serving import app, client_of, counting, http, staff, writing
from tests.support.two_studios import other, own

__all__ = ["app", "client_of", "counting", "held", "http", "neighbours", "other", "own", "staff", "writing"]
