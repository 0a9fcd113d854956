"""A study as the core knows it, and how far its people agree."""

from __future__ import annotations

from collections.abc import Iterable

from fondaco.evidence.coding import (
    Case,
    Codebook,
    Coder,
    Coding,
    Concord,
    Link,
    Memo,
    Project,
    Source,
    change_from,
    codebook,
    concord,
)
from fondaco.evidence.coding.project import STANDINGS, VIEWS, Backing
from fondaco.evidence.coding.refi import guid
from fondaco.web.evidence.coding.models import Done, Passage, Study, Transcript


def book_of(study: Study) -> Codebook:
    """Return the codebook of a study, with its history."""
    return codebook(change_from(change) for change in study.book_changes.values_list("change", flat=True))


def coder_of(passage: Passage) -> Coder:
    """Return who coded a passage."""
    if passage.user is not None:
        return Coder(guid("user", str(passage.user_id)), str(passage.user))
    return Coder(guid("coder", passage.coder), passage.coder or "not told")


def source_of(transcript: Transcript) -> Source:
    """Return a text as the core knows it."""
    view = next((each for each in VIEWS if each == transcript.view), VIEWS[0])
    return Source(
        transcript.key, transcript.name, transcript.text, transcript.case, transcript.wave, transcript.day, transcript.informant, view
    )  # fmt: skip


def project_of(study: Study, passages: Iterable[Passage], *, people: bool = True) -> Project:
    """Return a study with some of its passages; without `people`, coders are numbered, not named."""
    held = list(passages)
    coders = {coder.id: coder for coder in map(coder_of, held)}
    notes = list(study.notes.select_related("user").order_by("pk"))
    for note in notes:
        if note.user is not None:
            coders.setdefault(
                guid("user", str(note.user_id)), Coder(guid("user", str(note.user_id)), str(note.user))
            )
    if not people:
        coders = {key: Coder(key, f"Coder {place}") for place, key in enumerate(coders, 1)}
    keys = {transcript.pk: transcript.key for transcript in study.transcripts.all()}
    codings = tuple(
        Coding(
            each.key, keys[each.transcript_id], each.start, each.end, each.code, coder_of(each).id, each.at,
            next((s for s in STANDINGS if s == each.standing), ""), each.speaks_of,
        )
        for each in held
    )  # fmt: skip
    memos = tuple(
        Memo(
            note.key,
            note.title,
            note.text,
            guid("user", str(note.user_id)) if note.user else "",
            note.at,
            note.about,
        )
        for note in notes
    )
    extra, known = study.extra, {coding.id for coding in codings}
    return Project(
        study.title, tuple(coders.values()), tuple(source_of(each) for each in study.transcripts.all()), book_of(study), codings, memos,
        tuple(Case(each["id"], each["name"], tuple((a, b) for a, b in each["values"])) for each in extra.get("cases", [])),
        tuple(Link(**each) for each in extra.get("links", [])),
        tuple(Backing(**each) for each in extra.get("backing", []) if each["coding"] in known), study.question,
    )  # fmt: skip


def agreement_of(study: Study) -> Concord:
    """Return how far people agree on what each coded before being done with a text: blind to the others."""
    done = {
        (each.transcript_id, each.user_id): each.at for each in Done.objects.filter(transcript__study=study)
    }
    counted = []
    for each in study.passages.select_related("user"):
        end = done.get((each.transcript_id, each.user_id)) if each.user_id else each.at
        if end is not None and each.at <= end and (each.withdrawn is None or each.withdrawn > end):
            counted.append(each)
    keys = {transcript.pk: transcript.key for transcript in study.transcripts.all()}
    finished = [(keys[text], guid("user", str(user))) for text, user in done]
    project = project_of(study, counted)
    known = {coder.id for coder in project.coders}
    return concord(project, finished=[each for each in finished if each[1] in known])
