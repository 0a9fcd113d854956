"""In which language to answer: from the script and the small words of what the buyer wrote, else from its country.

Small words (articles, pronouns, greetings) tell the five languages in Latin letters apart; a text without enough of
them, or none, leaves the country's official languages.  How sure it is, is said in a word and a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from babel.languages import get_official_languages

from fondaco.reference import countries

#: The languages of the templates, with their own names.
LANGUAGES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "ja": "日本語", "ko": "한국어",
    "zh": "简体中文",
}  # fmt: skip
Sure = Literal["sure", "likely", "a guess"]
_WORDS = {
    "en": "the and you we your our is are for of to in with please would like can have this that hello dear how what price",
    "de": "der die das und sie wir ihr ihre ist sind für von zu mit bitte möchten können haben hallo guten tag wie was ein eine ich preis",
    "fr": "le la les et vous nous votre nos est sont pour de des du avec bonjour merci voudrions pouvez avoir un une je prix quel",
    "es": "el la los las y usted nosotros su nuestro es son para de con hola gracias queremos puede tener un una precio cuánto por que",
    "it": "il la gli le e voi noi vostro nostro è sono per di con buongiorno grazie vorremmo potete avere un una prezzo quanto che del",
}  # fmt: skip
_SETS = {code: frozenset(said.split()) for code, said in _WORDS.items()}
#: Small words from which on the language is sure, and letters of a script that make a text one of its.
_ENOUGH, _LETTERS = 4, 0.3
#: Letters that only traditional Chinese has.
_TRADITIONAL = frozenset("們這個國價單請問貨產數貴與為來時樣運種麼電買賣")


@dataclass(frozen=True)
class Guess:
    """A language (ISO 639-1), how sure it is, and why."""

    language: str
    sure: Sure
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return the guess as JSON values."""
        return {"language": self.language, "sure": self.sure, "why": self.why}


def guess_language(message: str, market: str = "") -> Guess:
    """Return the language to answer in.

    Parameters
    ----------
    message
        What the buyer wrote; may be empty.
    market
        The buyer's country, alpha-3; empty where not known.

    Examples
    --------
    >>> guess_language("Guten Tag, wir möchten 200 Flaschen kaufen. Was ist der Preis?").language
    'de'
    >>> guess_language("견적 부탁드립니다"), guess_language("OK", "ITA").sure
    (Guess(language='ko', sure='sure', why='It is written in Korean letters.'), 'likely')
    """
    text = message[:20_000]
    return _by_script(text) or _by_words(text) or _by_country(market)


def _by_script(text: str) -> Guess | None:
    letters = Counter(_script(c) for c in text if c.isalpha())
    total = letters.total()
    if not total:
        return None
    if letters["HANGUL"] >= _LETTERS * total:
        return Guess("ko", "sure", "It is written in Korean letters.")
    kana = letters["HIRAGANA"] + letters["KATAKANA"]
    if kana and kana + letters["CJK"] >= _LETTERS * total:
        return Guess("ja", "sure", "It is written in Japanese letters.")
    if letters["CJK"] >= _LETTERS * total:
        if _TRADITIONAL & set(text):
            return Guess(
                "zh",
                "likely",
                "It is written in traditional Chinese letters; the texts are in simplified ones.",
            )
        sure: Sure = "sure" if letters["CJK"] >= _ENOUGH else "likely"
        return Guess("zh", sure, "It is written in Chinese letters.")
    latin = letters["LATIN"]
    if latin < _LETTERS * total:
        script = letters.most_common(1)[0][0].capitalize()
        return Guess(
            "en", "a guess", f"It is written in letters ({script}) of a language that there are no texts in."
        )
    return None


def _script(letter: str) -> str:
    return unicodedata.name(letter, "OTHER").split(" ")[0].split("-")[0]


def _by_words(text: str) -> Guess | None:
    said = re.findall(r"[^\W\d_]+", text.casefold())
    found = Counter({code: sum(word in held for word in said) for code, held in _SETS.items()})
    (best, hits), (second, others) = found.most_common(2)
    if hits < 2 or hits == others:
        return None
    if hits >= _ENOUGH and hits >= 2 * others:
        return Guess(best, "sure", f"{hits} of its small words are {_named(best)}.")
    beside = f", {others} {_named(second)}" if others else ""
    return Guess(best, "likely", f"{hits} of its small words are {_named(best)}{beside}.")


def _named(code: str) -> str:
    return {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian"}[code]


def _by_country(market: str) -> Guess:
    if not countries.is_market(market):
        return Guess("en", "a guess", "Neither text nor country tells the language.")
    there = countries.name(market)
    spoken = get_official_languages(countries.alpha2(market), de_facto=True)
    ours = [code for code in spoken if code in LANGUAGES]
    if not ours:
        return Guess("en", "a guess", f"There are no texts in the languages of the country ({there}).")
    if len(spoken) > 1:
        return Guess(
            ours[0], "a guess", f"The text does not tell; several languages are spoken there ({there})."
        )
    return Guess(ours[0], "likely", f"The text does not tell; it is the language of the country ({there}).")
