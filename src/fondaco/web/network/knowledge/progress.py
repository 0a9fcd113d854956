"""The pages on what became of a programme's firms: for supporters firm by firm, by consent; for donors released cells only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from fondaco.kernel.exports import SafeWriter
from fondaco.network.programmes.board import STAGES
from fondaco.network.programmes.following import (
    Reached,
    Sign,
    Told,
    at_or_beyond,
    count_told,
    growing,
    next_step,
)
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Consent, Item
from fondaco.web.desk import names
from fondaco.web.network.knowledge.board_models import KnowledgeItem
from fondaco.web.network.knowledge.firm_models import ShownToNetwork
from fondaco.web.network.knowledge.programme_models import Participation, Programme, Step
from fondaco.workflows.following import sign_of, then_and_now
from fondaco.workflows.programme_document import report_pdf

REACHED_LABELS: dict[Reached, Any] = {
    "none": lazy("No inquiry yet"),
    "inquiry": lazy("Inquiries"),
    "order": lazy("First orders from abroad"),
    "repeat": lazy("Orders again from abroad"),
}
_STEPS = {
    "begin": lazy("Nothing is in its files yet: help it to bring them in, and ask how far it is"),
    "listing": lazy("Look at its listings together: no inquiry has come"),
    "quotation": lazy("Look at replies and quotations together: inquiries came, no order did"),
    "second": lazy("Plan how the first buyers order again"),
    "tell": lazy("Ask it to share how it did this, and what it still needs"),
    "call": lazy("Call: no inquiry and no order for three months"),
}

#: Of the scale of readiness, 1 to 7.
MIDDLE = 4.0


@dataclass(frozen=True)
class Section:
    """A part of the report: its heading and its released cells."""

    heading: str
    cells: list[Told]


def consenting(programme: Programme) -> set[int]:
    """Return the ids of the network's firms whose supporters may see their readiness."""
    held = Consent.objects.filter(network=programme.network, item=Item.READINESS)
    return set(held.values_list("firm_id", flat=True))


def _parts(programme: Programme) -> list[Participation]:
    held = programme.participations.exclude(state=Participation.State.ASKED)
    return list(held.select_related("membership__firm").prefetch_related("steps", "attendances"))


def _signs(parts: Iterable[Participation], today: date) -> list[tuple[Participation, Sign]]:
    """Return how far those are that let it be seen."""
    willing = ShownToNetwork.objects.filter(
        what=ShownToNetwork.What.PROGRESS, membership__in=[each.membership_id for each in parts]
    )
    may = set(willing.values_list("membership_id", flat=True))
    at = access.workspace()
    return [
        (each, sign_of(at, each.membership.firm.slug, today)) for each in parts if each.membership_id in may
    ]


def sections_of(programme: Programme, today: date) -> list[Section]:
    """Return what may leave the network on a programme: support, results by stage and by quarter, readiness, knowledge, exports."""
    parts = _parts(programme)
    found = [
        _section(_("Support given, by stage"), parts, lambda part, stage: _noted(part, "support", stage)),
        _section(_("Results noted, by stage"), parts, lambda part, stage: _noted(part, "result", stage)),
        _section(_("Results that firms reached alone"), parts, lambda part, stage: _noted(part, "result", stage, alone=True)),
        Section(_("Firms with an order or more abroad, by quarter"), _quarters(parts, today)),
    ]  # fmt: skip
    trained = count_told(_("Firms at a training session"), [bool(part.attendances.all()) for part in parts])
    found.append(Section(_("Training and knowledge"), [trained, _shared(programme, parts)]))
    found.append(
        Section(_("Readiness, 1 to 7, of firms assessed twice"), _readiness(programme, parts, today))
    )
    signs = [sign for _part, sign in _signs(parts, today)]
    by_files = [
        count_told(str(REACHED_LABELS[stage]), [at_or_beyond(each, stage) for each in signs])
        for stage in ("inquiry", "order", "repeat")
    ]
    by_files.append(
        count_told(_("More orders from abroad than in the year before"), [growing(each) for each in signs])
    )
    found.append(Section(_("As the firms' own files tell, of firms that let it be counted"), by_files))
    return found


def _section(
    heading: str, parts: list[Participation], holds: Callable[[Participation, str], bool]
) -> Section:
    labels = dict(Step.Stage.choices)
    return Section(heading, [count_told(str(labels[stage]), [holds(part, stage) for part in parts]) for stage in STAGES])  # fmt: skip


def _noted(part: Participation, sort: str, stage: str, *, alone: bool = False) -> bool:
    return any(
        each.sort == sort and each.stage == stage and (not alone or each.how == Step.How.ALONE)
        for each in part.steps.all()
    )


def _quarters(parts: list[Participation], today: date) -> list[Told]:
    """Return how many had come to orders by the end of each of the last four quarters."""
    year, quarter = today.year, (today.month - 1) // 3 + 1
    found = []
    for back in (4, 3, 2, 1):
        ended = year * 4 + quarter - 1 - back + 1  # the quarter's number, counted from the year 0
        first = date(ended // 4, ended % 4 * 3 + 1, 1)  # the day after that quarter
        reached = [
            any(each.sort == Step.Sort.RESULT and each.stage in ("order", "repeat") and each.day < first for each in part.steps.all())
            for part in parts
        ]  # fmt: skip
        found.append(count_told(_("before %(day)s") % {"day": first.isoformat()}, reached))
    return found


def _shared(programme: Programme, parts: list[Participation]) -> Told:
    items = KnowledgeItem.objects.filter(network=programme.network, withdrawn=None)
    wrote = set(items.values_list("firm_id", flat=True))
    return count_told(
        _("Firms that put something on the knowledge board"),
        [part.membership.firm_id in wrote for part in parts],
    )


def _readiness(programme: Programme, parts: list[Participation], today: date) -> list[Told]:
    may, at = consenting(programme), access.workspace()
    held = [
        then_and_now(at, part.membership.firm.slug, today) for part in parts if part.membership.firm_id in may
    ]
    pairs = [pair for pair in held if pair is not None]
    return [
        count_told(
            _("At or above the middle at the first assessment"), [then >= MIDDLE for then, _now in pairs]
        ),
        count_told(
            _("At or above the middle at the last assessment"), [now >= MIDDLE for _then, now in pairs]
        ),
        count_told(_("Rose by half a point or more"), [now - then >= 0.5 for then, now in pairs]),
    ]


def spelled(cell: Told) -> str:
    """Return a released cell in words."""
    if cell.least is None:
        return _("not told: %(why)s") % {"why": cell.why}
    least, many = names.number(cell.least), names.number(cell.n)
    return _("at least %(number)s of %(n)s or more") % {"number": least, "n": many}


def _found(request: HttpRequest, slug: str, programme_id: int) -> tuple[access.NetworkAccess, Programme]:
    seen = access.network_for(request.user, slug, need="support")
    return seen, get_object_or_404(Programme, pk=programme_id, network=seen.network)


def _told(programme: Programme, today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (each.heading, [(cell.about, spelled(cell)) for cell in each.cells])
        for each in sections_of(programme, today)
    ]


def _folded(
    told: list[tuple[str, list[tuple[str, str]]]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the same for a reader: lines of a section that tell the same are one."""
    found = []
    for heading, cells in told:
        by_said: dict[str, list[str]] = {}
        for about, said in cells:
            by_said.setdefault(said, []).append(about)
        found.append((heading, [("; ".join(about), said) for said, about in by_said.items()]))
    return found


@login_required
@require_GET
def programme_progress(request: HttpRequest, slug: str, programme_id: int) -> HttpResponse:
    """Follow the firms: last sign of life and next step of those who let it be seen; below, what a report may tell."""
    seen, held = _found(request, slug, programme_id)
    today = timezone.localdate()
    parts = _parts(held)
    signs = _signs(parts, today)
    rows = [
        {
            "part": part,
            "sign": sign,
            "reached": REACHED_LABELS[sign.reached],
            "next": _STEPS[next_step(sign, today)],
        }
        for part, sign in sorted(signs, key=lambda pair: pair[1].last or date.min)
    ]
    context = {
        "access": seen, "network": seen.network, "programme": held, "rows": rows, "unseen": len(parts) - len(rows),
        "sections": _folded(_told(held, today)),
    }  # fmt: skip
    return render(request, "knowledge/progress.html", context)


@login_required
@require_GET
def programme_report(request: HttpRequest, slug: str, programme_id: int, ending: str) -> HttpResponse:
    """Support given and results by stage, for donors: released cells only, as CSV or PDF."""
    seen, held = _found(request, slug, programme_id)
    today = timezone.localdate()
    told = _told(held, today)
    if ending == "pdf":
        content = report_pdf(held.name, seen.network.name, held.category, _folded(told), today)
        answer = HttpResponse(content, content_type="application/pdf")
    else:
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        writer = SafeWriter(answer)
        writer.writerow(["part", "what", "told"])
        for heading, cells in told:
            for about, said in cells:
                writer.writerow([heading, about, said])
    answer["Content-Disposition"] = f'attachment; filename="report-{held.pk}.{ending}"'
    return answer
