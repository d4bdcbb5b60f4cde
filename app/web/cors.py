"""CORS: pages of which other origins may ask the API in a browser, and read what it answers."""

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from app.settings import Settings

_LOCALHOST: Final = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"
_EXPOSED: Final = ("Retry-After", "WWW-Authenticate")


def with_cors(app: ASGIApp, settings: Settings, *, any_localhost: bool) -> ASGIApp:
    """Wrap an application so that preflights are answered first, and every answer can be read by allowed origins.

    It goes around all else, so that what any other part refuses can be read, too. Callers show a token in a header,
    never a cookie, so there is no credentials mode; and any header may be sent, since clients add their own.
    """
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_origins,
        allow_origin_regex=_LOCALHOST if any_localhost else None,
        allow_methods=("GET", "POST"),
        allow_headers=("*",),
        expose_headers=_EXPOSED,
    )
