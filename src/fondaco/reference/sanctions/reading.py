"""Which layout a file is in, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
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
        Lists as they are downloaded; OFAC's SDN.CSV, ALT.CSV and ADD.CSV together make one.

    Raises
    ------
    InputError
        Where a file is not there or cannot be read.
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
    return tuple(found)


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
