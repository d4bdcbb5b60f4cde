"""Keys of clients and staff, and secrets that the service signs with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Identity,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlmodel import Field

from db.tables.base import Instant, Table


class ApiKey(Table, table=True):
    """A client's key: the SHA-256 of its secret, which names the account; `prefix` is the start of that text.

    Numbers are those of `tokens`, one sequence for both tables.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        UniqueConstraint("account_id", "hash"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    id: UUID
    hash: bytes
    number: int = Field(sa_type=BigInteger)
    name: str | None
    prefix: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(sa_type=Instant)


class ApiKeyUse(Table, table=True):
    """The last use of a client's key, within a minute; a table of its own, since every request reads the key.

    No foreign key: a key that was deleted by hand must not keep the uses of others from being written.
    """

    __tablename__ = "api_key_uses"
    __table_args__ = (PrimaryKeyConstraint("account_id", "key_id"),)
    account_id: UUID
    key_id: UUID
    used_at: datetime = Field(sa_type=Instant)


class Token(Table, table=True):
    """A key whose secret names no account: staff's, without an account, and all that are older than `api_keys`.

    It is kept as the SHA-256 of its text. Older ones have no prefix. That of a revoked one is replaced by the bytes of
    its id, which are no SHA-256, so that a release without revocations refuses it, too.
    """

    __tablename__ = "tokens"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        UniqueConstraint("hash"),
        UniqueConstraint("number"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    id: UUID
    account_id: UUID | None
    hash: bytes
    created_at: datetime = Field(sa_type=Instant)
    number: int = Field(sa_column=Column(BigInteger, Identity(), nullable=False))
    name: str | None
    prefix: str | None
    expires_at: datetime | None = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(sa_type=Instant)


class TokenUse(Table, table=True):
    """The last use of a token, as in `api_key_uses`."""

    __tablename__ = "token_uses"
    __table_args__ = (PrimaryKeyConstraint("token_id"),)
    token_id: UUID
    used_at: datetime = Field(sa_type=Instant)


class SigningKey(Table, table=True):
    """A secret for signatures; `purpose` names their use."""

    __tablename__ = "signing_keys"
    __table_args__ = (PrimaryKeyConstraint("purpose"),)
    purpose: str
    secret: bytes
