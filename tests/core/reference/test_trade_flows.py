"""Trade files put together, kept, and asked: mirror data, levels, overlaps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fondaco.kernel import Damaged, InputError, Refused, UnknownName
from fondaco.reference import trade
from fondaco.reference.trade import Options, Store, open_flows, read, read_growth, read_tariffs
from fondaco.reference.trade import flows as flows_module
from fondaco.reference.trade.flows import Flows, Rule, partition

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
API = "refYear,reporterISO,partnerISO,flowCode,cmdCode,primaryValue\n"


def flows_of(folder: Path, *texts: str, mirror: Rule = "importer", level: int | None = None) -> Flows:
    files, taken = [], []
    for number, text in enumerate(texts):
        source, target = folder / f"{number}.csv", folder / f"{number}.parquet"
        source.write_text(text)
        taken.append(read(source, target))
        files.append(target)
    return open_flows(files, taken, mirror=mirror, level=level)


def values(found: Flows) -> dict[tuple[str, str, str], float]:
    frame = found.table.to_polars()
    return {(e, i, p): v for e, i, p, v in frame.select("exporter", "importer", "product", "value").rows()}


MIRRORED = (
    API
    + "2020,ITA,USA,X,2204,100\n2020,USA,ITA,M,2204,120\n"
    + "2020,ITA,DEU,X,2204,50\n"
    + "2020,JPN,ITA,M,2204,33\n"
    + "2020,ITA,FRA,X,2204,10\n2020,FRA,ITA,M,2204,90\n"
)


def test_the_importers_report_holds_and_the_rest_fills_in(tmp_path: Path) -> None:
    found = flows_of(tmp_path, MIRRORED)
    assert values(found) == {
        ("ITA", "USA", "2204"): 120, ("ITA", "DEU", "2204"): 50, ("ITA", "JPN", "2204"): 33, ("ITA", "FRA", "2204"): 90,
    }  # fmt: skip
    assert found.mirror is not None
    assert (found.mirror.both, found.mirror.only_exporter, found.mirror.only_importer) == (2, 1, 1)
    assert found.mirror.apart == 0.5
    assert found.mirror.largest[0][:4] == ("ITA", "FRA", "2204", 2020)
    assert "nothing is taken off imports" in found.notes[0]


def test_another_rule_can_be_chosen(tmp_path: Path) -> None:
    assert values(flows_of(tmp_path, MIRRORED, mirror="exporter"))["ITA", "FRA", "2204"] == 10
    assert values(flows_of(tmp_path, MIRRORED, mirror="mean"))["ITA", "FRA", "2204"] == 50


def test_freight_and_insurance_are_taken_off_where_enough_is_reported_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows_module, "ENOUGH", 3)
    text = API + "".join(
        f"2020,ITA,{m},X,2204,{v}\n2020,{m},ITA,M,2204,{v * 1.1}\n"
        for m, v in (("USA", 100), ("DEU", 50), ("FRA", 20))
    )
    found = flows_of(tmp_path, text + "2020,JPN,ITA,M,2204,33\n")
    assert found.mirror is not None
    assert found.mirror.margin == pytest.approx(1.1)
    assert values(found)["ITA", "JPN", "2204"] == pytest.approx(30.0)
    assert "10.0% is taken off imports" in found.notes[0]


def test_one_sided_reports_are_told(tmp_path: Path) -> None:
    found = flows_of(tmp_path, API + "2020,USA,ITA,M,2204,120\n")
    assert any("CIF" in note for note in found.notes)


def test_codes_of_two_depths_come_to_one_place() -> None:
    assert partition({"22": 5.0, "2204": 4.0, "220421": 6.0}) == (
        {"22": "22", "2204": "22", "220421": "22"},
        set(),
    )
    assert partition({"22": 0.5, "2204": 4.0, "220421": 6.0}) == ({"2204": "2204", "220421": "2204"}, {"22"})
    assert partition({"22": 1.0}, level=4) == ({}, {"22"})


def test_coarse_and_fine_reports_do_not_count_twice(tmp_path: Path) -> None:
    text = "exporter,importer,hs,year,value\nITA,USA,2204,2020,10\nITA,FRA,220421,2020,6\nITA,FRA,220429,2020,5\n"
    assert values(flows_of(tmp_path, text)) == {("ITA", "USA", "2204"): 10, ("ITA", "FRA", "2204"): 11}
    told = flows_of(tmp_path, text, level=6)
    assert values(told) == {("ITA", "FRA", "220421"): 6, ("ITA", "FRA", "220429"): 5}
    assert any("stated only for coarser codes (2204)" in note for note in told.notes)


def test_two_reports_of_one_flow_at_two_depths_count_once(tmp_path: Path) -> None:
    text = API + "2020,ITA,USA,X,220421,60\n2020,ITA,USA,X,220429,40\n2020,USA,ITA,M,2204,120\n"
    found = flows_of(tmp_path, text)
    assert values(found) == {("ITA", "USA", "2204"): 120}
    assert found.mirror is not None
    assert (found.mirror.both, found.mirror.exporters_say, found.mirror.importers_say) == (1, 100, 120)


def test_two_currencies_are_not_added_up(tmp_path: Path) -> None:
    one = "exporter,importer,hs,year,value_usd\nITA,USA,2204,2020,10\n"
    with pytest.raises(InputError, match="different currencies"):
        flows_of(tmp_path, one, one.replace("usd", "eur").replace("2020", "2021"))


PLAIN = "exporter,importer,hs,year,value\nITA,USA,2204,2020,10\nITA,FRA,2204,2020,6\n"


def kept(folder: Path, text: str = PLAIN, name: str = "a.csv") -> tuple[Store, trade.Kept]:
    (folder / name).write_text(text)
    store = Store(folder / "trade")
    return store, store.add(folder / name, now=NOW, source="CEPII, 2024-01")


@pytest.mark.requirement("S20")
def test_a_file_is_kept_with_its_source_and_day(tmp_path: Path) -> None:
    store, one = kept(tmp_path)
    assert [(k.id, k.source, k.added[:10], k.taken.flows) for k in store.list()] == [
        (one.id, "CEPII, 2024-01", "2026-06-01", 2)
    ]
    assert store.list()[0].taken == one.taken
    assert not kept(tmp_path)[1].new
    found = store.open()
    assert found is not None
    assert values(found)["ITA", "USA", "2204"] == 10


@pytest.mark.parametrize(
    "again",
    [
        "exporter,importer,hs,year,value\nITA,USA,2204,2020,11\n",
        "exporter,importer,hs,year,value\nITA,USA,220421,2020,7\n",
        "exporter,importer,hs,year,value\nITA,USA,22,2020,7\n",
        API + "2020,USA,ITA,M,2204,9\n",
    ],
)
def test_a_year_twice_is_refused_so_that_none_counts_double(tmp_path: Path, again: str) -> None:
    store, one = kept(tmp_path)
    with pytest.raises(Refused, match=f"stated by a.csv already.*fondaco trade remove {one.id}"):
        kept(tmp_path, again, "b.csv")
    assert [k.id for k in store.list()] == [one.id]


def test_another_year_and_the_other_side_of_a_flow_join(tmp_path: Path) -> None:
    kept(tmp_path, API + "2020,ITA,USA,X,2204,9\n", "x.csv")
    kept(tmp_path, API + "2020,USA,ITA,M,2204,10\n", "m.csv")
    store, _ = kept(tmp_path, API + "2021,USA,ITA,M,2204,10\n", "later.csv")
    found = store.open()
    assert found is not None
    assert found.mirror is not None
    assert found.years == (2020, 2021)


def test_a_file_can_be_removed_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    store, one = kept(tmp_path)
    with pytest.raises(UnknownName, match="no trade file 'zz'"):
        store.remove("zz")
    assert store.remove(one.id[:5]).id == one.id
    assert store.list() == []
    assert store.open() is None
    assert list(store.folder.iterdir()) == []


def test_what_was_left_by_a_killed_command_is_nothing(tmp_path: Path) -> None:
    store, one = kept(tmp_path)
    (store.folder / "0123456789ab.parquet").write_bytes(b"half")
    assert [k.id for k in store.list()] == [one.id]
    (store.folder / f"{one.id}.parquet").unlink()
    with pytest.raises(Damaged, match="missing"):
        store.list()


def test_duties_are_read_and_specific_ones_are_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "wits.csv"
    path.write_text(
        "REPORTER,PARTNER,PRODUCTCODE,VALUE,NBR_MFN_LINES,NBR_NA_LINES\n840,000,220421,0.0,0,5\n840,000,150910,3.4,2,0\n840,484,150910,0,2,0\n"
    )
    found, notes = read_tariffs(path)
    assert [(t.market, t.product, round(t.rate, 4), t.exporter) for t in found] == [
        ("USA", "150910", 0.034, None),
        ("USA", "150910", 0.0, "MEX"),
    ]
    assert "1 lines rest on duties by weight or piece" in notes[0]


def test_growth_is_read_as_a_factor_over_the_years(tmp_path: Path) -> None:
    path = tmp_path / "growth.csv"
    path.write_text("market,growth\nKorea,2%\nJP,1\nAtlantis,3\n")
    found, notes = read_growth(path, years=2)
    assert found == {"KOR": pytest.approx(1.0404), "JPN": pytest.approx(1.0201)}
    assert "Atlantis" in notes[0]


def test_options_of_a_file_reach_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(PLAIN)
    one = Store(tmp_path / "trade").add(tmp_path / "a.csv", now=NOW, options=Options(currency="JPY"))
    assert one.taken.currency == "JPY"
