"""Made-up bibliographies whose truth is known: records, a fifth of them damaged copies of others, and works that only look alike."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from fondaco.evidence.literature import shipped
from fondaco.evidence.review.records import Record

SURNAMES = ["Kühn", "Müller", "Østergård", "García", "Peña", "Đorđević", "Żuławski", "Nguyễn", "Çelik", "Smith", "Jones", "Rossi", "Bianchi", "Tanaka", "Suzuki", "Wang", "Zhang", "Li", "Chen", "Kim", "Park", "Silva", "Souza", "Fonseca", "Rocha", "Haapasalo", "Virtanen", "Papadopoulos", "Ivanova", "Petrov", "O'Brien", "MacLeod", "Van-der-Berg", "Dubois", "Lefèvre", "Novák", "Horák", "Szabó"]  # fmt: skip
COUNTRIES = [
    "Italy",
    "Spain",
    "China",
    "Vietnam",
    "Brazil",
    "Sweden",
    "Norway",
    "Korea",
    "Japan",
    "Portugal",
    "Poland",
    "Kenya",
    "India",
    "Chile",
    "Finland",
    "Turkey",
    "Mexico",
    "Ghana",
]
JOURNALS = (
    "International Marketing Review", "International Business Review", "Journal of World Business", "Electronic Markets",
    "Journal of Small Business Management", "Industrial Marketing Management", "Journal of International Marketing",
)  # fmt: skip
SHAPES = (
    "{a} and {b}: evidence from {c}", "The effect of {a} on {b} among small firms in {c}", "How {a} shapes {b} of {c}'s exporters",
    "{a}, {b} and the role of {d}", "Does {a} foster {b}? A study of {d} in {c}", "{d} as a link between {a} and {b}",
    "Towards a theory of {a} in {c}: {b} revisited", "{a} in {c}",
)  # fmt: skip
SLIPS = {
    "ü": "ue",
    "ö": "oe",
    "ø": "o",
    "å": "aa",
    "é": "e",
    "è": "e",
    "ñ": "n",
    "ç": "c",
    "ž": "z",
    "ł": "l",
}


@dataclass(frozen=True)
class Made:
    """Records, and which of them are one: pairs of places, the smaller first."""

    records: list[Record]
    same: set[tuple[int, int]]


def bibliography(count: int, seed: int, *, copies: float = 0.2) -> Made:
    """Return about `count` records, a share of `copies` of them damaged copies, shuffled."""
    rng = random.Random(seed)
    labels = [each.label for each in shipped().variables.values()]
    words = " ".join(each.definition for each in shipped().variables.values()).split()
    originals = round(count * (1 - copies))
    works = [_work(rng, labels, words, number) for number in range(originals)]
    # One in thirty is a work that looks like another: a part, an erratum, a talk, the next study of the same people.
    for place in rng.sample(range(1, originals), originals // 30):
        works[place] = _lookalike(rng, works[place - 1], works[place], place)
    held = list(enumerate(works))
    for work in rng.sample(range(originals), count - originals):
        held.append((work, _damaged(rng, works[work])))
    rng.shuffle(held)
    at: dict[int, list[int]] = {}
    for place, (work, _) in enumerate(held):
        at.setdefault(work, []).append(place)
    same = {(places[0], places[1]) for places in at.values() if len(places) == 2}
    return Made([record for _, record in held], same)


def _work(rng: random.Random, labels: list[str], words: list[str], number: int) -> Record:
    a, b, d = rng.sample(labels, 3)
    title = rng.choice(SHAPES).format(a=a, b=b, c=rng.choice(COUNTRIES), d=d)
    abstract = " ".join(rng.choices(words, k=rng.randint(60, 160)))
    authors = tuple(
        f"{name}, {rng.choice('ABCDEFGHJKLM')}." for name in rng.sample(SURNAMES, rng.randint(1, 4))
    )
    year = rng.randint(2005, 2024)
    return Record(
        title[0].upper() + title[1:], abstract if rng.random() < 0.93 else "", authors, year, rng.choice(JOURNALS),
        f"10.{rng.randint(1000, 1020)}/j.{year}.{number:06d}" if rng.random() < 0.85 else "", kind="article",
        volume=str(rng.randint(1, 60)), pages=f"{rng.randint(1, 900)}-{rng.randint(901, 990)}", source="scopus", line=number + 1,
    )  # fmt: skip


def _lookalike(rng: random.Random, before: Record, own: Record, number: int) -> Record:
    near = replace(before, doi=own.doi, pages=own.pages, line=number + 1)
    match rng.randrange(5):
        case 0:
            return replace(near, title=f"{before.title}, part II", abstract=own.abstract)
        case 1:
            return replace(near, title=f"Erratum to: {before.title}", abstract="", kind="erratum")
        case 2:
            return replace(
                near, kind="conference", journal="Proceedings of the EIBA", year=(before.year or 2010) - 1
            )
        case 3:
            return replace(near, title=f"Comment on “{before.title}”", authors=own.authors, abstract="")
        case _:
            country = next((c for c in COUNTRIES if c in before.title), "")
            other = rng.choice([c for c in COUNTRIES if c != country])
            title = before.title.replace(country, other) if country else f"{before.title} in {other}"
            return replace(
                near, title=title, abstract=own.abstract, year=(before.year or 2010) + 2, volume=own.volume
            )


def _damaged(rng: random.Random, work: Record) -> Record:
    """Return a copy as another database would have it: two to four things are otherwise."""
    copy = replace(work, source="wos", line=work.line + 500_000)
    for damage in rng.sample(
        (_title, _title, _names, _doi, _year, _abstract, _letters, _journal), rng.randint(2, 4)
    ):
        copy = damage(rng, copy)
    return copy


def _title(rng: random.Random, record: Record) -> Record:
    title = record.title
    match rng.randrange(6):
        case 0:
            title = title.upper()
        case 1:
            title = title.replace(":", " -").replace("?", "").replace(",", "")
        case 2:
            at = rng.randrange(2, len(title) - 2)
            title = title[:at] + title[at + 1 :]
        case 3:
            at = rng.randrange(2, len(title) - 3)
            title = title[:at] + title[at + 1] + title[at] + title[at + 2 :]
        case 4:
            title = (
                title.split(":")[0] if ":" in title and rng.random() < 0.5 else title.replace(" and ", " & ")
            )
        case _:
            title = title.replace(" ", "  ") + "."
    return replace(record, title=title)


def _names(rng: random.Random, record: Record) -> Record:
    names = [
        name.split(",")[0] + (", X. Y." if rng.random() < 0.3 else " " + name[-2]) for name in record.authors
    ]
    return replace(record, authors=tuple(names[:1] if rng.random() < 0.2 else names))


def _doi(rng: random.Random, record: Record) -> Record:
    if not record.doi or rng.random() < 0.8:
        return replace(record, doi="")
    return replace(record, doi=record.doi.replace("/j.", "/i."))


def _year(rng: random.Random, record: Record) -> Record:
    return replace(
        record, year=None if rng.random() < 0.3 or record.year is None else record.year + rng.choice((-1, 1))
    )


def _abstract(rng: random.Random, record: Record) -> Record:
    return replace(record, abstract="" if rng.random() < 0.4 else record.abstract[: rng.randint(80, 300)])


def _letters(rng: random.Random, record: Record) -> Record:
    def plain(text: str) -> str:
        return "".join(SLIPS.get(letter, letter) for letter in text)

    return replace(record, title=plain(record.title), authors=tuple(map(plain, record.authors)))


def _journal(rng: random.Random, record: Record) -> Record:
    return replace(
        record, journal=". ".join(word[:3] for word in record.journal.split()) + ".", volume="", pages=""
    )
