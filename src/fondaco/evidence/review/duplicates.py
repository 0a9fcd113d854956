"""Which records are one? Pairs that are surely one, pairs that a person must look at, and why.

Candidates come from blocking: records that share a DOI, or parts of a title.  Each pair is then compared field by field
and graded by rules that can be read, in `grade`; every grade carries its reasons.  What only resembles a record is none
of its copies: an erratum, another part of a series, a comment on a paper, the journal version of a talk.

>>> one = Record("Small firms abroad: a study", authors=("Kühn, Jana",), year=2020, doi="10.1000/a1")
>>> two = Record("Small firms abroad - A study", authors=("Kuehn, J.",), year=2020)
>>> [(pair.grade, pair.reasons[0]) for pair in pairs_of([one, two])]
[('sure', 'titles alike (100 %)')]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Literal

import numpy as np
import polars as pl
from anyascii import anyascii
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from fondaco.evidence.review.records import Record

Grade = Literal["sure", "review", "no"]

#: Likeness of titles (0 to 100) from which a pair is one where all else agrees, and from which somebody looks at it.
SURE, LOOK = 93.0, 80.0
_DAMAGED = 65.0
#: From which abstracts say that two are one although their titles are damaged.
SAME_ABSTRACT = 92.0
#: Records that share a blocking key are all compared only where they are this few: a key of more says little.
_LARGEST_BLOCK = 60
#: Letters of an abstract that are compared.
_ABSTRACT = 400
_ARTICLES = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "and",
        "for",
        "to",
        "with",
        "from",
        "by",
        "at",
        "as",
        "is",
        "are",
        "das",
        "der",
        "die",
        "le",
        "la",
        "les",
        "el",
        "los",
        "un",
        "une",
        "de",
        "des",
        "du",
        "do",
        "da",
    ]
)
#: What a paper about another paper begins with.
_ABOUT = re.compile(
    r"\b(erratum|errata|corrigend\w+|correction|retract\w+|withdrawn|reply|response|comment(ary)?s?|rejoinder|addendum|editorial)\b"
)
#: What sets the parts of a series apart: figures, and numerals behind such a word or at the end of the title.
_NUMERAL = re.compile(
    r"\b\d+\b|(?<=part )[a-z]+\b|(?<=study )[ivx]+\b|(?<=volume )[ivx]+\b|\b[ivx]+$|\b(?:first|second|third|fourth|fifth)\b"
)


@dataclass(frozen=True)
class Pair:
    """Two records that may be one.

    Attributes
    ----------
    a, b
        Their places among the records.
    grade
        ``sure``, ``review`` or ``no``.
    likeness
        Of their titles, 0 to 100.
    reasons
        What agrees and what does not, the weightiest first.
    """

    a: int
    b: int
    grade: Grade
    likeness: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Plain:
    """The records' fields made comparable."""

    title: list[str]
    words: list[str]
    author: list[str]
    abstract: list[str]
    journal: list[str]


def pairs_of(records: Sequence[Record], *, none_too: bool = False) -> list[Pair]:
    """Return the pairs that are one or must be looked at, in the order of the records.

    Parameters
    ----------
    records
        From any number of files.
    none_too
        Also those that were compared and found to be two.
    """
    if len(records) < 2:
        return []
    plain = _plain(records)
    left, right = _candidates(records, plain)
    if not len(left):
        return []
    doi = np.array([record.doi for record in records], dtype=object)
    same_doi = (doi[left] == doi[right]) & (doi[left] != "")
    likeness = _likeness(plain.title, left, right)
    near = same_doi | (likeness >= LOOK)
    # Titles that are damaged beyond likeness are looked at only where the abstracts say that the records are one.
    doubtful = np.flatnonzero(~near & (likeness >= _DAMAGED))
    near[doubtful] = _same_abstracts(plain.abstract, left[doubtful], right[doubtful])
    left, right, likeness = left[near], right[near], likeness[near]
    found = []
    for a, b, alike in zip(left.tolist(), right.tolist(), likeness.tolist(), strict=True):
        level, reasons = _graded(records[a], records[b], plain, a, b, alike)
        if level != "no" or none_too:
            found.append(Pair(a, b, level, round(alike, 1), reasons))
    return sorted(found, key=lambda pair: (pair.a, pair.b))


def groups(
    count: int, pairs: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]] = ()
) -> list[list[int]]:
    """Return the records that are one, each group in order; a record with no copy is in none.

    Parameters
    ----------
    count
        How many records there are.
    pairs
        Those taken to be one.
    apart
        Those that somebody holds to be two: no group joins them, also not by way of others.

    >>> groups(5, [(0, 1), (1, 2)], apart=[(0, 2)])
    [[0, 1]]
    """
    of = list(range(count))
    members = {place: [place] for place in range(count)}
    never = {tuple(sorted(pair)) for pair in apart}
    for a, b in pairs:
        if of[a] == of[b]:
            continue
        one, other = members[of[a]], members[of[b]]
        if never and any((min(x, y), max(x, y)) in never for x in one for y in other):
            continue
        del members[of[b]]
        for place in other:
            of[place] = of[a]
        one.extend(other)
    return sorted(sorted(held) for held in members.values() if len(held) > 1)


def merged(records: Sequence[Record]) -> Record:
    """Return one record for several that are one: the fullest, with what it lacks taken from the others.

    >>> merged([Record("A", year=2020), Record("A", abstract="Long.", doi="10.1/x")]).year
    2020
    """

    def fullness(record: Record) -> tuple[int, int, int]:
        return (
            bool(record.abstract) + bool(record.doi) + bool(record.year) + bool(record.authors),
            len(record.abstract),
            -record.line,
        )

    best = max(records, key=fullness)
    names = ("abstract", "authors", "year", "journal", "doi", "keywords", "kind", "volume", "issue", "pages")
    lacking = {
        name: next((value for record in records if (value := getattr(record, name))), getattr(best, name))
        for name in names
        if not getattr(best, name)
    }
    return replace(best, **lacking)


def squashed(title: str) -> str:
    """Return a title in small Latin letters and digits, words set apart by single blanks.

    >>> squashed("The <i>Österreichische</i> Weg — II"), squashed("Trade &amp; growth")
    ('the osterreichische weg ii', 'trade and growth')
    """
    if "&" in title:
        title = unescape(title).replace("&", " and ")
    plain = title if title.isascii() else anyascii(title)
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"<[^>]{1,20}>", "", plain).casefold()))


def _plain(records: Sequence[Record]) -> _Plain:
    titles = [squashed(record.title) for record in records]
    return _Plain(
        titles,
        [" ".join(word for word in title.split() if word not in _ARTICLES) for title in titles],
        [_surname(record.authors[0]) if record.authors else "" for record in records],
        [squashed(record.abstract[:_ABSTRACT]) for record in records],
        [squashed(record.journal) for record in records],
    )


def _surname(name: str) -> str:
    """Return a surname in small Latin letters: what stands before the comma, or else the longest word."""
    said = squashed(name.split(",", maxsplit=1)[0]).split()
    if "," in name:
        return "".join(said)
    return max(said, key=len, default="")


# --- candidates ---------------------------------------------------------------------------------------------


def _candidates(records: Sequence[Record], plain: _Plain) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return places of the pairs that share a key, each once."""
    keys: list[tuple[int, str]] = []
    for place, (record, title) in enumerate(zip(records, plain.words, strict=True)):
        keys.extend((place, key) for key in _keys(record, title, plain.author[place], plain.abstract[place]))
    table = pl.DataFrame(keys, schema={"place": pl.Int64, "key": pl.String}, orient="row")
    table, size = table.unique(), pl.len().over("key")
    few = table.filter(size.is_between(2, _LARGEST_BLOCK))
    joined = few.join(few, on="key", suffix="_b").filter(pl.col("place") < pl.col("place_b"))
    chained = _chained(
        table.filter((size > _LARGEST_BLOCK) & pl.col("key").str.contains("^[dt]")), records, plain
    )
    pairs = pl.concat([joined.select("place", "place_b"), chained]).unique().sort("place", "place_b")
    return pairs["place"].to_numpy(), pairs["place_b"].to_numpy()


def _chained(many: pl.DataFrame, records: Sequence[Record], plain: _Plain) -> pl.DataFrame:
    """Return each record of a large block with the next: alerts bring one paper week after week, with one DOI or title."""
    like = [f"{plain.author[place]} {records[place].year}" for place in many["place"]]
    held = many.with_columns(pl.Series("like", like, dtype=pl.String)).sort("key", "like", "place")
    after = held.select("place", pl.col("place").shift(-1).over("key").alias("next")).drop_nulls()
    return after.select(place=pl.min_horizontal("place", "next"), place_b=pl.max_horizontal("place", "next"))


def _keys(record: Record, title: str, author: str, abstract: str) -> Iterable[str]:
    """Yield what copies of a record are likely to share, each robust to another kind of damage."""
    words = title.split()
    letters = "".join(words)
    if record.doi:
        yield "d" + record.doi
    if not words:
        return
    yield "t" + letters[:160]
    yield "s" + letters[:14]
    yield "e" + letters[-14:]
    longest = sorted(set(words), key=lambda word: (-len(word), word))
    yield "l" + " ".join(sorted(word[:6] for word in longest[:3]))
    yield "m" + " ".join(sorted(word[:5] for word in longest[1:4]))
    yield "i" + "".join(word[0] for word in words)[:12] + str(record.year or "")
    if author:
        yield f"a{author[:5]} {longest[0][:6]}"
        yield f"y{author[:6]} {record.year or ''} {letters[:4]}"
        yield f"z{author[:4]} {words[-1][:5]} {words[0][:3]}"
    if len(abstract) > 60:
        yield "b" + abstract[:45].replace(" ", "")


def _likeness(
    titles: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the likeness of the titles of each pair: letters in order, or the words they share in any order."""

    def alike(places: NDArray[np.int64], scorer: Callable[..., float]) -> NDArray[np.float64]:
        a, b = [titles[i] for i in left[places]], [titles[i] for i in right[places]]
        return process.cpdist(a, b, scorer=scorer, score_cutoff=_DAMAGED, workers=-1).astype(np.float64)

    found = alike(np.arange(len(left)), fuzz.ratio)
    # Words in another order matter only where the letters in order do not say already that titles are one.
    unsure = np.flatnonzero(found < SURE)
    words = [frozenset(title.split()) for title in titles]
    shared = np.array([_shares_words(words[left[i]], words[right[i]]) for i in unsure], dtype=bool)
    unsure = unsure[shared]
    found[unsure] = np.maximum(found[unsure], alike(unsure, fuzz.token_sort_ratio) * 0.98)
    return found


def _shares_words(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether half of the words of the shorter title are in the other: without, no order of words makes them alike."""
    return 2 * len(one & two) >= min(len(one), len(two))


def _same_abstracts(
    abstracts: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.bool_]:
    if not len(left):
        return np.zeros(0, dtype=bool)
    cut = [min(len(abstracts[a]), len(abstracts[b])) for a, b in zip(left, right, strict=True)]
    a = [abstracts[place][:length] for place, length in zip(left, cut, strict=True)]
    b = [abstracts[place][:length] for place, length in zip(right, cut, strict=True)]
    alike = process.cpdist(a, b, scorer=fuzz.ratio, score_cutoff=SAME_ABSTRACT, workers=-1)
    return np.asarray((alike >= SAME_ABSTRACT) & (np.array(cut) > 60))


# --- grades -------------------------------------------------------------------------------------------------


def grade(one: Record, two: Record) -> Pair:
    """Compare two records, whatever brought them together.

    >>> grade(Record("Export of tea, part I", year=2019), Record("Export of tea, part II", year=2019)).reasons[0]
    'parts of a series: 1, 2'
    """
    plain = _plain([one, two])
    alike = float(_likeness(plain.title, np.array([0]), np.array([1]))[0])
    level, reasons = _graded(one, two, plain, 0, 1, alike)
    return Pair(0, 1, level, round(alike, 1), reasons)


def _graded(
    one: Record, two: Record, plain: _Plain, a: int, b: int, alike: float
) -> tuple[Grade, tuple[str, ...]]:
    said = f"titles alike ({alike:.0f} %)"
    same_doi = bool(one.doi) and one.doi == two.doi
    if same_doi and alike >= SURE:
        return "sure", (f"the same DOI, {one.doi}", said)
    if other := _another_work(one, two, plain.title[a], plain.title[b]):
        return "no", (other, said)
    if same_doi:
        if alike >= 60 or fuzz.partial_ratio(plain.title[a], plain.title[b]) >= 90:
            return "sure", (f"the same DOI, {one.doi}", said)
        return "review", (f"the same DOI, {one.doi}, but titles differ ({alike:.0f} %)",)
    near = _nearly(one.doi, two.doi)
    agrees, against = _fields(one, two, plain, a, b)
    if one.doi and two.doi and not near:
        if alike >= SURE and not against and "abstracts alike" in agrees:
            return "review", (f"two DOIs, {one.doi} and {two.doi}, all else agrees", said, *agrees)
        if alike >= SURE and _is_preprint(one) != _is_preprint(two) and "first authors agree" in agrees:
            return "review", (
                f"a preprint and what it may have become, {one.doi} and {two.doi}",
                said,
                *agrees,
            )
        return "no", (f"two DOIs, {one.doi} and {two.doi}", said)
    if near:
        agrees.append("DOIs differ by a letter or two")
    if alike >= SURE and (other := _exchanged(plain.title[a], plain.title[b])):
        against.append(other)
    level = _level(alike, agrees, against, long=len(plain.title[a]) > 60)
    return level, (said, *against) if level == "no" else (said, *agrees, *against)


def _level(alike: float, agrees: Sequence[str], against: Sequence[str], *, long: bool) -> Grade:
    """Grade a pair by its titles' likeness and by what else agrees and what does not; `long` titles tell more."""
    same_abstract = "abstracts alike" in agrees
    beyond_year = any(not each.startswith("year") for each in agrees)
    if alike >= SURE and not against and (beyond_year or (agrees and long)):
        return "sure"
    if alike >= LOOK and not against and same_abstract and len(agrees) >= 2:
        return "sure"
    if alike >= SURE and len(against) <= 1 and agrees:
        return "review"
    if alike >= LOOK and not against and len(agrees) >= 2:
        return "review"
    return "review" if same_abstract and len(agrees) >= 2 and len(against) <= 1 else "no"


def _another_work(one: Record, two: Record, a: str, b: str) -> str:
    """Return why two records are different works although they resemble each other; empty where nothing says so."""
    about = {_is_about(a, b) or one.kind == "erratum", _is_about(b, a) or two.kind == "erratum"}
    if about == {True, False}:
        return "one is an erratum of, or a comment on, the other"
    numbers = _numbers(a), _numbers(b)
    if numbers[0] != numbers[1] and ((numbers[0] and numbers[1]) or _SERIES.search(f"{a} {b}")):
        return f"parts of a series: {', '.join(' '.join(sorted(each)) or 'none' for each in numbers)}"
    kinds = {one.kind, two.kind}
    apart = one.year and two.year and one.year != two.year
    if kinds >= {"conference", "article"} and (apart or (one.doi and two.doi and one.doi != two.doi)):
        return "a talk in proceedings and an article in a journal"
    return ""


def _is_about(title: str, other: str) -> bool:
    """Whether a title says that it is about a work; a word that stands in the other too, if misspelt, says nothing."""
    words = other.split()
    return any(
        all(fuzz.ratio(found.group(), word) < 75 for word in words) for found in _ABOUT.finditer(title)
    )


#: What comes before the stroke in DOIs of arXiv, SSRN, bioRxiv and medRxiv, PsyArXiv, OSF, Preprints, Research Square, Authorea.
_PREPRINTS = (
    "10.48550/",
    "10.2139/",
    "10.1101/",
    "10.31234/",
    "10.31219/",
    "10.20944/",
    "10.21203/",
    "10.22541/",
)


def _is_preprint(record: Record) -> bool:
    return record.kind == "preprint" or record.doi.startswith(_PREPRINTS)


def _exchanged(a: str, b: str) -> str:
    """Return which word stands for another one, as when a study is done again elsewhere; empty where none does."""
    one, two = set(a.split()) - set(b.split()), set(b.split()) - set(a.split())
    if len(one) != 1 or len(two) != 1:
        return ""
    (first,), (second,) = one, two
    slip = fuzz.ratio(first, second) >= 60 or first.startswith(second) or second.startswith(first)
    return "" if slip or min(len(first), len(second)) < 3 else f"a word is another: {first}, {second}"


_SERIES = re.compile(r"\b(part|volume|study)\b")
_AS_DIGITS = {"one": "1", "first": "1", "i": "1", "two": "2", "second": "2", "ii": "2", "three": "3", "third": "3", "iii": "3",
              "four": "4", "fourth": "4", "iv": "4", "five": "5", "fifth": "5", "v": "5"}  # fmt: skip


def _numbers(title: str) -> frozenset[str]:
    return frozenset(_AS_DIGITS.get(word, word) for word in _NUMERAL.findall(title))


def _fields(one: Record, two: Record, plain: _Plain, a: int, b: int) -> tuple[list[str], list[str]]:
    """Return what agrees and what speaks against, of all but title and DOI."""
    agrees, against = [], []
    first, second = plain.author[a], plain.author[b]
    if first and second:
        if (
            fuzz.ratio(first, second) >= 80
            or (len(first) > 3 and (first in second or second in first))
            or _same_person(one.authors[0], two.authors[0])
        ):
            agrees.append("first authors agree")
        elif not _shares_author(one, two):
            against.append(f"authors differ: {first}, {second}")
    if one.year and two.year:
        apart = abs(one.year - two.year)
        if apart <= 1:
            agrees.append("years agree" if not apart else "years a year apart")
        else:
            against.append(f"years differ: {one.year}, {two.year}")
    if (
        one.volume
        and two.volume
        and one.pages
        and two.pages
        and one.volume == two.volume
        and _first(one) == _first(two)
    ):
        agrees.append("volume and page agree")
    volumes = re.findall(r"\d+", one.volume)[:1], re.findall(r"\d+", two.volume)[:1]
    if volumes[0] and volumes[1] and volumes[0] != volumes[1]:
        against.append(f"volumes differ: {one.volume}, {two.volume}")
    short, long = sorted((plain.abstract[a], plain.abstract[b]), key=len)
    if len(short) > 60:
        # One may have been cut off.
        if fuzz.ratio(short, long[: len(short)]) >= SAME_ABSTRACT:
            agrees.append("abstracts alike")
        elif fuzz.token_set_ratio(short, long) < 60:
            against.append("abstracts differ")
    return agrees, against


def _first(record: Record) -> str:
    return record.pages.split("-")[0].strip()


def _shares_author(one: Record, two: Record) -> bool:
    return bool({_surname(name) for name in one.authors} & {_surname(name) for name in two.authors} - {""})


def _same_person(one: str, two: str) -> bool:
    """Whether two names may be one person's, whatever stands first: they share a word, and their other words do not differ.

    >>> _same_person("Ivanov, V.", "Véronique Ivanov"), _same_person("Rossi, Maria", "Maria Bianchi")
    (True, False)
    """
    a, b = set(squashed(one).split()), set(squashed(two).split())
    shared = {word for word in a & b if len(word) > 1}
    return bool(shared) and not (_long(a - shared) and _long(b - shared))


def _long(words: set[str]) -> bool:
    """Whether one of the words is more than initials."""
    return any(len(word) > 2 for word in words)


def _nearly(a: str, b: str) -> bool:
    """Whether two DOIs differ as a slip of the hand would have them differ, not as two papers of an issue do."""
    if not a or not b or a == b:
        return False
    # Papers of one issue differ in their last digits: digits that are exchanged are no slip that one can tell.
    if re.sub(r"\d", "0", a) == re.sub(r"\d", "0", b) and sorted(a) != sorted(b):
        return False
    return Levenshtein.distance(a, b, score_cutoff=2) <= 2
