"""The route that serves the pictures of the demo."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.demo.pictures import PATH, picture

_HEADERS: Final = {
    "Cache-Control": "max-age=86400",
    "Content-Security-Policy": "default-src 'none'",
}


async def _picture(request: Request) -> Response:
    drawn = picture(request.path_params["name"])
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn, headers=_HEADERS, media_type="image/svg+xml")


PICTURES: Final = Route(f"{PATH}/{{name}}", _picture)
"""The pictures, without a token: browsers send none for an image."""
