"""The terms of specifications by the catalogue, and negotiated (domain rules, sections 5.20 and 5.21)."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Catalogue, CatalogueStep, Price
from app.domain.errors import DomainError, Refusals
from app.domain.specifications import (
    UNCHANGED,
    NoSteps,
    SpecificationChange,
    SpecificationTerms,
    SpecifiedStep,
    StepNotOffered,
    StepNotSpecified,
    Unchanged,
    milliseconds_of,
    specified,
    steps_of,
    stored_steps,
)

NAMES = ("CLIPPING", "CROPPING", "DUST", "SHADOW", "SKIN")


def usd(amount: str) -> Price:
    return Price(Decimal(amount), "USD")


CATALOGUE: Catalogue = {
    "CLIPPING": CatalogueStep("CLIPPING", 180_000, usd("0.95")),
    "SHADOW": CatalogueStep("SHADOW", 95_500, usd("0.50")),
    "CROPPING": CatalogueStep("CROPPING", 20_000, usd("0.10")),
    "DUST": CatalogueStep("DUST", 60_000, usd("0.20"), archived=True),
}
FOLLOWED = SpecificationTerms(
    "Ghost",
    Decimal("1.45"),
    "USD",
    (SpecifiedStep("CLIPPING", 180_000, negotiated=False), SpecifiedStep("SHADOW", 95_500, negotiated=False)),
    price_negotiated=False,
)
IMPORTED = SpecificationTerms(
    "Ghost", Decimal("2.00"), "EUR", (SpecifiedStep("CLIPPING", 200_000), SpecifiedStep("SKIN", 310_250))
)


def by_client(*steps: str) -> SpecificationChange:
    return SpecificationChange(steps=steps, by_client=True)


def refusals(terms: SpecificationTerms, change: SpecificationChange) -> list[tuple[type[DomainError], str]]:
    with pytest.raises(Refusals) as refused:
        terms.changed(change, CATALOGUE)
    return [(type(each), getattr(each, "step", "")) for each in refused.value.refusals]


def test_price_and_seconds_of_a_new_specification_follow_from_its_steps() -> None:
    new = SpecificationChange("Ghost", ["CLIPPING", "SHADOW"], by_client=True)
    assert specified(new, CATALOGUE) == FOLLOWED
    assert not FOLLOWED.negotiated


def test_steps_that_are_archived_or_not_in_the_catalogue_cannot_be_chosen() -> None:
    assert refusals(FOLLOWED, by_client("CLIPPING", "DUST", "SKIN")) == [
        (StepNotOffered, "DUST"),
        (StepNotOffered, "SKIN"),
    ]
    assert refusals(FOLLOWED, SpecificationChange(steps=["DUST", "SKIN"])) == [(StepNotOffered, "DUST")]
    assert refusals(FOLLOWED, SpecificationChange(steps=["SKIN"])) == [(StepNotOffered, "SKIN")]
    for archived in (True, False):
        problem = "is archived" if archived else "is not in the catalogue"
        assert str(StepNotOffered("DUST", archived=archived)) == f"The step 'DUST' {problem}."


def test_staff_negotiate_the_price_or_the_seconds_of_a_step_and_the_rest_follows() -> None:
    priced = FOLLOWED.changed(SpecificationChange(price=Price(Decimal(1), "EUR")), CATALOGUE)
    assert priced == replace(FOLLOWED, price_per_image=Decimal(1), currency="EUR", price_negotiated=True)
    slower = FOLLOWED.changed(SpecificationChange(milliseconds={"SHADOW": 100_000}), CATALOGUE)
    assert slower == replace(FOLLOWED, steps=(FOLLOWED.steps[0], SpecifiedStep("SHADOW", 100_000)))
    assert priced.negotiated
    assert slower.negotiated
    other = slower.changed(SpecificationChange(milliseconds={"CLIPPING": 1}), CATALOGUE)
    assert other.steps == (SpecifiedStep("CLIPPING", 1), FOLLOWED.steps[1])


def test_the_seconds_of_a_step_that_the_specification_does_not_have_are_refused() -> None:
    change = SpecificationChange(milliseconds={"CLIPPING": 1, "DUST": 1})
    assert refusals(FOLLOWED, change) == [(StepNotSpecified, "DUST")]


def test_a_step_with_a_negotiated_price_and_seconds_need_not_be_in_the_catalogue() -> None:
    change = SpecificationChange("Skin", ["SKIN"], price=usd("3"), milliseconds={"SKIN": 310_250})
    assert specified(change, {}) == SpecificationTerms("Skin", Decimal(3), "USD", (SpecifiedStep("SKIN", 310_250),))
    with pytest.raises(Refusals):
        specified(replace(change, milliseconds=None), {})


def test_negotiation_ends_if_each_step_is_in_the_catalogue() -> None:
    negotiated = SpecificationTerms(
        "Ghost", Decimal(9), "EUR", (SpecifiedStep("CLIPPING", 1), SpecifiedStep("DUST", 2))
    )
    priced = negotiated.changed(SpecificationChange(price=None), CATALOGUE)
    assert priced == replace(negotiated, price_per_image=Decimal("1.15"), currency="USD", price_negotiated=False)
    timed = negotiated.changed(SpecificationChange(milliseconds={}), CATALOGUE)
    assert [step[1:] for step in timed.steps] == [(180_000, False), (60_000, False)]
    assert (timed.price_per_image, timed.currency) == (Decimal(9), "EUR")
    assert not priced.changed(SpecificationChange(milliseconds={}), CATALOGUE).negotiated
    for change in (SpecificationChange(price=None), SpecificationChange(milliseconds={})):
        assert refusals(IMPORTED, change) == [(StepNotOffered, "SKIN")]


def test_a_specification_without_steps_keeps_its_negotiated_price() -> None:
    bare = replace(IMPORTED, steps=())
    assert refusals(bare, SpecificationChange(price=None)) == [(NoSteps, "")]
    assert bare.changed(SpecificationChange(milliseconds={}), CATALOGUE) == bare
    assert str(NoSteps()) == "Choose steps or negotiate a price: the catalogue has no price without steps."


@pytest.mark.parametrize("steps", list(permutations(("CLIPPING", "SHADOW"))))
def test_the_same_steps_in_another_order_are_no_change(steps: tuple[str, ...]) -> None:
    terms = replace(FOLLOWED, price_per_image=Decimal(9), price_negotiated=True)
    for change in (by_client(*steps), SpecificationChange(steps=steps)):
        assert terms.changed(change, CATALOGUE) == terms


def test_archived_steps_stay_in_the_specifications_that_have_them() -> None:
    terms = replace(FOLLOWED, steps=(*FOLLOWED.steps, SpecifiedStep("DUST", 60_000, negotiated=False)))
    changed = terms.changed(by_client("CLIPPING", "DUST"), CATALOGUE)
    assert [step.step for step in changed.steps] == ["CLIPPING", "DUST"]
    assert changed.price_per_image == Decimal("1.15")
    assert refusals(changed.changed(by_client("CLIPPING"), CATALOGUE), by_client("DUST")) == [(StepNotOffered, "DUST")]


def test_a_client_who_changes_the_steps_drops_those_not_in_the_catalogue() -> None:
    assert refusals(IMPORTED, by_client("CLIPPING", "SKIN", "SHADOW")) == [(StepNotOffered, "SKIN")]
    changed = IMPORTED.changed(by_client("CLIPPING", "SHADOW"), CATALOGUE)
    assert changed.steps == (SpecifiedStep("CLIPPING", 200_000), SpecifiedStep("SHADOW", 95_500, negotiated=False))
    assert (changed.price_per_image, changed.currency, changed.price_negotiated) == (Decimal("1.45"), "USD", False)
    again = IMPORTED.changed(SpecificationChange(steps=["CLIPPING", "SKIN", "SHADOW"]), CATALOGUE)
    assert (again.price_per_image, again.price_negotiated) == (Decimal(2), True)
    assert again.steps == (*IMPORTED.steps, SpecifiedStep("SHADOW", 95_500, negotiated=False))


def test_the_negotiated_seconds_of_a_dropped_step_are_void() -> None:
    terms = FOLLOWED.changed(SpecificationChange(milliseconds={"SHADOW": 1}), CATALOGUE)
    dropped = terms.changed(by_client("CLIPPING"), CATALOGUE)
    assert dropped.changed(by_client("CLIPPING", "SHADOW"), CATALOGUE) == FOLLOWED


def test_a_name_and_instructions_change_no_price_and_no_seconds() -> None:
    dearer = {**CATALOGUE, "SHADOW": replace(CATALOGUE["SHADOW"], milliseconds=1, price=usd("9"))}
    renamed = FOLLOWED.changed(SpecificationChange("Shoes", instructions="No halo.", by_client=True), dearer)
    assert renamed == replace(FOLLOWED, name="Shoes", instructions="No halo.")
    assert IMPORTED.changed(SpecificationChange("Shoes"), {}) == replace(IMPORTED, name="Shoes")
    assert renamed.changed(SpecificationChange(instructions=None), dearer) == replace(FOLLOWED, name="Shoes")
    assert renamed.changed(SpecificationChange(), dearer) == renamed


def test_a_price_equals_another_one_whatever_its_zeros() -> None:
    assert IMPORTED.changed(SpecificationChange(price=Price(Decimal("2.000"), "EUR")), CATALOGUE) == IMPORTED


def test_seconds_are_kept_in_whole_milliseconds() -> None:
    assert milliseconds_of(Decimal("95.5")) == 95_500
    assert milliseconds_of(Decimal("0.001")) == 1


MILLISECONDS = st.integers(0, 10**9)
PRICES = st.decimals(0, 10**6, places=4).map(lambda amount: Price(amount, "USD"))
CATALOGUES = st.fixed_dictionaries(
    {},
    optional={
        name: st.builds(CatalogueStep, st.just(name), MILLISECONDS, PRICES, archived=st.booleans()) for name in NAMES
    },
)
STEPS = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)
CLIENTS = st.builds(
    SpecificationChange,
    name=st.none() | st.just("Shoes"),
    steps=st.none() | STEPS,
    instructions=st.sampled_from([UNCHANGED, None, "No halo."]),
    by_client=st.just(True),
)
OFFERS: st.SearchStrategy[Price | Unchanged | None] = st.none() | st.just(UNCHANGED) | PRICES
STAFFS = st.builds(
    SpecificationChange,
    steps=st.none() | STEPS,
    price=OFFERS,
    milliseconds=st.none() | st.dictionaries(st.sampled_from(NAMES), MILLISECONDS),
)


def attempted(terms: SpecificationTerms, change: SpecificationChange, catalogue: Catalogue) -> SpecificationTerms:
    """Return the terms after a change, or as they were if it is refused."""
    try:
        return terms.changed(change, catalogue)
    except Refusals:
        return terms


@given(CATALOGUES, st.lists(CLIENTS | STAFFS, max_size=6))
def test_terms_that_follow_the_catalogue_have_its_values_after_any_changes(
    catalogue: Catalogue, changes: list[SpecificationChange]
) -> None:
    terms = IMPORTED
    for change in changes:
        terms = attempted(terms, change, catalogue)
    for step in terms.steps:
        assert step.negotiated or step.milliseconds == catalogue[step.step].milliseconds
    if not terms.price_negotiated:
        assert terms.price_per_image == sum(catalogue[step.step].price.amount for step in terms.steps)
        assert terms.currency == "USD"
    assert terms.following(catalogue) == terms


@given(CATALOGUES, st.lists(STAFFS, max_size=3), st.lists(CLIENTS, max_size=6))
def test_clients_keep_negotiated_values_or_have_the_catalogues(
    catalogue: Catalogue, by_staff: list[SpecificationChange], by_clients: list[SpecificationChange]
) -> None:
    terms = IMPORTED
    for change in by_staff:
        terms = attempted(terms, change, catalogue)
    agreed = {step for step in terms.steps if step.negotiated}
    price = Price(terms.price_per_image, terms.currency)
    for change in by_clients:
        terms = attempted(terms, change, catalogue)
        assert {step for step in terms.steps if step.negotiated} <= agreed
        assert not terms.price_negotiated or Price(terms.price_per_image, terms.currency) == price


@given(CATALOGUES, CATALOGUES, st.lists(CLIENTS | STAFFS, max_size=4))
def test_a_change_of_the_catalogue_changes_only_terms_that_follow_it(
    catalogue: Catalogue, later: Catalogue, changes: list[SpecificationChange]
) -> None:
    terms = IMPORTED
    for change in changes:
        terms = attempted(terms, change, catalogue)
    changed = terms.following({**catalogue, **later})
    assert changed.following({**catalogue, **later}) == changed
    kept = [step for step in terms.steps if step.negotiated]
    assert [step for step in changed.steps if step.negotiated] == kept
    assert [step.step for step in changed.steps] == [step.step for step in terms.steps]
    assert (changed.name, changed.instructions) == (terms.name, terms.instructions)
    if terms.price_negotiated:
        assert (changed.price_per_image, changed.currency) == (terms.price_per_image, terms.currency)


@given(st.lists(st.builds(SpecifiedStep, st.sampled_from(NAMES), MILLISECONDS, st.booleans())))
def test_stored_steps_are_read_back_equal(steps: list[SpecifiedStep]) -> None:
    assert steps_of(stored_steps(steps)) == tuple(steps)
