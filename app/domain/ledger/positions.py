"""The places that images take in what a ledger day has of something (domain rules, sections 3 and 4)."""

from dataclasses import dataclass
from typing import Final

from app.domain.ledger.days import LedgerDay
from app.domain.user_time import date_in_words

_TO: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Places:
    """The places that images took in the guarantee or the expedites of a ledger day.

    They lie from `first` to `last`, counted from 1; those up to the day's `size` are what it has. `day` closes as it
    was to when they were taken.
    """

    day: LedgerDay
    first: int
    last: int
    size: int


@dataclass(frozen=True, slots=True)
class Wording:
    """How to name what a day has when that is nothing, one, or more: the last after the number."""

    none: str
    one: str
    more: str


GUARANTEED: Final = Wording("none guaranteed", "the only one guaranteed", "guaranteed")
EXPEDITES: Final = Wording("no expedites", "the only expedite", "expedites")


def places_in_words(count: int, places: Places, wording: Wording) -> str:
    """Tell where `count` images are: "image 7 of the 200 guaranteed for Tuesday 3 March 2026"."""
    size = places.size
    allowance = wording.none if size == 0 else wording.one if size == 1 else f"the {size:,} {wording.more}"
    return f"{_images(count, places)}{_standing(places)}{allowance} for {date_in_words(places.day.date)}"


def _images(count: int, places: Places) -> str:
    """Name images by their places; split off from between others, they are fewer than the places they lie between."""
    first, last = places.first, places.last
    if first == last:
        return f"image {first:,}"
    if count == last - first + 1:
        return f"images {first:,}{_TO}{last:,}"
    return f"{count:,} images between {first:,} and {last:,}"


def _standing(places: Places) -> str:
    """Join images to what their day has, by whether they are among that, beyond it, or across its end."""
    if places.size == 0:
        return ", with "
    if places.last <= places.size:
        return ", " if places.size == 1 else " of "
    return ", beyond " if places.first > places.size else f", from {places.size + 1:,} on beyond "
