"""What `loupe demo` prints once it is ready."""

import shlex
from datetime import datetime
from typing import Final

import orjson

from app.cli.printing import as_table
from app.demo.access import dashboards
from app.demo.clock import closed_window
from app.demo.folder import Access
from app.settings import Access as Setting
from app.settings import Settings
from app.web.graphiql import is_being_built, is_built

_FIRST_QUERY: Final = "{ account { name pulse { productivity { summary } reliability { summary } } } }"

_BEING_BUILT: Final = "It is being built, in a minute or two; until then the page says so."
_NOT_BUILT: Final = "It is not built: make ui builds it."
_ASKED: Final = "The browser asks for a user, which may be any, and a password, which is the token."


def welcome(url: str, access: Access, settings: Settings, now: datetime) -> str:
    """Return the API's address, tokens, links to GraphiQL, at weekends when expedites reopen, and a first query."""
    rows = [(client.name, client.plan, client.time_zone, client.token) for client in access.clients]
    rows.append(("Staff", "", "", access.staff_token))
    let_in = dashboards(access.clients, settings.dashboard_plans)
    return "\n".join(
        [
            "",
            f"Loupe serves the demo at {url} - Ctrl-C ends it.",
            f"Tokens of clients, and one of staff, who see all; {let_in} have the dashboard:",
            "",
            as_table(rows),
            "",
            *_graphiql(url, access, settings.graphiql),
            "",
            *([closed, ""] if (closed := closed_window(now, access.clients[0].time_zone)) else []),
            "A first query:",
            "",
            _first_query(url, access),
            "",
        ]
    )


def _graphiql(url: str, access: Access, setting: Setting) -> list[str]:
    """Return links to GraphiQL and what else they need, or why there is none."""
    if setting is Setting.OFF:
        return ["There is no GraphiQL, since LOUPE_GRAPHIQL is off."]
    links = [f"{url}#token={token}" for token in (access.clients[0].token, access.staff_token)]
    needs = [] if is_built() else [_BEING_BUILT if is_being_built() else _NOT_BUILT]
    needs += [_ASKED] if setting is Setting.KEY else []
    return ["GraphiQL in a browser, for the first client and for staff:", "", *links, *(["", *needs] if needs else [])]


def _first_query(url: str, access: Access) -> str:
    body = orjson.dumps({"query": _FIRST_QUERY}).decode()
    headers = [f"Authorization: Bearer {access.clients[0].token}", "Content-Type: application/json"]
    return shlex.join(["curl", "-s", url, *(part for header in headers for part in ("-H", header)), "-d", body])
