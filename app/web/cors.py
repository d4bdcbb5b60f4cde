"""CORS: the other origins whose pages may call the API in a browser and read its responses."""

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from app.settings import Settings

_LOCALHOST: Final = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"
_EXPOSED: Final = ("Retry-After", "WWW-Authenticate")


def with_cors(app: ASGIApp, settings: Settings, *, any_localhost: bool) -> ASGIApp:
    """Wrap an application so that preflights are answered first, and allowed origins can read every response.

    All layers that refuse are within it, so that their refusals can be read, too. Callers send a token in a header,
    never a cookie, so there is no credentials mode; and any header may be sent, since clients add their own.
    """
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_origins,
        allow_origin_regex=_LOCALHOST if any_localhost else None,
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=("*",),
        expose_headers=_EXPOSED,
    )
