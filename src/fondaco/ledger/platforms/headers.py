"""What a platform calls its columns, in each of its languages: data, so that a language needs no code.

Beside each reader stands a ``headers.toml``: for each layout every column that it has, by the name
the reader knows it by, with its other spellings.  A user adds spellings in ``headers/PLATFORM.toml``
of the workspace, written the same way.  How a name is written does not matter: letter case, accents,
full-width letters, kinds of dashes, brackets, blanks and punctuation do not count, and a name that a
wrong encoding has damaged is known where the damage can be undone exactly.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from fondaco.kernel import InputError, UnreadableFile

#: Column, by the name the reader knows it by, to its other spellings.
Names = Mapping[str, tuple[str, ...]]

#: Platform to layout to names: what a workspace adds to the readers' own.
Spellings = Mapping[str, Mapping[str, Names]]

#: From this likeness on, 0 to 1, a name is taken for a changed spelling of another, and that is said.
NEAR = 0.82

#: Words that change nothing about which column is meant where a platform adds or drops one.
_NEUTRAL = frozenset(
    [
        "amount",
        "value",
        "total",
        "no",
        "number",
        "nr",
        "code",
        "name",
        "date",
        "the",
        "of",
        "in",
        "eur",
        "usd",
        "gbp",
    ]
)

#: The section of a ``headers.toml`` that lists, for each layout, spellings that were never seen in a file.
UNVERIFIED = "unverified"

_LARGEST = 1 << 20


@lru_cache(maxsize=8192)
def folded(name: str) -> str:
    """Return the words of a column's name, without all that does not count.

    Examples
    --------
    >>> folded("Sessions – Total") == folded("sessions - total")
    True
    >>> folded("（子）ASIN"), folded("Data/Ora:"), folded("createDate")
    ('子 asin', 'data ora', 'create date')
    """
    text = unicodedata.normalize("NFKC", repaired(name))
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare)).split())


def repaired(name: str) -> str:
    """Return a name as it was before its UTF-8 was read as Windows-1252, where that can be undone exactly.

    Examples
    --------
    >>> repaired("WÃ¤hrung"), repaired("Währung")
    ('Währung', 'Währung')
    """
    if name.isascii():
        return name
    try:
        return name.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


@dataclass(frozen=True)
class Match:
    """Which columns of a file are which of a layout.

    Attributes
    ----------
    found
        The layout's name to the file's.
    near
        Those of `found` whose spelling was new and only near.
    strange
        Columns of the file that the layout does not have.
    """

    found: dict[str, str]
    near: dict[str, str]
    strange: tuple[str, ...]


def match(columns: Sequence[str], names: Names, wanted: Iterable[str]) -> Match:
    """Find the columns of a layout in a file.

    Parameters
    ----------
    columns
        The file's headers.
    names
        The layout's columns with their other spellings.
    wanted
        The columns for which a near spelling is looked for as well, where the exact one is absent.

    Examples
    --------
    >>> names = {"Currency": ("Währung",), "Search term": ()}
    >>> found = match(["Waehrung", "Währung", "Search terms"], names, ["Search term"])
    >>> found.found, found.strange
    ({'Currency': 'Währung', 'Search term': 'Search terms'}, ('Waehrung',))
    """
    by_spelling: dict[str, str] = {}
    for name, others in names.items():
        for spelling in (name, *others):
            by_spelling.setdefault(_compact(spelling), name)
    found: dict[str, str] = {}
    left = []
    for column in columns:
        known = by_spelling.get(_compact(column))
        if known is None:
            left.append(column)
        else:
            found.setdefault(known, column)
    near: dict[str, str] = {}
    for name in wanted:
        if name in found:
            continue
        close = _nearest(left, (name, *names.get(name, ())))
        if close is not None:
            found[name] = near[name] = close
            left.remove(close)
    return Match(found, near, tuple(column for column in left if not re.fullmatch(r"column_[0-9]+", column)))


@lru_cache(maxsize=8192)
def _compact(name: str) -> str:
    return folded(name).replace(" ", "")


def _nearest(columns: Sequence[str], spellings: Sequence[str]) -> str | None:
    """Return the one column that is nearly called one of `spellings`; None where there is none or several."""
    scores = [(max(_likeness(column, spelling) for spelling in spellings), column) for column in columns]
    near = sorted((score for score in scores if score[0] >= NEAR), reverse=True)
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


@lru_cache(maxsize=8192)
def _likeness(column: str, spelling: str) -> float:
    """Return how alike two names are; words that tell columns apart, such as tax, make them different."""
    mine, theirs = folded(column).split(), folded(spelling).split()
    if "".join(mine) == "".join(theirs):
        return 1.0
    if min(len("".join(mine)), len("".join(theirs))) < 5 or _digits(column) != _digits(spelling):
        return 0.0
    more, fewer = (mine, theirs) if len(mine) > len(theirs) else (theirs, mine)
    extra = [word for word in more if word not in fewer]
    other = [word for word in fewer if word not in more]
    if not other and len(fewer) > 1:
        return 0.95 if extra and all(word in _NEUTRAL for word in extra) else 0.0
    if len(extra) != len(other):
        return 0.0
    pairs = zip(sorted(extra), sorted(other), strict=True)
    if any(difflib.SequenceMatcher(None, a, b).ratio() < 0.75 for a, b in pairs):
        return 0.0
    return difflib.SequenceMatcher(None, "".join(mine), "".join(theirs)).ratio()


def _digits(name: str) -> list[str]:
    return re.findall("[0-9]+", name)


# The files -------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def own_names(platform: str) -> Mapping[str, Names]:
    """Return the layouts of a platform with their columns, from the ``headers.toml`` beside its reader."""
    return {
        layout: {name: tuple(others) for name, others in columns.items()}
        for layout, columns in _own(platform).items()
        if layout != UNVERIFIED
    }


def unverified(platform: str, layout: str) -> frozenset[str]:
    """Return the spellings of a layout that no file is known to have had, as `folded` writes them."""
    return frozenset(map(folded, _own(platform).get(UNVERIFIED, {}).get(layout, ())))


@lru_cache(maxsize=32)
def _own(platform: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    text = resources.files(f"{__package__}.{platform}").joinpath("headers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def read_spellings(folder: Path, known: Mapping[str, Mapping[str, Names]]) -> Spellings:
    """Return the spellings that a workspace adds, one file for each platform.

    Parameters
    ----------
    folder
        ``headers`` of the workspace; need not be there.
    known
        Platform to layout to names, as the readers have them.

    Raises
    ------
    InputError, UnreadableFile
        Naming the file, and the platform, layout or column that there is none of.
    """
    found: dict[str, Mapping[str, Names]] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        if path.stem not in known:
            raise InputError(f"{path}: {_unknown('platform', path.stem, known)}")
        found[path.stem] = _read(path, known[path.stem])
    return found


def _read(path: Path, layouts: Mapping[str, Names]) -> Mapping[str, Names]:
    try:
        raw = path.read_bytes()[: _LARGEST + 1]
        content = tomllib.loads(raw.decode("utf-8-sig"))
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read ({error.strerror}): check its permissions.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} is not valid TOML in UTF-8 ({error}): correct that line.") from None
    found: dict[str, Names] = {}
    for layout, columns in content.items():
        if layout not in layouts or not isinstance(columns, dict):
            raise InputError(f"{path}: {_unknown('layout', layout, layouts)}")
        for name, others in columns.items():
            if name not in layouts[layout]:
                raise InputError(f"{path}: [{layout}] {_unknown('column', name, layouts[layout])}")
            if not isinstance(others, list) or not all(isinstance(other, str) for other in others):
                raise InputError(
                    f'{path}: [{layout}] "{name}" must be a list of texts, such as ["Menge", "Anzahl"].'
                )
        found[layout] = {name: tuple(others) for name, others in columns.items()}
    return found


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:12])}."
    return f"there is no {what} {name!r}; {hint}"


def with_spellings(names: Names, more: Names) -> Names:
    """Return a layout's names with the spellings that a workspace adds."""
    return {name: (*others, *more.get(name, ())) for name, others in names.items()}
