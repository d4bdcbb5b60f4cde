"""Mutations in tests: performing one, a studio with an API client, and the rows of the database before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from api.ids import NodeType, account_global_id
from api.mutation import Mutation
from db.connections import Pool
from engine.ids import GlobalId, numbered
from tests.support.clock import FrozenClock
from tests.support.rows import new_inquiry
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
    "setRetouchingStep": "retouchingStep { id step seconds price { amount currency } archived }",
    "archiveSpecification": "specification { id archived }",
    "changeTimeZone": "account { id timeZone } dailyGuarantee { resetsAt }",
    "claimImages": "images { id filename status } leaseUntil",
    "deliverImages": "images { id status deliveredAt } orders { id status deliveredCount }",
    "recordOperations": "images { id completedSteps { step performedBy seconds } }",
    "confirmDeadline": "orders { id deadline { at status } }",
    "negotiateSla": "sla { version guarantee { imagesPerDay } }",
    "changePlan": "account { id plan comingPlan { plan from } }",
    "withdrawSla": "sla { version withdrawnAt }",
    "reviseDeadline": "order { id deadline { at status } }",
    "renameAccount": "account { id name }",
    "closeAccount": "account { id closedAt }",
    "reopenAccount": "account { id closedAt }",
    "setDashboardAccess": "account { id dashboardAvailable }",
    "setSuccessManager": "account { id sla { support { successManager { name email } } } }",
    "setContact": "account { id contact { name email } }",
    "contactSupport": "inquiry { id topic text createdAt dueAt late }",
    "answerInquiry": "inquiry { id answer answeredAt late }",
}
"""The fields that tests select from the payload of each mutation."""

STAFF_ONLY: Final = frozenset(
    to_camel_case(each.python_name) for each in get_object_definition(Mutation, strict=True).fields if each.directives
)
"""The mutations for staff only."""


def is_for_staff(name: str, values: Mapping[str, object]) -> bool:
    """Return whether only staff may send these values to a mutation."""
    return name in STAFF_ONLY or (name == "createSpecification" and "accountId" in values)


_TABLES: Final = (
    *("accounts", "account_heads", "time_zone_periods", "sla_versions", "ledger_days", "specifications"),
    *("specification_versions", "orders", "images", "rejections", "events", "rollups", "savings_rollups"),
    *("upload_weeks", "retouching_steps", "inquiries", "operations", "reviews"),
)


def document(name: str, fields: str | None = None) -> str:
    """Return the document of a mutation."""
    selected = PAYLOADS[name] if fields is None else fields
    return f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {selected} {ERRORS} }} }}"


def valid_inputs(studio: Studio) -> dict[str, dict[str, Any]]:
    """Return a valid input of each mutation of an account."""
    order, image, specification, inquiry = (
        str(GlobalId(node_type, studio.id, rows[0].id))
        for node_type, rows in (
            (NodeType.ORDER, studio.orders),
            (NodeType.IMAGE, studio.images),
            (NodeType.SPECIFICATION, studio.specifications),
            (NodeType.INQUIRY, studio.inquiries),
        )
    )
    account = account_global_id(studio.id)
    images = [{"filename": "new.jpg"}]
    return {
        "placeOrder": {"accountId": account, "name": "New", "specificationId": specification, "images": images},
        "expediteOrder": {"orderId": order},
        "completeOrder": {"orderId": order},
        "cancelOrder": {"orderId": order},
        "confirmDeadline": {"orderId": order, "deadline": "2026-03-12T08:00:00Z"},
        "reviseDeadline": {"orderId": order, "deadline": "2026-03-12T08:00:00Z"},
        "rejectImages": {"imageIds": [image], "reason": "Halo"},
        "claimImages": {"worker": "Ada"},
        "deliverImages": {"worker": "Ada", "imageIds": [image]},
        "recordOperations": {
            "worker": "Ada",
            "operations": [{"imageId": image, "step": "CLIPPING", "performedBy": "AI", "seconds": 1}],
        },
        "createSpecification": {"accountId": account, "name": "New", "steps": ["CLIPPING"]},
        "updateSpecification": {"specificationId": specification, "name": "New"},
        "archiveSpecification": {"specificationId": specification},
        "setRetouchingStep": {"step": "DUST", "seconds": 60, "price": {"amount": "0.20", "currency": "USD"}},
        "changeTimeZone": {"accountId": account, "timeZone": "Asia/Tokyo"},
        "negotiateSla": {"accountId": account, "imagesPerDay": 1, "effectiveDate": "2026-03-12"},
        "withdrawSla": {"slaId": str(numbered(NodeType.SLA, studio.id, 1))},
        "changePlan": {"accountId": account, "plan": "SOLO", "effectiveDate": "2026-03-12"},
        "renameAccount": {"accountId": account, "name": "New"},
        "setSuccessManager": {"accountId": account, "name": "Grace"},
        "setContact": {"accountId": account, "name": "Ada"},
        "closeAccount": {"accountId": account},
        "reopenAccount": {"accountId": account},
        "setDashboardAccess": {"accountId": account, "enabled": True},
        "contactSupport": {"accountId": account, "topic": "SUPPORT", "text": "When?", "orderId": order},
        "answerInquiry": {"inquiryId": inquiry, "answer": "At nine."},
    }


def made_up_inputs(account_id: UUID) -> dict[str, dict[str, Any]]:
    """Return an input of each mutation of an account with ids of objects that do not exist."""
    studio = Studio(id=account_id)
    studio.order(studio.created_at)
    studio.inquiries.append(new_inquiry(studio.id, studio.created_at))
    return valid_inputs(studio)


async def mutate(client: Client, name: str, fields: str | None = None, /, **input_: Any) -> dict[str, Any]:  # noqa: ANN401
    """Perform a mutation, which may be refused; return its payload."""
    payload: dict[str, Any] = (await client.data(document(name, fields), {"input": input_}))[name]
    return payload


async def done(client: Client, name: str, fields: str | None = None, /, **input_: Any) -> dict[str, Any]:  # noqa: ANN401
    """Perform a mutation without user errors; return its payload."""
    payload = await mutate(client, name, fields, **input_)
    assert payload["userErrors"] == [], payload
    return payload


async def refused(client: Client, name: str, /, **input_: Any) -> list[tuple[str, list[str]]]:  # noqa: ANN401
    """Perform a mutation that is refused; return the codes and paths of its user errors."""
    payload = await mutate(client, name, **input_)
    errors = payload.pop("userErrors")
    assert errors != []
    assert set(payload.values()) == {None}
    return [(error["code"], error["path"]) for error in errors]


async def contents(pool: Pool) -> dict[str, list[str]]:
    """Read all rows by table, but those of keys; `last_at`, which advances without a change, is left out."""
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
    """A studio with a specification, and a client of the API for it."""

    studio: Studio
    client: Client
    specification: str

    @property
    def account(self) -> str:
        """The global id of the account."""
        return account_global_id(self.studio.id)

    async def place(
        self, *filenames: str, name: str = "Shoes", expedite: bool = False, **values: object
    ) -> list[dict[str, Any]]:
        """Place an order; return the orders it was split into, with the ids of their images as `imageIds`."""
        fields = "orders { id number serviceLevel imageCount images(first: 100) { nodes { id } } }"
        images = [{"filename": filename} for filename in filenames or ("a.jpg",)]
        order = {"name": name, "specificationId": self.specification, "images": images, "expedite": expedite}
        orders: list[dict[str, Any]] = (await done(self.client, "placeOrder", fields, **order, **values))["orders"]
        return [{**each, "imageIds": [node["id"] for node in each["images"]["nodes"]]} for each in orders]


async def open_shop(pool: Pool, client_of: NewClient, studio: Studio | None = None) -> Shop:
    """Open the account of a studio, with a specification and a client."""
    begun = await open_account(pool, studio or Studio())
    specification = begun.specification()
    await write(pool, begun)
    return Shop(begun, await client_of(begun), str(GlobalId(NodeType.SPECIFICATION, begun.id, specification)))


async def deliver(staff: Client, clock: FrozenClock, count: int = 1) -> list[str]:
    """Claim the most urgent images as staff and deliver them; return their ids."""
    clock.advance()
    claimed = await done(staff, "claimImages", worker="Ada", count=count)
    ids = [image["id"] for image in claimed["images"]]
    clock.advance()
    await done(staff, "deliverImages", worker="Ada", imageIds=ids)
    clock.advance()
    return ids
