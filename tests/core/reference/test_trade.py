"""Trade files in their publishers' layouts become flows; every row that is none is named and counted."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError, NeedsAnswer, UnreadableFile
from fondaco.reference import trade
from fondaco.reference.trade import Options, Taken
from fondaco.reference.trade.asides import KINDS
from fondaco.reference.trade.layouts import recognise
from fondaco.reference.trade.places import places


def take(
    folder: Path, text: str | bytes, name: str = "trade.csv", **options: object
) -> tuple[Taken, pl.DataFrame]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    taken = trade.read(path, folder / "flows.parquet", options=Options(**options))  # type: ignore[arg-type]
    return taken, pl.read_parquet(folder / "flows.parquet")


def asides(taken: Taken) -> dict[str, int]:
    return {aside.kind: aside.count for aside in taken.asides}


BACI = """t,i,j,k,v,q
2018,380,842,220421,1000.5,10.2
2018,380,276,40690,500.0,NA
2018,251,842,220421,100.0,
2018,380,490,220421,7.0,1
2018,380,891,220421,7.0,1
2018,380,899,220421,9.0,1
2018,999,842,220421,9.0,1
2018,380,842,770101,9.0,1
2018,380,842,220421,1000.5,10.2
2018,380,276,220421,-5,1
2018,380,380,220421,5,1
2018,251,276,220421,5,1
2018,251,276,220421,6,1
2018,699,757,220421,,1
2018,579,757,220421,x,1
"""


def test_baci_is_read_in_dollars_with_its_own_codes_of_countries(tmp_path: Path) -> None:
    taken, flows = take(tmp_path, BACI, "BACI_HS12_Y2018_V202401.csv")
    assert (taken.layout, taken.currency, taken.revisions) == ("baci", "USD", {"HS2012": 5})
    usa = flows.row(by_predicate=(pl.col("exporter") == "ITA") & (pl.col("importer") == "USA"), named=True)
    assert (usa["product"], usa["value"], usa["tonnes"], usa["told_by"]) == (
        "220421",
        1_000_500.0,
        10.2,
        "both",
    )
    assert set(flows["exporter"]) == {"ITA", "FRA"}
    assert "TWN" in set(flows["importer"])
    assert flows.filter(pl.col("product") == "040690")["tonnes"].to_list() == [None]


@pytest.mark.requirement("S20", "X07")
def test_every_row_that_is_no_flow_is_named_counted_and_shown(tmp_path: Path) -> None:
    taken, _ = take(tmp_path, BACI)
    assert asides(taken) == {
        "retired country": 1, "not elsewhere specified": 1, "unknown country": 1, "unknown product": 1, "repeated": 1,
        "negative value": 1, "domestic": 1, "contested": 1, "no value": 1, "not a number": 1,
    }  # fmt: skip
    assert taken.rows_read == 15 == taken.flows + sum(asides(taken).values())
    by_kind = {aside.kind: aside for aside in taken.asides}
    assert by_kind["unknown country"].row == 8
    assert by_kind["unknown country"].file == "trade.csv"
    assert by_kind["retired country"].named[0].note == "Serbia and Montenegro (now SRB, MNE)"
    assert by_kind["unknown product"].named[0].said == "770101"
    assert by_kind["contested"].value == 5000.0
    assert all(aside.reason and aside.cure for aside in taken.asides)


def test_values_before_and_after_add_up(tmp_path: Path) -> None:
    taken, flows = take(tmp_path, BACI)
    assert taken.value_read == pytest.approx(taken.value_kept + sum(aside.value for aside in taken.asides))
    assert taken.value_kept == pytest.approx(flows["value"].sum())


OLD = (
    "Classification,Year,Period,Trade Flow Code,Trade Flow,Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,"
    "Partner ISO,Mode of Transport Code,Commodity Code,Commodity,Qty Unit,Netweight (kg),Trade Value (US$),Flag\n"
    "H4,2016,2016,1,Import,36,Australia,AUS,0,World,WLD,,22,Beverages,No Quantity,,91128858,0\n"
    'H4,2016,2016,1,Import,36,Australia,AUS,381,Italy,ITA,,22,"Beverages, spirits",kg,1200,"1,128,858",0\n'
    'H4,2016,2016,1,Import,36,Australia,AUS,381,Italy,ITA,,2204,Wine,kg,1200,"1,100,000",0\n'
    "H4,2016,2016,4,Re-Import,51,Armenia,ARM,381,Italy,ITA,,01,Live animals,No Quantity,,4934172,0\n"
    "H4,2016,2016,1,Import,51,Armenia,ARM,381,Italy,ITA,2100,01,Live animals,No Quantity,,934172,0\n"
)


def test_a_comtrade_download_counts_no_level_twice(tmp_path: Path) -> None:
    taken, flows = take(tmp_path, OLD)
    assert taken.layout == "comtrade-old"
    assert flows.rows() == [("ITA", "AUS", "2204", 2016, 1_100_000.0, 1.2, "importer", "HS2012")]
    assert asides(taken) == {
        "sum over countries": 1, "heading beside its subheadings": 1, "other flow": 1, "part of a flow": 1,
    }  # fmt: skip
    assert (
        "1 rows of 2 digits sum to 1,128,858 and the codes below them to 1,100,000: the detail is what counts."
        in taken.notes
    )


def test_three_levels_beside_each_other_count_once(tmp_path: Path) -> None:
    rows = [("22", 100), ("2204", 60), ("220421", 50), ("220429", 10), ("2208", 40), ("09", 5)]
    text = "exporter,importer,hs,year,value\n" + "".join(f"ITA,USA,{code},2020,{v}\n" for code, v in rows)
    taken, flows = take(tmp_path, text)
    assert dict(flows.select("product", "value").rows()) == {"220421": 50, "220429": 10, "2208": 40, "09": 5}
    assert asides(taken) == {"heading beside its subheadings": 2}


@pytest.mark.parametrize("names", ["camel", "snake"])
def test_the_api_is_read_in_both_spellings(tmp_path: Path, names: str) -> None:
    columns = [
        "refYear",
        "refMonth",
        "reporterISO",
        "partnerISO",
        "flowCode",
        "cmdCode",
        "classificationCode",
        "primaryValue",
        "netWgt",
        "motCode",
    ]
    if names == "snake":
        columns = [
            "ref_year",
            "ref_month",
            "reporter_iso",
            "partner_iso",
            "flow_code",
            "cmd_code",
            "classification_code",
            "primary_value",
            "net_wgt",
            "mot_code",
        ]
    text = (
        ",".join(columns)
        + "\n2021,52,ITA,USA,X,220421,H5,100.5,2000,0\n2021,52,USA,ITA,M,220421,H6,120.5,0,0\n2021,52,ITA,W00,X,220421,H5,500,0,0\n2021,52,ITA,USA,X,TOTAL,H5,900,0,0\n2021,52,ITA,USA,X,220421,H5,60,0,2100\n"
    )
    taken, flows = take(tmp_path, text)
    assert flows.select("exporter", "importer", "value", "tonnes", "told_by").sort("told_by").rows() == [
        ("ITA", "USA", 100.5, 2.0, "exporter"),
        ("ITA", "USA", 120.5, None, "importer"),
    ]
    assert taken.revisions == {"HS2017": 1, "HS2022": 1}
    assert any("several revisions" in note for note in taken.notes)


def test_comext_months_become_years_and_short_years_are_told(tmp_path: Path) -> None:
    text = (
        "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_REGIME,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG\n"
        "005,IT,400,US,E,22042142,2,1,201801,100,5000\n"
        "005,IT,400,US,E,22042142,2,1,201802,150,5000\n"
        "005,IT,400,US,E,22042149,2,1,201802,150,5000\n"
        "005,IT,958,QU,E,22042149,2,1,201802,150,5\n"
        "001,FR,005,IT,I,TOTAL,1,1,201802,15000,5\n"
        "009,GR,006,GB,I,22042149,1,1,201852,15,5\n"
    )
    taken, flows = take(tmp_path, text)
    assert (taken.layout, taken.currency) == ("comext", "EUR")
    assert sorted(flows.select("exporter", "importer", "product", "value", "tonnes").rows()) == [
        ("GBR", "GRC", "220421", 15.0, 0.005),
        ("ITA", "USA", "220421", 400.0, 15.0),
    ]
    assert "2018 has 2 months only: its sums are no whole year." in taken.notes
    assert asides(taken) == {"all products": 1, "not elsewhere specified": 1}


def test_comext_with_eurostats_numbers_of_countries_is_refused(tmp_path: Path) -> None:
    text = "DECLARANT,PARTNER,PRODUCT_NC,FLOW,PERIOD,VALUE_IN_EUROS\n005,400,22042142,2,2018,100\n"
    with pytest.raises(UnreadableFile, match="DECLARANT_ISO"):
        take(tmp_path, text)


def test_a_month_beside_its_year_does_not_count(tmp_path: Path) -> None:
    text = "reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\nIT,US,220421,2,VALUE_IN_EUROS,2018,100\nIT,US,220421,2,VALUE_IN_EUROS,2018-03,30\nIT,US,220421,2,QUANTITY_IN_100KG,2018,3\nIT,EXT_EU27_2020,220421,2,VALUE_IN_EUROS,2018,900\n"
    taken, flows = take(tmp_path, text)
    assert (taken.layout, flows["value"].to_list()) == ("comext-sdmx", [100.0])
    assert asides(taken) == {"month of a stated year": 1, "not a value": 1, "group of countries": 1}


@pytest.mark.requirement("X07")
def test_names_as_people_write_them(tmp_path: Path) -> None:
    text = (
        "Origin;Destination;HS;Year;Value EUR\n"
        "EIRE;Channel Islands;2204;2019;1.234,50\n"
        "Italia;Netherlands Antilles;2204;2019;12.234,50\n"
        "Italia;Serbia and Montenegro;2204;2019;1,50\n"
        "Italia;Areas, nes;2204;2019;3,50\n"
        "Italia;UK;409;2019;3,50\n"
        "Italia;EL;0409;2019;4,25\n"
        "Italia;Congo;0409;2019;5,25\n"
    )
    taken, flows = take(tmp_path, text)
    assert sorted(flows.select("exporter", "importer", "product", "value").rows()) == [
        ("IRL", "JEY", "2204", 1234.5),
        ("ITA", "COG", "0409", 5.25),
        ("ITA", "GRC", "0409", 4.25),
    ]
    assert asides(taken) == {"retired country": 2, "not elsewhere specified": 1, "lost zero": 1}
    assert any("Jersey" in note for note in taken.notes)


def test_a_lost_zero_is_put_back_only_when_told(tmp_path: Path) -> None:
    text = "exporter,importer,hs,year,value\nITA,USA,409,2019,1\nITA,USA,220421,2019,1\n"
    assert "409" not in take(tmp_path, text)[1]["product"].to_list()
    assert "0409" in take(tmp_path, text, pad_zeros=True)[1]["product"].to_list()


@pytest.mark.parametrize(
    ("values", "sums"),
    [
        (("1.234,50", "2,5"), 1237.0),
        (("1,234.50", "2.5"), 1237.0),
        (("1 234.5", "2.5"), 1237.0),
        (("1'234.5", "2.5"), 1237.0),
        (("1,234", "12,234"), 13468.0),
        (("1e3", "2.5"), 1002.5),
        (("0.123", "1.234"), 1.357),
    ],
)
def test_numbers_are_read_as_the_column_writes_them(
    tmp_path: Path, values: tuple[str, str], sums: float
) -> None:
    text = "exporter;importer;hs;year;value\n" + "".join(
        f"ITA;{m};2204;2019;{v}\n" for m, v in zip(("USA", "FRA"), values, strict=True)
    )
    assert take(tmp_path, text)[1]["value"].sum() == pytest.approx(sums)


def test_a_number_that_reads_in_two_ways_is_asked_about(tmp_path: Path) -> None:
    text = "exporter;importer;hs;year;value\nITA;USA;2204;2019;1.234\n"
    with pytest.raises(NeedsAnswer, match="decimal"):
        take(tmp_path, text)
    assert take(tmp_path, text, decimal=",")[1]["value"].to_list() == [1234.0]


def test_two_ways_of_writing_in_one_column_are_refused(tmp_path: Path) -> None:
    text = "exporter;importer;hs;year;value\nITA;USA;2204;2019;1.5\nITA;FRA;2204;2019;1,5\n"
    with pytest.raises(InputError, match="written in two ways"):
        take(tmp_path, text)


def test_parts_are_added_up_where_told(tmp_path: Path) -> None:
    text = "exporter,importer,hs,year,value\nITA,USA,2204,2019,10\nITA,USA,2204,2019,20\n"
    assert take(tmp_path, text)[1]["value"].to_list() == [20.0]
    assert take(tmp_path, text, repeats="sum")[1]["value"].to_list() == [30.0]


def test_quantities_of_mixed_units_become_tonnes_or_are_told(tmp_path: Path) -> None:
    text = "exporter,importer,hs,year,value,quantity,unit\nITA,USA,2204,2019,10,500,kg\nITA,FRA,2204,2019,10,2,t\nITA,DEU,2204,2019,10,300,l\n"
    taken, flows = take(tmp_path, text)
    assert dict(flows.select("importer", "tonnes").rows()) == {"USA": 0.5, "FRA": 2.0, "DEU": None}
    assert any("1 that are no weight (l)" in note for note in taken.notes)
    taken, flows = take(tmp_path, text.replace(",unit", ",remark"))
    assert flows["tonnes"].null_count() == 3
    assert any("does not say their unit" in note for note in taken.notes)


def test_a_file_of_orders_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="looks like a file of orders"):
        take(
            tmp_path, "Order,Date,SKU,Quantity,Price,Customer,Country\nA1,2026-05-13,S-1,2,10.00,K1,Germany\n"
        )


def test_any_other_table_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no column says exporter or importer or value"):
        take(tmp_path, "Year,Colour\n2019,red\n")


def test_columns_can_be_named(tmp_path: Path) -> None:
    text = "von,nach,Ware,Jahr,Wert\nDE,FR,0409,2019,10\n"
    named = {"exporter": "von", "importer": "nach", "product": "Ware", "year": "Jahr", "value": "Wert"}
    assert take(tmp_path, text, columns=named)[1].row(0)[:5] == ("DEU", "FRA", "0409", 2019, 10.0)
    with pytest.raises(UnreadableFile, match="no column 'Menge'"):
        take(tmp_path, text, columns=named | {"value": "Menge"})


def test_a_zip_of_several_years_and_lists_of_codes_is_read(tmp_path: Path) -> None:
    head = "t,i,j,k,v,q\n"
    with zipfile.ZipFile(tmp_path / "BACI.zip", "w") as archive:
        archive.writestr("BACI_HS17_Y2018.csv", head + "2018,380,842,220421,1,1\n")
        archive.writestr("BACI_HS17_Y2019.csv", head + "2019,380,842,220421,2,1\n")
        archive.writestr("country_codes.csv", "country_code,country_name\n4,Afghanistan\n")
    taken = trade.read(tmp_path / "BACI.zip", tmp_path / "flows.parquet")
    assert taken.years == {2018: 1000.0, 2019: 2000.0}
    assert any("country_codes.csv is no trade table" in note for note in taken.notes)


def test_a_year_that_stands_in_two_files_of_a_zip_counts_once(tmp_path: Path) -> None:
    row = "t,i,j,k,v,q\n2018,380,842,220421,1,1\n"
    with zipfile.ZipFile(tmp_path / "BACI.zip", "w") as archive:
        archive.writestr("a.csv", row)
        archive.writestr("b.csv", row)
    taken = trade.read(tmp_path / "BACI.zip", tmp_path / "flows.parquet")
    assert taken.value_kept == 1000.0
    assert asides(taken) == {"repeated": 1}


def test_gzip_and_latin_letters_are_read(tmp_path: Path) -> None:
    text = "exporter,importer,hs,year,value\nITA,Österreich,2204,2019,10\n"
    assert take(tmp_path, gzip.compress(text.encode()), "t.csv.gz")[1]["importer"].to_list() == ["AUT"]
    assert take(tmp_path, text.encode("latin-1"))[1]["importer"].to_list() == ["AUT"]


def test_lines_of_another_width_are_counted(tmp_path: Path) -> None:
    text = "exporter,importer,hs,year,value\nITA,USA,2204,2019,10\nITA,FRA,2204,2019,10,extra,cells\nITA,DEU,2204,2019,5\n"
    taken, flows = take(tmp_path, text)
    assert asides(taken) == {"broken line": 1}
    assert taken.rows_read == 3
    assert flows["value"].sum() == 15.0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"t,i,j,k,v,q\n", "no rows"),
        (b"7z\xbc\xaf", "7z archive"),
        (b"\x00\x01\x02\x00", "no text"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        take(tmp_path, content)


def test_a_file_without_a_usable_flow_says_the_main_reason(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="sum over countries"):
        take(tmp_path, "exporter,importer,hs,year,value\nITA,World,2204,2019,10\n")


def test_places_keep_countries_and_the_rest_apart() -> None:
    said = ["W00", "_X ", "S19", "EU27_2020", "ANT", "XS", "Cayman Isds", "Mars"]
    assert [place.kind for place in places(said, numeric=False).values()] == [
        "world", "nes", "market", "group", "retired", "market", "market", "unknown",
    ]  # fmt: skip


def test_layouts_are_recognised_whatever_the_case() -> None:
    assert recognise(["T", "I", "J", "K", "V"], file="x").name == "baci"
    assert recognise(["Origin", "Destination", "Year", "Value (USD)"], file="x").currency == "USD"
    assert recognise(["Origin", "Destination", "Year", "Value in thousand USD"], file="x").scale == 1000.0


_CELL = st.tuples(
    st.sampled_from(["ITA", "USA", "FRA", "W00", "Areas, nes", "ANT", "Atlantis", ""]),
    st.sampled_from(["ITA", "USA", "FRA", "World", "DEU", "EU"]),
    st.sampled_from(["22", "2204", "220421", "0409", "409", "77", "TOTAL", "x"]),
    st.sampled_from(["2019", "2020", "2020-03", "", "99"]),
    st.sampled_from(["1", "2.5", "1,000.5", "-3", "", "abc", "0", "1e3"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_CELL, min_size=1, max_size=25))
def test_no_row_is_ever_lost(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    text = (
        "exporter;importer;hs;year;value\n"
        + "".join(";".join(row) + "\n" for row in rows)
        + "ITA;AUT;3304;2021;1\n"
    )
    taken, flows = take(tmp_path, text)
    aside = sum(one.count for one in taken.asides)
    assert taken.rows_read == len(rows) + 1
    assert {one.kind for one in taken.asides} <= set(KINDS)
    assert taken.value_read == pytest.approx(taken.value_kept + sum(one.value for one in taken.asides))
    # Rows that are no aside make the flows; only months of one year may share one.
    assert len(flows) <= taken.rows_read - aside
    assert flows.select("exporter", "importer", "product", "year").is_unique().all()


@pytest.mark.requirement("S20")
def test_real_comtrade_rows_are_read(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data/comtrade_samples"
    taken = trade.read(folder / "eu_wood_imports_hs4.csv.gz", tmp_path / "flows.parquet")
    assert taken.rows_read == 173_358
    assert taken.flows + sum(one.count for one in taken.asides) == 173_358
    assert set(taken.levels) == {2, 4, 6}
    assert asides(taken) == {"not elsewhere specified": 2222, "domestic": 417}
    with pytest.raises(UnreadableFile, match="sum over countries"):
        trade.read(folder / "eu_wood_imports_world_full_columns.csv.gz", tmp_path / "flows.parquet")
    shrimps = trade.read(folder / "example_3_shrimp_thailand.csv.gz", tmp_path / "flows.parquet")
    assert asides(shrimps) == {
        "other flow": 15,
        "domestic": 15,
        "not elsewhere specified": 11,
        "retired country": 3,
    }
    totals = trade.read(folder / "example_1.csv.gz", tmp_path / "flows.parquet")
    assert (totals.scheme, totals.flows) == ("labels", 20)


def test_real_plain_tables_are_read(shared: Path, tmp_path: Path) -> None:
    taken = trade.read(shared / "data/trade_fixest_eu15/trade.csv.gz", tmp_path / "flows.parquet")
    assert (taken.flows, taken.currency, taken.scheme, taken.asides) == (38_325, "EUR", "labels", ())
    agtpa = trade.read(shared / "data/gravity_agtpa/agtpa_applications.csv.gz", tmp_path / "flows.parquet")
    assert asides(agtpa) == {"domestic": 1449}
    assert agtpa.flows == 98_532


def test_without_a_flow_the_reporter_is_the_exporter_and_that_is_said(tmp_path: Path) -> None:
    taken, flows = take(tmp_path, "Reporter,Partner,Product,Year,Value\nItaly,Korea,220421,2020,100\n")
    assert flows.select("exporter", "importer").rows() == [("ITA", "KOR")]
    assert any("reporter is taken as the exporter" in note for note in taken.notes)


@pytest.mark.parametrize("container", ["zip", "gzip"])
def test_a_damaged_archive_is_refused_in_words_wherever_it_is_damaged(tmp_path: Path, container: str) -> None:
    rows = "".join(f"2018,380,842,2204{n % 90 + 10},{n * 7919 % 10007}.5,{n}\n" for n in range(4000))
    text = ("t,i,j,k,v,q\n" + rows).encode()
    path = tmp_path / f"baci.{container}"
    if container == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("baci.csv", text)
    else:
        path.write_bytes(gzip.compress(text))
    whole = path.read_bytes()
    for place in range(60, len(whole) - 60, len(whole) // 25):
        broken = bytearray(whole)
        broken[place : place + 8] = b"\xff" * 8
        path.write_bytes(broken)
        with pytest.raises(UnreadableFile):
            trade.read(path, tmp_path / "flows.parquet", options=Options())
        assert not (tmp_path / "flows.parquet").exists()
