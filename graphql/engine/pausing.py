"""Long synchronous work that pauses when its turn of the event loop is over.

graphql-core parses and validates in plain functions, which cannot await. SQLAlchemy's greenlets let them.
"""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from sqlalchemy.util import await_, greenlet_spawn

from app.turns import pause, turn_is_over

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def in_turns(work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Do work that calls `let_others_work` now and then."""
    return await greenlet_spawn(partial(work, *args, **kwargs))


def let_others_work() -> None:
    """Pause if the turn is over; then the work must be within `in_turns`."""
    if turn_is_over():
        await_(pause())
