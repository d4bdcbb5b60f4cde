"""GraphiQL, the explorer for people: a page without data, complete with its scripts, so that it works without internet.

It needs no token itself. The page asks for one, keeps it in the browser's tab and sends it with each operation.
"""

from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.web.media_types import GRAPHQL_RESPONSE, HTML, JSON, preferred
from app.web.requests import header_of

_FOLDER: Final = Path(__file__).parent / "static" / "graphiql"
_NAMES: Final = frozenset(path.name for path in _FOLDER.iterdir())
_OFFERED: Final = (JSON, GRAPHQL_RESPONSE, HTML)
_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
_HEADERS: Final = {
    # Text injected into a response still cannot run a script that sees the token.
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:"
    ),
    "X-Frame-Options": "DENY",
}


def asks_for_page(request: Request) -> bool:
    """Return True if a request opens the API's address in a browser; a query in the address is for the page to open."""
    return request.method in {"GET", "HEAD"} and preferred(header_of(request, "accept"), _OFFERED) == HTML


def graphiql_page() -> HTMLResponse:
    """Answer with the page."""
    return HTMLResponse(_read("page.html"), headers=_HEADERS)


def graphiql_asset(request: Request) -> Response:
    """Answer with a script or style sheet of the page; published ones are kept as gzip, which every browser reads."""
    name = request.path_params["name"]
    media_type = _MEDIA_TYPES.get(Path(name).suffix)
    for stored, encoding in ((name, {}), (f"{name}.gz", {"Content-Encoding": "gzip"})):
        if media_type and stored in _NAMES:
            return Response(_read(stored), headers={"Cache-Control": "max-age=3600", **encoding}, media_type=media_type)
    raise HTTPException(404)


@cache
def _read(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
