"""A firm's products and the rules of its markets together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fondaco import workflows
from fondaco.kernel import InputError, UnknownName
from fondaco.ledger import Catalogue, Entry, Proof, Workspace
from fondaco.workflows.regulations import COLUMNS, barred_of, table_of

TODAY = date(2026, 11, 25)
ORDERS = """\
Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country
1,2026-05-01,W-1,Chianti Classico,2,14.00,EUR,k1,Germany
2,2026-05-02,W-1,Chianti Classico,1,14.00,EUR,k2,Kuwait
3,2026-05-03,W-2,Barolo,1,44.00,EUR,k2,Kuwait
4,2026-05-04,C-1,Sciarpa in cashmere,1,84.00,EUR,k3,South Korea
5,2026-05-05,X-1,Cartolina,1,1.00,EUR,k3,South Korea
6,2026-05-06,POST,Postage,1,9.00,EUR,k3,South Korea
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "orders.csv").write_text(ORDERS)
    workspace = Workspace(tmp_path / "home")
    workflows.take_in(
        workspace,
        "shop",
        [tmp_path / "orders.csv"],
        home="IT",
        currency="EUR",
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )
    workspace.ledger("shop").change_catalogue(
        lambda _: Catalogue(
            (Entry(sku="W-*", tags=("wine",), hs="220421", origin="ITA"), Entry(sku="H-*", tags=("ham",))),
            (
                Proof("pdo", ("wine",), "Chianti Classico"),
                Proof("halal", ("ham",), "No. 3", date(2026, 1, 1)),
            ),
        )
    )
    return workspace


def test_products_of_the_ledger_come_with_what_is_stated_and_what_their_names_suggest(
    workspace: Workspace,
) -> None:
    found = {product.sku: product for product in workflows.products_of(workspace, "shop")}
    assert (found["W-1"].tags, found["W-1"].hs, found["W-1"].orders) == (("wine",), "220421", 2)
    assert found["W-1"].suggestions == ()
    assert not found["C-1"].stated
    assert [s.tag for s in found["C-1"].suggestions] == ["cashmere"]
    assert found["X-1"].suggestions == ()
    assert (found["H-*"].orders, found["H-*"].stated) == (0, True)  # stated before the first sale
    assert "POST" not in found


@pytest.mark.requirement("F48", "F67")
def test_the_firms_wine_is_stopped_in_kuwait_and_a_suggestion_makes_no_tag(workspace: Workspace) -> None:
    found = workflows.rules_of(workspace, "shop", "KW", TODAY)
    assert [(flag.level, flag.rule.id, flag.product) for flag in found.flags] == [
        ("stop", "kw-pork", "ham and cured pork (1 product)"),
        ("stop", "kw-alcohol", "wine · HS 220421 from Italy (2 products)"),
    ]
    assert [each.product.name for each in found.products][-1] == "products without a tag (2 products)"


@pytest.mark.requirement("F70")
def test_a_proof_is_told_where_it_counts_and_where_nothing_is_known(workspace: Workspace) -> None:
    japan = {held.proof.proof: held for held in workflows.proofs_of(workspace, "shop", "Japan", TODAY)}
    assert [rule.id for rule in japan["pdo"].rules] == ["jp-pdo"]
    assert japan["halal"].rules == ()
    assert not japan["halal"].holds
    (norway, _) = workflows.proofs_of(workspace, "shop", "NO", TODAY)
    assert norway.to_json()["known"] is False


@pytest.mark.requirement("S26")
def test_changes_at_home_are_told_with_those_abroad(workspace: Workspace) -> None:
    asked = workflows.changes_of(workspace, "shop", TODAY, ["US"])
    assert "eu-packaging-regulation" in {rule.id for rule in asked}  # home is Italy
    assert not {"eu-honey-origin", "us-cheese-traceability"} & {
        rule.id for rule in asked
    }  # it states wine and ham
    alone = workflows.changes_of(workspace, None, TODAY, ["US"])
    assert {rule.id for rule in alone} == {"us-cheese-traceability"}


def test_a_firms_own_rule_counts_for_that_firm_alone(workspace: Workspace) -> None:
    workspace.create_firm("other", home="NO", currency="NOK")
    said = {"market": "NO", "kind": "tax", "says": "A tax.", "source": "An office", "checked": TODAY}
    kept = workflows.add_rule(workspace, said, firm="shop")
    assert kept.id in [rule.id for rule in workflows.book_of(workspace, "shop")]
    assert kept.id not in [rule.id for rule in workflows.book_of(workspace, "other")]
    assert kept.id not in [rule.id for rule in workflows.book_of(workspace)]
    with pytest.raises(UnknownName):
        workflows.add_rule(workspace, said, firm="nobody")
    with pytest.raises(InputError, match="`kind`"):
        workflows.add_rule(workspace, {**said, "kind": "ban"})


def test_own_rules_are_in_the_backup(workspace: Workspace, tmp_path: Path) -> None:
    import tarfile

    said = {"market": "NO", "kind": "tax", "says": "A tax.", "source": "An office", "checked": TODAY}
    workflows.add_rule(workspace, said, firm="shop")
    archive = workflows.backup(workspace, tmp_path / "all.tar", now=datetime(2026, 6, 2, tzinfo=UTC))
    with tarfile.open(archive) as tar:
        names = tar.getnames()
    assert any(name.endswith("regulations/firms/shop.toml") for name in names)
    assert any(name.endswith("firms/shop.products.toml") for name in names)


def test_the_table_of_rules_has_a_column_for_each_field() -> None:
    from fondaco.reference.regulations import shipped

    header, *rows = table_of(shipped(), TODAY)
    assert header == list(COLUMNS)
    assert all(len(row) == len(COLUMNS) for row in rows)


@pytest.mark.requirement("F48")
def test_a_market_is_barred_where_everything_sold_is_prohibited(workspace: Workspace) -> None:
    assert "KWT" not in barred_of(workspace, "shop", TODAY)  # scarves and postcards may be sold there
    workspace.ledger("shop").change_catalogue(lambda _: Catalogue((Entry(sku="*", tags=("wine",)),)))
    barred = barred_of(workspace, "shop", TODAY)
    assert "KWT" in barred
    assert not {"DEU", "KOR", "USA"} & barred
