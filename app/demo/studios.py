"""The studios of the demo: their accounts and their habits.

They are invented. The numbers are means, around which the history varies; all studios together upload some 60,000
images in 120 days.
"""

from dataclasses import dataclass

from app.domain.sla.enums import Plan

SATURDAY_AND_SUNDAY = frozenset({5, 6})
FRIDAY_AND_SATURDAY = frozenset({4, 5})


@dataclass(frozen=True, slots=True)
class Recipe:
    """A specification: its price per image and its steps with the seconds they would take by hand."""

    ref: str
    name: str
    price: str
    steps: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A change of time zone, after this share of the history."""

    after: float
    time_zone: str


@dataclass(frozen=True, slots=True)
class NewTerms:
    """Terms negotiated after this share of the history, in force four days later; None keeps a term."""

    after: float
    images_per_day: int | None = None
    expedites_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Studio:
    """An account of the demo and its habits; terms that are None are the plan's.

    `orders` is the mean of a working day, `images` that of an order. `growth` is the change of the daily orders over
    the whole history, as a share. `slips`, `rejects`, `rushes` and `hurries` are shares: of orders with late images,
    of rejected deliveries, of orders expedited when placed, and of those expedited later.
    """

    ref: str
    name: str
    plan: Plan
    time_zone: str
    currency: str
    recipes: tuple[Recipe, ...]
    orders: float
    images: int
    images_per_day: int | None = None
    expedites_per_day: int | None = None
    growth: float = 0.2
    slips: float = 0.03
    rejects: float = 0.04
    rushes: float = 0.06
    hurries: float = 0.05
    quiet_weeks: int = 0
    rest_days: frozenset[int] = SATURDAY_AND_SUNDAY
    joined_days_ago: int | None = None
    move: Move | None = None
    new_terms: NewTerms | None = None


FLAT_LAY = Recipe("flat-lay", "Flat lay", "1.10", (("CLIPPING", 150), ("CROPPING", 20), ("COLOR_MATCHING", 62.5)))
GHOST = Recipe(
    "ghost",
    "Ghost mannequin",
    "1.45",
    (("CLIPPING", 180), ("GHOST_MANNEQUIN", 240), ("SHADOW", 95.5), ("CROPPING", 20)),
)
ON_MODEL = Recipe("on-model", "On model", "2.95", (("SKIN", 310.25), ("STEAMING", 145), ("COLOR_MATCHING", 70)))
JEWELLERY = Recipe("jewellery", "Jewellery", "3.60", (("CLIPPING", 220), ("DUST", 187.125), ("REFLECTION", 130)))
SHOES = Recipe("shoes", "Shoes", "1.25", (("CLIPPING", 165), ("DUST", 60), ("SHADOW", 95.5)))

STUDIOS = (
    Studio(
        ref="demo-nordlys",
        name="Nordlys Fashion",
        plan=Plan.PROFESSIONAL,
        time_zone="Europe/Copenhagen",
        currency="EUR",
        recipes=(FLAT_LAY, GHOST, ON_MODEL),
        orders=5,
        images=22,
        quiet_weeks=1,
    ),
    Studio(
        ref="demo-fifth",
        name="Fifth & Mercer",
        plan=Plan.ENTERPRISE,
        time_zone="America/New_York",
        images_per_day=300,
        expedites_per_day=40,
        currency="USD",
        recipes=(ON_MODEL, GHOST, SHOES),
        orders=8,
        images=24,
        growth=-0.15,
        slips=0.05,
        rushes=0.08,
    ),
    Studio(
        ref="demo-nile",
        name="Nile Cotton House",
        plan=Plan.PROFESSIONAL,
        time_zone="Africa/Cairo",
        currency="USD",
        recipes=(FLAT_LAY, GHOST),
        orders=4,
        images=20,
        growth=0.5,
        rejects=0.07,
        quiet_weeks=2,
        rest_days=FRIDAY_AND_SATURDAY,
    ),
    Studio(
        ref="demo-harbour",
        name="Harbour Outdoor",
        plan=Plan.ENTERPRISE,
        time_zone="Pacific/Auckland",
        currency="NZD",
        recipes=(FLAT_LAY, SHOES),
        orders=6,
        images=22,
        growth=0.35,
        slips=0.02,
        new_terms=NewTerms(after=0.7, images_per_day=260),
    ),
    Studio(
        ref="demo-wander",
        name="Wander Goods",
        plan=Plan.PROFESSIONAL,
        time_zone="America/Los_Angeles",
        images_per_day=120,
        expedites_per_day=30,
        currency="USD",
        recipes=(SHOES, ON_MODEL),
        orders=4,
        images=19,
        growth=-0.3,
        rushes=0.1,
        move=Move(after=0.55, time_zone="Europe/London"),
        new_terms=NewTerms(after=0.4, images_per_day=150, expedites_per_day=24),
    ),
    Studio(
        ref="demo-atelier",
        name="Atelier Baixa",
        plan=Plan.SOLO,
        time_zone="Europe/Lisbon",
        currency="EUR",
        recipes=(JEWELLERY,),
        orders=1.3,
        images=11,
        growth=0,
        quiet_weeks=4,
    ),
    Studio(
        ref="demo-hanabi",
        name="Hanabi Ceramics",
        plan=Plan.PROFESSIONAL_TRIAL,
        time_zone="Asia/Tokyo",
        currency="USD",
        recipes=(JEWELLERY, FLAT_LAY),
        orders=1.5,
        images=10,
        rushes=0.15,
        joined_days_ago=33,
    ),
)
