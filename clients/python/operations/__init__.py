"""Operations and their types, made by loupe_client.operations of the files beside it and schema.graphql."""

from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, NotRequired, TypeAlias, TypedDict
from zoneinfo import ZoneInfo

from loupe_client.session import Operation

NewEventsVariables = TypedDict(
    "NewEventsVariables",
    {
        "newest": NotRequired[str | None],
    },
)

EventType: TypeAlias = Literal[
    "ACCOUNT_CREATED",
    "ORDER_PLACED",
    "ORDER_SPLIT",
    "ORDER_EXPEDITED",
    "ORDER_CANCELLED",
    "ORDER_COMPLETED",
    "IMAGES_CLAIMED",
    "CLAIM_EXPIRED",
    "IMAGES_DELIVERED",
    "IMAGES_REJECTED",
    "DEADLINE_CONFIRMED",
    "DEADLINE_AT_RISK",
    "DEADLINE_MISSED",
    "DEADLINE_MET",
    "SLA_NEGOTIATED",
    "TIME_ZONE_CHANGED",
    "GUARANTEE_RESET",
    "SPECIFICATION_CHANGED",
    "ACCOUNT_RENAMED",
    "SUCCESS_MANAGER_CHANGED",
    "ACCOUNT_CLOSED",
    "ACCOUNT_REOPENED",
    "SLA_WITHDRAWN",
    "PLAN_CHANGED",
    "EVENT_WITHDRAWN",
    "IMAGES_CANCELLED",
    "DEADLINE_REVISED",
    "CONTACT_CHANGED",
    "INQUIRY_OPENED",
    "INQUIRY_ANSWERED",
    "INQUIRY_OVERDUE",
    "OPERATIONS_RECORDED",
    "DASHBOARD_ACCESS_CHANGED",
    "REVIEW_OVERDUE",
    "TEXTS_ERASED",
]

NewEventsAccountEventsEdgesNodeOrder = TypedDict(
    "NewEventsAccountEventsEdgesNodeOrder",
    {
        "number": int,
    },
)

NewEventsAccountEventsEdgesNodeEvent = TypedDict(
    "NewEventsAccountEventsEdgesNodeEvent",
    {
        "id": str,
    },
)

NewEventsAccountEventsEdgesNode = TypedDict(
    "NewEventsAccountEventsEdgesNode",
    {
        "id": str,
        "type": EventType,
        "recordedAt": datetime,
        "order": NewEventsAccountEventsEdgesNodeOrder | None,
        "event": NotRequired[NewEventsAccountEventsEdgesNodeEvent],
    },
)

NewEventsAccountEventsEdges = TypedDict(
    "NewEventsAccountEventsEdges",
    {
        "cursor": str,
        "node": NewEventsAccountEventsEdgesNode,
    },
)

NewEventsAccountEventsPageInfo = TypedDict(
    "NewEventsAccountEventsPageInfo",
    {
        "hasPreviousPage": bool,
    },
)

NewEventsAccountEvents = TypedDict(
    "NewEventsAccountEvents",
    {
        "edges": list[NewEventsAccountEventsEdges],
        "pageInfo": NewEventsAccountEventsPageInfo,
    },
)

NewEventsAccount = TypedDict(
    "NewEventsAccount",
    {
        "events": NewEventsAccountEvents | None,
    },
)

NewEvents = TypedDict(
    "NewEvents",
    {
        "account": NewEventsAccount | None,
    },
)

NEW_EVENTS: Final = Operation[NewEventsVariables, NewEvents]("""
query NewEvents($newest: String) {
  account {
    events(last: 100, before: $newest, withdrawn: true) {
      edges {
        cursor
        node {
          id
          type
          recordedAt
          order {
            number
          }
          ... on EventWithdrawn {
            event {
              id
            }
          }
        }
      }
      pageInfo {
        hasPreviousPage
      }
    }
  }
}
""")

NewImageInput = TypedDict(
    "NewImageInput",
    {
        "filename": str,
        "externalReference": NotRequired[str | None],
        "instructions": NotRequired[str | None],
        "previewUrl": NotRequired[str | None],
    },
)

PlaceOrderInput = TypedDict(
    "PlaceOrderInput",
    {
        "accountId": NotRequired[str | None],
        "name": str,
        "externalReference": NotRequired[str | None],
        "instructions": NotRequired[str | None],
        "specificationId": str,
        "images": list[NewImageInput],
        "expedite": NotRequired[bool | None],
        "quoteToken": NotRequired[str | None],
        "idempotencyKey": NotRequired[str | None],
    },
)

PlaceOrderVariables = TypedDict(
    "PlaceOrderVariables",
    {
        "input": PlaceOrderInput,
    },
)

PlaceOrderPlaceOrderOrdersPrice = TypedDict(
    "PlaceOrderPlaceOrderOrdersPrice",
    {
        "amount": Decimal,
        "currency": str,
    },
)

PlaceOrderPlaceOrderOrdersDeadline = TypedDict(
    "PlaceOrderPlaceOrderOrdersDeadline",
    {
        "at": datetime | None,
    },
)

PlaceOrderPlaceOrderOrdersAccount = TypedDict(
    "PlaceOrderPlaceOrderOrdersAccount",
    {
        "timeZone": ZoneInfo,
    },
)

PlaceOrderPlaceOrderOrders = TypedDict(
    "PlaceOrderPlaceOrderOrders",
    {
        "number": int,
        "imageCount": int,
        "price": PlaceOrderPlaceOrderOrdersPrice,
        "deadline": PlaceOrderPlaceOrderOrdersDeadline,
        "account": PlaceOrderPlaceOrderOrdersAccount,
    },
)

UserErrorCode: TypeAlias = Literal[
    "INVALID",
    "NOT_FOUND",
    "EXPEDITE_WINDOW_CLOSED",
    "ALREADY_EXPEDITED",
    "ALREADY_LATE",
    "ALREADY_DELIVERED",
    "NO_GAIN",
    "NOT_DELIVERED",
    "NOT_REJECTABLE",
    "NOT_CLAIMED",
    "NOT_CANCELLABLE",
    "NOT_COMPLETABLE",
    "DEADLINE_NOT_OPEN",
    "QUOTE_CHANGED",
    "IDEMPOTENCY_CONFLICT",
    "LIMIT_EXCEEDED",
    "ARCHIVED",
    "ACCOUNT_CLOSED",
    "REFERENCE_TAKEN",
    "ALREADY_ANSWERED",
]

PlaceOrderPlaceOrderUserErrors = TypedDict(
    "PlaceOrderPlaceOrderUserErrors",
    {
        "code": UserErrorCode,
        "message": str,
        "path": list[str],
    },
)

PlaceOrderPlaceOrder = TypedDict(
    "PlaceOrderPlaceOrder",
    {
        "orders": list[PlaceOrderPlaceOrderOrders] | None,
        "userErrors": list[PlaceOrderPlaceOrderUserErrors],
    },
)

PlaceOrder = TypedDict(
    "PlaceOrder",
    {
        "placeOrder": PlaceOrderPlaceOrder,
    },
)

PLACE_ORDER: Final = Operation[PlaceOrderVariables, PlaceOrder]("""
mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    orders {
      number
      imageCount
      price {
        amount
        currency
      }
      deadline {
        at
      }
      account {
        timeZone
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
""")

ResultsVariables = TypedDict(
    "ResultsVariables",
    {
        "number": int,
        "after": NotRequired[str | None],
    },
)

OrderStatus: TypeAlias = Literal[
    "IN_PRODUCTION",
    "READY_FOR_DOWNLOAD",
    "COMPLETED",
    "CANCELLED",
]

ResultsAccountOrderImagesNodes = TypedDict(
    "ResultsAccountOrderImagesNodes",
    {
        "filename": str,
        "resultUrl": str | None,
    },
)

ResultsAccountOrderImagesPageInfo = TypedDict(
    "ResultsAccountOrderImagesPageInfo",
    {
        "hasNextPage": bool,
        "endCursor": str | None,
    },
)

ResultsAccountOrderImages = TypedDict(
    "ResultsAccountOrderImages",
    {
        "nodes": list[ResultsAccountOrderImagesNodes],
        "pageInfo": ResultsAccountOrderImagesPageInfo,
    },
)

ResultsAccountOrder = TypedDict(
    "ResultsAccountOrder",
    {
        "status": OrderStatus,
        "deliveredAt": datetime | None,
        "images": ResultsAccountOrderImages | None,
    },
)

ResultsAccount = TypedDict(
    "ResultsAccount",
    {
        "order": ResultsAccountOrder | None,
    },
)

Results = TypedDict(
    "Results",
    {
        "account": ResultsAccount | None,
    },
)

RESULTS: Final = Operation[ResultsVariables, Results]("""
query Results($number: Int!, $after: String) {
  account {
    order(number: $number) {
      status
      deliveredAt
      images(first: 100, after: $after, status: [DELIVERED]) {
        nodes {
          filename
          resultUrl
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
""")

SpecificationsVariables = TypedDict(
    "SpecificationsVariables",
    {},
)

SpecificationsAccountSpecificationsNodes = TypedDict(
    "SpecificationsAccountSpecificationsNodes",
    {
        "id": str,
        "name": str,
    },
)

SpecificationsAccountSpecifications = TypedDict(
    "SpecificationsAccountSpecifications",
    {
        "nodes": list[SpecificationsAccountSpecificationsNodes],
    },
)

SpecificationsAccount = TypedDict(
    "SpecificationsAccount",
    {
        "specifications": SpecificationsAccountSpecifications | None,
    },
)

Specifications = TypedDict(
    "Specifications",
    {
        "account": SpecificationsAccount | None,
    },
)

SPECIFICATIONS: Final = Operation[SpecificationsVariables, Specifications]("""
query Specifications {
  account {
    specifications(first: 100) {
      nodes {
        id
        name
      }
    }
  }
}
""")
