from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.catalogue import CatalogueStep, OtherCurrency, Price, StepChange, StepIncomplete

DUST = CatalogueStep("DUST", 60_000, Price(Decimal("0.20"), "USD"))


def test_a_new_step_has_its_seconds_and_its_price_and_is_not_archived() -> None:
    change = StepChange("DUST", 60_000, Price(Decimal("0.20"), "USD"))
    assert change.after(None, "USD") == DUST
    assert replace(change, archived=True).after(None, "USD") == replace(DUST, archived=True)


@pytest.mark.parametrize("change", [StepChange("DUST", 1), StepChange("DUST", price=DUST.price), StepChange("DUST")])
def test_a_new_step_without_its_seconds_or_its_price_is_refused(change: StepChange) -> None:
    with pytest.raises(StepIncomplete, match=r"^The step 'DUST' is new: state its seconds and its price\.$") as refused:
        change.after(None, "USD")
    assert refused.value.step == "DUST"


def test_omitted_values_of_a_step_stay_unchanged() -> None:
    assert StepChange("DUST").after(DUST, "USD") == DUST
    assert StepChange("DUST", milliseconds=0).after(DUST, "USD") == replace(DUST, milliseconds=0)
    archived = StepChange("DUST", archived=True).after(DUST, "USD")
    assert archived == replace(DUST, archived=True)
    assert StepChange("DUST", 1).after(archived, "USD") == replace(archived, milliseconds=1)
    assert StepChange("DUST", archived=False).after(archived, "USD") == DUST


def test_a_price_in_another_currency_than_the_catalogues_is_refused() -> None:
    with pytest.raises(OtherCurrency, match=r"^Prices of the catalogue are in USD, not in EUR\.$") as refused:
        StepChange("DUST", 1, Price(Decimal(1), "EUR")).after(DUST, "USD")
    assert (refused.value.given, refused.value.currency) == ("EUR", "USD")
