"""One buyer over platforms, names, scripts and addresses: what is joined, what is asked, what is undone."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.relationships.identity import (
    BUYER,
    Buyer,
    Decision,
    Event,
    Field,
    Plan,
    buyers,
    resolve,
    timeline,
)
from fondaco.relationships.identity.fields import prepare
from fondaco.relationships.identity.resolving import blocked

COLUMNS = ["id", "name", "company", "email", "mark", "country"]
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def records(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


SHOP = records(
    ("a1", "Сергей Иванов", "ООО Ромашка", "s.ivanov@romashka.ru", "alibaba:77", "RUS"),
    ("s1", "Sergei Ivanov", "Romashka LLC", "s.ivanov@romashka.ru", "shopify:901", "RUS"),
    ("a2", "김민수", "주식회사 한빛와인", None, "alibaba:12", "KOR"),
    ("f1", "Kim Min-soo", "Hanbit Wine Co., Ltd.", "ms.kim@hanbitwine.kr", "fair:3", "KOR"),
    ("s2", "Anna Rossi", None, "anna.rossi@gmail.com", "shopify:5", "ITA"),
    ("s3", "Anna Rossi", "Rossi Vini srl", "a.rossi@rossivini.it", "shopify:6", "ITA"),
    ("s4", "Bernd Schulz", "Weinhaus Schulz GmbH", "info@schulz.de", "shopify:7", "DEU"),
    ("s5", "Claire Dubois", "Cave Dubois", "info@dubois.fr", "shopify:8", "FRA"),
    ("s6", "John Smith", "Smith Wines", None, "shopify:9", "USA"),
    ("s7", "Jane Smith", "Smith Wines", None, "shopify:10", "USA"),
)


@pytest.mark.requirement("X05")
def test_one_buyer_in_two_scripts_on_two_platforms_is_found() -> None:
    found = resolve(SHOP)
    assert ("a1", "s1") in found.sure()
    pairs = {(c.left, c.right): c.probability for c in found.review()} | dict.fromkeys(found.sure(), 1.0)
    assert pairs["a2", "f1"] > 0.8
    assert not {("s4", "s5")} & set(pairs)  # "info" is nobody


def test_who_shares_a_name_alone_is_asked_and_not_joined() -> None:
    found = resolve(SHOP)
    assert ("s2", "s3") not in found.sure()
    assert ("s6", "s7") not in found.sure()


def test_each_pair_says_what_speaks_for_it_and_against_it() -> None:
    found = resolve(SHOP)
    ids = list(SHOP["id"])
    told = found.explain(ids.index("a1"), ids.index("s1"))
    by = {factor.field: factor for factor in told.factors}
    assert by["email"].bits > 3
    assert "the same address: s.ivanov@romashka.ru" in by["email"].says
    assert "Cyrillic" in by["name"].says
    assert by["start"].bits < 0
    assert told.probability == pytest.approx(1 / (1 + 2 ** -sum(f.bits for f in told.factors)), abs=0.01)
    against = {f.field: f.bits for f in found.explain(ids.index("s6"), ids.index("s7")).factors}
    assert against["name"] < against["company"]


def test_a_country_counts_only_against() -> None:
    told = resolve(SHOP)
    ids = list(SHOP["id"])
    same = {f.field: f.bits for f in told.explain(ids.index("a1"), ids.index("s1")).factors}
    other = {f.field: f.bits for f in told.explain(ids.index("a1"), ids.index("s4")).factors}
    assert same["country"] == 0
    assert other["country"] < 0


def test_blocks_bring_each_pair_once_and_large_ones_none() -> None:
    held = records(*[(f"r{n}", "Anna Rossi", None, None, None, "ITA") for n in range(4)])
    left, right, _ = blocked(prepare(held, BUYER), BUYER.blocks)
    assert len(left) == len({*zip(left.tolist(), right.tolist(), strict=True)}) == 6
    assert (left < right).all()
    many = records(*[(f"r{n}", "Anna Rossi", None, None, None, "ITA") for n in range(150)])
    left, _, (blocks, inside) = blocked(prepare(many, BUYER), BUYER.blocks)
    assert len(left) == 0
    assert blocks >= 1
    assert inside >= 150


@pytest.mark.parametrize("count", [0, 1, 2])
def test_no_or_few_records_give_an_answer(count: int) -> None:
    found = resolve(SHOP.head(count))
    assert len(found.ids) == count
    assert found.compared == (1 if count == 2 else 0)


def test_a_missing_column_is_said() -> None:
    with pytest.raises(InputError, match="no column mark"):
        resolve(SHOP.drop("mark"))


def test_the_same_records_give_the_same_answer() -> None:
    one, other = resolve(SHOP), resolve(SHOP)
    assert one.probability.tolist() == other.probability.tolist()


def decided(left: str, right: str, verdict, hours: int = 0) -> Decision:
    return Decision(left, right, verdict, NOW + timedelta(hours=hours), "Ada", "asked them")


@pytest.mark.requirement("X06")
def test_a_merge_can_be_undone_and_nothing_is_forgotten() -> None:
    merged = [decided("a", "b", "one")]
    undone = [*merged, decided("a", "b", "open", 1)]
    assert [each.records for each in buyers("ab", [], merged)] == [("a", "b")]
    assert [each.records for each in buyers("ab", [], undone)] == [("a",), ("b",)]
    assert [each.records for each in buyers("ab", [("a", "b", 0.99)], undone)] == [("a", "b")]
    apart = [*undone, decided("b", "a", "two", 2)]
    assert [each.records for each in buyers("ab", [("a", "b", 0.99)], apart)] == [("a",), ("b",)]


def test_each_join_says_who_made_it() -> None:
    (found,) = buyers("abc", [("b", "c", 0.987)], [decided("a", "b", "one")])
    assert {(j.left, j.right, j.by, j.probability) for j in found.joined} == {
        ("a", "b", "Ada", None), ("b", "c", "model", 0.987),
    }  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.floats(0.9, 1)), max_size=12),
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=4),
)
def test_no_chain_joins_what_was_decided_to_be_two(sure, apart) -> None:
    said = [decided(a, b, "two") for a, b in apart if a != b]
    found = buyers("abcdef", sure, said)
    assert sorted(str(r) for each in found for r in each.records) == list("abcdef")
    for each in found:
        for decision in said:
            assert not {decision.left, decision.right} <= set(each.records)


def test_a_decision_without_a_time_zone_is_refused() -> None:
    with pytest.raises(InputError, match="time zone"):
        Decision("a", "b", "one", datetime(2026, 11, 30), "Ada")


@pytest.mark.requirement("F53")
def test_a_buyer_has_one_timeline_over_all_channels() -> None:
    events = [
        Event(NOW, "shopify", "order", "s1", "12 bottles"),
        Event(NOW - timedelta(days=30), "alibaba", "inquiry", "a1"),
        Event(NOW - timedelta(days=9), "mail", "reply", "a1"),
        Event(NOW, "shopify", "order", "s4"),
    ]
    found = timeline(Buyer(("a1", "s1"), ()), events)
    assert [(e.channel, e.kind) for e in found] == [
        ("alibaba", "inquiry"),
        ("mail", "reply"),
        ("shopify", "order"),
    ]
    with pytest.raises(InputError, match="time zone"):
        timeline(Buyer(("a1",), ()), [Event(datetime(2026, 1, 1), "mail", "reply", "a1")])


def test_labelled_persons_with_typing_errors(shared: Path) -> None:
    path = shared / "data" / "name_matching" / "splink" / "febrl_dataset3.csv.gz"
    held = pl.read_csv(io.BytesIO(gzip.decompress(path.read_bytes())), infer_schema=False)
    held = held.rename({c: c.strip() for c in held.columns}).with_columns(
        pl.all().str.strip_chars().replace("", None)
    )
    plan = Plan(
        (Field("given_name", "person"), Field("surname", "person"), Field("date_of_birth", "code"), Field("postcode", "code"),
         Field("soc_sec_id", "code")),
        (("soc_sec_id",), ("surname", "date_of_birth"), ("given_name", "date_of_birth"), ("given_name", "surname"), ("surname", "postcode")),
    )  # fmt: skip
    found = resolve(held, plan=plan, id_column="rec_id")
    said = [(a.split("-")[1], b.split("-")[1]) for a, b in found.sure(0.5)]
    right = sum(a == b for a, b in said)
    assert right / len(said) > 0.99
    assert right / 6538 > 0.93
