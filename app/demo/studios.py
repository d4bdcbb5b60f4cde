"""The studios of the demo: their accounts and their habits.

They are invented. The numbers are means, around which the history varies; all studios together upload some 60,000
images in 120 days.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Final

from app.domain.contacts import Contact
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms

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
    """Terms negotiated after this share of the history, in force four days later, with a message for the client."""

    after: float
    terms: NegotiableTerms
    message: str


PLAN: Final = NegotiableTerms()
"""The terms of the plan alone."""


@dataclass(frozen=True, slots=True)
class Studio:
    """An account of the demo and its habits; `terms` that are not stated are the plan's.

    `orders` is the mean of a working day, `images` that of an order. `growth` is the change of the daily orders over
    the whole history, as a share. `slips`, `rejects`, `rushes` and `hurries` are shares: of orders with late images,
    of rejected deliveries, of orders expedited when placed, and of those expedited later. `contact` is whom the service
    writes to, `dashboard` whether staff let the account in, whatever its plan, `next_plan` its plan from a week after
    the history on. One that `is_full` has used up its guarantee by the end.
    """

    ref: str
    name: str
    plan: Plan
    time_zone: str
    recipes: tuple[Recipe, ...]
    orders: float
    images: int
    contact: Contact
    terms: NegotiableTerms = PLAN
    message: str | None = None
    dashboard: bool | None = None
    next_plan: Plan | None = None
    is_full: bool = False
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

SUCCESS_MANAGER: Final = Contact("Grace Bauer", "grace@loupe.example")
"""The person of the service for all studios."""

STUDIOS = (
    Studio(
        ref="demo-nordlys",
        name="Nordlys Fashion",
        plan=Plan.PROFESSIONAL,
        time_zone="Europe/Copenhagen",
        contact=Contact("Freja Lund", "freja@nordlys.example"),
        recipes=(FLAT_LAY, GHOST, ON_MODEL),
        orders=5,
        images=22,
        quiet_weeks=1,
        new_terms=NewTerms(
            0.98,
            NegotiableTerms(images_per_day=240, review_turnaround=timedelta(hours=3)),
            "As you asked: 240 images a day, and deadlines of additional ones within three hours.",
        ),
    ),
    Studio(
        ref="demo-fifth",
        name="Fifth & Mercer",
        plan=Plan.ENTERPRISE,
        time_zone="America/New_York",
        terms=NegotiableTerms(
            images_per_day=300,
            expedites_per_day=40,
            deliver_by=time(7, 30),
            expedite_turnaround=timedelta(hours=2),
            support_phone=True,
        ),
        message="As agreed with your studio manager: mornings by 07:30, expedites within two hours.",
        contact=Contact("Dana Whitfield", "dana@fifthandmercer.example"),
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
        contact=Contact("Youssef Hanna", "youssef@nilecotton.example"),
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
        contact=Contact("Aroha Ngata", "aroha@harbour.example"),
        recipes=(FLAT_LAY, SHOES),
        orders=6,
        images=22,
        growth=0.35,
        slips=0.02,
        new_terms=NewTerms(
            0.7,
            NegotiableTerms(images_per_day=260, expedite_multiplier=Decimal("1.5"), flow_available=True),
            "For your summer season: more images, cheaper expedites, and Flow.",
        ),
    ),
    Studio(
        ref="demo-wander",
        name="Wander Goods",
        plan=Plan.PROFESSIONAL,
        time_zone="America/Los_Angeles",
        terms=NegotiableTerms(images_per_day=120, expedites_per_day=30),
        contact=Contact("Sam Okafor", "sam@wandergoods.example"),
        recipes=(SHOES, ON_MODEL),
        orders=4,
        images=19,
        growth=-0.3,
        rushes=0.1,
        move=Move(after=0.55, time_zone="Europe/London"),
        new_terms=NewTerms(
            0.4,
            NegotiableTerms(images_per_day=150, expedites_per_day=24, rejection_turnaround=timedelta(hours=4)),
            "More images a day, and redos within four hours.",
        ),
        is_full=True,
    ),
    Studio(
        ref="demo-atelier",
        name="Atelier Baixa",
        plan=Plan.SOLO,
        time_zone="Europe/Lisbon",
        contact=Contact("Inês Duarte", "ines@atelierbaixa.example"),
        recipes=(JEWELLERY,),
        orders=1.3,
        images=11,
        growth=0,
        quiet_weeks=4,
        dashboard=True,
    ),
    Studio(
        ref="demo-hanabi",
        name="Hanabi Ceramics",
        plan=Plan.PROFESSIONAL_TRIAL,
        time_zone="Asia/Tokyo",
        contact=Contact("Aiko Mori", "aiko@hanabi.example"),
        recipes=(JEWELLERY, FLAT_LAY),
        orders=1.5,
        images=10,
        rushes=0.15,
        next_plan=Plan.PROFESSIONAL,
        joined_days_ago=33,
    ),
)
