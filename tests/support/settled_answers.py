"""A judge of settled instants: it repeats requests, as of the instant of their answers, to two servers amid writes.

The clocks of the servers differ. An answer is wrong if either server answers the same request as of the same instant
differently later, or if its parts contradict each other.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any, Final

from httpx import ASGITransport, AsyncClient

from api.ids import NodeType
from app.clock import SystemClock
from app.web.asgi import create_app
from db.connections import Pool
from engine.ids import GlobalId
from tests.support.serving import SETTINGS, new_token
from tests.support.studio import Studio, open_account, write

SKEW: Final = timedelta(seconds=5)
"""The difference between the clocks of the servers."""
UNAVAILABLE: Final = 503
_FIGURES: Final = """
  pulse%(as_of)s {
    asOf productivity { imagesUploaded imagesThisMonth allTimeProcessed } timeSavings { hours }
    quality { deliveredCount approvedCount }
    productivityStreak { weeks longest } reliability { dueCount onTimeCount lateCount }
    averageLeadTime { seconds deliveredCount }
  }
  sla%(as_of)s { version compliance {
    standard { metCount missedCount } additional { metCount missedCount }
    expedited { metCount missedCount } rejection { metCount missedCount } review { metCount missedCount }
  } }"""
_QUESTION: Final = (
    "{ account { "
    + _FIGURES % {"as_of": ""}
    + """
  open: sla { compliance { standard { openCount } additional { openCount } } }
  dailyGuarantee { used }
  orderFeed { number imageCount deliveredCount status }
  orders(first: 100) { totalCount nodes { imageCount deliveredCount } }
} }"""
)
_AGAIN: Final = "query Again($t: DateTime!) { account { " + _FIGURES % {"as_of": "(asOf: $t)"} + " } }"
_PLACE_ORDER: Final = """
mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { orders { number } userErrors { code } } }
"""
_CLAIM: Final = """
mutation ($input: ClaimImagesInput!) { claimImages(input: $input) { images { id } userErrors { code } } }
"""
_DELIVER: Final = """
mutation ($input: DeliverImagesInput!) { deliverImages(input: $input) { images { id } userErrors { code } } }
"""


class SkewedClock(SystemClock):
    """A clock ahead of PostgreSQL's, or behind it."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__()
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


@dataclass
class Judge:
    """Two servers, an account and staff with their tokens, and the answers to requests so far."""

    studio: Studio
    servers: Sequence[AsyncClient]
    client: str
    staff: str
    specification: str
    answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    _turns: "count[int]" = field(default_factory=count)

    async def ask(self, token: str, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request to the servers by turns, and again while one is unavailable, as clients are to do."""
        headers = {"Authorization": f"Bearer {token}"}
        while True:
            server = self.servers[next(self._turns) % len(self.servers)]
            response = await server.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
            if response.status_code != UNAVAILABLE:
                answer = response.json()
                assert "errors" not in answer, answer["errors"]
                data: dict[str, Any] = answer["data"]
                return data

    async def place(self, images: int) -> None:
        """Place an order of so many images."""
        names = [{"filename": f"{number}.jpg"} for number in range(images)]
        order = {"name": "Shoes", "specificationId": self.specification, "images": names}
        placed = await self.ask(self.client, _PLACE_ORDER, {"input": order})
        assert placed["placeOrder"]["userErrors"] == []

    async def produce(self, worker: str, images: int) -> None:
        """Claim images, and deliver them."""
        claimed = await self.ask(self.staff, _CLAIM, {"input": {"worker": worker, "count": images}})
        ids = [image["id"] for image in claimed["claimImages"]["images"]]
        if ids:
            delivered = await self.ask(self.staff, _DELIVER, {"input": {"worker": worker, "imageIds": ids}})
            assert delivered["deliverImages"]["userErrors"] == []

    async def write(self, number: int, sizes: Sequence[int], until: asyncio.Event) -> None:
        """Place orders and deliver some of their images until an event."""
        for size in cycle(sizes):
            if until.is_set():
                return
            await self.place(size)
            await self.produce(f"worker {number}", min(500, max(1, size // 2)))

    async def read(self, answers: int) -> None:
        """Send requests until there are so many answers."""
        while len(self.answers) < answers:
            self.answers.append((await self.ask(self.client, _QUESTION))["account"])

    async def run(self, answers: int, *, writers: int, sizes: Sequence[int], readers: int = 4) -> None:
        """Read while others write."""
        end = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            writing = [group.create_task(self.write(number, sizes, end)) for number in range(writers)]
            await asyncio.gather(*(self.read(answers) for _ in range(readers)))
            end.set()
            await asyncio.gather(*writing)

    async def differing(self) -> list[tuple[object, object]]:
        """Return the answers that are now different as of the same instants: before and after."""
        found: list[tuple[object, object]] = []
        for answer in self.answers:
            again = (await self.ask(self.client, _AGAIN, {"t": answer["pulse"]["asOf"]}))["account"]
            first = {name: answer[name] for name in again}
            if again != first:
                found.append((first, again))
        return found

    def contradicting(self) -> list[dict[str, Any]]:
        """Return the answers whose figures, allowance, compliance and orders do not agree."""
        return [answer for answer in self.answers if not _agrees(answer)]


def _agrees(answer: dict[str, Any]) -> bool:
    """Return whether the parts of an answer agree on the uploads, all of which are of the ledger day."""
    pulse, kept, orders = answer["pulse"], answer["sla"]["compliance"], answer["orders"]
    uploaded, delivered = pulse["productivity"]["imagesUploaded"], pulse["quality"]["deliveredCount"]
    judged = sum(kept[term]["metCount"] + kept[term]["missedCount"] for term in ("standard", "additional", "expedited"))
    newest = answer["orderFeed"][0]["number"] if answer["orderFeed"] else 0
    agreements = {
        "allowance": uploaded == answer["dailyGuarantee"]["used"],
        "compliance": judged == pulse["reliability"]["dueCount"],
        "open": answer["open"]["compliance"]["standard"]["openCount"] <= uploaded - delivered,
        "feed": newest == orders["totalCount"],
    }
    if orders["totalCount"] <= len(orders["nodes"]):
        agreements["uploads"] = sum(order["imageCount"] for order in orders["nodes"]) == uploaded
        agreements["deliveries"] = sum(order["deliveredCount"] for order in orders["nodes"]) == delivered
    return all(agreements.values())


@asynccontextmanager
async def judging(database: str, pool: Pool, *, quiet_for: timedelta) -> AsyncGenerator[Judge]:
    """Serve an account without orders for so long by two servers, one ahead of PostgreSQL's clock and one behind."""
    now = datetime.now(UTC)
    offset = 12 - now.hour  # so that it is about noon at the account, and all writes are in one ledger day
    zone = f"Etc/GMT{-offset:+d}"
    studio = await open_account(pool, Studio(created_at=now - quiet_for, zone=zone, images_per_day=300))
    specification = str(GlobalId(NodeType.SPECIFICATION, studio.id, studio.specification()))
    await write(pool, studio)
    client, staff = [await new_token(pool, now, account_id) for account_id in (studio.id, None)]
    async with AsyncExitStack() as stack:
        servers: list[AsyncClient] = []
        for ahead in (SKEW / 2, -SKEW / 2):
            app = create_app(database_url=database, settings=SETTINGS, clock=SkewedClock(ahead))
            await stack.enter_async_context(app.router.lifespan_context(app))
            http = AsyncClient(transport=ASGITransport(app), base_url="http://loupe", timeout=60)
            servers.append(await stack.enter_async_context(http))
        yield Judge(studio, servers, client, staff, specification)
