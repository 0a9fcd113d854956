"""Pages of a study: the list, its texts and people, names, codebook and memos."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.evidence.coding import CODE, DIMENSION, LEVELS, THEME, Change, Code, Codebook, example
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.desk.people import person
from fondaco.web.evidence.coding import actions
from fondaco.web.evidence.coding.forms import (
    AddForm,
    ChangeForm,
    NamesForm,
    NoteForm,
    ProjectFileForm,
    StudyForm,
    TranscriptForm,
)
from fondaco.web.evidence.coding.models import Study, new_key
from fondaco.web.evidence.coding.permission import StudyAccess, study_for
from fondaco.web.evidence.coding.standing import book_of
from fondaco.web.evidence.people import MemberForm


@login_required
@require_http_methods(["GET", "POST"])
def codings(request: HttpRequest) -> HttpResponse:
    """One's studies, and forms to begin one: new, from another program's file, or as a copy of the example."""
    user, now = person(request), timezone.now()
    do = request.POST.get("do", "")
    form = StudyForm(request.POST if do == "new" else None)
    file_form = ProjectFileForm(request.POST, request.FILES) if do == "file" else ProjectFileForm()
    refused = ""
    if do == "new" and form.is_valid():
        made = actions.start(form.cleaned_data["title"], form.cleaned_data["question"], by=user, now=now)
        return redirect("coding", number=made.pk)
    if do == "example":
        return redirect("coding", number=actions.bring_example(example(), by=user, now=now).pk)
    if do == "file" and file_form.is_valid():
        file = file_form.cleaned_data["file"]
        try:
            made = actions.bring_project(file.name, file.read(), by=user, now=now)
        except InputError as error:
            refused = str(error)
        else:
            messages.success(request, _("The project is taken over."))
            return redirect("coding", number=made.pk)
    context = {
        "studies": Study.objects.filter(members__user=user).distinct(),
        "form": form,
        "file_form": file_form,
        "refused": refused,
        "example": example(),
    }
    return render(
        request,
        "coding/codings.html",
        context,
        status=400 if refused or form.errors or file_form.errors else 200,
    )


@login_required
@require_GET
def coding(request: HttpRequest, number: int) -> HttpResponse:
    """A study: its texts with how far each is, its people and memos."""
    seen = study_for(request.user, number)
    return _study_page(request, seen, TranscriptForm() if seen.leads else None)


def _study_page(
    request: HttpRequest, seen: StudyAccess, form: TranscriptForm | None, refused: str = ""
) -> HttpResponse:
    mine = Count("passages", filter=Q(passages__user=seen.user, passages__withdrawn=None), distinct=True)
    texts = seen.study.transcripts.annotate(mine=mine, finished=Count("done", distinct=True)).defer("text")
    done = set(seen.study.transcripts.filter(done__user=seen.user).values_list("pk", flat=True))
    context = {
        "seen": seen,
        "study": seen.study,
        "texts": texts,
        "done": done,
        "members": seen.study.members.select_related("user"),
        "member_form": MemberForm(seen.project) if seen.leads else None,
        "form": form,
        "refused": refused,
        "notes": _notes(seen, book_of(seen.study)),
        "note_form": NoteForm(),
    }
    return render(
        request, "coding/coding.html", context, status=400 if refused or (form and form.errors) else 200
    )


def _notes(seen: StudyAccess, book: Codebook) -> list[dict[str, Any]]:
    names = dict(seen.study.transcripts.values_list("key", "name")) | {
        code.id: code.name for code in book.codes.values()
    }
    return [
        {"note": note, "about": names.get(note.about, "")}
        for note in seen.study.notes.select_related("user")[:100]
    ]


@login_required
@require_POST
def coding_bring(request: HttpRequest, number: int) -> HttpResponse:
    """Bring an interview."""
    seen = study_for(request.user, number, need="lead")
    form = TranscriptForm(request.POST, request.FILES)
    if not form.is_valid():
        return _study_page(request, seen, form)
    said = dict(form.cleaned_data)
    file = said.pop("file")
    try:
        made = actions.bring(seen.study, file.name, file.read(), said, by=seen.user, now=timezone.now())
    except InputError as error:
        return _study_page(request, seen, form, str(error))
    for line in made.told:
        messages.warning(request, line)
    messages.success(request, _("%(name)s is in the study.") % {"name": made.name})
    return redirect("coding", number=number)


@login_required
@require_http_methods(["GET", "POST"])
def coding_names(request: HttpRequest, number: int) -> HttpResponse:
    """Who is behind a pseudonym; for leads alone."""
    seen = study_for(request.user, number, need="lead")
    held = "\n".join(f"{each.name}, {each.alias}" for each in seen.study.pseudonyms.all())
    form = NamesForm(request.POST if request.method == "POST" else None, initial={"names": held})
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_names(seen.study, form.cleaned_data["names"], by=seen.user, now=timezone.now())
        except (InputError, Refused) as error:
            refused = str(error)
        else:
            messages.success(
                request, _("The names are kept. Texts brought from now on stand under these pseudonyms.")
            )
            return redirect("coding_names", number=number)
    context = {"seen": seen, "study": seen.study, "form": form, "refused": refused}
    return render(request, "coding/names.html", context, status=400 if refused or form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def coding_book(request: HttpRequest, number: int) -> HttpResponse:
    """The codebook as a tree, with forms for each change, and its history."""
    seen = study_for(request.user, number)
    book = book_of(seen.study)
    form = AddForm(book, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        change = Change(
            "add", new_key(), str(seen.user), timezone.now(), said["name"], said["level"], said["definition"], said["to"] or None
        )  # fmt: skip
        if _changed(request, seen, change):
            return redirect("coding_book", number=number)
    counts = dict(seen.passages.values_list("code").annotate(n=Count("pk")))
    dimensions = [
        {
            "code": dimension,
            "themes": [
                {"code": theme, "codes": _counted(book.under(theme.id, CODE), counts)}
                for theme in book.under(key, THEME)
            ],
        }
        for dimension, key in [*((each, each.id) for each in book.of_level(DIMENSION)), (None, None)]
    ]
    context = {
        "seen": seen,
        "study": seen.study,
        "book": book,
        "dimensions": [each for each in dimensions if each["code"] or each["themes"]],
        "loose": _counted(book.under(None, CODE), counts),
        "form": form,
        "history": [
            {"change": change, "says": _says(book, change), "number": place}
            for place, change in enumerate(book.changes, 1)
        ][::-1][:200],
    }
    return render(request, "coding/book.html", context, status=400 if form.errors else 200)


def _counted(codes: tuple[Code, ...], counts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"code": code, "passages": counts.get(code.id, 0)} for code in codes]


def _says(book: Codebook, change: Change) -> str:
    """Return a change in words."""
    names = {code.id: code.name for code in book.codes.values()}
    what, to = names.get(change.code, ""), names.get(change.to or "", _("nothing"))
    return {
        "add": _("added “%(name)s”") % {"name": change.name},
        "rename": _("renamed to “%(name)s”") % {"name": change.name},
        "define": _("defined “%(what)s” anew") % {"what": what},
        "move": _("moved “%(what)s” under %(to)s") % {"what": what, "to": to},
        "merge": _("merged “%(what)s” into “%(to)s”") % {"what": what, "to": to},
        "split": _("split “%(what)s” into %(parts)s")
        % {"what": what, "parts": ", ".join(name for _key, name in change.parts)},
        "retire": _("gave up “%(what)s”") % {"what": what},
    }[change.kind]


def _changed(request: HttpRequest, seen: StudyAccess, change: Change) -> bool:
    try:
        actions.change_book(seen.study, change, by=seen.user)
    except InputError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("The codebook is changed."))
    return True


@login_required
@require_http_methods(["GET", "POST"])
def coding_code(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """One code: its passages, what it was, and forms to rename, move, merge, split or give it up."""
    seen = study_for(request.user, number)
    book = book_of(seen.study)
    if code not in book.codes:
        messages.error(request, _("There is no such code in this study."))
        return redirect("coding_book", number=number)
    if request.method == "POST":
        form = ChangeForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say what is to be changed."))
        elif _changed(request, seen, _change(form.cleaned_data, code, str(seen.user), timezone.now())):
            return redirect("coding_book", number=number)
        return redirect("coding_code", number=number, code=code)
    held = book.codes[code]
    passages = seen.passages.filter(code=code).select_related("transcript", "user")[:100]
    quotes = [{"passage": each, "quote": each.transcript.text[each.start : each.end]} for each in passages]
    context = {
        "seen": seen,
        "study": seen.study,
        "book": book,
        "code": held,
        "level": LEVELS[held.level],
        "parents": book.of_level(held.level + 1),
        "others": [each for each in book.of_level(held.level) if each.id != code],
        "became": [book.codes[each] for each in held.into],
        "quotes": quotes,
        "history": [_says(book, change) for change in book.changes if code in (change.code, change.to)],
        "notes": seen.study.notes.filter(about=code).select_related("user"),
        "note_form": NoteForm(),
    }
    return render(request, "coding/code.html", context)


def _change(said: dict[str, Any], code: str, who: str, now: datetime) -> Change:
    parts = tuple((new_key(), line.strip()) for line in said["parts"].splitlines() if line.strip())
    return Change(
        said["kind"], code, who, now, said["name"], CODE, said["definition"], said["to"] or None, parts if said["kind"] == "split" else (), said["why"],
    )  # fmt: skip


@login_required
@require_POST
def coding_note(request: HttpRequest, number: int) -> HttpResponse:
    """Write a memo."""
    seen = study_for(request.user, number)
    form = NoteForm(request.POST)
    about = request.POST.get("about", "")[:36]
    if not form.is_valid():
        messages.error(request, _("A memo has a title and a text."))
    else:
        try:
            actions.write_note(
                seen.study,
                about,
                form.cleaned_data["title"],
                form.cleaned_data["text"],
                by=seen.user,
                now=timezone.now(),
            )
        except InputError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The memo is kept."))
    return (
        redirect("coding_code", number=number, code=about)
        if about in book_of(seen.study).codes
        else redirect("coding", number=number)
    )
