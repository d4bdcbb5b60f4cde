"""Global ids, opaque to clients: within are the type, the account and the key of a node; so one account is asked."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from uuid import UUID


class MalformedId(ValueError):  # noqa: N818 - it names what is the case, as all errors here do
    """A text that is no global id."""


class NodeType(IntEnum):
    """What a global id can name; the numbers are in ids that clients keep."""

    ACCOUNT = 1
    ORDER = 2
    IMAGE = 3
    REJECTION = 4
    SPECIFICATION = 5
    EVENT = 6
    SLA = 7
    PULSE_SNAPSHOT = 8
    JOB_RUN = 9


_UUID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class GlobalId:
    """A node: its type, its account, and its key within the account; an account's key is its own id.

    The key of an event is its sequence, that of an SLA its version, as the integer of the UUID.
    """

    type: NodeType
    account_id: UUID
    key: UUID

    @property
    def within_account(self) -> tuple[UUID, UUID]:
        """The account and the key."""
        return self.account_id, self.key

    @property
    def number(self) -> int:
        """The number that the key of an event or an SLA was made of."""
        return self.key.int

    def __str__(self) -> str:
        key = b"" if self.type is NodeType.ACCOUNT else self.key.bytes
        return urlsafe_b64encode(bytes([self.type]) + self.account_id.bytes + key).rstrip(b"=").decode()


def numbered(node_type: NodeType, account_id: UUID, number: int) -> GlobalId:
    """Name a node whose key is a number."""
    return GlobalId(node_type, account_id, UUID(int=number))


def named_account(account_id: UUID) -> GlobalId:
    """Name an account."""
    return GlobalId(NodeType.ACCOUNT, account_id, account_id)


def account_global_id(account_id: UUID) -> str:
    """Write the global id of an account."""
    return str(named_account(account_id))


def read_global_id(text: str) -> GlobalId:
    """Read a global id, written exactly as it was given out; raises MalformedId."""
    try:
        data = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        node_type, account, key = NodeType(data[0]), data[1 : _UUID_BYTES + 1], data[_UUID_BYTES + 1 :]
        found = GlobalId(node_type, UUID(bytes=account), UUID(bytes=key or account))
    except (ValueError, IndexError):
        raise MalformedId(text) from None
    if str(found) != text:
        raise MalformedId(text)
    return found
