"""The ids of nodes: their types, numbered as in ids that clients keep, and those of accounts."""

from enum import IntEnum
from typing import Final
from uuid import UUID

from engine.ids import GlobalId, MalformedId, parse_global_id


class NodeType(IntEnum):
    """The type of a node.

    The key of an account is its own id, that of an event its sequence, that of an SLA its version.
    """

    ACCOUNT = 1
    ORDER = 2
    IMAGE = 3
    REJECTION = 4
    SPECIFICATION = 5
    EVENT = 6
    SLA = 7
    PULSE_SNAPSHOT = 8
    JOB_RUN = 9
    RETOUCHING_STEP = 10
    INQUIRY = 11


OF_NO_ACCOUNT: Final = frozenset({NodeType.RETOUCHING_STEP})
"""Types of nodes that belong to no account and that every caller may see."""


def named_account(account_id: UUID) -> GlobalId:
    """Make the id of an account."""
    return GlobalId(NodeType.ACCOUNT, account_id, account_id)


def account_global_id(account_id: UUID) -> str:
    """Write the id of an account."""
    return str(named_account(account_id))


def read_global_id(text: str) -> GlobalId:
    """Read the id of a node, written exactly as it was given out; raises MalformedId."""
    named = parse_global_id(text, NodeType)
    if (named.type == NodeType.ACCOUNT) is not (named.key == named.account_id):
        raise MalformedId(text)
    return named
