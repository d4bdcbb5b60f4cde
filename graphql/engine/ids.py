"""Global ids, opaque to clients: the type of a node, its account, by which statements are routed, and its key."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from uuid import UUID


class MalformedId(ValueError):  # noqa: N818 - named by the problem, as all errors here
    """A text that is no global id."""


_UUID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class GlobalId:
    """The id of a node: its type, its account, and its key within the account.

    Types are members of the schema's own enumeration; their numbers are in ids that clients keep. A key that is the
    account's id is not written.
    """

    type: int
    account_id: UUID
    key: UUID

    @property
    def within_account(self) -> tuple[UUID, UUID]:
        """The account and the key."""
        return self.account_id, self.key

    @property
    def number(self) -> int:
        """The number that the key was made of."""
        return self.key.int

    def __str__(self) -> str:
        key = b"" if self.key == self.account_id else self.key.bytes
        return urlsafe_b64encode(bytes([self.type]) + self.account_id.bytes + key).rstrip(b"=").decode()


def numbered(type_: IntEnum, account_id: UUID, number: int) -> GlobalId:
    """Make the id of a node whose key is a number."""
    return GlobalId(type_, account_id, UUID(int=number))


def parse_global_id(text: str, types: type[IntEnum]) -> GlobalId:
    """Parse the id of a node of one of the types, written exactly as `str` writes it; raises MalformedId."""
    try:
        data = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        account, key = data[1 : _UUID_BYTES + 1], data[_UUID_BYTES + 1 :]
        found = GlobalId(types(data[0]), UUID(bytes=account), UUID(bytes=key or account))
    except (ValueError, IndexError):
        raise MalformedId(text) from None
    if str(found) != text:
        raise MalformedId(text)
    return found
