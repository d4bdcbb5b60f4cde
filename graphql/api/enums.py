"""The enumerations of the schema: those of the domain, described for clients, and what only the API knows."""

from enum import StrEnum

from app.domain.deadlines import steps
from app.domain.deadlines.enums import DeadlineKind, DeadlineStatus
from app.domain.events.enums import EventType
from app.domain.job_runs import JobRunState
from app.domain.orders.enums import ImageStatus, OrderStatus, ServiceLevel
from app.domain.pulse import trends
from app.domain.sla.enums import Plan
from engine.decorators import describe


class ViewerKind(StrEnum):
    """Who calls."""

    CLIENT = "CLIENT"
    STAFF = "STAFF"


class OrderFeedFilter(StrEnum):
    """What the order feed shows."""

    ALL = "ALL"
    IN_PRODUCTION = "IN_PRODUCTION"
    READY_FOR_DOWNLOAD = "READY_FOR_DOWNLOAD"


describe(
    ViewerKind,
    "Who calls.",
    {"CLIENT": "A client: sees its own account.", "STAFF": "Staff of the service: see every account."},
)
describe(
    OrderFeedFilter,
    "What the order feed shows.",
    {
        "ALL": "Every order, cancelled ones included.",
        "IN_PRODUCTION": "Orders that are not wholly delivered.",
        "READY_FOR_DOWNLOAD": "Orders that are wholly delivered and not downloaded yet.",
    },
)
describe(
    Plan,
    "The subscription of an account; it gives the default terms of the SLA.",
    {
        "SOLO": "For a single photographer.",
        "PROFESSIONAL_TRIAL": "Professional on trial.",
        "PROFESSIONAL": "For studios; with a dashboard.",
        "ENTERPRISE": "For large studios; with a dashboard.",
    },
)
describe(
    ServiceLevel,
    "What the images of an order were promised.",
    {
        "STANDARD": "Within the day's guarantee: due the next morning.",
        "ADDITIONAL": "Beyond the day's guarantee: the deadline is confirmed by support and production.",
        "EXPEDITED": "Within the day's expedites: due in 3 hours.",
        "EXPEDITED_ADDITIONAL": "Beyond the day's expedites: due in 6 hours.",
        "EXPEDITED_PLAN": "Far beyond the day's expedites: support and production make a delivery plan; until then the"
        " deadline without the expedite stands.",
    },
)
describe(
    OrderStatus,
    "Where an order stands.",
    {
        "IN_PRODUCTION": "Not every image is delivered, or some were rejected and are done again.",
        "READY_FOR_DOWNLOAD": "Every image is delivered.",
        "COMPLETED": "The client has downloaded every image.",
        "CANCELLED": "Cancelled before production began.",
    },
)
describe(
    ImageStatus,
    "Where an image stands.",
    {
        "QUEUED": "Waits for production.",
        "IN_PRODUCTION": "Is being retouched.",
        "DELIVERED": "Delivered, and not rejected since.",
        "REJECTED": "Rejected by the client, and waits to be done again.",
        "CANCELLED": "Cancelled with its order.",
    },
)
describe(
    DeadlineStatus,
    "Whether a deadline stands.",
    {
        "CONFIRMED": "It stands.",
        "TO_BE_CONFIRMED": "There is none until support and production confirm one.",
        "PLAN_REQUIRED": "A delivery plan is to be made; until then the deadline without the expedite stands, if there"
        " is one: once it has passed without a plan, it is CONFIRMED.",
    },
)
describe(
    DeadlineKind,
    "What is due.",
    {"DELIVERY": "The first delivery of images.", "REDO": "The next delivery of rejected images."},
)
describe(
    steps.DeadlineStepCode,
    "The kind of a step of a deadline's explanation.",
    {
        "UPLOADED_AT": "The upload, in user time.",
        "CUTOFF": "The end of the day of the upload, before which it came.",
        "GUARANTEE_POSITION": "The place in the day's guarantee.",
        "EXPEDITE_POSITION": "The place in the day's expedites.",
        "BASE_DEADLINE": "The deadline by the terms of the SLA.",
        "WEEKEND_SHIFT": "The deadline moved to Monday.",
        "CLOCK_CHANGE": "The clock changes before the deadline.",
        "AWAITING_STAFF": "Support and production are to set the deadline.",
        "STAFF_CONFIRMED": "Support and production set the deadline.",
        "REJECTED_AT": "The rejection, in user time.",
        "SLA_VERSION": "The version of the SLA that made the promise.",
        "PLAN_VOID": "No delivery plan was made before the deadline had passed, which therefore stands.",
    },
)
describe(
    trends.TrendDirection,
    "Where a figure went from the previous window to the current one.",
    {"UP": "Up.", "DOWN": "Down.", "FLAT": "Unchanged to one decimal of a percent, or with nothing to compare."},
)
describe(
    trends.Sentiment,
    "Whether a change is good for the client.",
    {"POSITIVE": "Good.", "NEGATIVE": "Bad.", "NEUTRAL": "Neither."},
)
describe(
    EventType,
    "What happened.",
    {
        "ACCOUNT_CREATED": "The account began.",
        "ORDER_PLACED": "An order was placed, its images uploaded.",
        "ORDER_SPLIT": "Images of an order were split off into another one.",
        "ORDER_EXPEDITED": "An order was expedited.",
        "ORDER_CANCELLED": "An order was cancelled.",
        "ORDER_COMPLETED": "The client has downloaded an order.",
        "IMAGES_CLAIMED": "Production took images.",
        "CLAIM_EXPIRED": "Production held images for too long; they are in the queue again.",
        "IMAGES_DELIVERED": "Images were delivered.",
        "IMAGES_REJECTED": "The client rejected images.",
        "DEADLINE_CONFIRMED": "Support and production set a deadline.",
        "DEADLINE_AT_RISK": "A deadline may be missed.",
        "DEADLINE_MISSED": "A deadline passed with images undelivered.",
        "DEADLINE_MET": "Every image was delivered by the deadline.",
        "SLA_NEGOTIATED": "New terms of the SLA were agreed.",
        "TIME_ZONE_CHANGED": "The account's time zone changed.",
        "GUARANTEE_RESET": "A day's guarantee began anew.",
        "SPECIFICATION_CHANGED": "A specification was made, reworded or archived.",
        "EVENT_WITHDRAWN": "Another event turned out to be untrue.",
    },
)
describe(
    JobRunState,
    "What came of a run of a job.",
    {
        "RUNNING": "It runs, or whoever ran it died: it is taken over then.",
        "SUCCEEDED": "It was done.",
        "FAILED": "It failed, as a whole or for an account; it is tried again after a while.",
    },
)
