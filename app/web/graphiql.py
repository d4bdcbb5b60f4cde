"""GraphiQL, the explorer for people: a page without data, complete with its scripts, so that it works without internet.

It needs no token itself, unless `LOUPE_GRAPHIQL` says so. The page asks for one, keeps it in the browser's tab and
sends it with each operation.
`make ui` builds it of app/web/ui; the server serves whatever is built at the time of a request.
"""

import fcntl
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from app.web.media_types import GRAPHQL_RESPONSE, HTML, JSON, preferred
from app.web.requests import header_of

_SOURCES: Final = Path(__file__).parent / "ui"
_OFFERED: Final = (JSON, GRAPHQL_RESPONSE, HTML)
_MEDIA_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_HEADERS: Final = {
    # Text injected into a response still cannot run a script that sees the token. Monaco writes styles and draws lines
    # by images within them.
    "Content-Security-Policy": (
        "default-src 'self'; worker-src 'self'; font-src 'self'; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address may have a query
}
_OF_PAGE: Final = {**_HEADERS, "Cache-Control": "no-cache"}
_OF_ASSETS: Final = {
    **_HEADERS,  # a worker obeys the policy of its own script
    "Cache-Control": "public, max-age=31536000, immutable",  # their names have hashes of their content
    "Content-Encoding": "gzip",  # as they are stored; every browser reads it
}
_MISSING: Final = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    {refresh}<title>Loupe</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <p>{sentence}</p>
  </body>
</html>
"""
_BEING_BUILT: Final = _MISSING.format(
    refresh='<meta http-equiv="refresh" content="2">\n    ',
    sentence="GraphiQL is being built. This page shows it once it is there; the API answers already.",
)
_NOT_BUILT: Final = _MISSING.format(
    refresh="", sentence="GraphiQL is not built: <code>make ui</code> builds it. The API answers without it."
)


def asks_for_page(request: Request) -> bool:
    """Return True if a request opens the API's address in a browser; a query in the address is for the page to open."""
    return request.method in {"GET", "HEAD"} and preferred(header_of(request, "accept"), _OFFERED) == HTML


def graphiql_page() -> HTMLResponse:
    """Answer with the page, or with one that says why it is missing."""
    try:
        return HTMLResponse((_SOURCES / "dist" / "index.html").read_bytes(), headers=_OF_PAGE)
    except FileNotFoundError:
        text = _BEING_BUILT if is_being_built() else _NOT_BUILT
        return HTMLResponse(text, HTTPStatus.SERVICE_UNAVAILABLE, headers=_OF_PAGE)


def graphiql_asset(request: Request) -> Response:
    """Answer with a file of the page."""
    name: str = request.path_params["name"]
    files = {file.name: file for file in (_SOURCES / "dist" / "graphiql").glob("*.gz")}
    file, media_type = files.get(f"{name}.gz"), _MEDIA_TYPES.get(Path(name).suffix)
    if file is None or media_type is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return FileResponse(file, headers=_OF_ASSETS, media_type=media_type)


def is_built() -> bool:
    """Return True if there is a page."""
    return (_SOURCES / "dist" / "index.html").is_file()


def is_being_built() -> bool:
    """Return True while a process builds the page: it holds a lock on the file that names the packages."""
    try:
        with (_SOURCES / "package.json").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # as installed
        return False
    return False
