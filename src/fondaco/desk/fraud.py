"""Signs of fraud in an inquiry: a score with its parts shown, and which of them a person has cleared.

A sign is a reason to look and no more: honest buyers use free mail, write from abroad and are in a hurry.  The
score joins the points of the signs met as if they were independent chances, ``1 - (1 - p1)(1 - p2)...``; the points
are set (``data/fraud.toml``), so the score is an order and no probability.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from fondaco.desk.checks import Check, Level, unknown
from fondaco.kernel.moments import aware
from fondaco.reference import countries
from fondaco.reference.mail import FREE_MAIL, is_free_mail, parts
from fondaco.reference.names import score as likeness_of
from fondaco.reference.names.romanising import romanised, scripts

#: From this share of common runs of five words on, a text is nearly another; set.
COPIED = 0.6
_FEWEST_WORDS = 12
#: Country domains that are sold for their letters.
_GENERIC = frozenset({"co", "io", "me", "tv", "ai", "cc", "ws", "fm", "to", "ly", "biz", "info", "eu"})
#: What stands before many countries' own endings.
_BEFORE_ENDINGS = frozenset("co com org net gov gob edu ac or ne go ltd plc".split())  # noqa: SIM905
#: Where other scripts than Latin are at home; a country that is not here writes Latin.
_AT_HOME: Mapping[str, frozenset[str]] = {
    "Cyrillic": frozenset("RUS UKR BLR BGR SRB MKD KAZ KGZ TJK MNG BIH MNE MDA UZB TKM AZE ARM GEO LVA EST LTU ISR".split()),  # noqa: SIM905
    "Greek": frozenset({"GRC", "CYP"}),
    "Hangul": frozenset({"KOR", "PRK"}),
    "Kana": frozenset({"JPN"}),
    "Han": frozenset("CHN TWN HKG MAC SGP MYS JPN KOR".split()),  # noqa: SIM905
    "Arabic": frozenset(
        "ARE SAU EGY MAR DZA TUN LBY JOR LBN SYR IRQ KWT QAT BHR OMN YEM SDN PSE MRT IRN PAK AFG ISR DJI SOM TCD".split()  # noqa: SIM905
    ),
    "Hebrew": frozenset({"ISR"}),
    "Thai": frozenset({"THA"}),
    "Devanagari": frozenset({"IND", "NPL"}),
    "Georgian": frozenset({"GEO"}),
    "Armenian": frozenset({"ARM"}),
}  # fmt: skip


@dataclass(frozen=True)
class Inquirer:
    """What an inquiry says of who sent it; empty where it does not.

    `country` is ISO 3166-1 alpha-3; `phone` with its country's number (+49...).
    """

    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    message: str = ""


@dataclass(frozen=True)
class Clearance:
    """A person looked at a sign and found it harmless: kept with who, when and why."""

    sign: str
    by: str
    at: datetime
    why: str

    def __post_init__(self) -> None:
        aware(self.at, "the clearance")


@dataclass(frozen=True)
class Sign:
    """A sign that was met.

    Attributes
    ----------
    sign, says
        Its name, and what it is.
    found
        What in the inquiry it rests on.
    points
        What it counts for; 0 once it is cleared.
    cleared
        By whom and why; ``None`` while nobody has.
    """

    sign: str
    says: str
    found: str
    points: float
    cleared: Clearance | None = None


@dataclass(frozen=True)
class Fraud:
    """The score, 0 to 1, with its parts; `unknown` names what the inquiry did not say, and could not be looked at."""

    score: float
    level: Level
    signs: tuple[Sign, ...]
    unknown: tuple[str, ...]
    source: str

    @property
    def check(self) -> Check:
        """What a case shows of it."""
        met = [f"{each.says} ({each.found})" for each in self.signs if each.cleared is None]
        if not met and self.level == "amber":
            return unknown("fraud", f"Not known: {', '.join(self.unknown)} not stated.", self.source)
        reason = "; ".join(met) or "None of the signs that were looked for."
        return Check("fraud", self.level, f"{reason[:1].upper()}{reason[1:]}", self.source)


def fraud_signs(
    who: Inquirer,
    *,
    others: Iterable[tuple[str, str]] = (),
    known_domains: Collection[str] = (),
    cleared: Iterable[Clearance] = (),
) -> Fraud:
    """Return the signs of fraud in an inquiry.

    Parameters
    ----------
    who
        What the inquiry says.
    others
        Who else wrote what: a mark of the buyer and the text.
    known_domains
        Domains of firms that one deals with, or that are often imitated.
    cleared
        Signs that a person found harmless.

    Examples
    --------
    >>> found = fraud_signs(Inquirer("Ann", "Acme Global Group", "acme99@gmail.com", "+2348031234567", "GBR", "URGENT, pay by Western Union"))
    >>> [sign.sign for sign in found.signs], found.level
    (['free_mail', 'phone', 'payment', 'urgency'], 'red')
    """
    held, clearances = _data(), {each.sign: each for each in cleared}
    found = []
    for name, evidence in _met(who, others, known_domains):
        said = held["sign"][name]
        by = clearances.get(name)
        found.append(Sign(name, said["says"], evidence, 0.0 if by else said["points"], by))
    rest = 1.0
    for sign in found:
        rest *= 1 - sign.points
    score = round(1 - rest, 3)
    missing = tuple(
        what for what, said in (("address", who.email), ("telephone", who.phone), ("country", who.country), ("text", who.message)) if not said.strip()
    )  # fmt: skip
    levels = held["levels"]
    level: Level = "red" if score >= levels["red"] else "amber" if score >= levels["amber"] else "green"
    if level == "green" and len(missing) >= 3:
        level = "amber"  # too little was said to call it harmless
    return Fraud(
        score, level, tuple(found), missing, f"signs of our own as of {held['as_of']}; {held['reason']}"
    )


def signs() -> dict[str, str]:
    """Return the signs that are looked for, each with what it is.

    Examples
    --------
    >>> "lookalike" in signs()
    True
    """
    return {name: said["says"] for name, said in _data()["sign"].items()}


def _met(
    who: Inquirer, others: Iterable[tuple[str, str]], known: Collection[str]
) -> Iterable[tuple[str, str]]:
    local, domain = parts(who.email)
    said = _plain(f"{who.company} {who.message}")
    if is_free_mail(domain) and (word := _word(said, "large")):
        yield "free_mail", f"{domain}, and {word!r}"
    if domain and (other := _lookalike(domain, known)):
        yield "lookalike", f"{domain}, like {other}"
    if local and not is_free_mail(domain) and who.company and not _goes_with(domain, who.company):
        yield "domain", f"{domain}, {who.company}"
    if who.country and (there := _phone_countries(who.phone)) and who.country not in there:
        yield "phone", f"{' or '.join(map(_named, there))}, not {_named(who.country)}"
    if who.country and (market := _domain_country(domain)) and market != who.country:
        yield "email_country", f"{_named(market)}, not {_named(who.country)}"
    if who.country and (foreign := _foreign_scripts(who.message, who.country)):
        yield "script", f"{' and '.join(foreign)}, {_named(who.country)}"
    text = _plain(who.message)
    if word := _word(text, "payment"):
        yield "payment", repr(word)
    if other := _copied(who, others):
        yield "copied", f"as {other}"
    if word := _word(text, "urgency"):
        yield "urgency", repr(word)


def _named(market: str) -> str:
    return countries.name(market) if countries.is_market(market) else market


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "fraud.toml").read_text("utf-8"))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", romanised(text).lower()))


@cache
def _patterns(kind: str) -> re.Pattern[str]:
    words = (re.escape(word).replace(r"\*", "[a-z0-9]*") for word in _data()["words"][kind])
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


def _word(plain: str, kind: str) -> str:
    found = _patterns(kind).search(plain)
    return found.group() if found else ""


def _lookalike(domain: str, known: Collection[str]) -> str:
    """Return a domain that this one imitates: one or two letters off, alike to the eye, or put before another.

    A domain that is known under another ending (.com for .it) counts too; providers of free mail have many.
    """
    if domain in known or is_free_mail(domain):
        return ""
    seen = _to_the_eye(domain)
    for other in (*known, *FREE_MAIL):
        if _to_the_eye(other) == seen or domain.startswith(f"{other}."):
            return other
        name = other.split(".", maxsplit=1)[0]
        if (
            other in known
            and len(name) > 6
            and _to_the_eye(domain.split(".", maxsplit=1)[0]) == _to_the_eye(name)
        ):
            return other
        most = 1 if len(other) < 12 else 2
        if len(other) > 6 and DamerauLevenshtein.distance(domain, other, score_cutoff=most) <= most:
            return other
    return ""


@lru_cache(maxsize=1 << 15)  # each domain is set beside every other
def _to_the_eye(domain: str) -> str:
    if "xn--" in domain:
        try:
            domain = domain.encode("ascii").decode("idna")
        except UnicodeError:
            return domain
    plain = romanised(domain).replace("rn", "m").replace("vv", "w").replace("cl", "d")
    return plain.translate(str.maketrans("01l5", "oiis")).replace("-", "")


def _goes_with(domain: str, company: str) -> bool:
    """Whether the part of a domain that its owner chose is like the firm's name: ups of mail.ups.com, bmw of bmw.co.uk."""
    *labels, top = domain.split(".")
    if len(top) == 2 and len(labels) > 1 and labels[-1] in _BEFORE_ENDINGS:
        labels.pop()
    name = labels[-1] if labels else top
    plain = _plain(company).replace(" ", "")
    initials = "".join(word[0] for word in _plain(company).split())
    return (
        name[:4] in plain
        or plain[:4] in name
        or name.startswith(initials)
        or likeness_of(name, company) >= 0.5
    )


def _phone_countries(phone: str) -> tuple[str, ...]:
    if not phone.strip().startswith(("+", "00")):
        return ()
    import phonenumbers

    try:
        number = phonenumbers.parse(re.sub(r"^\s*00", "+", phone), None)
    except phonenumbers.NumberParseException:
        return ()
    regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    sure = phonenumbers.region_code_for_number(number)
    codes = (sure,) if sure and sure != "ZZ" else regions
    resolved = (countries.resolve(code, codes=True).market for code in codes)
    return tuple(market for market in resolved if market)


def _domain_country(domain: str) -> str:
    top = domain.rsplit(".", 1)[-1]
    if len(top) != 2 or top in _GENERIC or is_free_mail(domain):
        return ""
    return countries.resolve("GB" if top == "uk" else top.upper(), codes=True).market or ""


def _foreign_scripts(message: str, country: str) -> Sequence[str]:
    return [script for script in scripts(message) if script in _AT_HOME and country not in _AT_HOME[script]]


def _copied(who: Inquirer, others: Iterable[tuple[str, str]]) -> str:
    ours = _runs(who.message)
    if not ours:
        return ""
    for buyer, text in others:
        theirs = _runs(text)
        if theirs and len(ours & theirs) / len(ours | theirs) >= COPIED:
            return buyer
    return ""


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of five words of a text that is long enough to be told from another."""
    words = _plain(text).split()
    if len(words) < _FEWEST_WORDS:
        return frozenset()
    return frozenset(tuple(words[n : n + 5]) for n in range(len(words) - 4))
