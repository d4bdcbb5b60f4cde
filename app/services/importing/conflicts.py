"""What an import meets when someone else writes to its accounts at the same time."""

from collections.abc import Generator
from contextlib import contextmanager

from db.connections import ServerError, asks_to_try_again


class AccountMoved(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """Someone else wrote to an account while its lines were read; nothing of the batch was written.

    `ref` is None where it cannot be told which account.
    """

    def __init__(self, ref: str | None) -> None:
        name = "An account of the file" if ref is None else f"The account {ref!r}"
        super().__init__(f"{name} was changed by someone else meanwhile; run the import again.")
        self.ref = ref


@contextmanager
def meeting_others() -> Generator[None]:
    """Raise AccountMoved where the server ends a transaction because another one is in its way."""
    try:
        yield
    except ServerError as error:
        if asks_to_try_again(error):
            raise AccountMoved(None) from error
        raise
