"""What a column of an export of answers is: a question, who answered, when, or nothing that we read.

Questions are known by their code, as LimeSurvey and KoboToolbox write it (``RO1``, ``G1[RO1]``, ``RO[SQ001]``,
``RO_SQ001``, ``group/RO1``, ``KH1[DEU]``), or by their text in any of the questionnaire's languages, alone (Google
Forms), behind a code (``RO1. When a buyer ...``) or in the brackets of a grid (``Structural readiness [When a buyer ...]``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from fondaco.kernel import InputError
from fondaco.readiness.questionnaire import Questionnaire, keyed
from fondaco.reference import countries

#: Where answers are exported from.
Source = Literal["limesurvey", "google", "kobo"]
SOURCES: tuple[Source, ...] = get_args(Source)

Part = Literal["time", "submitted", "id", "person", "mail", "department", "language", "aside"]

#: Columns that are no question, as the three programs name them in the questionnaire's languages.
_PARTS: Mapping[Part, tuple[str, ...]] = {
    "time": (
        "timestamp", "informazioni cronologiche", "타임스탬프", "цагийн тэмдэг", "хугацааны тэмдэг", "_submission_time",
        "datestamp", "date last action", "end", "data ultima azione", "ora di completamento", "completion time",
    ),
    "submitted": ("submitdate", "date submitted", "data di invio", "data invio", "제출일", "제출 일자", "илгээсэн огноо"),
    "id": ("_uuid", "_id", "id", "response id", "id risposta", "응답 id", "хариултын id"),
    "person": (
        "informant", "respondent", "your name", "name", "token", "nome", "il tuo nome", "codice di accesso", "이름", "응답자",
        "нэр", "таны нэр",
    ),
    "mail": ("email address", "e-mail address", "email", "e-mail", "username", "indirizzo email", "이메일 주소", "имэйл хаяг"),
    "department": (
        "department", "role", "your department", "reparto", "ruolo", "부서", "хэлтэс", "албан тушаал",
    ),
    "language": ("startlanguage", "start language", "language", "lingua", "lingua iniziale", "시작 언어", "언어", "хэл"),
    "aside": (
        "lastpage", "last page", "ultima pagina", "seed", "startdate", "date started", "refurl", "referrer url", "ipaddr",
        "ip address", "interviewtime", "total time", "start", "today", "deviceid", "phonenumber", "subscriberid", "simserial",
        "audit", "formhub/uuid", "meta/instanceid", "score", "punteggio", "__version__", "attribute_1",
    ),
}  # fmt: skip
_ROLE = {name: part for part, names in _PARTS.items() for name in names}
_CODE = re.compile(r"([A-Za-z]{2}\d?)(?:\s*[\[@_ -]\s*(.+?)\]?)?")
_ARRAY = re.compile(r"([A-Za-z]{2})\s*[\[_]\s*(?:SQ)?0*(\d)\]?", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of the file: its part, or the key of its question; neither where it is not read."""

    place: int
    header: str
    part: Part | None = None
    key: str = ""


def columns_of(headers: Sequence[str], held: Questionnaire) -> tuple[Column, ...]:
    """Return what each column is.

    Examples
    --------
    >>> from fondaco.readiness.questionnaire import questionnaire
    >>> told = columns_of(["submitdate", "A[RO1]", "RO[SQ002]", "fit/SF1", "KH1[DE]", "Colour"], questionnaire())
    >>> [column.part or column.key for column in told]
    ['submitted', 'RO1', 'RO2', 'SF1', 'KH1@DEU', '']
    """
    return tuple(_column(place, " ".join(header.split()), held) for place, header in enumerate(headers))


def _column(place: int, header: str, held: Questionnaire) -> Column:
    plain = header.casefold()
    # LimeSurvey may write code and text: "submitdate. Date submitted".
    names = (plain, plain.rsplit("/", 1)[-1], plain.partition(". ")[0])
    part = next((_ROLE[name] for name in names if name in _ROLE), None)
    if part is None and plain.startswith(("_", "meta/", "grouptime")):
        part = "aside"
    if part is not None:
        return Column(place, header, part)
    return Column(place, header, key=_key(header, held))


def _key(header: str, held: Questionnaire) -> str:
    for said in _readings(header):
        found = _by_code(said, held) or _by_text(said, held)
        if found:
            return found
    return ""


def _readings(header: str) -> list[str]:
    """Return what may be the question in a column's name, the likeliest first."""
    last = header.rsplit("/", 1)[-1].strip()
    said = [header, last]
    for text in (header, last):
        if text.endswith("]") and "[" in text:
            said.append(text[text.index("[") + 1 : -1])
            said.append(text[text.rindex("[") + 1 : -1])
        for mark in (". ", ": ", ") "):
            code, point, rest = text.partition(mark)
            if point:
                said += [code, rest]
    return [each.strip() for each in said if each.strip()]


def _by_code(said: str, held: Questionnaire) -> str:
    array = _ARRAY.fullmatch(said)
    if array and (array[1] + array[2]).upper() in held.items:
        said = array[1] + array[2]
    code = _CODE.fullmatch(said)
    if code is None:
        return ""
    key = keyed(code[1].upper(), _market(code[2] or ""))
    return key if held.is_key(key) and bool(code[2]) == ("@" in key) else ""


def _by_text(said: str, held: Questionnaire) -> str:
    texts = _texts(held.id)
    plain = plainly(said)
    if plain in texts and held.is_key(texts[plain]):
        return texts[plain]
    # A question of a market carries its name behind the text: "... goods like ours. [Germany]" or "... (Germany)".
    cut = re.fullmatch(r"(.+?)\s*[\[(]([^\[\]()]+)[\])]?", said)
    if cut and plainly(cut[1]) in texts:
        key = keyed(texts[plainly(cut[1])], _market(cut[2]))
        return key if held.is_key(key) else ""
    return ""


@cache
def _texts(id_: str) -> Mapping[str, str]:
    from fondaco.readiness.questionnaire import questionnaire

    held = questionnaire(id_)
    return {plainly(text): item.id for item in held.items.values() for text in item.texts.values()}


def _market(said: str) -> str:
    try:
        return countries.from_code(said.strip()) if said.strip() else ""
    except InputError:
        return ""


def plainly(said: str) -> str:
    """Return a text without case, marks and doubled blanks, to compare it.

    >>> plainly("  Nie d’accord,  OK?! ") == plainly("nie d'accord OK")
    True
    """
    flat = unicodedata.normalize("NFKC", said).casefold().replace("_", " ")
    return " ".join("".join(c if c.isalnum() or c.isspace() else " " for c in flat).split())


def source_of(headers: Sequence[str]) -> Source:
    """Return which program exports columns like these.

    >>> source_of(["start", "end", "g/RO1", "_uuid"]), source_of(["id", "submitdate"]), source_of(["Timestamp", "..."])
    ('kobo', 'limesurvey', 'google')
    """
    plain = {" ".join(header.split()).casefold().partition(". ")[0] for header in headers}
    if plain & {"_uuid", "_submission_time", "formhub/uuid", "meta/instanceid"}:
        return "kobo"
    if plain & set(_PARTS["submitted"]) or "lastpage" in plain:
        return "limesurvey"
    return "google"
