"""Build ``reference/data/countries.tsv.gz``: every CLDR and ISO 3166-1 name of every country.

Run by a developer, from the root of the project, when Babel brings a newer CLDR or
``reference/spelling.py`` changes::

    python tools/make_country_index.py [NAMES.csv.gz]

Babel leaves out CLDR's alternative names (Hong Kong beside Hong Kong SAR China).  NAMES is a table of
them with the columns ``territory`` (such as ``HK-alt-short``), ``locale`` and ``name``, taken from the
files ``territories.json`` of the npm package ``cldr-localenames-full``; the index in the repository was
built with version 48.2.0.

It prints the spellings that mean more than one country and were therefore left out.  The output is
the same for the same inputs, byte for byte.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pycountry
from babel import Locale
from babel.localedata import locale_identifiers

from fondaco.reference.spelling import folds, key

TARGET = Path(__file__).parent.parent / "src/fondaco/reference/data/countries.tsv.gz"

#: CLDR's made-up territories for testing; they name nothing.
PSEUDO = {"XA", "XB"}

#: CLDR has Kosovo under a code that ISO 3166-1 leaves to its users, as does the European Commission.
KOSOVO = ("XK", "XKX", "")


def territories() -> dict[str, tuple[str, str]]:
    """Return alpha-3 and numeric code by alpha-2 code."""
    found = {str(land.alpha_2): (str(land.alpha_3), str(land.numeric)) for land in pycountry.countries}
    found[KOSOVO[0]] = KOSOVO[1:]
    return found


def alternative_names(table: Path) -> Iterator[tuple[str, str]]:
    """Yield (CLDR territory code, name) of a table of names, the alternative ones included."""
    with gzip.open(table, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code, _, variant = row["territory"].partition("-alt-")
            untranslated = row["name"] == f"{code}-{variant}"
            if code not in PSEUDO and not untranslated:
                yield code, row["name"]


def names() -> Iterator[tuple[str, str]]:
    """Yield (CLDR territory code, name) for every locale and for ISO's own English names."""
    for identifier in sorted(locale_identifiers()):
        for code, name in Locale.parse(identifier).territories.items():
            if code not in PSEUDO:
                yield code, name
    for land in pycountry.countries:
        for field in ("name", "official_name", "common_name"):
            if hasattr(land, field):
                yield land.alpha_2, getattr(land, field)


def tells_something(spelling: str) -> bool:
    """Whether a spelling is a name: "CG" is a locale without a translation, "man" is a word.

    Names of one to three Latin letters are left to the codes and to ``aliases.toml``.
    """
    return len(spelling) > 3 or (bool(spelling) and not spelling.isascii())


def one_meaning(meanings: dict[str, set[str]], countries: set[str], label: str) -> dict[str, str]:
    """Keep the spellings that mean one country, or else one region; print the others.

    A country goes before a region of the world: "Sudafrica" is South Africa, not southern Africa.
    """
    kept = {}
    for spelling, codes in sorted(meanings.items()):
        lands = {code for code in codes if not code.isdigit()} if codes & countries else codes
        if len(lands) == 1:
            kept[spelling] = next(iter(lands))
        else:
            print(f"{label}: {spelling} means {', '.join(sorted(lands))}")
    return kept


def main(tables: list[str]) -> None:
    """Build the index and say what was left out of it."""
    iso = territories()
    meanings: dict[str, set[str]] = defaultdict(set)
    folded: dict[str, set[str]] = defaultdict(set)
    stated = [pair for table in tables for pair in alternative_names(Path(table))]
    for code, name in (*names(), *stated):
        spelling = key(name)
        if tells_something(spelling):
            meanings[spelling].add(code)
    for spelling, codes in meanings.items():
        for bare in filter(tells_something, folds(spelling)):
            folded[bare] |= codes
    exact = one_meaning(meanings, set(iso), "spelling")
    second = one_meaning({k: v for k, v in folded.items() if k not in meanings}, set(iso), "without accents")
    english = Locale.parse("en").territories
    by_code: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for position, kept in enumerate((exact, second)):
        for spelling, code in kept.items():
            by_code[code][position].append(spelling)
    more = " and alternative names of cldr-localenames-full" if tables else ""
    lines = [
        f"# CLDR of Babel {version('babel')}{more}, ISO 3166-1 of pycountry {version('pycountry')}; see README.md"
    ]
    for code in sorted(by_code):
        alpha3, numeric = iso.get(code, ("", ""))
        plain, bare_ones = by_code[code]
        lines.append("\t".join([code, alpha3, numeric, english[code], " ".join(plain), " ".join(bare_ones)]))
    text = "\n".join(lines) + "\n"
    TARGET.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    print(
        f"{len(exact)} + {len(second)} spellings of {len(by_code)} territories: {TARGET.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
