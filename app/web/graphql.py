"""GraphQL over HTTP: operations by POST of JSON, queries also by GET, and GraphiQL for browsers."""

from asyncio import CancelledError
from http import HTTPStatus
from typing import Final, cast

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.schema.exceptions import InvalidOperationTypeError

from api.context import Context, Stranger, Viewer
from api.gates import Admission
from api.schema import schema
from api.settled import SettledView
from app import turns
from app.clock import Clock
from app.departures import Departure
from app.settings import Access, Settings
from app.web.graphiql import asks_for_page, graphiql_page
from app.web.http_protocol import DEPARTURE
from app.web.identity import (
    BROWSERS_CHALLENGE,
    address_of,
    authenticate,
    token_of,
    token_or_password_of,
    unknown_caller,
)
from app.web.media_types import GRAPHQL_RESPONSE, JSON, preferred
from app.web.requests import MAX_HEADER, ReadRequest, Refused, header_of, received
from app.web.responses import answered, failed, failed_by, refused
from app.web.state import running_of
from db.queries.api_keys import Caller
from engine.errors import ApiError

_MEDIA_TYPES: Final = (JSON, GRAPHQL_RESPONSE)
_ALLOWED: Final = ("GET", "HEAD", "OPTIONS", "POST")
_ALLOW: Final = {"Allow": ", ".join(_ALLOWED)}
_NOT_ACCEPTABLE: Final = Refused(HTTPStatus.NOT_ACCEPTABLE, f"Accept {GRAPHQL_RESPONSE} or {JSON}.")
_NO_PAGE: Final = Refused(HTTPStatus.NOT_FOUND, f"There is no GraphiQL here. Programs accept {JSON}.")
_LONG_HEADER: Final = Refused(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"The headers Accept and Content-Type have at most {MAX_HEADER:,} characters each.",
)
_OTHER_METHOD: Final = Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Send an operation by POST, or a query by GET.", _ALLOW)
_MUTATION_BY_GET: Final = Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Send a mutation by POST.", {"Allow": "POST"})


class GraphQLEndpoint(GraphQL[Context | Stranger, None]):
    """The one endpoint of the API. All failures are answered in the shape of a GraphQL error."""

    request_adapter_class = ReadRequest

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(schema, subscription_protocols=())
        self._settings = settings
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        departure = scope[DEPARTURE] = Departure()
        try:
            response = _refused_unread(request) or await self._respond(request, _media_type(request) or JSON)
        except CancelledError:
            if not departure.has_cancelled:
                raise
            return
        response.headers["Vary"] = "Accept"
        await response(scope, receive, send)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Begin a response with the media type that the caller prefers."""
        return Response(media_type=_media_type(cast("Request", request)))

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Read a request; raises Refused for one that is none, and ApiError for a persisted query alone."""
        return await cast("ReadRequest", request).read()

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Write the answer of an operation."""
        return answered(cast("GraphQLHTTPResponse", response_data), sub_response.media_type or JSON)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:  # noqa: ARG002
        """Leave the page to `asks_for_page`: other requests without a query get an error."""
        return False

    async def _respond(self, request: Request, media_type: str) -> Response:
        try:
            return await (self._page(request) if asks_for_page(request) else self._operate(request))
        except HTTPException as refusal:
            is_mutation = isinstance(refusal.__cause__, InvalidOperationTypeError)
            return refused(_MUTATION_BY_GET if is_mutation else refusal, media_type)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
        except Exception as error:  # noqa: BLE001 - each is answered
            return failed_by(error, media_type)

    async def _operate(self, request: Request) -> Response:
        """Read an operation and execute it, each at the turn of its caller; raises ApiError, Busy and Refused."""
        caller = await self._caller(request)
        name = address_of(request) if caller is None else caller.name
        turns.caller.set(name)
        size = await received(request)
        gates = running_of(request.app).gates
        async with gates.documents.enter(name, size) as document:
            return await self.run(request, self._context(request, caller, Admission(gates, name, document)))

    async def _caller(self, request: Request) -> Caller | None:
        """Return the caller, None for a stranger if anybody may introspect; raises ApiError without a key in force."""
        token = token_of(request)
        turns.caller.set(unknown_caller(request, token))
        if token is None and self._settings.introspection is Access.PUBLIC:
            return None
        return await authenticate(request, token, self._clock)

    def _context(self, request: Request, caller: Caller | None, admission: Admission) -> Context | Stranger:
        if caller is None:
            return Stranger(admission)
        running = running_of(request.app)
        return Context(
            Viewer(caller.account),
            self._settings,
            running.reader,
            running.writing_pool,
            running.claiming_pool,
            admission,
            self._clock,
            running.quote_key,
            SettledView(running.reader, self._clock, caller.settlement),
        )

    async def _page(self, request: Request) -> Response:
        """Answer a browser with GraphiQL; raises Refused if there is none here, and ApiError without a key it needs."""
        if self._settings.graphiql is Access.OFF:
            raise _NO_PAGE
        if self._settings.graphiql is Access.KEY:
            try:
                await authenticate(request, token_or_password_of(request), self._clock)
            except ApiError as error:
                response = failed(error.formatted, JSON)
                response.headers["WWW-Authenticate"] = BROWSERS_CHALLENGE
                return response
        return graphiql_page()


def _refused_unread(request: Request) -> Response | None:
    """Answer a request for no operation, or for one in a way that the API lacks; None for all others."""
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=_ALLOW)
    if any(len(header_of(request, name)) > MAX_HEADER for name in ("accept", "content-type")):
        return refused(_LONG_HEADER, JSON)
    if asks_for_page(request):
        return None
    media_type = _media_type(request)
    if media_type is None:
        return refused(_NOT_ACCEPTABLE, JSON)
    return None if request.method in _ALLOWED else refused(_OTHER_METHOD, media_type)


def _media_type(request: Request) -> str | None:
    """Return the media type of the response; None if the caller accepts none of them."""
    return preferred(header_of(request, "accept"), _MEDIA_TYPES)
