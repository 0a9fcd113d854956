"""The XML of the European Union (FSF 1.1), the United Nations, the UK Sanctions List and OFAC's SDN list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element

from fondaco.reference.sanctions.entries import Authority, Listed, Quality
from fondaco.reference.sanctions.hostile import local
from fondaco.reference.sanctions.terms import countries_of, day_of, joined, name_of

Kind = Literal["person", "company", "vessel", "other"]


@dataclass(frozen=True)
class Layout:
    """How an authority writes its XML: its root, its entries, where its date stands, and how an entry is read."""

    authority: Authority
    name: str
    root: str
    entries: tuple[str, ...]
    dated: tuple[str, ...]
    read: Callable[[Element], Listed]


def part(element: Element, *path: str) -> Iterator[Element]:
    """Yield the elements below, by local names; any namespace."""
    if not path:
        yield element
        return
    for child in element:
        if local(child.tag) == path[0]:
            yield from part(child, *path[1:])


def text(element: Element, *path: str) -> str:
    """Return the text of the first element at a path, on one line; empty where there is none."""
    return next((" ".join((found.text or "").split()) for found in part(element, *path)), "")


def texts(element: Element, *path: str) -> list[str]:
    """Return the texts of all elements at a path that have one."""
    return [said for found in part(element, *path) if (said := " ".join((found.text or "").split()))]


def _eu(entry: Element) -> Listed:
    kind = next((each.get("code", "") for each in part(entry, "subjectType")), "")
    names = list[tuple[str, str]]()
    for alias in part(entry, "nameAlias"):
        said = alias.get("wholeName", "").strip() or joined(
            alias.get("firstName"), alias.get("middleName"), alias.get("lastName")
        )
        quality: Quality = "weak" if alias.get("strong") == "false" else "strong"
        names.append((said, quality if names else "primary"))
    places = [
        each.get("countryIso2Code", "") for tag in ("citizenship", "address") for each in part(entry, tag)
    ]
    born = [each.get("birthdate") or each.get("year") or "" for each in part(entry, "birthdate")]
    programme = next((each.get("programme", "") for each in part(entry, "regulation")), "")
    since = next((each.get("publicationDate", "") for each in part(entry, "regulation")), "")
    kinds: Mapping[str, Kind] = {"person": "person", "enterprise": "company"}
    return Listed(
        "EU", entry.get("euReferenceNumber") or entry.get("logicalId") or "", kinds.get(kind, "other"), name_of(names),
        countries_of(places), programme, tuple(filter(None, born)), since,
    )  # fmt: skip


def _un(entry: Element) -> Listed:
    person = local(entry.tag) == "INDIVIDUAL"
    prefix = "INDIVIDUAL" if person else "ENTITY"
    said = [(joined(*(text(entry, f"{n}_NAME") for n in ("FIRST", "SECOND", "THIRD", "FOURTH"))), "primary")]
    said += [(original, "strong") for original in texts(entry, "NAME_ORIGINAL_SCRIPT")]
    for alias in part(entry, f"{prefix}_ALIAS"):
        weak = text(alias, "QUALITY").casefold() == "low"
        said.append((text(alias, "ALIAS_NAME"), "weak" if weak else "strong"))
    places = texts(entry, "NATIONALITY", "VALUE") + texts(entry, f"{prefix}_ADDRESS", "COUNTRY")
    born = texts(entry, "INDIVIDUAL_DATE_OF_BIRTH", "DATE") + texts(entry, "INDIVIDUAL_DATE_OF_BIRTH", "YEAR")
    return Listed(
        "UN", text(entry, "REFERENCE_NUMBER") or text(entry, "DATAID"), "person" if person else "company", name_of(said),
        countries_of(places), text(entry, "UN_LIST_TYPE"), tuple(born), text(entry, "LISTED_ON"),
    )  # fmt: skip


def _uk(entry: Element) -> Listed:
    said = []
    for name in part(entry, "Names", "Name"):
        whole = joined(*(text(name, f"Name{n}") for n in (1, 2, 3, 4, 5, 6)))
        primary = text(name, "NameType").casefold() == "primary name"
        weak = (
            "low" in text(name, "AliasStrength").casefold()
            or "weak" in text(name, "AliasStrength").casefold()
        )
        said.append((whole, "primary" if primary else "weak" if weak else "strong"))
    said += [
        (other, "strong") for other in texts(entry, "NonLatinNames", "NonLatinName", "NameNonLatinScript")
    ]
    individual = ("IndividualDetails", "Individual")
    places = texts(entry, "Addresses", "Address", "AddressCountry") + texts(
        entry, *individual, "Nationalities", "Nationality"
    )
    kinds: Mapping[str, Kind] = {"individual": "person", "entity": "company", "ship": "vessel"}
    return Listed(
        "UK", text(entry, "UniqueID"), kinds.get(text(entry, "IndividualEntityShip").casefold(), "other"), name_of(said),
        countries_of(places), text(entry, "RegimeName"), tuple(texts(entry, *individual, "DOBs", "DOB")), text(entry, "DateDesignated"),
    )  # fmt: skip


def _ofac(entry: Element) -> Listed:
    said = [(joined(text(entry, "firstName"), text(entry, "lastName")), "primary")]
    for alias in part(entry, "akaList", "aka"):
        weak = text(alias, "category").casefold() == "weak"
        said.append((joined(text(alias, "firstName"), text(alias, "lastName")), "weak" if weak else "strong"))
    places = [
        *texts(entry, "addressList", "address", "country"), *texts(entry, "nationalityList", "nationality", "country"),
        *texts(entry, "citizenshipList", "citizenship", "country"),
    ]  # fmt: skip
    kinds: Mapping[str, Kind] = {"individual": "person", "entity": "company", "vessel": "vessel"}
    return Listed(
        "OFAC", text(entry, "uid"), kinds.get(text(entry, "sdnType").casefold(), "other"), name_of(said), countries_of(places),
        ", ".join(texts(entry, "programList", "program")),
        tuple(texts(entry, "dateOfBirthList", "dateOfBirthItem", "dateOfBirth")), "",
    )  # fmt: skip


LAYOUTS = (
    Layout("EU", "EU XML (FSF 1.1)", "export", ("sanctionEntity",), ("@generationDate",), _eu),
    Layout("UN", "UN XML", "CONSOLIDATED_LIST", ("INDIVIDUAL", "ENTITY"), ("@dateGenerated",), _un),
    Layout("UK", "UK Sanctions List XML", "Designations", ("Designation", "DateGenerated"), ("DateGenerated",), _uk),
    Layout("OFAC", "OFAC SDN XML", "sdnList", ("sdnEntry", "publshInformation"), ("publshInformation", "Publish_Date"), _ofac),
)  # fmt: skip


def read_xml(file: Path, layout: Layout, found: Iterator[Element]) -> tuple[str, list[Listed], list[str]]:
    """Return the date as the file writes it, the entries, and what could not be taken."""
    dated, entries, problems = "", list[Listed](), []
    for element in found:
        tag = local(element.tag)
        if tag == layout.root:
            dated = element.get(layout.dated[0].removeprefix("@"), dated)
        elif tag == layout.dated[0]:
            dated = text(element, *layout.dated[1:])
        else:
            entry = layout.read(element)
            if entry.names:
                entries.append(entry)
            else:
                problems.append(
                    f"{file.name}: entry {entry.id or '(without number)'} has no name and is left out."
                )
    if not day_of(dated, month_first=layout.authority == "OFAC"):
        problems.append(f"{file.name} does not state its day; how old it is cannot be told.")
    return dated, entries, problems
