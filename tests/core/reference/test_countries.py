"""Every spelling of a country is understood or refused in words; none is guessed."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
import time
from pathlib import Path

import pycountry
import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.reference import countries
from fondaco.reference.countries import Resolution, resolve, resolve_all, suggest

#: The country column of a British gift wholesaler's invoices, 2010-2011.
WHOLESALER = {
    "United Kingdom": "GBR", "Germany": "DEU", "France": "FRA", "EIRE": "IRL", "Spain": "ESP",
    "Netherlands": "NLD", "Belgium": "BEL", "Switzerland": "CHE", "Portugal": "PRT", "Australia": "AUS",
    "Norway": "NOR", "Italy": "ITA", "Channel Islands": "JEY", "Finland": "FIN", "Cyprus": "CYP",
    "Sweden": "SWE", "Unspecified": None, "Austria": "AUT", "Denmark": "DNK", "Japan": "JPN",
    "Poland": "POL", "Israel": "ISR", "USA": "USA", "Hong Kong": "HKG", "Singapore": "SGP",
    "Iceland": "ISL", "Canada": "CAN", "Greece": "GRC", "Malta": "MLT", "United Arab Emirates": "ARE",
    "European Community": None, "RSA": "ZAF", "Lebanon": "LBN", "Lithuania": "LTU", "Brazil": "BRA",
    "Czech Republic": "CZE", "Bahrain": "BHR", "Saudi Arabia": "SAU",
}  # fmt: skip

LANGUAGES = ["en", "it", "de", "fr", "es", "pt", "nl", "sv", "pl", "ja", "ko", "zh", "ru", "ar", "tr", "mn"]
SHARED_NAMES = Path(__file__).parents[4] / "shared/data/countries/cldr_territory_names.csv.gz"

#: Official names that mean more than one country: refused on purpose.
AMBIGUOUS = {"Congo", "Kongo", "Конго", "Guiana", "Nga"}

ISO = {land.alpha_2: land.alpha_3 for land in pycountry.countries} | {"XK": "XKX"}


@pytest.mark.requirement("X03", "F97")
def test_a_wholesalers_38_spellings_are_understood_or_refused():
    assert len(WHOLESALER) == 38
    found = resolve_all(WHOLESALER)
    assert {said: found[said].market for said in WHOLESALER} == WHOLESALER
    assert found["EIRE"].how == found["RSA"].how == "alias"
    assert found["Germany"].how == "name"
    assert "no ISO code" in found["Channel Islands"].note
    assert found["European Community"].how == "unknown"
    assert "group of countries" in found["European Community"].note
    assert found["Unspecified"].note == "It does not say which country."


@pytest.mark.requirement("X05")
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_name_in_cldr_means_its_country_or_is_refused(language):
    for code, said in Locale.parse(language).territories.items():
        if code in ISO:
            assert resolve(said).market == ISO[code] or said in AMBIGUOUS, said


@pytest.mark.requirement("X05")
def test_each_name_in_a_newer_cldr_means_its_country_or_is_refused():
    if not SHARED_NAMES.exists():
        pytest.skip("the shared table of names is not here")
    with gzip.open(SHARED_NAMES, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["territory"].partition("-alt-")[0] in ISO]
    # "RU" as the Spanish short name of the United Kingdom is Russia's code, and codes go first.
    names = [(row["territory"][:2], row["name"]) for row in rows if len(row["name"]) > 2]
    wrong = [said for code, said in names if resolve(said).market not in {ISO[code], None}]
    assert wrong == []
    assert sum(resolve(said).market is None for _, said in names) / len(names) < 0.006


@pytest.mark.parametrize("land", list(pycountry.countries), ids=lambda land: land.alpha_3)
def test_each_iso_code_and_name_is_understood(land):
    for said in (land.alpha_3, land.alpha_3.lower(), land.numeric, f"{land.name} ({land.alpha_2})"):
        assert resolve(said).market == land.alpha_3 or land.name in AMBIGUOUS
    assert resolve(land.alpha_2, codes=True) == Resolution(land.alpha_2, land.alpha_3, "code")
    assert countries.is_market(land.alpha_3)
    assert countries.alpha2(land.alpha_3) == land.alpha_2


@pytest.mark.parametrize(
    ("said", "market"),
    [
        ("U.K.", "GBR"), ("u.k", "GBR"), ("UK", "GBR"), ("Great Britain", "GBR"), ("England", "GBR"),
        ("Scotland", "GBR"), ("Wales", "GBR"), ("Northern Ireland", "GBR"), ("U.S.", "USA"),
        ("united  states", "USA"), ("United States of America", "USA"), ("Holland", "NLD"),
        ("The Netherlands", "NLD"), ("Netherlands, The", "NLD"), ("NETHERLANDS (THE)", "NLD"),
        ("Korea", "KOR"), ("South Korea", "KOR"), ("Korea, Republic of", "KOR"), ("North Korea", "PRK"),
        ("Czechia", "CZE"), ("UAE", "ARE"), ("Hong Kong SAR", "HKG"), ("Kosovo", "XKX"), ("XK", "XKX"),
        ("Macedonia", "MKD"), ("Swaziland", "SWZ"), ("Burma", "MMR"), ("Turkey", "TUR"), ("Türkiye", "TUR"),
        ("TÜRKİYE", "TUR"), ("Turkiye", "TUR"), ("Ivory Coast", "CIV"), ("COTE D'IVOIRE", "CIV"),
        ("EL", "GRC"), ("ROM", "ROU"), ("Zaire", "COD"), ("Germany (DE)", "DEU"), ("DE - Deutschland", "DEU"),
        ("DE-Germany", "DEU"), ("Deutschland / Germany", "DEU"), ("Österreich", "AUT"), ("Oesterreich", "AUT"),
        ("Osterreich", "AUT"), ("Trinidad & Tobago", "TTO"), ("St Lucia", "LCA"), ("Saint Lucia", "LCA"),
        ("Cayman Is.", "CYM"), ("\u200bItalia\u00a0", "ITA"), ("Ｉｔａｌｉａ", "ITA"), ("🇮🇹", "ITA"),
        ("大韓民国", "KOR"), ("アメリカ", "USA"), ("中国台湾", "TWN"), ("БНСУ", "KOR"), ("ЮАР", "ZAF"),
        ("Iran (Islamic Republic of)", "IRN"), ("Lao PDR", "LAO"), ("Congo, Dem. Rep.", "COD"), ("EC", "ECU"),
        ("Falkland Islands (Malvinas)", "FLK"), ("Canary Islands", "ESP"), ("Jersey", "JEY"), ("276", "DEU"),
        ("Гонконг", "HKG"), ("香港", "HKG"), ("فلسطين", "PSE"), ("NGA", "NGA"),
        ("Republic of the Congo", "COG"), ("Ireland, Northern", "GBR"), ("Virgin Islands, U.S.", "VIR"),
    ],
)  # fmt: skip
def test_spellings_as_sellers_meet_them(said, market):
    assert resolve(said).market == market


@pytest.mark.parametrize(
    "said",
    [
        "Unspecified", "European Community", "EU", "European Union", "Europäische Union", "Europe", "Other",
        "Rest of world", "ROW", "Congo", "America", "Virgin Islands", "Yugoslavia", "YU",
        "Netherlands Antilles", "Belgium/Luxembourg", "Germany (FR)", "US-CA", "NA", "na", "N/A", "NO", "", "  ",
        "-", "?", "A1", "ZZ", "XX", "Atlantis", "Germny", "Deutsch", "1", "36", "Northern Cyprus", "nigeri",
        "Nga", "Georgia, USA", "Niger Nigeria",
    ],
)  # fmt: skip
def test_what_means_no_one_country_is_never_guessed(said):
    found = resolve(said)
    assert found.market is None
    assert found.how == "unknown"
    assert found.note.endswith(".")


@pytest.mark.parametrize(
    ("column", "market"),
    [
        (["NA", "DE", "IT", "FR", "ZA"], "NAM"),
        (["NA", "de", "UK", "EL", ""], "NAM"),
        (["NA", "DE", "IT", "FR", "Germany"], None),  # three in four are codes: too few
        (["NA", "DE", "IT", "FR", "AT", "Germany"], "NAM"),  # four in five
        (["NA", "Germany", "Italy"], None),
        (["NA", "DEU", "ITA"], None),
        (["NA"], None),
        (["NA", "NO"], None),  # nothing tells that either is a code
        (["NA", "", "N/A", "Unspecified", "DE"], "NAM"),
    ],
)
def test_na_is_namibia_only_in_a_column_of_two_letter_codes(column, market):
    found = resolve_all(column)
    assert found["NA"].market == market
    assert found["NA"].said == "NA"
    assert "not available" in found["NA"].note or market


def test_leading_zeros_come_back_in_a_column_of_numeric_codes():
    found = resolve_all(["36", "276", "4", "840"])
    assert {said: one.market for said, one in found.items()} == {
        "36": "AUS",
        "276": "DEU",
        "4": "AFG",
        "840": "USA",
    }
    assert resolve_all(["36", "Germany"])["36"].market is None


def test_a_near_name_is_suggested_and_not_applied():
    assert suggest("Germny") == ("Germany",)
    assert suggest("Untied Kingdom") == ("United Kingdom",)
    assert suggest("qqqqqq") == ()
    assert resolve("Germny").market is None


def test_the_home_market_can_be_stated_as_code_or_name():
    assert {countries.from_code(said) for said in ("DE", "deu", "Germany", "Deutschland")} == {"DEU"}
    assert countries.from_code("NA") == "NAM"
    with pytest.raises(InputError, match="Did you mean Germany"):
        countries.from_code("Germny")
    with pytest.raises(InputError, match="ISO code"):
        countries.from_code("")


def test_names_of_markets():
    assert countries.name("DEU") == "Germany"
    assert countries.name("DEU", "it") == "Germania"
    assert countries.name("CHE", "fr-CH") == "Suisse"
    assert countries.name("ITA", "no such language") == "Italy"
    assert countries.alpha2("XKX") == "XK"
    assert len(countries.markets()) == 250
    assert not any(countries.is_market(code) for code in ("EUR", "DE", "ROM", ""))
    for ask in (countries.name, countries.alpha2):
        with pytest.raises(InputError, match="alpha-3"):
            ask("QQQ")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_answered(said):
    found = resolve(said)
    assert found.said == said
    assert (found.market is None) == (found.how == "unknown")
    assert found.market is None or countries.is_market(found.market)
    assert found.market or found.note


@settings(deadline=None)
@given(
    st.sampled_from(sorted(WHOLESALER)), st.sampled_from([str.upper, str.lower, str.title]), st.integers(0, 3)
)
def test_case_and_spaces_do_not_matter(said, change, spaces):
    assert resolve(" " * spaces + change(said) + "\t").market == WHOLESALER[said]


def test_a_column_of_250_spellings_takes_milliseconds():
    column = [countries.name(market) for market in countries.markets()]
    started = time.perf_counter()
    resolve_all(column)
    assert time.perf_counter() - started < 0.25  # about 5 ms; the rest is room for a busy machine


def test_importing_reads_nothing():
    code = "import sys, fondaco.reference.countries as c; print('babel' in sys.modules, c._index.cache_info().currsize)"
    path = str(Path(countries.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "0"]
