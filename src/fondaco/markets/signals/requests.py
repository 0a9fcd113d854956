"""What buyers ask for that the firm does not offer as listed, told from what they write.

Two ways that check each other.  A lexicon (``data/requests.toml``) knows what is often asked for:
private label, a smaller minimum order, certificates, samples and so on, in English, Italian, German,
French, Spanish, Korean, Chinese and Japanese.  What it does not know is put into groups of texts that
are alike (`fondaco.markets.signals.leftovers`), for a person to look at.

A mention is a request where a cue (a question mark, "please", "we need") stands in its sentence, and
neither a negation ("no need for samples") nor a word that the thing has come already stands beside it.
Everything here is a count of texts, no test; how often the lexicon is right is measured on labelled
texts, see ``docs/rules/signals.md``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: The languages written without spaces between words, or with endings grown to them.
PIECES = ("ko", "zh", "ja")
LATIN = ("en", "it", "de", "fr", "es")

WORD = re.compile(r"[a-z0-9\u00df-\u024f]+|[^\W_a-z0-9\u00df-\u024f]+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；?!])|[\r\n]+|(?<=[다요])\.")
_CLAUSE = re.compile(r",\s|[，、,;:()–—]")
_HANGUL, _KANA, _HAN = (
    re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]"),
    re.compile("[\u3040-\u30ff]"),
    re.compile("[\u3400-\u9fff]"),
)


@dataclass(frozen=True)
class Request:
    """One request found in a text.

    Attributes
    ----------
    kind
        Such as ``private_label``; `Lexicon.names` has its name in words.
    phrase
        The words that told, folded (small letters, no accents).
    language
        Whose pattern it was: ISO 639-1, or ``any``.
    sentence
        The sentence that holds it, as written.
    """

    kind: str
    phrase: str
    language: str
    sentence: str


@dataclass(frozen=True)
class _Kind:
    name: str
    cue: bool
    title: bool
    keeps_negation: bool
    latin: Mapping[str, re.Pattern[str]]
    pieces: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True)
class Lexicon:
    """The words of ``data/requests.toml``, ready to be looked for.

    Attributes
    ----------
    version
        Of the words; conclusions are kept by it.
    names
        Of each kind, in words.
    """

    version: int
    names: Mapping[str, str]
    _kinds: Mapping[str, _Kind]
    _languages: Mapping[str, frozenset[str]]
    _cues: Mapping[str, re.Pattern[str]]
    _before: Mapping[str, re.Pattern[str]]
    _beside: Mapping[str, re.Pattern[str]]
    _after: Mapping[str, re.Pattern[str]]
    _settled: Mapping[str, re.Pattern[str]]
    _not: Mapping[str, re.Pattern[str]]

    def languages_of(self, text: str) -> tuple[str, ...]:
        """Return the languages a text may be in; all written in Latin letters where words do not tell.

        Examples
        --------
        >>> lexicon().languages_of("Können Sie uns bitte ein Muster schicken?")
        ('de',)
        >>> lexicon().languages_of("サンプルはありますか")
        ('ja',)
        """
        if _HANGUL.search(text):
            return ("ko",)
        if _KANA.search(text):
            return ("ja",)
        if _HAN.search(text):
            return ("zh",)
        words = WORD.findall(fold(text))
        votes = {name: sum(word in known for word in words) for name, known in self._languages.items()}
        most = max(votes.values())
        return LATIN if most <= 1 else tuple(name for name in LATIN if votes[name] >= most - 1)

    def find(self, text: str) -> tuple[Request, ...]:
        """Return the requests in a text, each kind once, in the order of the lexicon.

        Examples
        --------
        >>> [request.kind for request in lexicon().find("Do you do private label? Your MOQ is too high for us, can we take 50?")]
        ['private_label', 'minimum']
        >>> lexicon().find("No need for samples, please quote 40 pcs.")
        ()
        """
        languages = self.languages_of(text)
        found: dict[str, Request] = {}
        for sentence in _sentences(text):
            cue = None
            for clause in _CLAUSE.split(sentence):
                for kind, phrase, language in self._in_clause(clause, languages):
                    if kind in found:
                        continue
                    cue = self._has_cue(sentence, languages) if cue is None else cue
                    if cue or not self._kinds[kind].cue:
                        found[kind] = Request(kind, phrase, language, sentence.strip())
        return tuple(found[kind] for kind in self._kinds if kind in found)

    def meets(self, title: str) -> tuple[str, ...]:
        """Return the kinds that an offer's title says it meets.

        Examples
        --------
        >>> lexicon().meets("Olive oil 500 ml, private label, case of 6")
        ('private_label',)
        """
        held = f" {' '.join(WORD.findall(fold(title)))} "
        close = _close(title)
        return tuple(
            name
            for name, kind in self._kinds.items()
            if kind.title
            and (
                any(pattern.search(held) for pattern in kind.latin.values())
                or any(pattern.search(close) for pattern in kind.pieces.values())
            )
        )

    def _in_clause(self, clause: str, languages: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        words = f" {' '.join(WORD.findall(fold(clause)))} "
        latin = [name for name in languages if name in LATIN] or ["en"]
        pieces = [name for name in languages if name in PIECES]
        close = _close(clause) if pieces else ""
        for name in latin:
            words = self._not[name].sub(" | ", words)
        for name, kind in self._kinds.items():
            for language in ("any", *latin):
                match = kind.latin[language].search(words)
                if match and not self._taken_back(words, match, latin, pieces, close, kind):
                    yield name, match[0].strip(), language
            for language in pieces:
                match = kind.pieces[language].search(close)
                if match and not self._taken_back_piece(close, match, language, kind):
                    yield name, match[0], language

    def _has_cue(self, sentence: str, languages: tuple[str, ...]) -> bool:
        if "?" in sentence or "？" in sentence:
            return True
        words, close = f" {' '.join(WORD.findall(fold(sentence)))} ", _close(sentence)
        return any(self._cues[name].search(close if name in PIECES else words) for name in languages)

    def _taken_back(
        self,
        words: str,
        match: re.Match[str],
        latin: Sequence[str],
        pieces: Sequence[str],
        close: str,
        kind: _Kind,
    ) -> bool:
        if pieces:  # a Latin word such as OEM in a text of another script
            at = close.find(_close(match[0]))
            return at >= 0 and any(self._piece_beside(close, at, at + 3, name, kind) for name in pieces)
        before, after = words[: match.start()], words[match.end() :]
        for name in latin:
            near = _last(before, 4) + "|" + _first(after, 4)
            if self._settled[name].search(near):
                return True
            if kind.keeps_negation:
                continue
            if self._before[name].search(_last(before, 6)) or self._after[name].search(_first(after, 5)):
                return True
            if self._beside[name].search(_last(before, 2)):
                return True
        return False

    def _taken_back_piece(self, close: str, match: re.Match[str], language: str, kind: _Kind) -> bool:
        return self._piece_beside(close, match.start(), match.end(), language, kind)

    def _piece_beside(self, close: str, start: int, end: int, language: str, kind: _Kind) -> bool:
        if self._settled[language].search(close[max(0, start - 8) : start] + "|" + close[end : end + 8]):
            return True
        if kind.keeps_negation:
            return False
        before, after = close[max(0, start - 10) : start], close[end : end + 10]
        return bool(self._before[language].search(before) or self._after[language].search(after))


def _last(words: str, count: int) -> str:
    return " " + " ".join(words.split()[-count:]) + " "


def _first(words: str, count: int) -> str:
    return " " + " ".join(words.split()[:count]) + " "


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(text) if part and part.strip()]


def fold(text: str) -> str:
    """Return a text in small letters, without accents, full-width letters as plain ones.

    Examples
    --------
    >>> fold("Échantillon ＯＥＭ Größe")
    'echantillon oem grosse'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_bare(letter) for letter in plain)


@cache
def _bare(letter: str) -> str:
    """Take the accent off a Latin letter; kana keep their marks, Hangul its parts."""
    if "\u00c0" <= letter <= "\u024f":
        return unicodedata.normalize("NFD", letter)[0]
    return letter


def _close(text: str) -> str:
    """Return a folded text without its spaces."""
    return "".join(fold(text).split())


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that comes with the program."""
    return read_lexicon(files("fondaco.markets.signals").joinpath("data/requests.toml").read_text("utf-8"))


def read_lexicon(text: str) -> Lexicon:
    """Read a lexicon from TOML; its comments say what a pattern is.

    Raises
    ------
    ValueError
        Where a table or a language is missing.
    """
    said = tomllib.loads(text)
    both = LATIN + PIECES
    for table in ("languages", "cues", "settled", "not", "kinds"):
        if table not in said:
            raise ValueError(f"The lexicon has no table [{table}].")
    for name, kind in said["kinds"].items():
        missing = [language for language in both if language not in kind]
        if missing or "name" not in kind:
            raise ValueError(f"[kinds.{name}] lacks {', '.join(missing or ['name'])}.")

    def compiled(table: Mapping[str, Sequence[str]], *, beside: bool | None = None) -> dict[str, Any]:
        held = {}
        for language in both:
            chosen = [
                pattern.removesuffix(" +")
                for pattern in table.get(language, ())
                if beside is None or pattern.endswith(" +") == beside
            ]
            held[language] = _any_of(chosen, pieces=language in PIECES)
        return held

    kinds = {
        name: _Kind(
            kind["name"],
            kind.get("cue", False),
            kind.get("title", False),
            kind.get("keeps_negation", False),
            {
                "any": _any_of(kind.get("everywhere", ()), pieces=False),
                **{language: _any_of(kind[language], pieces=False) for language in LATIN},
            },
            {language: _any_of(kind[language], pieces=True) for language in PIECES},
        )
        for name, kind in said["kinds"].items()
    }
    return Lexicon(
        version=said["version"],
        names={name: kind.name for name, kind in kinds.items()},
        _kinds=kinds,
        _languages={name: frozenset(map(fold, said["languages"][name])) for name in LATIN},
        _cues=compiled(said["cues"]),
        _before=compiled(said["negations"]["before"], beside=False),
        _beside=compiled(said["negations"]["before"], beside=True),
        _after=compiled(said["negations"]["after"]),
        _settled=compiled(said["settled"]),
        _not=compiled(said["not"]),
    )


def _any_of(patterns: Iterable[str], *, pieces: bool) -> re.Pattern[str]:
    """Compile patterns into one expression; of none, one that matches nothing."""
    made = [_piece(pattern) if pieces else _words(pattern) for pattern in patterns]
    return re.compile("|".join(made) or r"(?!)")


def _piece(pattern: str) -> str:
    return ".{0,8}?".join(re.escape(_close(part)) for part in pattern.split("~"))


def _words(pattern: str) -> str:
    """Turn "our|my ~ logo*" into an expression over words that stand between single spaces."""
    parts = []
    for word in pattern.split():
        if word == "~":
            parts.append(r"(?:[^ |]+ ){0,3}?")
        else:
            either = "|".join(
                re.escape(fold(each.rstrip("*"))) + (r"[^ |]*" if each.endswith("*") else "")
                for each in word.split("|")
            )
            parts.append(f"(?:{either}) ")
    return r"(?<= )" + "".join(parts)[:-1] + r"(?= )"


# --- no names in examples ---------------------------------------------------------------------------

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|(?<!\w)@\w{2,}")
_TELEPHONE = re.compile(r"(?<![\w.,])\+?\(?\d[\d\s()./-]{6,}\d(?!\w)")
#: What introduces a person; the words after it, as long as they begin with a capital, are taken out.
_PERSON = re.compile(
    r"\b((?:[Mm]y name is|[Mm]i chiamo|[Mm]ein Name ist|[Ii]ch hei(?:ß|ss)e|[Jj]e m[’']appelle|[Mm]e llamo"
    r"|[Mm]i nombre es|[Ii] am|[Ii][’']m|[Tt]his is|[Ss]ono|[Ii]ch bin|[Jj]e suis|[Ss]oy|[Dd]ear|[Gg]entile|[Hh]ello|[Hh]i"
    r"|[Rr]egards|[Ss]aluti|[Gg]rü(?:ß|ss)en?|[Cc]ordialement|[Ss]aludos|[Mm]rs?\.?|[Mm]s\.?|[Ss]ig\.(?:ra)?|[Hh]errn?|[Ff]rau"
    r"|[Mm]adame|[Mm]onsieur|[Ss]eñora?),?\s+)((?:(?!(?:We|Do|Can|Could|Is|Please|This|Would|My|Our|Do|The|I|Wir|Nous|Vorrei|Siamo)\b)[A-ZÀ-Þ][\w’'.-]+\s*){1,4})"
)
_PERSON_PIECES = re.compile(r"(저는|제 이름은|我叫|我是|本人|私は)\s*[^\s,，、。.！!？?]{2,10}")
HIDDEN = "[…]"


def redact(text: str, names: Iterable[str | None] = (), *, longest: int = 160) -> str:
    """Return a text as an example: no addresses, telephone numbers or names that can be told, and not long.

    Parameters
    ----------
    text
        A sentence of a buyer.
    names
        Names known from its row: of the buyer and the buyer's firm.
    longest
        In characters.

    Examples
    --------
    >>> redact("Hi, I am Anna Rossi (anna@rossi.example, +39 055 123 4567): do you do private label?", ["Rossi Srl"])
    'Hi, I am […] ([…], […]): do you do private label?'
    """
    text = _ADDRESS.sub(HIDDEN, text)
    text = _TELEPHONE.sub(HIDDEN, text)
    for name in sorted(_parts_of(names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    text = _PERSON.sub(lambda found: found[1] + HIDDEN + found[2][len(found[2].rstrip()) :], text)
    text = _PERSON_PIECES.sub(lambda found: found[1] + HIDDEN, text)
    text = " ".join(re.sub(rf"(?:{re.escape(HIDDEN)}\s*)+(?={re.escape(HIDDEN)})", "", text).split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


#: Words of firms' names that tell nobody apart, and are words of texts too.
_COMMON = frozenset(
    [
        "the",
        "and",
        "of",
        "for",
        "di",
        "de",
        "del",
        "della",
        "la",
        "le",
        "il",
        "und",
        "et",
        "y",
        "co",
        "ltd",
        "llc",
        "inc",
        "gmbh",
        "srl",
        "spa",
        "sarl",
        "sas",
        "sa",
        "ag",
        "kg",
        "bv",
        "trading",
        "food",
        "foods",
        "import",
        "export",
        "company",
        "group",
        "shop",
        "store",
        "market",
        "house",
        "home",
        "green",
        "tea",
        "wine",
        "gift",
        "gifts",
    ]
)


def _parts_of(names: Iterable[str | None]) -> set[str]:
    """Return names whole and in words, those of two letters or of everyday use left out."""
    parts: set[str] = set()
    for name in names:
        if name and len(name.strip()) > 1:
            parts.add(name.strip())
            parts |= {
                word
                for word in re.split(r"[\s,.&-]+", name)
                if len(word) > 2 and word.casefold() not in _COMMON
            }
    return parts
