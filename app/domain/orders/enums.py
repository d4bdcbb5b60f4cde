"""The service levels of orders, the statuses of orders and images, and categories (domain rules, sections 3 and 5)."""

from enum import StrEnum


class ServiceLevel(StrEnum):
    """The promise made for an order, in the order in which siblings are numbered."""

    STANDARD = "STANDARD"
    ADDITIONAL = "ADDITIONAL"
    EXPEDITED = "EXPEDITED"
    EXPEDITED_ADDITIONAL = "EXPEDITED_ADDITIONAL"
    EXPEDITED_PLAN = "EXPEDITED_PLAN"


class OrderStatus(StrEnum):
    """The status of an order (domain rules, section 5)."""

    IN_PRODUCTION = "IN_PRODUCTION"
    READY_FOR_DOWNLOAD = "READY_FOR_DOWNLOAD"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class ActionKind(StrEnum):
    """A command on an order or an image (domain rules, section 5)."""

    EXPEDITE = "EXPEDITE"
    REJECT = "REJECT"
    COMPLETE = "COMPLETE"
    CANCEL = "CANCEL"
    CONFIRM_DEADLINE = "CONFIRM_DEADLINE"
    REVISE_DEADLINE = "REVISE_DEADLINE"


class ImageStatus(StrEnum):
    """The status of an image (domain rules, section 5)."""

    QUEUED = "QUEUED"
    IN_PRODUCTION = "IN_PRODUCTION"
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class RejectionCategory(StrEnum):
    """The kind of fault for which an image is rejected (domain rules, section 3)."""

    COLOR = "COLOR"
    CROP = "CROP"
    MASK = "MASK"
    RETOUCH = "RETOUCH"
    SIZE_OR_FORMAT = "SIZE_OR_FORMAT"
    INSTRUCTIONS = "INSTRUCTIONS"
    OTHER = "OTHER"
