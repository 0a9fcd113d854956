"""Pages of the board: what members share, whether it holds, who knows, what nobody knows, questions and the digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.kernel.errors import Refused
from fondaco.kernel.exports import SafeWriter
from fondaco.network.knowledge import KINDS, STATES, Cell, Item, contributions, gaps, knowers
from fondaco.reference import countries
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm, NetworkMembership
from fondaco.web.desk.numbers import number_of
from fondaco.web.markets.models import MarketNote
from fondaco.web.network.knowledge import board_actions as actions
from fondaco.web.network.knowledge.board_forms import AnswerForm, ItemForm, QuestionForm, WordForm
from fondaco.web.network.knowledge.board_models import (
    Answer,
    Barrier,
    Digest,
    Kind,
    KnowledgeItem,
    Question,
)
from fondaco.web.network.knowledge.digest import SALT
from fondaco.web.network.knowledge.firm_models import Presence, ShownToNetwork
from fondaco.web.network.knowledge.members import (
    author_of,
    members_of,
    must_write,
    own_firms,
    willing,
    writing_firms,
)
from fondaco.web.network.knowledge.search import found_in
from fondaco.workflows.knowledge import buyer_names

_PAGE = 30
#: Which kind of shared knowledge a firm's own note is, by what the note is about.
_OF_NOTE = {"customers": Kind.CUSTOMER, "competitors": Kind.MARKET, "conditions": Kind.SETTING, "regulations": Kind.SETTING}  # fmt: skip


def _buyers(firm: Firm | None) -> Sequence[str]:
    return () if firm is None else buyer_names(access.workspace(), firm.slug)


def _said(seen: access.NetworkAccess, firms: Sequence[Firm]) -> dict[str, Any]:
    return {"firms": firms, "network": seen.network.name if seen.supports else "", "buyers": _buyers}


def held_by(seen: access.NetworkAccess) -> QuerySet[KnowledgeItem]:
    """Return the items on the network's board."""
    held = KnowledgeItem.objects.filter(network=seen.network, withdrawn=None)
    return held.select_related("firm", "network").prefetch_related("words")


def items_of(seen: access.NetworkAccess, held: Iterable[KnowledgeItem]) -> list[Item]:
    """Return items as the core knows them, with the authors' names as they may be shown."""
    members = members_of(seen)
    return [each.item(author_of(each, members)) for each in held]


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address that mean something."""
    market, kind, state = (request.GET.get(name, "") for name in ("market", "kind", "state"))
    return {
        "q": request.GET.get("q", "").strip()[:200],
        "market": market if countries.is_market(market) else "",
        "kind": kind if kind in KINDS else "",
        "state": state if state in STATES else "",
    }


def _rows(seen: access.NetworkAccess, held: Iterable[KnowledgeItem], state: str = "") -> list[dict[str, Any]]:
    today, members = timezone.localdate(), members_of(seen)
    rows: list[dict[str, Any]] = [
        {"item": each, "judged": each.judged(today), "author": author_of(each, members)} for each in held
    ]
    return [row for row in rows if state in ("", row["judged"].state)]


@login_required
@require_GET
def knowledge(request: HttpRequest, slug: str) -> HttpResponse:
    """The board, the newest first, with filters and search; what is missing; who gave how much."""
    seen = access.network_for(request.user, slug)
    asked = _asked(request)
    everything = held_by(seen)
    shown = everything
    if asked["market"]:
        shown = shown.filter(market=asked["market"])
    if asked["kind"]:
        shown = shown.filter(kind=asked["kind"])
    rows = _rows(seen, found_in(shown, asked["q"], "text", "source"), asked["state"])
    members, items = members_of(seen), items_of(seen, everything)
    answers = Answer.objects.filter(network=seen.network).select_related("firm", "network")
    given = contributions(items, [author_of(each, members) for each in answers])
    context = {
        "access": seen,
        "network": seen.network,
        "asked": asked,
        "page": Paginator(rows, _PAGE).get_page(number_of(request.GET.get("page")) or 1),
        "grid": _grid(gaps(items, stated_in(seen), timezone.localdate())),
        "given": sorted(given.items(), key=lambda pair: (pair[0] == "", pair[0])),
        "kinds": Kind.choices,
        "states": [("confirmed", _("confirmed")), ("stated", _("not judged yet")), ("disputed", _("disputed")), ("outdated", _("outdated"))],
        "markets": sorted({*everything.values_list("market", flat=True)}, key=countries.name),
        "can_write": seen.supports or writing_firms(seen).exists(),
        "digest": Digest.objects.filter(network=seen.network, user=seen.user).first(),
    }  # fmt: skip
    return render(request, "knowledge/board.html", context)


def stated_in(seen: access.NetworkAccess) -> set[str]:
    """Return the markets that the network's members say they sell to."""
    held = NetworkMembership.objects.filter(network=seen.network).values_list("markets", flat=True)
    return {market for markets in held for market in markets if countries.is_market(market)}


def _grid(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    by_market: dict[str, list[Cell]] = {}
    for cell in cells:
        by_market.setdefault(cell.market, []).append(cell)
    return [{"market": market, "cells": row} for market, row in by_market.items()]


@login_required
@require_http_methods(["GET", "POST"])
def knowledge_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Share an item; ``?note=7`` begins with a copy of a note of one's own firm, ``?market=KOR`` with a market."""
    seen = access.network_for(request.user, slug)
    firms = must_write(seen)
    today = timezone.localdate()
    first: dict[str, object] = {"day": today}
    market = request.GET.get("market", "")
    first |= {"market": market} if countries.is_market(market) else {}
    if request.GET.get("barrier") in Barrier.values:
        first["barrier"] = request.GET["barrier"]
    if (number := number_of(request.GET.get("note"))) is not None:
        first |= _copied(get_object_or_404(MarketNote, pk=number, firm__in=firms, retired=None))
    form = ItemForm(request.POST or None, today=today, initial=first, **_said(seen, firms))
    if request.method == "POST" and form.is_valid():
        item = form.save(commit=False)
        item.products = form.cleaned_data["products"]
        actions.post_item(item, network=seen.network, firm=form.cleaned_data["firm"], by=seen.user, now=timezone.now())  # fmt: skip
        messages.success(request, _("It is on the board."))
        return redirect("knowledge_item", slug=slug, item_id=item.pk)
    notes = MarketNote.objects.filter(firm__in=firms, retired=None).select_related("firm")[:50]
    context = {"access": seen, "network": seen.network, "form": form, "notes": notes}
    return render(request, "knowledge/item_new.html", context, status=400 if form.errors else 200)


def _copied(note: MarketNote) -> dict[str, object]:
    return {
        "firm": note.firm.slug, "kind": _OF_NOTE[note.part], "market": note.market, "text": note.text,
        "hand": note.hand, "source": note.source, "kept": note.kept, "day": note.day, "review_by": note.review_by,
    }  # fmt: skip


def _item_of(seen: access.NetworkAccess, item_id: int) -> KnowledgeItem:
    return get_object_or_404(held_by(seen), pk=item_id)


@login_required
@require_http_methods(["GET", "POST"])
def knowledge_item(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """An item with what others say of it; a writer of another member firm adds a word."""
    seen = access.network_for(request.user, slug)
    item = _item_of(seen, item_id)
    firms = [firm for firm in writing_firms(seen) if firm.pk != item.firm_id]
    if request.method == "POST" and not firms:
        must_write(seen)  # says why, to one who only looks on
        messages.error(request, _("Only other member firms judge an item."))
        return redirect("knowledge_item", slug=slug, item_id=item.pk)
    form = WordForm(request.POST or None, firms=firms, buyers=_buyers) if firms else None
    if request.method == "POST" and form is not None and form.is_valid():
        said = form.cleaned_data
        actions.say_word(item, said["says"], said["reason"], firm=said["firm"], by=seen.user, now=timezone.now())  # fmt: skip
        messages.success(request, _("Your word is kept. A later one takes its place."))
        return redirect("knowledge_item", slug=slug, item_id=item.pk)
    context = {
        "access": seen,
        "network": seen.network,
        "row": _rows(seen, [item])[0],
        "words": item.words.all(),
        "form": form,
        "can_withdraw": _may_withdraw(seen, item),
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "knowledge/item.html", context, status=status)


def _may_withdraw(seen: access.NetworkAccess, item: KnowledgeItem | Question) -> bool:
    return seen.supports if item.firm_id is None else writing_firms(seen).filter(pk=item.firm_id).exists()


@login_required
@require_POST
def knowledge_withdraw(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """Take an item off the board: its firm's writers, or a supporter for the network's own."""
    seen = access.network_for(request.user, slug)
    item = _item_of(seen, item_id)
    if not _may_withdraw(seen, item):
        must_write(seen)
        raise Http404
    actions.withdraw_item(item, by=seen.user, now=timezone.now())
    messages.success(request, _("It is off the board."))
    return redirect("knowledge", slug=slug)


@login_required
@require_GET
def knowledge_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole board for a spreadsheet, as this person may read it."""
    seen = access.network_for(request.user, slug)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="knowledge-{seen.network.slug}.csv"'
    writer = SafeWriter(answer)
    writer.writerow(["id", "market", "kind", "barrier", "products", "text", "first_hand", "source", "written_down", "day", "review_by", "state", "confirm", "dispute", "outdated", "author"])  # fmt: skip
    for row in _rows(seen, held_by(seen)):
        item, said = row["item"], row["judged"]
        writer.writerow([item.pk, item.market, item.kind, item.barrier, ", ".join(item.products), item.text, item.hand == "first", item.source, item.kept == "written", item.day, item.review_by, said.state, said.confirm, said.dispute, said.outdated, row["author"]])  # fmt: skip
    return answer


@login_required
@require_GET
def knowledge_barriers(request: HttpRequest, slug: str) -> HttpResponse:
    """The barrier sheet of a market: lifestyle, food safety, customs, institutions, economy."""
    seen = access.network_for(request.user, slug)
    market = request.GET.get("market", "")
    market = market if countries.is_market(market) else ""
    held = held_by(seen).exclude(barrier="")
    rows = _rows(seen, held.filter(market=market)) if market else []
    context = {
        "access": seen,
        "network": seen.network,
        "market": market,
        "markets": sorted({*held.values_list("market", flat=True), *stated_in(seen)}, key=countries.name),
        "parts": [
            {"part": value, "label": label, "rows": [row for row in rows if row["item"].barrier == value]}
            for value, label in Barrier.choices
        ],
        "can_write": seen.supports or writing_firms(seen).exists(),
    }
    return render(request, "knowledge/barriers.html", context)


@login_required
@require_GET
def knowledge_who(request: HttpRequest, slug: str) -> HttpResponse:
    """Who knows a market at first hand and who is present there, of those who agreed to be named."""
    seen = access.network_for(request.user, slug)
    named, shown = willing(seen, ShownToNetwork.What.KNOWS), willing(seen, ShownToNetwork.What.PRESENCE)
    memberships = NetworkMembership.objects.filter(network=seen.network).select_related("firm")
    stated = {each.firm.name: each.markets for each in memberships if each.firm_id in named}
    asked = _asked(request)["market"]
    found = [
        each for each in knowers(items_of(seen, held_by(seen)), stated, stated) if asked in ("", each.market)
    ]
    present = Presence.objects.filter(firm_id__in=shown & members_of(seen), ended=None).select_related("firm")
    context = {
        "access": seen,
        "network": seen.network,
        "market": asked,
        "knowers": found,
        "present": present.filter(market=asked) if asked else present,
        "silent": memberships.count() - len(named),
        "firms": own_firms(seen),
    }
    return render(request, "knowledge/who.html", context)


# --- questions --------------------------------------------------------------------------------------------


@login_required
@require_GET
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Questions: those without an answer first, then open ones, then closed ones."""
    seen = access.network_for(request.user, slug)
    asked, members = _asked(request)["q"], members_of(seen)
    held = Question.objects.filter(network=seen.network).select_related("firm", "network").prefetch_related("answers")  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"question": each, "author": author_of(each, members), "answers": len(each.answers.all())}
        for each in found_in(held, asked, "text", "answers__text")
    ]
    rows.sort(key=lambda row: (row["question"].closed is not None, row["answers"] > 0))
    context = {
        "access": seen,
        "network": seen.network,
        "q": asked,
        "page": Paginator(rows, _PAGE).get_page(number_of(request.GET.get("page")) or 1),
        "can_write": seen.supports or writing_firms(seen).exists(),
    }
    return render(request, "knowledge/questions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def question_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the members something."""
    seen = access.network_for(request.user, slug)
    firms = must_write(seen)
    market = request.GET.get("market", "")
    first = {"market": market} if countries.is_market(market) else {}
    form = QuestionForm(request.POST or None, initial=first, **_said(seen, firms))
    if request.method == "POST" and form.is_valid():
        held = actions.ask(form.save(commit=False), network=seen.network, firm=form.cleaned_data["firm"], by=seen.user, now=timezone.now())  # fmt: skip
        messages.success(request, _("The question is asked."))
        return redirect("question", slug=slug, question_id=held.pk)
    context = {"access": seen, "network": seen.network, "form": form, "title": _("Ask the members")}
    return render(request, "knowledge/form.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, slug: str, question_id: int) -> HttpResponse:
    """A question with its answers; a writer answers."""
    seen = access.network_for(request.user, slug)
    held = get_object_or_404(
        Question.objects.select_related("firm", "network"), pk=question_id, network=seen.network
    )
    if request.method == "POST" and held.closed is not None:
        raise Refused(_("This question is closed."))
    firms = must_write(seen) if request.method == "POST" else list(writing_firms(seen))
    can_answer = held.closed is None and (bool(firms) or seen.supports)
    form = AnswerForm(request.POST or None, **_said(seen, firms)) if can_answer else None
    if request.method == "POST" and form is not None and form.is_valid():
        actions.answer(form.save(commit=False), question=held, firm=form.cleaned_data["firm"], by=seen.user, now=timezone.now())  # fmt: skip
        messages.success(request, _("The answer is there."))
        return redirect("question", slug=slug, question_id=held.pk)
    name = partial(author_of, members=members_of(seen))
    answers = held.answers.select_related("firm", "network")
    context = {
        "access": seen,
        "network": seen.network,
        "question": held,
        "author": name(held),
        "answers": [{"answer": each, "author": name(each)} for each in answers],
        "form": form,
        "can_close": held.closed is None and _may_withdraw(seen, held),
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "knowledge/question.html", context, status=status)


@login_required
@require_POST
def question_close(request: HttpRequest, slug: str, question_id: int) -> HttpResponse:
    """Close a question: its firm's writers, or a supporter for the network's own."""
    seen = access.network_for(request.user, slug)
    held = get_object_or_404(Question, pk=question_id, network=seen.network)
    if not _may_withdraw(seen, held):
        must_write(seen)
        raise Http404
    actions.close(held, by=seen.user, now=timezone.now())
    messages.success(request, _("The question is closed; it and its answers stay."))
    return redirect("question", slug=slug, question_id=held.pk)


# --- the digest -------------------------------------------------------------------------------------------


@login_required
@require_POST
def digest(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch one's own weekly digest on or off."""
    seen = access.network_for(request.user, slug)
    wanted = request.POST.get("wanted") == "yes"
    actions.want_digest(seen.network, wanted, by=seen.user, now=timezone.now())
    messages.success(
        request, _("You get the digest each week.") if wanted else _("You get no digest any more.")
    )
    return redirect("knowledge", slug=slug)


@require_http_methods(["GET", "POST"])
def digest_end(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """End a digest from the link in its mail, signed in or not; the link tells nothing and is good for that alone."""
    try:
        wish = Digest.objects.filter(pk=signing.loads(token, salt=SALT), network__slug=slug).first()
    except signing.BadSignature:
        raise Http404 from None
    if request.method == "POST" and wish is not None:
        actions.want_digest(wish.network, False, by=wish.user, now=timezone.now())
        wish = None
    return render(request, "knowledge/digest_end.html", {"wish": wish})
