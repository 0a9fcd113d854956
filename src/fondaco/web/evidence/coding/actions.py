"""What people do in a study: lock, check, save, write the audit line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.evidence.coding import (
    Change,
    Codebook,
    changed,
    read_names,
    read_project,
    read_transcript,
    replace_names,
    sentences,
)
from fondaco.evidence.coding.project import Project
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import User
from fondaco.web.desk import audit
from fondaco.web.evidence.coding.models import (
    AgreementCheck,
    BookChange,
    Done,
    Note,
    Passage,
    Pseudonym,
    Study,
    Transcript,
)
from fondaco.web.evidence.coding.standing import agreement_of, book_of
from fondaco.web.evidence.projects import LEAD

#: Texts, and passages, of one study.
MOST_TEXTS, MOST_PASSAGES = 500, 50_000


@transaction.atomic
def start(title: str, question: str, *, by: User, now: datetime) -> Study:
    """Begin a study; who begins it leads it."""
    study = Study.objects.create(title=title, question=question, by=by, made=now)
    study.members.create(user=by, part=LEAD, since=now)
    audit.record("coding.started", by=by, now=now, study=study.pk)
    return study


@transaction.atomic
def bring_project(name: str, content: bytes, *, by: User, now: datetime) -> Study:
    """Begin a study from another program's .qdpx; what could not be taken over is kept in words."""
    found = read_project(content, name, now=now)
    study = start(found.project.title[:200], found.project.description[:2000], by=by, now=now)
    _fill(study, found.project, now)
    study.told = list(found.told)[:200]
    study.save(update_fields=["extra", "told"])
    return study


@transaction.atomic
def bring_example(project: Project, *, by: User, now: datetime) -> Study:
    """Begin a study as a copy of the example that ships."""
    study = start(project.title, project.description[:2000], by=by, now=now)
    _fill(study, project, now)
    study.save(update_fields=["extra"])
    return study


def _fill(study: Study, project: Project, now: datetime) -> None:
    if len(project.sources) > MOST_TEXTS or len(project.codings) > MOST_PASSAGES:
        raise InputError(
            _("A study holds %(texts)d texts and %(passages)d passages at most.")
            % {"texts": MOST_TEXTS, "passages": MOST_PASSAGES}
        )
    BookChange.objects.bulk_create(
        BookChange(study=study, number=number, change=change.to_json(), at=change.at)
        for number, change in enumerate(project.book.changes, 1)
    )
    texts = {}
    for source in project.sources:
        twin = study.transcripts.filter(sha256=source.sha256).first()
        if twin is not None:
            raise InputError(
                _("%(one)s and %(other)s are the same text.") % {"one": twin.name, "other": source.name}
            )
        texts[source.id] = Transcript.objects.create(
            study=study, key=source.id, name=source.name[:200], text=source.text, sha256=source.sha256, case=source.case[:100], wave=source.wave,
            day=source.day, informant=source.informant[:100], view=source.view, made=now,
        )  # fmt: skip
    Passage.objects.bulk_create(
        Passage(
            study=study, transcript=texts[each.source], key=each.id, start=each.start, end=each.end, code=each.code,
            coder=project.coder(each.coder)[:200], standing=each.standing, speaks_of=each.speaks_of, at=each.at,
        )
        for each in project.codings
    )  # fmt: skip
    Note.objects.bulk_create(
        Note(study=study, key=memo.id, about=memo.about, title=memo.title[:200], text=memo.text, at=memo.at)
        for memo in project.memos
    )
    study.extra = {
        "cases": [
            {"id": case.id, "name": case.name, "values": [list(value) for value in case.values]}
            for case in project.cases
        ],
        "links": [vars(link) for link in project.links],
        "backing": [vars(each) for each in project.backing],
    }


@transaction.atomic
def keep_names(study: Study, text: str, *, by: User, now: datetime) -> int:
    """Keep who is behind which pseudonym, a line each; texts brought later stand under these.

    Raises
    ------
    InputError
        For a line without a name and a pseudonym.
    Refused
        Where a name that a text was brought under would get another pseudonym.
    """
    Study.objects.select_for_update().get(pk=study.pk)
    names = read_names(text, _("The table"))
    if any(len(name) > 200 or len(alias) > 100 for name, alias in names.items()):
        raise InputError(_("A name has 200 letters at most, a pseudonym 100."))
    held = {each.name: each for each in study.pseudonyms.all()}
    if study.transcripts.exists():
        for name, each in held.items():
            if names.get(name) != each.alias:
                raise Refused(
                    _(
                        "Texts stand under the pseudonym %(alias)s already: it stays as it is; new ones may be added."
                    )
                    % {"alias": each.alias}
                )
    study.pseudonyms.all().delete()
    Pseudonym.objects.bulk_create(
        Pseudonym(study=study, name=name, alias=alias) for name, alias in names.items()
    )
    audit.record("coding.names", by=by, now=now, study=study.pk, names=len(names))
    return len(names)


@transaction.atomic
def bring(
    study: Study, name: str, content: bytes, about: Mapping[str, Any], *, by: User, now: datetime
) -> Transcript:
    """Keep an interview under the study's pseudonyms; the file itself is not kept.

    Raises
    ------
    InputError
        For a file that cannot be read, and a text that the study holds already.
    """
    Study.objects.select_for_update().get(pk=study.pk)
    if study.transcripts.count() >= MOST_TEXTS:
        raise InputError(_("A study holds %(most)d texts at most.") % {"most": MOST_TEXTS})
    names = dict(study.pseudonyms.values_list("name", "alias"))
    encoding = about.get("encoding", "")
    found = read_transcript(content, name, names, encoding)
    kept = {key: value for key, value in about.items() if key != "encoding"}
    for key in ("case", "informant"):
        kept[key] = replace_names(kept.get(key) or "", names).text
    shown = replace_names(name.rpartition(".")[0].replace("_", " "), names).text[:200]
    made = Transcript(
        study=study, name=shown, text=found.text, told=list(found.told), made=now, by=by, **kept
    )
    from fondaco.web.evidence.coding.standing import source_of

    made.sha256 = source_of(made).sha256
    if study.transcripts.filter(sha256=made.sha256).exists():
        raise InputError(_("The study holds this text already, letter by letter."))
    made.save()
    audit.record("coding.text", by=by, now=now, study=study.pk, text=made.pk, sha256=made.sha256)
    return made


@transaction.atomic
def change_book(study: Study, change: Change, *, by: User) -> Codebook:
    """Make one change of the codebook; changes at once come one after the other, each checked against the one before."""
    Study.objects.select_for_update().get(pk=study.pk)
    book = changed(book_of(study), change)
    BookChange.objects.create(study=study, number=book.version, change=change.to_json(), at=change.at, by=by)
    audit.record("coding.book", by=by, now=change.at, study=study.pk, version=book.version, kind=change.kind)
    return book


@transaction.atomic
def code(
    transcript: Transcript,
    where: tuple[int, int],
    codes: Sequence[str],
    said: Mapping[str, Any],
    *,
    by: User,
    now: datetime,
) -> list[Passage]:
    """Give a passage one or more codes; what others gave it stays beside.

    Raises
    ------
    InputError
        For a passage outside the text, and a code that is not in use.
    """
    study = Study.objects.select_for_update().get(pk=transcript.study_id)
    start, end = where
    if not 0 <= start < end <= len(transcript.text):
        raise InputError(_("Choose a passage of the text first."))
    book = book_of(study)
    if not codes or any(each not in book.codes or book.codes[each].retired for each in codes):
        raise InputError(_("Choose a code that is in use: the codebook may have changed meanwhile."))
    if study.passages.count() >= MOST_PASSAGES:
        raise InputError(_("A study holds %(most)d passages at most.") % {"most": MOST_PASSAGES})
    made = []
    for each in dict.fromkeys(codes):
        # The same again, as by two clicks, is one.
        passage, _new = Passage.objects.get_or_create(
            study=study,
            transcript=transcript,
            start=start,
            end=end,
            code=each,
            user=by,
            withdrawn=None,
            defaults={**said, "at": now},
        )
        made.append(passage)
    audit.record(
        "coding.coded",
        by=by,
        now=now,
        study=study.pk,
        text=transcript.pk,
        passages=[each.pk for each in made],
    )
    return made


def passage_of(text: str, first: int, last: int) -> tuple[int, int]:
    """Return from where to where sentences run, counted from 1; raises `InputError` where there are none."""
    held = sentences(text)
    if not 1 <= first <= last <= len(held):
        raise InputError(
            _("The text has sentences 1 to %(last)d: choose a first and a last one.") % {"last": len(held)}
        )
    return held[first - 1][0], held[last - 1][1]


@transaction.atomic
def withdraw(passage: Passage, *, by: User, now: datetime) -> None:
    """Withdraw one's own coding; it stays in the history.

    Raises
    ------
    Refused
        For somebody else's.
    """
    Study.objects.select_for_update().get(pk=passage.study_id)
    if passage.user_id != by.pk:
        raise Refused(_("Only who coded a passage may withdraw it; give it another code beside."))
    Passage.objects.filter(pk=passage.pk, withdrawn=None).update(withdrawn=now)
    audit.record("coding.withdrawn", by=by, now=now, study=passage.study_id, passage=passage.pk)


@transaction.atomic
def finish(transcript: Transcript, *, by: User, now: datetime) -> None:
    """Be done with a text: what was coded until now counts for agreement, and is shown to others who are done."""
    Study.objects.select_for_update().get(pk=transcript.study_id)
    Done.objects.get_or_create(transcript=transcript, user=by, defaults={"at": now})
    audit.record("coding.done", by=by, now=now, study=transcript.study_id, text=transcript.pk)


@transaction.atomic
def write_note(study: Study, about: str, title: str, text: str, *, by: User, now: datetime) -> Note:
    """Write a memo on the study, a code or a text."""
    known = {"", *book_of(study).codes, *study.transcripts.values_list("key", flat=True)}
    if about not in known:
        raise InputError(_("There is no such code or text in this study."))
    note = Note.objects.create(study=study, about=about, title=title, text=text, user=by, at=now)
    audit.record("coding.memo", by=by, now=now, study=study.pk, note=note.pk)
    return note


@transaction.atomic
def log_agreement(study: Study, *, by: User, now: datetime) -> AgreementCheck:
    """Keep how far people agree today; raises `Refused` where there is nothing to keep."""
    found = agreement_of(study)
    if found.why:
        raise Refused(_("Two people must be done with a text first."))
    check = AgreementCheck.objects.create(
        study=study, version=found.version, result=found.to_json(), at=now, by=by
    )
    audit.record("coding.agreement", by=by, now=now, study=study.pk, check=check.pk)
    return check
