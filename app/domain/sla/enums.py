"""The plans of an account (domain rules, section 2)."""

from enum import StrEnum


class Plan(StrEnum):
    """The subscription of an account; it gives the default terms."""

    SOLO = "SOLO"
    PROFESSIONAL_TRIAL = "PROFESSIONAL_TRIAL"
    PROFESSIONAL = "PROFESSIONAL"
    ENTERPRISE = "ENTERPRISE"
