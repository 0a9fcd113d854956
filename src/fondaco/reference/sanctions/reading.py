"""Which layout a file is in, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fondaco.kernel import InputError, UnreadableFile
from fondaco.reference.sanctions.csv_layouts import read_eu, read_ofac, read_uk
from fondaco.reference.sanctions.entries import SanctionsList
from fondaco.reference.sanctions.hostile import elements, local
from fondaco.reference.sanctions.terms import day_of
from fondaco.reference.sanctions.xml_layouts import LAYOUTS, read_xml

#: The largest list is about 100 MB.
LARGEST = 1 << 30
#: So many problems are told one by one.
TOLD = 50
_ASKED = "Bring the EU's, UN's, UK's or OFAC's list as XML or CSV, as it is downloaded."


def read_lists(files: Sequence[Path]) -> tuple[SanctionsList, ...]:
    """Read official lists.

    Parameters
    ----------
    files
        Lists as they are downloaded; OFAC's SDN.CSV, ALT.CSV and ADD.CSV together make one, and so do its two lists,
        of specially designated nationals and of all others.

    Raises
    ------
    InputError
        Where a file is not there or cannot be read, or two are lists of one authority and one would take the other's place.
    UnreadableFile
        Where it is none of the layouts, has no entry, or is XML that must not be opened.
    """
    found, ofac = [], []
    for file in files:
        head = _head(file)
        if head.lstrip("\ufeff \r\n\t").startswith("<"):
            found.append(_xml(file))
        elif "Entity_LogicalId" in head:
            found.append(_table(file, "EU", "EU CSV (FSF 1.1)", *read_eu(file)))
        elif "Name 6" in head:
            layout = "UK Sanctions List CSV" if "Unique ID" in head else "OFSI consolidated list CSV"
            found.append(_table(file, "UK", layout, *read_uk(file)))
        elif _is_ofac(head):
            ofac.append(file)
        else:
            raise UnreadableFile(f"{file.name} is no sanctions list that we know. {_ASKED}")
    if ofac:
        dated, entries, problems = read_ofac(ofac)
        names = Path(", ".join(file.name for file in ofac))
        problems.append("OFAC's CSV states no day; its XML does.")
        found.append(_table(names, "OFAC", "OFAC SDN CSV", dated, entries, problems))
    by_authority: dict[str, SanctionsList] = {}
    for each in found:
        earlier = by_authority.get(each.authority)
        by_authority[each.authority] = each if earlier is None else _both(earlier, each)
    return tuple(by_authority.values())


def _both(one: SanctionsList, other: SanctionsList) -> SanctionsList:
    """Return OFAC's two lists as one, as old as the older of them."""
    if one.authority != "OFAC":
        raise InputError(
            f"{one.file} and {other.file} are both lists of the {one.authority}, and one would take the place of the other: "
            "name the newer one alone."
        )
    entries = {entry.id: entry for entry in (*other.entries, *one.entries)}
    days = [day for day in (one.published, other.published) if day is not None]
    return replace(
        one, published=min(days) if len(days) == 2 else None, file=f"{one.file}, {other.file}", entries=tuple(entries.values()),
        problems=(*one.problems, *other.problems),
    )  # fmt: skip


def _head(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise UnreadableFile(f"{file.name} is larger than any sanctions list; it is not opened.")
        with file.open("rb") as stream:
            return stream.read(8192).decode("utf-8", errors="replace")
    except FileNotFoundError:
        raise InputError(f"{file} is not there; check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{file} is a folder; name the file in it.") from None
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}); check its permissions.") from None


def _xml(file: Path) -> SanctionsList:
    wanted = {tag for layout in LAYOUTS for tag in layout.entries}
    found = elements(file, wanted)
    root = next(found, None)
    layout = next((each for each in LAYOUTS if root is not None and local(root.tag) == each.root), None)
    if root is None or layout is None:
        tag = "nothing" if root is None else local(root.tag)
        raise UnreadableFile(
            f"{file.name} begins with <{tag[:60]}>, as no sanctions list that we know. {_ASKED}"
        )
    found.close()  # type: ignore[attr-defined]
    dated, entries, problems = read_xml(file, layout, elements(file, layout.entries))
    return _table(file, layout.authority, layout.name, dated, entries, problems)


def _table(file: Path, authority, layout, dated, entries, problems) -> SanctionsList:  # type: ignore[no-untyped-def]
    if not entries:
        raise UnreadableFile(
            f"{file.name} looks like {layout}, but nobody is on it; download the list again."
        )
    if len(problems) > TOLD:
        problems = [*problems[:TOLD], f"{file.name}: {len(problems) - TOLD:,} more problems of this kind."]
    published = day_of(dated, month_first=authority == "OFAC")
    return SanctionsList(authority, layout, published, file.name, tuple(entries), tuple(problems))


def _is_ofac(head: str) -> bool:
    first = head.split("\n", 1)[0]
    return first.split(",", 1)[0].strip('" ').isdigit() and "-0-" in head
