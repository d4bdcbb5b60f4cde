"""GraphQL over HTTP: operations by POST of JSON, queries also by GET, and GraphiQL for browsers."""

from collections.abc import Mapping
from typing import Final, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError, GraphQLFormattedError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol

from api.context import Context, Viewer
from api.schema import schema
from api.settled import SettledView
from app.clock import Clock
from app.services.accounts.slots import AccountSlots
from app.settings import Settings
from app.web.graphiql import asks_for_page, graphiql_page
from app.web.identity import CHALLENGE, authenticate
from app.web.state import running_of
from engine.errors import ApiError, ErrorCode, format_error, is_unavailable
from engine.unavailable import RETRY_AFTER

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of a request's body, at most: 2,000 file names of 255 characters of any script, escaped, fit in."""

_METHOD_NOT_ALLOWED: Final = 405
_SERVICE_UNAVAILABLE: Final = 503


class GraphQLEndpoint(GraphQL[Context, None]):
    """The one endpoint of the API. All failures are answered in the shape of a GraphQL error."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(schema, subscription_protocols=())
        self._settings = settings
        self._clock = clock
        self._slots = AccountSlots()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        response = await self._respond(Request(scope, _limited(receive)))
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        """Say who calls; raises ApiError for a caller without a key in force."""
        running = running_of(request.app)
        caller = await authenticate(running.reader, request.headers.get("authorization"), self._clock)
        running.key_uses.note(caller, caller.seen_at)
        return Context(
            Viewer(caller.account),
            self._settings,
            running.reader,
            running.writing_pool,
            running.claiming_pool,
            self._slots,
            self._clock,
            running.quote_key,
            SettledView(running.reader, self._clock, caller.settlement),
        )

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Read a request; raises HTTPException for one that is none."""
        data = await super().parse_http_body(request)
        if isinstance(data, GraphQLRequestData) and not isinstance(cast("object", data.operation_name), str | None):
            raise HTTPException(400, "The GraphQL operation's `operationName` must be a string or null, if provided.")
        return data

    def decode_json(self, data: str | bytes) -> object:
        """Read a request's JSON: its body, which must be an object, or a parameter of the URL, any value."""
        value: object = orjson.loads(data)
        if isinstance(data, str):
            return value
        if isinstance(value, dict):
            return cast("object", value)
        raise HTTPException(400, 'The JSON of a request is an object: {"query": ...}')

    def encode_json(self, data: object) -> bytes:
        """Write a response's JSON."""
        return orjson.dumps(data)

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Write a response: with status 503 if the service was unavailable for the whole of it."""
        response = super().create_response(response_data, sub_response)
        if isinstance(response_data, dict) and response_data.get("data") is None:
            errors = cast("list[GraphQLFormattedError]", response_data.get("errors"))
            if all(error.get("extensions", {}).get("code") == ErrorCode.UNAVAILABLE for error in errors):
                response.status_code = _SERVICE_UNAVAILABLE
                response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:  # noqa: ARG002
        """Leave the page to `asks_for_page`: other requests without a query get an error."""
        return False

    async def _respond(self, request: Request) -> Response:
        if asks_for_page(request):
            return graphiql_page()
        try:
            return await self.run(request)
        except HTTPException as refusal:
            headers = {"Allow": "GET, POST"} if refusal.status_code == _METHOD_NOT_ALLOWED else None
            return _failure(refusal.status_code, ApiError(ErrorCode.BAD_USER_INPUT, refusal.reason), headers)
        except ApiError as refusal:
            return _failure(401, refusal, {"WWW-Authenticate": CHALLENGE})
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception as error:  # noqa: BLE001 - clients see an id and the log has the rest
            return _broken(format_error(GraphQLError(str(error), original_error=error), executed=True))


def _limited(receive: Receive) -> Receive:
    """Wrap the receiver of a body's parts, so that it raises HTTPException as soon as their sum is too large."""
    received = 0

    async def receive_part() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY:
            raise HTTPException(413, f"The body of a request has at most {MAX_BODY // 1024 // 1024} MiB.")
        return message

    return receive_part


def _broken(error: GraphQLError) -> Response:
    """Answer a request of which nothing was executed, for an error of ours."""
    if not is_unavailable(error):
        return _failure(500, error)
    content = orjson.dumps({"data": None, "errors": [error.formatted]})
    headers = {"Retry-After": str(RETRY_AFTER)}
    return Response(content, _SERVICE_UNAVAILABLE, headers, media_type="application/json")


def _failure(status_code: int, error: GraphQLError, headers: Mapping[str, str] | None = None) -> Response:
    content = orjson.dumps({"errors": [error.formatted]})
    return Response(content, status_code, headers, media_type="application/json")
