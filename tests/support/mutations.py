"""Mutations in tests: asking for one, and what a database has, so that it can be told whether anything changed."""

from dataclasses import dataclass
from typing import Any, Final

from db.connections import Pool
from engine.ids import GlobalId, NodeType, account_global_id
from tests.support.clock import FrozenClock
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio, open_account, write

ERRORS: Final = "userErrors { code message path }"
PAYLOADS: Final = {
    "placeOrder": "orders { id number serviceLevel imageCount deadline { at } } dailyGuarantee { used remaining }",
    "expediteOrder": "orders { id number serviceLevel imageCount } dailyGuarantee { expediteUsed }",
    "rejectImages": "images { id status } orders { id status rejectedCount }",
    "completeOrder": "order { id status }",
    "cancelOrder": "order { id status } dailyGuarantee { used }",
    "createSpecification": "specification { id name archived pricePerImage { amount currency } secondsPerImage }",
    "updateSpecification": "specification { id name pricePerImage { amount } secondsPerImage }",
    "archiveSpecification": "specification { id archived }",
    "changeTimeZone": "account { id timeZone } dailyGuarantee { resetsAt }",
    "claimImages": "images { id filename status } leaseUntil",
    "deliverImages": "images { id status deliveredAt } orders { id status deliveredCount }",
    "confirmDeadline": "order { id deadline { at status } }",
    "negotiateSla": "sla { version guarantee { imagesPerDay } }",
}
"""What tests ask of the payload of each mutation."""

_TABLES: Final = (
    *("accounts", "account_heads", "time_zone_periods", "sla_versions", "ledger_days", "specifications"),
    *("specification_versions", "orders", "images", "rejections", "events", "rollups", "savings_rollups"),
    "upload_weeks",
)


def document(name: str, fields: str | None = None) -> str:
    """Write a mutation."""
    selected = PAYLOADS[name] if fields is None else fields
    return f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {selected} {ERRORS} }} }}"


async def mutate(client: Client, name: str, fields: str | None = None, /, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    """Ask for a mutation, whatever comes of it: its payload."""
    payload: dict[str, Any] = (await client.data(document(name, fields), {"input": given}))[name]
    return payload


async def done(client: Client, name: str, fields: str | None = None, /, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    """Ask for a mutation that is done: its payload."""
    payload = await mutate(client, name, fields, **given)
    assert payload["userErrors"] == []
    return payload


async def refused(client: Client, name: str, /, **given: Any) -> list[tuple[str, list[str]]]:  # noqa: ANN401
    """Ask for a mutation that is refused: the codes and paths."""
    payload = await mutate(client, name, **given)
    errors = payload.pop("userErrors")
    assert errors != []
    assert set(payload.values()) == {None}
    return [(error["code"], error["path"]) for error in errors]


async def contents(pool: Pool) -> dict[str, list[str]]:
    """Read all rows of all tables but those of keys; that time passed for an account is no change."""
    found: dict[str, list[str]] = {}
    for table in _TABLES:
        row = "to_jsonb(t) - 'last_at'" if table == "account_heads" else "t"
        rows = await pool.fetch(f"SELECT ({row})::text FROM {table} t ORDER BY 1")  # noqa: S608 - the names are ours
        found[table] = [row[0] for row in rows]
    return found


async def event_types(pool: Pool, studio: Studio) -> list[str]:
    """Read the types of an account's events, in their order."""
    rows = await pool.fetch("SELECT type FROM events WHERE account_id = $1 ORDER BY sequence", studio.id)
    return [row[0] for row in rows]


@dataclass(slots=True)
class Shop:
    """An account with a specification, and who asks for it."""

    studio: Studio
    client: Client
    specification: str

    @property
    def account(self) -> str:
        """The id of the account."""
        return account_global_id(self.studio.id)

    async def place(self, *filenames: str, name: str = "Shoes", expedite: bool = False) -> list[dict[str, Any]]:
        """Place an order: its parts with the ids of their images, `imageIds`."""
        fields = "orders { id number serviceLevel imageCount images(first: 100) { nodes { id } } }"
        images = [{"filename": filename} for filename in filenames or ("a.jpg",)]
        given = {"name": name, "specificationId": self.specification, "images": images, "expedite": expedite}
        orders: list[dict[str, Any]] = (await done(self.client, "placeOrder", fields, **given))["orders"]
        return [{**order, "imageIds": [node["id"] for node in order["images"]["nodes"]]} for order in orders]


async def open_shop(pool: Pool, client_of: NewClient, studio: Studio | None = None) -> Shop:
    """Make an account with a specification and a client of it."""
    begun = await open_account(pool, studio or Studio())
    specification = begun.specification()
    await write(pool, begun)
    return Shop(begun, await client_of(begun), str(GlobalId(NodeType.SPECIFICATION, begun.id, specification)))


async def deliver(staff: Client, clock: FrozenClock, count: int = 1) -> list[str]:
    """Let production claim the most urgent images and deliver them: their ids."""
    clock.advance()
    claimed = await done(staff, "claimImages", worker="Ada", count=count)
    ids = [image["id"] for image in claimed["images"]]
    clock.advance()
    await done(staff, "deliverImages", worker="Ada", imageIds=ids)
    clock.advance()
    return ids
