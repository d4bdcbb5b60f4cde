"""The enumerations of the business, shared by rules, tables and the API (domain rules, sections 2, 3 and 5)."""

from enum import StrEnum


class Plan(StrEnum):
    """The subscription of an account; it gives the default terms."""

    SOLO = "SOLO"
    PROFESSIONAL_TRIAL = "PROFESSIONAL_TRIAL"
    PROFESSIONAL = "PROFESSIONAL"
    ENTERPRISE = "ENTERPRISE"


class ServiceLevel(StrEnum):
    """What an order was promised, in the order in which siblings are numbered."""

    STANDARD = "STANDARD"
    ADDITIONAL = "ADDITIONAL"
    EXPEDITED = "EXPEDITED"
    EXPEDITED_ADDITIONAL = "EXPEDITED_ADDITIONAL"
    EXPEDITED_PLAN = "EXPEDITED_PLAN"


class DeadlineStatus(StrEnum):
    """Whether a deadline stands or staff still have to set one."""

    CONFIRMED = "CONFIRMED"
    TO_BE_CONFIRMED = "TO_BE_CONFIRMED"
    PLAN_REQUIRED = "PLAN_REQUIRED"


class DeadlineKind(StrEnum):
    """What is due: the first delivery, or the next one after a rejection."""

    DELIVERY = "DELIVERY"
    REDO = "REDO"


class OrderStatus(StrEnum):
    """Where an order stands (domain rules, section 5)."""

    IN_PRODUCTION = "IN_PRODUCTION"
    READY_FOR_DOWNLOAD = "READY_FOR_DOWNLOAD"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class ImageStatus(StrEnum):
    """Where an image stands (domain rules, section 5)."""

    QUEUED = "QUEUED"
    IN_PRODUCTION = "IN_PRODUCTION"
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class EventType(StrEnum):
    """What happened; one event each (the audit trail)."""

    ACCOUNT_CREATED = "ACCOUNT_CREATED"
    ORDER_PLACED = "ORDER_PLACED"
    ORDER_SPLIT = "ORDER_SPLIT"
    ORDER_EXPEDITED = "ORDER_EXPEDITED"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    ORDER_COMPLETED = "ORDER_COMPLETED"
    IMAGES_CLAIMED = "IMAGES_CLAIMED"
    CLAIM_EXPIRED = "CLAIM_EXPIRED"
    IMAGES_DELIVERED = "IMAGES_DELIVERED"
    IMAGES_REJECTED = "IMAGES_REJECTED"
    DEADLINE_CONFIRMED = "DEADLINE_CONFIRMED"
    DEADLINE_AT_RISK = "DEADLINE_AT_RISK"
    DEADLINE_MISSED = "DEADLINE_MISSED"
    DEADLINE_MET = "DEADLINE_MET"
    SLA_NEGOTIATED = "SLA_NEGOTIATED"
    TIME_ZONE_CHANGED = "TIME_ZONE_CHANGED"
    GUARANTEE_RESET = "GUARANTEE_RESET"
    SPECIFICATION_CHANGED = "SPECIFICATION_CHANGED"
    EVENT_WITHDRAWN = "EVENT_WITHDRAWN"


class JobRunState(StrEnum):
    """How a run of a job stands (domain rules, section 7)."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
