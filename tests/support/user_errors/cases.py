"""Cases by field and code, and the scene in which they are made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, done
from tests.support.serving import Client, NewClient


@dataclass(slots=True)
class Scene:
    """A shop with six standard and two expedited images a day, staff, and a clock at noon of a Tuesday."""

    pool: Pool
    client_of: NewClient
    clock: FrozenClock
    staff: Client
    shop: Shop

    async def token(self, **values: Any) -> str:  # noqa: ANN401
        """Return the token of a quote of an order, or of an expedite."""
        ask = "query ($input: QuoteInput!) { account { quote(input: $input) { quote { token } } } }"
        variables = {"input": {subject_of(values): values}}
        quote = (await self.shop.client.data(ask, variables))["account"]["quote"]["quote"]
        token: str = quote["token"]
        return token

    def placing(self, **values: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the input of an order of one image, with other values."""
        images = [{"filename": "a.jpg"}]
        return {"name": "Shoes", "specificationId": self.shop.specification, "images": images, **values}

    async def archive(self) -> None:
        """Archive the specification."""
        await done(self.shop.client, "archiveSpecification", specificationId=self.shop.specification)


class Refused(NamedTuple):
    """An input that is refused, the path of its error, and the facts of it that are not null.

    Without `by_staff` the caller is the client, except for what is for staff only.
    """

    input: dict[str, Any]
    path: list[str]
    facts: dict[str, Any]
    by_staff: bool = False


def subject_of(values: dict[str, Any]) -> str:
    """Return the field of QuoteInput for these values."""
    return "expedite" if "orderId" in values else "newOrder"


Case: TypeAlias = Callable[[Scene], Awaitable[Refused]]
CASES: Final[dict[tuple[str, str], list[Case]]] = {}
"""The cases by field and code."""


def case(code: str, *operations: str) -> Callable[[Case], Case]:
    """Register a case of a code for fields that take the same input."""

    def register(made: Case) -> Case:
        for operation in operations:
            CASES.setdefault((operation, code), []).append(made)
        return made

    return register
