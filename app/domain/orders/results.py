"""The delivered pictures of images: addresses only, which Loupe stores and shows (domain rules, section 5.24)."""

from collections.abc import Iterable
from typing import Final, NamedTuple


class ImageResult(NamedTuple):
    """The addresses of a delivered picture and of a preview of it; None where production has given none."""

    url: str | None = None
    preview_url: str | None = None


NO_RESULT: Final = ImageResult()
"""An image without a delivery, or delivered without addresses."""


def stated_results(results: Iterable[ImageResult]) -> tuple[ImageResult, ...]:
    """Return the results of a delivery, one for each image; none if no image has an address."""
    stated = tuple(results)
    return stated if any(result != NO_RESULT for result in stated) else ()
