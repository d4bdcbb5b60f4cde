"""The rules of `docs/domain.md` and their examples: each history is imported, then queried, in the page's order."""

import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from httpx import ASGITransport, AsyncClient

from app.web.asgi import create_app
from db.connections import Pool
from jobs.catalogue import JOBS
from jobs.worker import Worker, working_pool
from tests.support.clock import FrozenClock
from tests.support.import_files import run_import
from tests.support.serving import SETTINGS, new_token

Answer = dict[str, Any]

_TOKEN: Final = re.compile(
    r"^### (?P<number>\d+\.\d+) (?P<title>[^\n]+)$"
    r"|^(?:`(?P<ref>[\w-]+)` asks|Staff ask(?: about `(?P<about>[\w-]+)`)?) at `(?P<at>[^`]+)`:$"
    r"|^The jobs run at `(?P<run>[^`]+)`\.$"
    r"|^```(?P<language>\w*)\n(?P<block>.*?)\n```$"
    r"|`(?P<file>tests/[\w/]+\.py)::(?P<test>\w+)`",
    re.MULTILINE | re.DOTALL,
)
_IDS: Final = """{ account {
  id specifications { nodes { id } } slaVersions { nodes { id version } } inquiries { nodes { id } }
  orders { nodes { id number images { nodes { id filename } } } }
} }"""


@dataclass(frozen=True, slots=True)
class Asker:
    """A caller at an instant (UTC): an account by its ref or staff (None); variables hold the ids of `about`."""

    ref: str | None
    about: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """An operation of a rule's example, and its answer."""

    rule: str
    asker: Asker
    operation: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class JobsRun:
    """Running all jobs that are due."""

    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """Import lines, as JSON Lines, and the steps after them, in order of time."""

    lines: str
    steps: list[Question | JobsRun] = field(default_factory=list[Question | JobsRun])

    @property
    def starts_at(self) -> datetime:
        """The instant (UTC) of the first step, at which the lines are imported."""
        first = self.steps[0]
        return first.at if isinstance(first, JobsRun) else first.asker.at

    @property
    def rules(self) -> list[str]:
        """The numbers of the rules whose examples are here."""
        return list(dict.fromkeys(step.rule for step in self.steps if isinstance(step, Question)))


@dataclass(slots=True)
class Rule:
    """A numbered rule, with the number of its examples and the tests, by file and name, that show it."""

    number: str
    title: str
    examples: int = 0
    tests: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class Page:
    """A page of rules, read from Markdown."""

    def __init__(self, text: str) -> None:
        self.rules: list[Rule] = []
        self.histories: list[History] = []
        self._asker: Asker | None = None
        self._operation: str | None = None
        for token in _TOKEN.finditer(text):
            self._take(token)
        assert self._operation is None, "the last operation has no answer"

    def _take(self, token: re.Match[str]) -> None:
        match token.lastgroup:
            case "title":
                self.rules.append(Rule(token["number"], token["title"]))
            case "at":
                self._asker = Asker(token["ref"], token["about"] or token["ref"], _instant(token["at"]))
            case "run":
                self.histories[-1].steps.append(JobsRun(_instant(token["run"])))
            case "test" if self.rules:
                self.rules[-1].tests.append((token["file"], token["test"]))
            case "block":
                self._take_block(token["language"], token["block"])
            case _:
                pass

    def _take_block(self, language: str, block: str) -> None:
        if language == "jsonl":
            self.histories.append(History(block))
        elif language == "graphql":
            assert self._operation is None, f"there is no answer to {self._operation}"
            self._operation = block
        elif language == "json":
            self._add_question(json.loads(block))

    def _add_question(self, answer: Answer) -> None:
        rule = self.rules[-1]
        assert self._asker is not None, f"an answer of {rule.number} has no caller"
        assert self._operation is not None, f"an answer of {rule.number} has no operation"
        self.histories[-1].steps.append(Question(rule.number, self._asker, self._operation, answer))
        self._asker = self._operation = None
        rule.examples += 1


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Service:
    """A service with a history, queried by its accounts and by staff."""

    def __init__(self, pool: Pool, http: AsyncClient, clock: FrozenClock) -> None:
        self._pool = pool
        self._http = http
        self._clock = clock
        self._tokens: dict[str | None, str] = {}

    async def answer(self, question: Question) -> Answer:
        """Return the answer to a question at its instant."""
        asker = question.asker
        self._advance_to(asker.at)
        ids: Mapping[str, str] = {}
        if "$" in question.operation:
            ids = await self._ids(asker.about)
        return await self._ask(asker.ref, question.operation, ids)

    async def run_jobs(self, at: datetime) -> None:
        """Run all jobs that are due at an instant, none of which may fail."""
        self._advance_to(at)
        done = await Worker(self._pool, self._clock, SETTINGS, "examples", JOBS).run_due()
        assert not any(each.failures for each in done.values())

    def _advance_to(self, at: datetime) -> None:
        assert at >= self._clock.now(), "examples are in order of time"
        self._clock.advance_to(at)

    async def _ids(self, ref: str | None) -> Mapping[str, str]:
        """Return the ids of an account, its first specification, last inquiry, SLA versions, orders and images."""
        account = (await self._ask(ref, _IDS))["data"]["account"]
        ids: dict[str, str] = {"account": account["id"]}
        for specification in account["specifications"]["nodes"][:1]:
            ids["specification"] = specification["id"]
        ids |= {f"sla{sla['version']}": sla["id"] for sla in account["slaVersions"]["nodes"]}
        for inquiry in account["inquiries"]["nodes"][:1]:
            ids["inquiry"] = inquiry["id"]
        for order in account["orders"]["nodes"]:
            ids[f"order{order['number']}"] = order["id"]
            ids |= {f"image_{node['filename'].split('.')[0]}": node["id"] for node in order["images"]["nodes"]}
        return ids

    async def _ask(self, ref: str | None, operation: str, variables: Mapping[str, object] | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {await self._token(ref)}"}
        request = {"query": operation, "variables": variables or {}}
        answer: Answer = (await self._http.post("/graphql", json=request, headers=headers)).json()
        return answer

    async def _token(self, ref: str | None) -> str:
        if ref not in self._tokens:
            account_id = None if ref is None else await self._account_id(ref)
            self._tokens[ref] = await new_token(self._pool, self._clock.now(), account_id)
        return self._tokens[ref]

    async def _account_id(self, ref: str) -> UUID:
        id_: UUID = (await self._pool.fetch("SELECT id FROM accounts WHERE ref = $1", ref))[0]["id"]
        return id_


@asynccontextmanager
async def service_after(history: History, url: str) -> AsyncGenerator[Service]:
    """Serve an empty, migrated database with a history, imported at the instant of its first step."""
    clock = FrozenClock(history.starts_at)
    app = create_app(database_url=url, settings=SETTINGS, clock=clock)
    http = AsyncClient(transport=ASGITransport(app), base_url="http://loupe")
    async with app.router.lifespan_context(app), working_pool(url) as pool, http:
        outcome = await run_import(pool, f"{history.lines}\n".encode(), now=clock.now())
        assert outcome.problems == []
        yield Service(pool, http, clock)
