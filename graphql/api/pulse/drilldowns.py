"""The images behind a count, as lists whose length is the count itself."""

from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from api.context import Context
from api.image.types import Image, image
from app.domain.local_time import Interval
from db.queries.drilldowns import Drilldown
from db.queries.images import ImageRow
from db.queries.pages import Page, Slice
from engine.connections import Listing, known
from engine.cursors import ID, INSTANT, CursorKind

_PARTS: Final = (INSTANT, ID)


@dataclass(frozen=True, slots=True)
class Source:
    """The source of counts: an account and the window in which its images are counted."""

    account_id: UUID
    window: Interval

    def images(self, context: Context, name: str, drilldown: Drilldown, number: int) -> Listing[ImageRow, Image]:
        """List the images behind a count, newest first; `name` distinguishes the list's cursors from others'."""

        async def read(part: Slice) -> Page[ImageRow]:
            if number == 0:
                return Page((), more=False)
            return await context.loaders.drilldowns.load((self.account_id, part, drilldown))

        show = partial(image, context=context)
        return Listing(CursorKind(name, _PARTS), drilldown.span, read, known(number), show, (self.account_id,))
