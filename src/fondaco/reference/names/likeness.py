"""How alike two names are, from 0 to 1, and why, in words.

Words are paired one to one, whatever their order; a pair counts by its likeness as spelled, as sounded or, where a
script writes no vowels, by its consonants, and by how much its words tell.  From the share of both names that is
paired (a weighted Dice coefficient, with some regard for the shorter name's) comes the raw likeness, and from
that the score by `KNOTS`, read off labelled pairs (docs/rules/identity.md): 0.5 is where as many pairs are one
as are two, among equally many of both.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from fondaco.reference.names.romanising import NO_VOWELS, VOICELESS, bones, data, sound
from fondaco.reference.names.spelled import Name, Word, read

Kind = Literal["person", "company"]

#: Two words less alike than this are two words.
LEAST = 0.74
#: From this raw likeness on, neighbouring words are also tried as one.
MERGE_FROM = 0.35
#: Below this weight a word tells nothing of who it is: al, bin, de.
TELLING = 0.3
#: From this likeness on a word of a name stands in another for that matter; chosen on 54 pairs of names of one person, mostly as
#: OFAC has them: 42 are then found in place of 28, and 16 in place of 12 of 120 other people are like somebody among 2,500.
WHOLE = 0.82
#: What an initial counts for the name that begins with it, an abbreviation for the word, and how a likeness by
#: sound or by consonants falls short of one by spelling.
INITIAL, SHORT, BY_SOUND, BY_BONES = 0.82, 0.8, 0.97, 0.93
#: The Arabic article as it is spelled beside a name, and the letters that it takes on before them.
_ARTICLES = frozenset("al el ul ad ar as at an az ash ed er es et en ez".split())  # noqa: SIM905
_SUN = frozenset("dnrstz")
#: Raw likeness and score; between them straight lines.
KNOTS = ((0.0, 0.0), (0.5, 0.1), (0.7, 0.3), (0.8, 0.5), (0.88, 0.75), (0.95, 0.92), (1.0, 1.0))


@dataclass(frozen=True)
class Likeness:
    """How alike two names are.

    Attributes
    ----------
    left, right
        The names as given.
    score
        From 0 (nothing in common) to 1 (the same), three decimals.
    why
        What was found, in words.
    """

    left: str
    right: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class _Pair:
    one: Word
    other: Word
    likeness: float
    how: str


def likeness(left: str, right: str, *, kind: Kind | None = None) -> Likeness:
    """Say how alike two names are, and why.

    Parameters
    ----------
    left, right
        Names of persons or firms, in any script.
    kind
        ``person`` or ``company``; without it, a firm where either has a legal form or a word that firms have.

    Examples
    --------
    >>> found = likeness("Müller Weine GmbH", "MUELLER WEIN")
    >>> found.score > 0.9, found.why[0]
    (True, 'muller and mueller: sound alike (0.97)')
    >>> likeness("Сергей Иванов", "Ivanov, Sergei").score > 0.9
    True
    >>> likeness("Rossi Vini S.r.l.", "Bianchi Vini S.r.l.").score < 0.3
    True
    """
    one, other = read(left), read(right)
    raw, pairs, why = _compared(one, other, kind)
    return Likeness(left, right, round(_score(raw), 3), tuple(_why(one, other, pairs, raw) + why))


def score(left: str, right: str, *, kind: Kind | None = None) -> float:
    """Return the score alone.

    Examples
    --------
    >>> score("ACME Ltd", "Acme Limited")
    1.0
    """
    return round(_score(_compared(read(left), read(right), kind)[0]), 3)


def inside(left: str, right: str) -> bool:
    """Say whether the shorter of two names, of two telling words or more, stands whole in the other, word by word.

    A list writes out a grandfather's and a second family name that their bearer leaves away: the score falls with each
    of them, and this does not.

    Examples
    --------
    >>> inside("Joaquin Guzman", "Joaquin Archivaldo GUZMAN LOERA"), inside("Joaquin Lopez", "Joaquin Archivaldo GUZMAN LOERA")
    (True, False)
    """
    one, other = read(left), read(right)
    _raw_likeness, pairs, _why_so = _compared(one, other, "person")
    least = min(sum(word.weight >= TELLING for word in name.words) for name in (one, other))
    whole = [
        p for p in pairs
        if p.likeness >= WHOLE and p.how not in ("initial", "beginning") and min(p.one.weight, p.other.weight) >= TELLING
    ]  # fmt: skip
    return 2 <= least <= len(whole)


def scores(pairs: Iterable[tuple[str, str]], *, kind: Kind | None = None) -> list[float]:
    """Return the scores of many pairs."""
    return [score(left, right, kind=kind) for left, right in pairs]


def _score(raw: float) -> float:
    place = bisect_right(KNOTS, raw, key=operator.itemgetter(0))
    if place >= len(KNOTS):
        return 1.0
    (x, y), (x2, y2) = KNOTS[place - 1], KNOTS[place]
    return y + (y2 - y) * (raw - x) / (x2 - x)


def _compared(one: Name, other: Name, kind: Kind | None) -> tuple[float, list[_Pair], list[str]]:
    if not one.words or not other.words:
        same = bool(one.said) and one.said.casefold() == other.said.casefold()
        return (1.0 if same else 0.0), [], [] if same else ["one of them has no letter that can be read"]
    firm = (kind == "company") if kind else (one.firm or other.firm)
    best, pairs = 0.0, list[_Pair]()
    for words in filter(None, (one.words, one.others)):
        for others in filter(None, (other.words, other.others)):
            raw, found = _raw(words, others, one, other, firm=firm)
            if MERGE_FROM < raw < 0.97 or (
                raw < 0.97
                and one.scripts != other.scripts
                and (raw > 0 or around_articles(words) or around_articles(others))
            ):
                raw, found = _merged(words, others, one, other, firm=firm, before=(raw, found))
            if raw > best:
                best, pairs = raw, found
    why = []
    if one.form and other.form and not one.form & other.form and best > 0:
        best *= 0.93
        why.append(f"another legal form ({one.form_said}, {other.form_said})")
    elif one.form_said != other.form_said:
        said = " and ".join(sorted({one.form_said, other.form_said} - {""}))
        why.append(f"legal form left aside ({said})")
    return best, pairs, why


def _raw(
    ours: Sequence[Word], theirs: Sequence[Word], one: Name, other: Name, *, firm: bool
) -> tuple[float, list[_Pair]]:
    foreign = one.scripts != other.scripts
    written = frozenset(one.scripts) | frozenset(other.scripts)
    pairs = _paired(ours, theirs, foreign, written)
    whole, whole_other = sum(w.weight for w in ours), sum(w.weight for w in theirs)
    # What the words share, each at the weight of the one that tells more; what is common to many tells little.
    shared = sum(p.likeness * (p.one.weight + p.other.weight) for p in pairs)
    dice = shared / (whole + whole_other)
    least = min(whole, whole_other)
    inside = min(sum(p.likeness * min(p.one.weight, p.other.weight) for p in pairs) / least, 1.0)
    # A person's middle name may be left out, and a firm's addition less so; one word alone is no whole name.
    telling = sum(p.likeness * min(p.one.weight, p.other.weight) for p in pairs)
    regard = (0.35 if firm else 0.5) if telling > 1.2 else (0.3 if firm else 0.12)
    raw = (1 - regard) * dice + regard * inside
    if [w.text for w in ours] == [w.text for w in theirs]:
        return 1.0, pairs
    if pairs and not any(p.one.weight >= 1 and p.other.weight >= 1 for p in pairs):
        # Nothing is alike but words that many names have.
        proper = any(w.weight >= 1 for w in ours) and any(w.weight >= 1 for w in theirs)
        raw *= 0.6 if proper else 0.9
    return max(raw, _joined(ours, theirs, foreign, written), _acronym(ours, theirs, firm=firm)), pairs


def _merged(
    ours: Sequence[Word],
    theirs: Sequence[Word],
    one: Name,
    other: Name,
    *,
    firm: bool,
    before: tuple[float, list[_Pair]],
) -> tuple[float, list[_Pair]]:
    """Try neighbouring words as one, where that pairs better: Min-su and Minsu, Abd Allah and Abdullah, Abd al-Rahman."""
    best = before
    for side, words in enumerate((ours, theirs)):
        for place, joined, count in _neighbours(words):
            tried = (*words[:place], joined, *words[place + count :])
            mine, yours = (tried, theirs) if side == 0 else (ours, tried)
            raw, pairs = _raw(mine, yours, one, other, firm=firm)
            least = (
                0.85 if count == 2 else SHORT
            )  # around an article consonants are told less surely, and chance less likely
            found = any(
                joined in (p.one, p.other) and p.likeness >= least and p.how not in ("beginning", "initial")
                for p in pairs
            )
            if found and raw - 0.01 > best[0]:
                best = raw - 0.01, pairs
    return best


def _neighbours(words: Sequence[Word]) -> Iterator[tuple[int, Word, int]]:
    """Yield where neighbours begin, what they are as one word, and how many: two, or three around an Arabic article."""
    for place in range(min(len(words), 6) - 1):
        yield place, _together(words[place], words[place + 1]), 2
    yield from ((place, joined, 3) for place, joined in around_articles(words))


def around_articles(words: Sequence[Word]) -> tuple[tuple[int, Word], ...]:
    """Return what is one word to some around an Arabic article, and where it begins: Salah al-Din, said Salahuddin.

    Examples
    --------
    >>> [(place, word.text) for place, word in around_articles(read("Hassan Salah al-Din").words)]
    [(1, 'salahaddin')]
    """
    found = []
    for place, (one, article, name) in enumerate(zip(words[:6], words[1:], words[2:], strict=False)):
        if article.text in _ARTICLES:
            spoken = f"a{name.text[0]}" if name.text[0] in _SUN else "al"
            found.append((place, _together(one, _together(Word(spoken, spoken, 0.0, ""), name))))
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _together(one: Word, other: Word) -> Word:
    text = one.text + other.text
    return Word(text, sound(text), max(one.weight, other.weight), "")


def _paired(
    ours: Sequence[Word], theirs: Sequence[Word], foreign: bool, written: frozenset[str]
) -> list[_Pair]:
    """Pair words one to one, the most alike first."""
    found = []
    for i, one in enumerate(ours):
        for j, other in enumerate(theirs):
            alike, how = _alike(one, other, foreign, written)
            if alike >= LEAST:
                found.append((alike, -abs(i - j), i, j, how))
    found.sort(key=operator.itemgetter(0, 1), reverse=True)
    taken, taken_there, pairs = set(), set(), []
    for alike, _, i, j, how in found:
        if i not in taken and j not in taken_there:
            taken.add(i)
            taken_there.add(j)
            pairs.append(_Pair(ours[i], theirs[j], alike, how))
    return pairs


def _alike(one: Word, other: Word, foreign: bool, written: frozenset[str]) -> tuple[float, str]:
    if one.text == other.text:
        return 1.0, "same"
    if one.meaning and one.meaning == other.meaning:
        return (0.96, "meaning") if one.weight < 1 else (0.93, "short")
    return _words_alike(one.text, other.text, foreign, written)


@lru_cache(maxsize=1 << 18)
def _words_alike(one: str, other: str, foreign: bool, written: frozenset[str]) -> tuple[float, str]:
    """Compare two words that are not the same."""
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0, ""
    if len(short) == 1:
        return (INITIAL, "initial") if long.startswith(short) else (0.0, "")
    spelled = _spelled_alike(one, other)
    best, how = spelled, "spelling"
    voiceless = foreign and bool(written & VOICELESS)
    sounds = BY_SOUND * _spelled_alike(
        sound(one, voiceless=voiceless), sound(other, voiceless=voiceless), even=True
    )
    if sounds > best:
        best, how = sounds, "sound"
    if foreign and _other_spelling(one, other):
        best, how = max(best, 0.95), "sound"
    if foreign and written & (NO_VOWELS | {"Kana"}):
        silent = not written & NO_VOWELS
        ours, theirs = bones(one, silent_h=silent), bones(other, silent_h=silent)
        if min(len(ours), len(theirs)) >= 2:
            held = BY_BONES * _spelled_alike(ours, theirs, even=True)
            if held > best:
                best, how = held, "consonants"
    if best < SHORT and len(short) >= 3 and long.startswith(short) and len(long) - len(short) >= 2:
        best, how = SHORT, "beginning"
    return best, how


def _spelled_alike(one: str, other: str, *, even: bool = False) -> float:
    """Jaro-Winkler and Damerau-Levenshtein together: the first for how words begin, the second for their length."""
    if one == other:
        return 1.0
    if not one or not other or (min(len(one), len(other)) <= 2 and not even):
        return 0.0
    edits = DamerauLevenshtein.normalized_similarity(one, other)
    if edits < 0.5:
        return 0.0
    return float((edits + JaroWinkler.normalized_similarity(one, other)) / 2)


@lru_cache(maxsize=1)
def _spellings() -> dict[str, frozenset[str]]:
    held = data("readings")
    found: dict[str, frozenset[str]] = {}
    for table in (held["korean"], held["cantonese"]):
        for usual, others in table.items():
            for word in (usual, *others):
                found[word] = found.get(word, frozenset()) | {usual, *others}
    return found


def _other_spelling(one: str, other: str) -> bool:
    """Whether two words are spellings in use of one Korean or Chinese syllable."""
    return other in _spellings().get(one, frozenset())


def _joined(ours: Sequence[Word], theirs: Sequence[Word], foreign: bool, written: frozenset[str]) -> float:
    """Compare without spaces: Ali Baba and Alibaba."""
    if len(ours) == len(theirs) and not foreign:
        return 0.0
    one, other = "".join(w.text for w in ours), "".join(w.text for w in theirs)
    if min(len(one), len(other)) < 5:
        return 0.0
    alike, _ = _words_alike(one, other, foreign, written) if one != other else (1.0, "")
    return alike - 0.03 if alike >= 0.85 else 0.0


def _acronym(ours: Sequence[Word], theirs: Sequence[Word], *, firm: bool) -> float:
    """Whether one is the initials of the other's words: IBM."""
    short, long = sorted((ours, theirs), key=len)
    if not firm or len(short) != 1 or len(long) < 3:
        return 0.0
    return 0.84 if short[0].text == "".join(w.text[0] for w in long) else 0.0


def _why(one: Name, other: Name, pairs: Sequence[_Pair], raw: float) -> list[str]:
    if one.said == other.said:
        return ["the same, letter for letter"]
    said = []
    if one.key == other.key and one.key:
        said.append("the same but for capitals, accents, marks or legal form")
    if one.scripts != other.scripts and one.scripts and other.scripts:
        said.append(f"written in {' and '.join(one.scripts)}, and in {' and '.join(other.scripts)}")
    words = {
        "spelling": "spelled alike", "sound": "sound alike", "consonants": "have the same consonants", "meaning": "mean the same",
        "short": "are one first name", "initial": "initial and name", "beginning": "one begins like the other",
    }  # fmt: skip
    for pair in pairs:
        if pair.how in words:
            said.append(f"{pair.one.text} and {pair.other.text}: {words[pair.how]} ({pair.likeness:.2f})")
    kept = [p.one.text for p in pairs if p.how == "same"]
    if kept and one.key != other.key:
        said.append(f"in both: {' '.join(kept)}")
    sides = (("left", one, "one"), ("right", other, "other"))
    for side, name, which in sides:
        words_of = _reading(name, [getattr(p, which) for p in pairs])
        paired = [getattr(p, which) for p in pairs]
        alone = [
            w.text
            for w in words_of
            if not any(w is p or (p not in words_of and w.text in p.text) for p in paired)
        ]
        if alone and (pairs or raw == 0):
            said.append(f"only on the {side}: {' '.join(alone)}")
    order = [w.text for w in one.words if any(w is p.one for p in pairs)]
    there = [p.one.text for w in other.words for p in pairs if p.other is w]
    if order != there and sorted(order) == sorted(there):
        said.append("in another order")
    if not pairs and raw > 0:
        said.append("alike when written without spaces, or as initials")
    return said or ["nothing in common"]


def _reading(name: Name, paired: Sequence[Word]) -> tuple[Word, ...]:
    """Return that reading of a name from which its paired words are."""
    return name.others if name.others and any(w in name.others for w in paired) else name.words
