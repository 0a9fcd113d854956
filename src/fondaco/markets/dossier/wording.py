"""Which language a short text is in, and which words many texts have in common.

Languages are told by script (Korean, Japanese, Chinese) or by their commonest words; a text that
leaves doubt has none.  Words are counted by the number of texts they stand in.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fondaco.markets.dossier.units import plain

#: Texts in which a word must stand before it is told: fewer could point at one buyer.
FEWEST_TEXTS = 3

_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_LATIN = re.compile(r"[^\W\d_]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{2,}")
_KANA = re.compile(r"[\u3041-\u30fa\u30fc]")
_EAST = re.compile(r"[\u3041-\u30fa\u30fc\u4e00-\u9fff]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def _stopwords() -> dict[str, frozenset[str]]:
    text = files("fondaco.markets.dossier").joinpath("data/stopwords.toml").read_text("utf-8")
    return {code: frozenset(words.split()) for code, words in tomllib.loads(text).items()}


@cache
def _dropped() -> frozenset[str]:
    return frozenset(plain(word) for words in _stopwords().values() for word in words)


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language, or None where it cannot be told.

    Examples
    --------
    >>> language_of("Können wir die Flaschen mit unserem Etikett haben?"), language_of("샘플을 받을 수 있나요?")
    ('de', 'ko')
    >>> language_of("Vorrei sapere se avete anche una latta più grande"), language_of("OK 75 cl")
    ('it', None)
    """
    text = _ADDRESS.sub(" ", text)
    if _HANGUL.search(text):
        return "ko"
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return "zh"
    words = _LATIN.findall(text.casefold())
    hits = Counter(
        {code: sum(word in held for word in words) for code, held in _stopwords().items()}
    ).most_common(2)
    (first, most), (_, next_most) = hits
    return first if most >= 2 and most > next_most else None


@dataclass(frozen=True)
class WordCount:
    """A word and the number of texts it stands in."""

    word: str
    texts: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"word": self.word, "texts": self.texts}


def common_words(texts: Iterable[str], *, limit: int = 12) -> tuple[WordCount, ...]:
    """Return the words that stand in most texts, at least in `FEWEST_TEXTS` of them.

    Common words of the languages, numbers and addresses are left out; where words are written without
    blanks (Chinese, Japanese) two signs that follow each other count as one.

    Examples
    --------
    >>> common_words(["Samples, please", "Can we get samples?", "samples of the oil"])
    (WordCount(word='samples', texts=3),)
    """
    counted = Counter(word for text in texts for word in _words(text))
    often = [(word, n) for word, n in counted.items() if n >= FEWEST_TEXTS]
    return tuple(WordCount(*each) for each in sorted(often, key=lambda each: (-each[1], each[0]))[:limit])


def _words(text: str) -> set[str]:
    text = plain(_ADDRESS.sub(" ", text))
    found = set(_HANGUL.findall(text))
    for run in _EAST.findall(text):
        found |= {run[n : n + 2] for n in range(len(run) - 1)}
    latin = (word for word in _LATIN.findall(text) if not _EAST.search(word) and not _HANGUL.search(word))
    return found | {word for word in latin if len(word) > 2 and word not in _dropped()}
