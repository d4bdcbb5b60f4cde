"""The plans of an account, and the terms of an SLA that can be negotiated (domain rules, section 2)."""

from enum import StrEnum


class Plan(StrEnum):
    """The subscription of an account; it gives the default terms."""

    SOLO = "SOLO"
    PROFESSIONAL_TRIAL = "PROFESSIONAL_TRIAL"
    PROFESSIONAL = "PROFESSIONAL"
    ENTERPRISE = "ENTERPRISE"


class SlaTerm(StrEnum):
    """A term of an SLA that can be negotiated."""

    DELIVER_BY = "DELIVER_BY"
    IMAGES_PER_DAY = "IMAGES_PER_DAY"
    EXPEDITES_PER_DAY = "EXPEDITES_PER_DAY"
    EXPEDITE_TURNAROUND = "EXPEDITE_TURNAROUND"
    EXPEDITE_ADDITIONAL_TURNAROUND = "EXPEDITE_ADDITIONAL_TURNAROUND"
    EXPEDITE_MULTIPLIER = "EXPEDITE_MULTIPLIER"
    REJECTION_TURNAROUND = "REJECTION_TURNAROUND"
    REVIEW_TURNAROUND = "REVIEW_TURNAROUND"
    FLOW = "FLOW"
    SUPPORT_RESPONSE = "SUPPORT_RESPONSE"
    SUPPORT_PHONE = "SUPPORT_PHONE"
