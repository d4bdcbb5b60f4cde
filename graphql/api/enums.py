"""The enums of the schema: those of the domain, described for clients, and those of the API alone."""

from enum import StrEnum

from app.domain.activity.enums import Grain
from app.domain.deadlines.enums import DeadlineKind, DeadlineStatus, DeadlineStepCode
from app.domain.events.enums import EventType
from app.domain.inquiries import InquiryTopic
from app.domain.job_runs import JobRunState
from app.domain.orders.enums import ActionKind, ImageStatus, OrderStatus, RejectionCategory, ServiceLevel
from app.domain.production.operations import Performer
from app.domain.pulse import trends
from app.domain.sla.enums import Plan, SlaTerm
from engine.decorators import describe


class ViewerKind(StrEnum):
    """The kind of a caller."""

    CLIENT = "CLIENT"
    STAFF = "STAFF"


class OrderFeedFilter(StrEnum):
    """The orders that the order feed shows."""

    ALL = "ALL"
    IN_PRODUCTION = "IN_PRODUCTION"
    READY_FOR_DOWNLOAD = "READY_FOR_DOWNLOAD"


class AccountOrder(StrEnum):
    """The order of a list of accounts."""

    CREATED = "CREATED"
    NAME = "NAME"


describe(
    AccountOrder,
    "The order of a list of accounts.",
    {"CREATED": "By their creation, oldest first.", "NAME": "By their names, ignoring case."},
)
describe(
    Performer,
    "The kind of performer of a retouching step.",
    {"RETOUCHER": "A human retoucher.", "SCRIPT": "A script.", "AI": "An artificial intelligence."},
)
describe(
    ViewerKind,
    "The kind of a caller.",
    {
        "CLIENT": "A client, with access to its own account.",
        "STAFF": "Staff of the service, with access to every account.",
    },
)
describe(
    OrderFeedFilter,
    "The orders that the order feed shows.",
    {
        "ALL": "Every order, cancelled ones included.",
        "IN_PRODUCTION": "Orders with images still to be delivered.",
        "READY_FOR_DOWNLOAD": "Orders with every image delivered, not downloaded yet.",
    },
)
describe(
    Grain,
    "A length of time by which activity is counted.",
    {
        "DAY": "A ledger day.",
        "WEEK": "The ledger days whose dates are in an ISO week, Monday to Sunday.",
        "MONTH": "The ledger days whose dates are in a calendar month.",
    },
)
describe(
    Plan,
    "The subscription of an account; it sets the default terms of the SLA.",
    {
        "SOLO": "Solo, for a single photographer.",
        "PROFESSIONAL_TRIAL": "Professional, on trial.",
        "PROFESSIONAL": "Professional, for studios; with a dashboard.",
        "ENTERPRISE": "Enterprise, for large studios; with a dashboard.",
    },
)
describe(
    SlaTerm,
    "A term of the SLA that can be negotiated.",
    {
        "DELIVER_BY": "The time, user time, by which standard orders are delivered: `standard.deliverBy`.",
        "IMAGES_PER_DAY": "The images guaranteed per ledger day: `guarantee.imagesPerDay`.",
        "EXPEDITES_PER_DAY": "The images per ledger day at the shortest turnaround: `expedite.imagesPerDay`.",
        "EXPEDITE_TURNAROUND": "The turnaround of these images: `expedite.turnaround`.",
        "EXPEDITE_ADDITIONAL_TURNAROUND": "The turnaround of further images: `expedite.additionalTurnaround`.",
        "EXPEDITE_MULTIPLIER": "The factor of the price of an expedited image: `expedite.priceMultiplier`.",
        "REJECTION_TURNAROUND": "The time from a rejection to the redelivery: `rejection.turnaround`.",
        "REVIEW_TURNAROUND": "The time within which staff set a deadline that they owe: `review.turnaround`.",
        "FLOW": "The availability of Flow: `flow.available`.",
        "SUPPORT_RESPONSE": "The response time of support: `support.responseTime`.",
        "SUPPORT_PHONE": "The availability of support by phone: `support.phone`.",
    },
)
describe(
    ActionKind,
    "A command on an order or an image.",
    {
        "EXPEDITE": "To expedite the image, or all images of the order that can be: `expediteOrder`.",
        "REJECT": "To reject the image, or all delivered images of the order: `rejectImages`.",
        "COMPLETE": "To complete the order: `completeOrder`.",
        "CANCEL": "To cancel the order, or the image: `cancelOrder`.",
        "CONFIRM_DEADLINE": "To set the deadline that the order awaits, as staff: `confirmDeadline`.",
        "REVISE_DEADLINE": "To set an earlier deadline in place of one that staff set, as staff: `reviseDeadline`.",
    },
)
describe(
    ServiceLevel,
    "The promise made for the images of an order.",
    {
        "STANDARD": "Within the day's guarantee: due the next working morning.",
        "ADDITIONAL": "Beyond the day's guarantee: support and production confirm the deadline.",
        "EXPEDITED": "Within the day's expedites: due after the shortest turnaround, 3 hours by default.",
        "EXPEDITED_ADDITIONAL": "Beyond the day's expedites: due after the additional turnaround, 6 hours by default.",
        "EXPEDITED_PLAN": "Far beyond the day's expedites: support and production make a delivery plan; until then the"
        " deadline without the expedite applies.",
    },
)
describe(
    OrderStatus,
    "The status of an order.",
    {
        "IN_PRODUCTION": "Not completely delivered, or with rejected images that are being redone.",
        "READY_FOR_DOWNLOAD": "Completely delivered, and not downloaded yet.",
        "COMPLETED": "Downloaded by the client.",
        "CANCELLED": "Cancelled before production began.",
    },
)
describe(
    ImageStatus,
    "The status of an image.",
    {
        "QUEUED": "Waiting for production.",
        "IN_PRODUCTION": "Being retouched.",
        "DELIVERED": "Delivered, and not rejected since.",
        "REJECTED": "Rejected by the client, and waiting to be redone.",
        "CANCELLED": "Cancelled before production began.",
    },
)
describe(
    RejectionCategory,
    "The kind of fault for which an image is rejected.",
    {
        "COLOR": "Colors or tones are wrong.",
        "CROP": "The crop, the alignment or the margins are wrong.",
        "MASK": "The cutout is wrong: edges, halos, missing parts.",
        "RETOUCH": "The retouching is missing, too strong or flawed.",
        "SIZE_OR_FORMAT": "The size, the resolution or the format of the file is wrong.",
        "INSTRUCTIONS": "Instructions were not followed.",
        "OTHER": "Another fault, which the reason describes.",
    },
)
describe(
    DeadlineStatus,
    "The status of a deadline.",
    {
        "CONFIRMED": "Set, and binding.",
        "TO_BE_CONFIRMED": "Not set: support and production confirm one, unless the images were delivered or"
        " cancelled before; then it stays so.",
        "PLAN_REQUIRED": "Awaiting a delivery plan; until then the deadline without the expedite applies, if there is"
        " one, and becomes CONFIRMED once it passes without a plan.",
    },
)
describe(
    DeadlineKind,
    "The delivery that a deadline is for.",
    {"DELIVERY": "The first delivery of images.", "REDO": "The next delivery of rejected images."},
)
describe(
    DeadlineStepCode,
    "The kind of a step of a deadline's explanation.",
    {
        "UPLOADED_AT": "The upload of the images.",
        "CUTOFF": "The end of the upload day, by which the images were uploaded.",
        "GUARANTEE_POSITION": "The positions in the day's guarantee.",
        "EXPEDITE_POSITION": "The positions in the day's expedites.",
        "BASE_DEADLINE": "The deadline by the terms of the SLA.",
        "WEEKEND_SHIFT": "The move of a weekend deadline to Monday.",
        "CLOCK_CHANGE": "A clock change before the deadline.",
        "AWAITING_STAFF": "A deadline or delivery plan that support and production have to set.",
        "STAFF_CONFIRMED": "The deadline set by support and production.",
        "STAFF_REVISED": "The earlier deadline that support and production set since.",
        "REJECTED_AT": "The rejection of the image, from which the deadline of its redo is counted.",
        "SLA_VERSION": "The version of the SLA under which the promise was made.",
        "ZONE_CHANGED": "A change of the time zone in the ledger day of the upload, before it.",
        "PLAN_VOID": "A delivery plan that was not made before the deadline passed; the deadline remains.",
    },
)
describe(
    trends.TrendDirection,
    "The direction of a figure from the previous window to the current one.",
    {
        "UP": "Higher than in the previous window.",
        "DOWN": "Lower than in the previous window.",
        "FLAT": "Unchanged to one decimal of a percent, or without a figure to compare.",
    },
)
describe(
    trends.Sentiment,
    "The meaning of a change for the client.",
    {"POSITIVE": "Good for the client.", "NEGATIVE": "Bad for the client.", "NEUTRAL": "Neither good nor bad."},
)
describe(
    EventType,
    "The type of an event.",
    {
        "ACCOUNT_CREATED": "The account was created.",
        "ORDER_PLACED": "An order was placed and its images were uploaded.",
        "ORDER_SPLIT": "Images of an order were split off into other orders.",
        "ORDER_EXPEDITED": "An order was expedited.",
        "ORDER_CANCELLED": "An order was cancelled.",
        "ORDER_COMPLETED": "The client downloaded an order.",
        "IMAGES_CLAIMED": "A worker claimed images.",
        "CLAIM_EXPIRED": "A worker's claim expired; the images are in the queue again.",
        "IMAGES_DELIVERED": "Images were delivered.",
        "IMAGES_REJECTED": "The client rejected images.",
        "DEADLINE_CONFIRMED": "Support and production set a deadline.",
        "DEADLINE_AT_RISK": "A deadline may be missed.",
        "DEADLINE_MISSED": "A deadline passed with images undelivered.",
        "DEADLINE_MET": "Every image of an order was delivered by the deadline.",
        "SLA_NEGOTIATED": "New terms of the SLA were agreed.",
        "TIME_ZONE_CHANGED": "The account's time zone changed.",
        "GUARANTEE_RESET": "The daily guarantee was reset: a new ledger day opened.",
        "SPECIFICATION_CHANGED": "A specification was created, changed or archived.",
        "ACCOUNT_RENAMED": "The account got another name.",
        "SUCCESS_MANAGER_CHANGED": "The account got another customer success manager, or none.",
        "ACCOUNT_CLOSED": "The account was closed.",
        "ACCOUNT_REOPENED": "The account was opened again.",
        "SLA_WITHDRAWN": "Coming terms of the SLA were withdrawn.",
        "PLAN_CHANGED": "Another plan was agreed for days to come.",
        "EVENT_WITHDRAWN": "Another event turned out to be untrue.",
        "IMAGES_CANCELLED": "The client cancelled images, while others of their order remain.",
        "DEADLINE_REVISED": "Support and production set an earlier deadline in place of theirs.",
        "CONTACT_CHANGED": "The service writes to another person of the account, or to no one.",
        "INQUIRY_OPENED": "The client asked the service or left a comment.",
        "INQUIRY_ANSWERED": "The service answered an inquiry.",
        "INQUIRY_OVERDUE": "The deadline of an inquiry passed without an answer.",
        "OPERATIONS_RECORDED": "Production recorded retouching steps done on images.",
        "DASHBOARD_ACCESS_CHANGED": "Staff let the account in to its dashboard, shut it out, or left it to its plan.",
        "REVIEW_OVERDUE": "The promised instant passed without a deadline set.",
        "TEXTS_ERASED": "Texts of the account were erased, so that they hold no person's data.",
    },
)
describe(
    InquiryTopic,
    "The subject of an inquiry.",
    {
        "SUPPORT": "Help with an order, an image or the service.",
        "SLA": "The terms of the SLA, such as negotiating others.",
        "DELIVERY_PLAN": "The delivery plan of a large order.",
        "FEEDBACK": "Feedback or a comment.",
        "DATA": "Figures and data that the client wishes to see.",
    },
)
describe(
    JobRunState,
    "The state of a job run.",
    {
        "RUNNING": "Running; a run whose worker died is taken over by another one.",
        "SUCCEEDED": "Finished without a failure.",
        "FAILED": "Failed, as a whole or for an account; it is retried.",
    },
)
