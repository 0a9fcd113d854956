"""What people made of cases, as the core has it, and in the file that the command line reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from fondaco.relationships.identity import known_by
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm
from fondaco.web.inquiries.models import Case, CaseNote, Source
from fondaco.web.inquiries.syncing import done_of, row_of
from fondaco.workflows import desk_log
from fondaco.workflows.desk_says import SHOWN, is_of
from fondaco.workflows.rulings import parted_of


def record_of(case: Case) -> str:
    """Return the record of a case's buyer, as `fondaco.workflows.buyers.records_of` writes them."""
    said = (case.platform, case.buyer, case.name, case.company, case.market)
    return "\t".join(part.strip() for part in said)


def case_of(case: Case) -> desk_log.Case:
    """Return what people made of a case, as the core has it."""
    done = done_of(case)
    told = case.source != Source.LEDGER or case.gone
    words: list[Any] = [
        {"at": note.said, "sort": note.sort, "text": note.text[:SHOWN]}
        for note in case.notes.all()
        if note.withdrawn is None
    ]
    signs: list[Any] = case.cleared
    return desk_log.Case(
        case=case.key, state=case.state, owner=case.owner.email if case.owner else None, tags=tuple(case.tag_list),
        core=done.state,  # type: ignore[arg-type]  # `done_of` gives these three
        reason=case.reason, answered=case.answered, again=done.again,
        cleared=tuple(desk_log.Sign.model_validate(each) for each in signs),
        told=desk_log.Told.model_validate(row_of(case)) if told else None, gone=case.gone is not None,
        in_file=case.told_answered is not None and not told, record=record_of(case),
        words=tuple(desk_log.Word.model_validate(each) for each in words),
    )  # fmt: skip


def touched(firm: Firm) -> Any:
    """Return the cases that say more than the files: worked on, typed in or sent by a program, or with something written."""
    written = Exists(CaseNote.objects.filter(case=OuterRef("pk")))
    ours = ~Q(source=Source.LEDGER) | Q(gone__isnull=False) | Q(version__gt=1) | written
    return Case.objects.filter(ours, firm=firm).select_related("owner").prefetch_related("notes")


def write_cases(firm: Firm) -> None:
    """Write what people made of the firm's cases to its file."""

    def rows() -> Iterable[desk_log.Case]:
        return map(case_of, touched(firm).order_by("key"))

    desk_log.keep_cases(workspace(), firm.slug, rows)


def then_write(firm: Firm) -> None:
    """Write the file once the change is committed."""
    transaction.on_commit(lambda: write_cases(firm))


def cases_of_buyer(firm: Firm, records: Sequence[str]) -> list[tuple[Case, desk_log.Case]]:
    """Return the cases of the buyer with these records, the latest first, also as the core has them."""
    own, parted = frozenset(records), parted_of(workspace(), firm.slug)
    said = [record.split("\t") for record in own]
    ours = frozenset[tuple[str, ...]]().union(*map(known_by, own))
    # The database cannot compare names in any script without regard to capitals: these few cells are compared here.
    cells = Case.objects.filter(~Q(source=Source.LEDGER) | Q(gone__isnull=False), firm=firm)
    rows = cells.values_list("pk", "platform", "buyer", "name", "company", "market")
    typed = [pk for pk, *who in rows.iterator() if ours & known_by("\t".join(who))]
    told = Q(
        buyer__in=[each[1] for each in said],
        name__in=[each[2] for each in said],
        company__in=[each[3] for each in said],
    )
    held = Case.objects.filter(told | Q(pk__in=typed), firm=firm)
    held = held.select_related("owner").prefetch_related("notes").order_by("-received", "-pk")
    return [(case, found) for case in held if is_of(found := case_of(case), own, parted)]
