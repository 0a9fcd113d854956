"""Lists in the layouts of their authorities, made up; and XML that must not be opened."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fondaco.kernel import Damaged, InputError, UnreadableFile
from fondaco.reference.sanctions import Listed, SanctionsList, keep, kept, read_lists

EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-20T15:21:33.001+01:00" globalFileId="1">
<sanctionEntity euReferenceNumber="EU.1.11" logicalId="1"><regulation programme="UKR" publicationDate="2022-03-15"/>
<subjectType code="person" classificationCode="P"/>
<nameAlias firstName="Ivan" lastName="Vydumanny" wholeName="Ivan Vydumanny" strong="true"/>
<nameAlias wholeName="Иван Выдуманный" strong="true"/><nameAlias wholeName="Vanya" strong="false"/>
<citizenship countryIso2Code="RU"/><address countryIso2Code="CY"/><birthdate birthdate="1970-01-02"/></sanctionEntity>
<sanctionEntity logicalId="2"><subjectType code="enterprise"/><nameAlias lastName="Nowhere Shipping LLC" wholeName=""/>
</sanctionEntity>
<sanctionEntity logicalId="3"><subjectType code="person"/></sanctionEntity>
</export>"""
EU_CSV = (
    "\ufefffileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_SubjectType;Entity_SubjectType_ClassificationCode;"
    "Entity_Regulation_Programme;NameAlias_LastName;NameAlias_FirstName;NameAlias_MiddleName;NameAlias_WholeName;"
    "Address_CountryIso2Code;Citizenship_CountryIso2Code;BirthDate_BirthDate\n"
    "20/11/2026;1;EU.1.11;P;person;UKR;Vydumanny;Ivan;;Ivan Vydumanny;;RU;1970-01-02\n"
    "20/11/2026;1;EU.1.11;P;person;UKR;;;;Иван Выдуманный;CY;;\n"
    "20/11/2026;2;;E;enterprise;UKR;Shipping LLC;Nowhere;;;;;\n"
    ";;;;;;;;;no number;;;\n"
)
UN_XML = """<CONSOLIDATED_LIST dateGenerated="2026-11-19T23:00:05.123Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>11</DATAID><FIRST_NAME>Ri</FIRST_NAME><SECOND_NAME>Made</SECOND_NAME><THIRD_NAME>Up</THIRD_NAME>
<UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPi.999</REFERENCE_NUMBER><LISTED_ON>2017-06-02</LISTED_ON>
<NAME_ORIGINAL_SCRIPT>리꾸민</NAME_ORIGINAL_SCRIPT><NATIONALITY><VALUE>Democratic People's Republic of Korea</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Ri Ma Dup</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Mr Up</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><YEAR>1961</YEAR></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><DATAID>12</DATAID><FIRST_NAME>INVENTED TRADING CORPORATION</FIRST_NAME><REFERENCE_NUMBER>KPe.999</REFERENCE_NUMBER>
<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Invented Co</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ADDRESS><COUNTRY>China</COUNTRY></ENTITY_ADDRESS></ENTITY></ENTITIES></CONSOLIDATED_LIST>"""
UK_CSV = (
    "Report Date: 21-Nov-2026\n"
    "Last Updated,Unique ID,OFSI Group ID,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,Alias strength,Name non-latin script,"
    "Regime Name,Designation Type,Address Country,Date Designated,D.O.B,Nationality(/ies)\n"
    "01/02/2026,RUS0001,1,VYDUMANNY,Ivan,,,,,Primary Name,,Иван Выдуманный,Russia,Individual,Russia,01/03/2022,02/01/1970,Russia\n"
    "01/02/2026,RUS0001,1,VYDUMANNY,Vanya,,,,,Alias,Low quality,,Russia,Individual,,01/03/2022,,\n"
)
OFSI_CSV = (
    "Last Updated,21/11/2025\n"
    "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name Non-Latin Script,DOB,Nationality,Country,Group Type,Alias Type,Alias Quality,Regime,"
    "Listed On,Group ID\n"
    "VYDUMANNY,Ivan,,,,,Иван Выдуманный,02/01/1970,Russia,Russia,Individual,Primary name,,Russia,01/03/2022,1\n"
    "VYDUMANNY,Vanya,,,,,,,,,Individual,AKA,Low,Russia,01/03/2022,1\n"
)
UK_XML = """<Designations><DateGenerated>21/11/2026</DateGenerated><Designation><UniqueID>RUS0001</UniqueID>
<Names><Name><Name6>VYDUMANNY</Name6><Name1>Ivan</Name1><NameType>Primary Name</NameType></Name>
<Name><Name6>VYDUMANNY</Name6><Name1>Vanya</Name1><NameType>Alias</NameType><AliasStrength>Low quality a.k.a</AliasStrength></Name></Names>
<NonLatinNames><NonLatinName><NameNonLatinScript>Иван Выдуманный</NameNonLatinScript></NonLatinName></NonLatinNames>
<RegimeName>Russia</RegimeName><IndividualEntityShip>Individual</IndividualEntityShip><DateDesignated>01/03/2022</DateDesignated>
<IndividualDetails><Individual><DOBs><DOB>02/01/1970</DOB></DOBs><Nationalities><Nationality>Russia</Nationality></Nationalities></Individual>
</IndividualDetails></Designation></Designations>"""
OFAC_XML = """<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
<publshInformation><Publish_Date>11/21/2026</Publish_Date><Record_Count>2</Record_Count></publshInformation>
<sdnEntry><uid>36</uid><firstName>Ivan</firstName><lastName>VYDUMANNY</lastName><sdnType>Individual</sdnType>
<programList><program>RUSSIA-EO14024</program></programList>
<akaList><aka><uid>1</uid><category>weak</category><lastName>VANYA</lastName></aka>
<aka><uid>2</uid><category>strong</category><lastName>VIDUMANYI</lastName><firstName>Ivan</firstName></aka></akaList>
<nationalityList><nationality><country>Russia</country></nationality></nationalityList>
<dateOfBirthList><dateOfBirthItem><dateOfBirth>02 Jan 1970</dateOfBirth></dateOfBirthItem></dateOfBirthList></sdnEntry>
<sdnEntry><uid>37</uid><lastName>MADE UP STAR</lastName><sdnType>Vessel</sdnType></sdnEntry></sdnList>"""
SDN_CSV = (
    '36,"VYDUMANNY, Ivan","individual","RUSSIA-EO14024",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 02 Jan 1970."\n'
    '37,"INVENTED TRADING, LLC",-0- ,"RUSSIA-EO14024",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n\x1a\n'
)
ALT_CSV = '36,1,"aka","VIDUMANYI, Ivan",-0- \n99,2,"aka","NOBODY",-0- \n'
ADD_CSV = '36,10,"1 Street","Moscow 101000","Russia",-0- \n'


def read(folder: Path, name: str, text: str) -> SanctionsList:
    path = folder / name
    path.write_text(text, "utf-8")
    (found,) = read_lists([path])
    return found


def names(entry: Listed, *qualities: str) -> list[str]:
    return [each.text for each in entry.names if not qualities or each.quality in qualities]


@pytest.mark.parametrize(
    ("file", "text", "layout", "published"),
    [
        ("eu.xml", EU_XML, "EU XML (FSF 1.1)", date(2026, 11, 20)),
        ("eu.csv", EU_CSV, "EU CSV (FSF 1.1)", date(2026, 11, 20)),
        ("uk.csv", UK_CSV, "UK Sanctions List CSV", date(2026, 11, 21)),
        ("ofsi.csv", OFSI_CSV, "OFSI consolidated list CSV", date(2025, 11, 21)),
        ("uk.xml", UK_XML, "UK Sanctions List XML", date(2026, 11, 21)),
        ("ofac.xml", OFAC_XML, "OFAC SDN XML", date(2026, 11, 21)),
    ],
)
def test_each_layout_is_read_to_the_same_person(
    tmp_path: Path, file: str, text: str, layout: str, published: date
) -> None:
    found = read(tmp_path, file, text)
    assert (found.layout, found.published) == (layout, published)
    person = found.entries[0]
    assert person.kind == "person"
    assert person.names[0].text.casefold() == "ivan vydumanny"
    assert person.names[0].quality == "primary"
    assert "RUS" in person.countries
    assert person.born
    if "OFAC" not in layout:
        assert "Иван Выдуманный" in names(person)
    if "CSV (FSF" not in layout:
        assert [name.casefold() for name in names(person, "weak")] in (["vanya"], ["vanya vydumanny"])


def test_the_list_of_the_united_nations(tmp_path: Path) -> None:
    person, firm = read(tmp_path, "un.xml", UN_XML).entries
    assert (person.id, person.programme, person.countries, person.born) == (
        "KPi.999",
        "DPRK",
        ("PRK",),
        ("1961",),
    )
    assert names(person) == ["Ri Made Up", "리꾸민", "Ri Ma Dup", "Mr Up"]
    assert names(person, "weak") == ["Mr Up"]
    assert (firm.kind, names(firm), firm.countries) == (
        "company", ["INVENTED TRADING CORPORATION", "Invented Co"], ("CHN",),
    )  # fmt: skip


def test_ofacs_three_tables_make_one_list(tmp_path: Path) -> None:
    paths = []
    for name, text in (("SDN.CSV", SDN_CSV), ("ALT.CSV", ALT_CSV), ("ADD.CSV", ADD_CSV)):
        paths.append(tmp_path / name)
        paths[-1].write_text(text, "utf-8")
    (found,) = read_lists(paths)
    person, firm = found.entries
    assert names(person) == ["Ivan VYDUMANNY", "Ivan VIDUMANYI"]
    assert person.countries == ("RUS",)
    assert (firm.kind, names(firm)) == ("company", ["INVENTED TRADING, LLC"])
    assert any("Entry 99 has aliases" in problem for problem in found.problems)
    assert found.published is None


def test_ofacs_csv_tells_weak_aliases_in_its_remarks_alone(tmp_path: Path) -> None:
    sdn = (
        '36,"VYDUMANNY, Ivan","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1970; POB Nowhere; a.k.a. '
        "'VANYA, Abu'; a.k.a. 'O'VANNA'; Linked To: NOBODY.\"\n"
        '37,"INVENTED BANK",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'IB\'; f.k.a. \'MADE UP BANK\'."\n'
    )
    person, firm = read(tmp_path, "sdn.csv", sdn).entries
    assert names(person, "weak") == ["Abu VANYA", "O'VANNA"]
    assert names(firm, "weak") == ["IB", "MADE UP BANK"]


def test_a_day_that_ofac_writes_month_first_is_a_day(tmp_path: Path) -> None:
    found = read(tmp_path, "ofac.xml", OFAC_XML)
    assert (found.published, found.problems) == (date(2026, 11, 21), ())


def test_ofacs_two_lists_are_one_and_two_of_anybody_else_are_refused(tmp_path: Path) -> None:
    first, other = tmp_path / "sdn.xml", tmp_path / "consolidated.xml"
    first.write_text(OFAC_XML, "utf-8")
    other.write_text(
        OFAC_XML.replace("<uid>36</uid>", "<uid>17016</uid>").replace("11/21/2026", "11/07/2026"), "utf-8"
    )
    (found,) = read_lists([first, other])
    assert sorted(entry.id for entry in found.entries) == ["17016", "36", "37"]
    assert (found.published, found.file) == (date(2026, 11, 7), "sdn.xml, consolidated.xml")
    for name, text in (("old.xml", EU_XML), ("new.csv", EU_CSV)):
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"old\.xml and new\.csv are both lists of the EU"):
        read_lists([tmp_path / "old.xml", tmp_path / "new.csv"])


def test_an_entry_without_a_name_or_number_is_told(tmp_path: Path) -> None:
    assert any("entry 3 has no name" in p for p in read(tmp_path, "eu.xml", EU_XML).problems)
    assert any("row 5: no number" in p for p in read(tmp_path, "eu.csv", EU_CSV).problems)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'<!DOCTYPE export [<!ENTITY l0 "ha">{LAUGHS}]><export>&l11;</export>', "document type"),
        ('<!DOCTYPE export [<!ENTITY x SYSTEM "file:///etc/passwd">]><export>&x;</export>', "document type"),
        ('<!DOCTYPE export SYSTEM "http://example.invalid/x.dtd"><export/>', "document type"),
        ("<sdnList>" + "<sdnEntry>" * 60 + "</sdnEntry>" * 60 + "</sdnList>", "nested deeper"),
        (f"<sdnList><sdnEntry><uid>{'9' * (2 << 20)}</uid></sdnEntry></sdnList>", "more text"),
        (f"<sdnList><sdnEntry>{'<a/>' * 300_000}</sdnEntry></sdnList>", "more parts"),
        ("<sdnList><sdnEntry>", "well-formed"),
        ("<sdnList><sdnEntry></sdnList>", "well-formed"),
        ("<html><body>not found</body></html>", "no sanctions list that we know"),
        ("<sdnList/>", "nobody is on it"),
        ("", "no sanctions list"),
        ("a,b\n1,2\n", "no sanctions list"),
        ("\x00\x01\x02", "no sanctions list"),
    ],
)
def test_what_must_not_be_opened_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read(tmp_path, "list.xml", text)


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        read_lists([tmp_path / "none.xml"])
    with pytest.raises(InputError, match="folder"):
        read_lists([tmp_path])


@pytest.mark.requirement("X06")
def test_a_list_is_kept_with_its_day_and_read_back_as_it_was(tmp_path: Path) -> None:
    found = read(tmp_path, "un.xml", UN_XML)
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    path = keep(tmp_path / "lists", found, now)
    (back,) = kept(tmp_path / "lists")
    assert back.list == found
    assert (back.added, back.as_of) == (now, date(2026, 11, 19))
    path.write_text(path.read_text("utf-8")[:-40], "utf-8")
    with pytest.raises(Damaged, match="bring the list in again"):
        kept(tmp_path / "lists")
    assert kept(tmp_path / "nothing") == ()
