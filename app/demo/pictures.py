"""The pictures of the demo: small drawings in SVG, made of their names, so that no file is kept.

A name has the recipe, a number that varies the colours, and the kind: `upload`, with a backdrop and dust, or `result`,
cut out on white; `small` ones are previews. The same name gives the same bytes.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from zlib import crc32

PATH: Final = "/demo/pictures"
"""The path under which a demo serves its pictures."""

_NAME: Final = re.compile(
    r"(?P<recipe>[a-z-]{1,20})-(?P<number>\d{1,9})-(?P<kind>upload|result)(?P<small>-small)?\.svg"
)
_VARIANTS: Final = 24
_LARGE: Final = 800  # pixels
_SMALL: Final = 160
_SHAPES: Final[Mapping[str, str]] = {
    "flat-lay": '<path d="M34 28 44 24Q50 30 56 24L66 28 78 40 70 48 66 44V78H34V44L30 48 22 40Z"/>',
    "ghost": (
        '<path d="M40 18Q50 26 60 18L66 42 80 82H20L34 42Z"/>'
        '<path d="M40 18Q50 26 60 18L58 22Q50 29 42 22Z" fill="#0003"/>'
    ),
    "on-model": (
        '<circle cx="50" cy="20" r="9" fill="#d8a98a"/><path d="M38 32H62L72 56 64 60 60 50V86H40V50L36 60 28 56Z"/>'
    ),
    "jewellery": (
        '<circle cx="50" cy="58" r="22" fill="none" stroke-width="6"/>'
        '<path d="M40 28 45 20H55L60 28 50 40Z" fill="#cfe8ff"/>'
    ),
    "shoes": ('<path d="M16 42Q26 54 40 46L64 60Q84 62 84 72H16Z"/><path d="M16 72H84V77H16Z" fill="#0006"/>'),
}
_WHITE: Final = '<path fill="#fff" d="M0 0H100V100H0Z"/>'


class Addresses(NamedTuple):
    """The addresses of the pictures of an image: of its upload's preview, its result, and the preview of this."""

    upload: str
    result: str
    result_preview: str


def addresses(origin: str, recipe: str, filename: str) -> Addresses:
    """Return the addresses of the pictures of an image; `origin` is that of the demo, `http://localhost:8000`."""
    start = f"{origin}{PATH}/{recipe}-{crc32(filename.encode()) % _VARIANTS}"
    return Addresses(f"{start}-upload-small.svg", f"{start}-result.svg", f"{start}-result-small.svg")


def picture(name: str) -> str | None:
    """Draw the picture of a name; None for a name of no picture."""
    named = _NAME.fullmatch(name)
    shape = None if named is None else _SHAPES.get(named["recipe"])
    if named is None or shape is None:
        return None
    number, side = int(named["number"]), _SMALL if named["small"] else _LARGE
    colour = f"hsl({number * 47 % 360},45%,50%)"
    behind, before = (_backdrop(number), _dust(number)) if named["kind"] == "upload" else (_WHITE, "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 100 100">'
        f'{behind}<g fill="{colour}" stroke="{colour}">{shape}</g>{before}</svg>'
    )


def _backdrop(number: int) -> str:
    """Draw the set: a wall, a floor and the shadow that production removes."""
    grey = 62 + number % 5 * 4
    return (
        f'<path fill="hsl(30,6%,{grey}%)" d="M0 0H100V100H0Z"/>'
        f'<path fill="hsl(30,6%,{grey - 9}%)" d="M0 76H100V100H0Z"/>'
        '<ellipse cx="54" cy="83" rx="32" ry="6" fill="#0003"/>'
    )


def _dust(number: int) -> str:
    spots = ((number * 31 + each * 37) % 100 for each in range(6))
    return "".join(f'<circle cx="{spot}" cy="{(spot * 7 + 13) % 100}" r=".7" fill="#fffa"/>' for spot in spots)
