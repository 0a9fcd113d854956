"""What a firm states of its products."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.ledger import Catalogue, Entry, Proof, Workspace, entry_of
from fondaco.ledger.catalogue import catalogue_text, parse_catalogue


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("shop", home="IT", currency="EUR")
    workspace.create_firm("other", home="NO", currency="NOK")
    return workspace


@pytest.mark.requirement("F67")
def test_a_catalogue_is_kept_beside_the_firm_and_is_its_own(workspace: Workspace) -> None:
    ledger = workspace.ledger("shop")
    assert ledger.catalogue == Catalogue()
    ledger.change_catalogue(
        lambda held: held.with_entry(entry_of(sku="W-*", tags=["wine"], hs="2204.21", origin="Italy"))
    )
    assert workspace.ledger("shop").catalogue.entries == (Entry("W-*", "", ("wine",), "220421", "ITA"),)
    assert workspace.ledger("other").catalogue == Catalogue()
    # The file beside a firm's settings makes no firm.
    assert [firm.slug for firm in workspace.firms()] == ["other", "shop"]


def test_a_number_written_out_goes_before_patterns_and_case_does_not_count() -> None:
    held = Catalogue(
        (
            Entry(sku="w-*", tags=("wine",)),
            Entry(name="*aceto*", tags=("vinegar",)),
            Entry(sku="W-9", hs="2209"),
        )
    )
    assert held.entry("W-1", "Aceto").tags == ("wine",)  # type: ignore[union-attr]
    assert held.entry(None, "ACETO di vino").tags == ("vinegar",)  # type: ignore[union-attr]
    assert held.entry("w-9", None).hs == "2209"  # type: ignore[union-attr]
    assert held.entry(None, None) is None
    assert Entry(sku="[a].b").fits("[A].b", None)  # nothing but * is special


def test_the_same_pattern_is_replaced_in_its_place() -> None:
    held = (
        Catalogue()
        .with_entry(Entry(sku="A"))
        .with_entry(Entry(sku="B"))
        .with_entry(Entry(sku="a", hs="0409"))
    )
    assert [(entry.sku, entry.hs) for entry in held.entries] == [("a", "0409"), ("B", None)]


@pytest.mark.requirement("F70")
def test_a_quality_proof_is_recorded_with_its_end() -> None:
    held = Catalogue().with_proof(Proof("pdo", ("ham",), "No. 12", date(2027, 1, 31)))
    (proof,) = parse_catalogue(catalogue_text(held), "x").proofs
    assert proof.holds(date(2027, 1, 31))
    assert not proof.holds(date(2027, 2, 1))
    assert held.with_proof(Proof("pdo", ("ham",), "No. 13")).proofs[0].says == "No. 13"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[product]]\nsku = "A"\nhs = "409"', r"mine, product 1 hs: .*0409"),
        ('[[product]]\nsku = "A"\nhs = 2204', r"product 1 hs: Input should be a valid string"),
        ('[[product]]\nsku = "A"\norigin = "Gotham"', r"product 1 origin: "),
        ('[[product]]\nsku = "A"\nname = "B"\ntags = ["wine"]', "either sku or name"),
        ('[[product]]\ntags = ["wine"]', "either sku or name"),
        ('[[product]]\nsku = "A"\ntags = ["vine"]', "did you mean wine"),
        ('[[proof]]\nproof = "P D O"', r"proof 1 proof: "),
        ("[[product", "no TOML"),
        ('[product]\nsku = "A"', "product: Input should be a valid list"),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_catalogue(text, "mine")


def test_a_statement_needs_goods_and_something_to_say() -> None:
    with pytest.raises(InputError, match="either an article number or a name"):
        entry_of(tags=["wine"])
    with pytest.raises(InputError, match="a tag, an HS code"):
        entry_of(sku="A")


texts = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text and "\x00" not in text)


@given(
    st.lists(
        st.builds(Entry, sku=texts, tags=st.sampled_from([(), ("wine",)]), hs=st.none() | st.just("0409")),
        max_size=4,
    )
)
def test_what_is_kept_is_read_again(entries: list[Entry]) -> None:
    held = Catalogue(tuple(entries))
    assert parse_catalogue(catalogue_text(held), "x") == held


def test_stating_what_goods_are_leaves_what_a_unit_costs() -> None:
    from decimal import Decimal

    from fondaco.ledger.unit import unit_of

    unit = unit_of({"price": "7.50", "currency": "EUR", "lead_days": None, "temperature": ""})
    assert (unit.price, unit.lead_days, unit.temperature) == (Decimal("7.50"), None, None)
    held = Catalogue((Entry(sku="W-1", unit=unit),)).with_entry(Entry(sku="w-1", tags=("wine",)))
    assert held.entries == (Entry(sku="w-1", tags=("wine",), unit=unit),)


def test_each_wrong_fact_of_a_unit_is_named() -> None:
    from fondaco.ledger.unit import unit_of

    with pytest.raises(InputError, match=r"price: .*; lead_days: "):
        unit_of({"price": "-1", "currency": "EUR", "lead_days": -2})
    with pytest.raises(InputError, match="need a currency"):
        unit_of({"price": "1"})
