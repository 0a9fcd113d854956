"""Opening cases from the ledger, and keeping what the desk concludes: one read, one look, one write for all of them.

What was told and concluded is written; what people decided is never touched.  A look is wanted whenever something
changed, and done once by the worker, however often it was wanted meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from fondaco.desk.cases import Case as Told
from fondaco.desk.checks import worst
from fondaco.desk.doing import Done
from fondaco.desk.fraud import Clearance
from fondaco.kernel.errors import FondacoError
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm
from fondaco.web.inquiries.models import OPEN_STATES, Case, CaseEvent, CaseState, DeskLook, Source
from fondaco.workflows.inquiries import Desk, Line, desk_of

#: How old a look may get before the next visitor causes another: the time left tells in the order of work.
FRESH = timedelta(minutes=15)
#: A look that was wanted so long ago is wanted anew: its worker is gone.
LOST = timedelta(minutes=10)
#: Letters of a text that a search goes through.
SEARCHED = 20_000

TOLD = (
    "platform", "number", "kind", "market", "received", "buyer", "name", "company", "product", "quantity", "message",
    "told_state", "told_answered", "places_left", "assumed", "gone", "words",
)  # fmt: skip
PLACED = ("concluded", "position", "score", "due", "why")
CONCLUDED = (*PLACED, "level", "conclusion", "mark")
#: What a change of is written into the history.
_TELLING = ("market", "buyer", "name", "company", "product", "quantity", "message", "told_state", "told_answered", "places_left", "gone")  # fmt: skip
_STATES = {
    CaseState.WAITING: "answered", CaseState.QUOTED: "answered", CaseState.WON: "closed",
    CaseState.LOST: "closed", CaseState.HELD: "closed", CaseState.SPAM: "spam",
}  # fmt: skip


def want(firm: Firm, *, now: datetime) -> None:
    """Ask for a look at a firm's desk; whoever asks while one is wanted already adds nothing."""
    from fondaco.web.inquiries.tasks import look_task

    DeskLook.objects.get_or_create(firm=firm)
    waiting = Q(wanted__isnull=True) | Q(wanted__lt=now - LOST)
    if DeskLook.objects.filter(waiting, firm=firm).update(wanted=now):
        look_task.enqueue(firm.pk)


def want_if_stale(firm: Firm, *, now: datetime) -> DeskLook:
    """Ask for a look where the ledger is another than at the last, or that is old; return how it stands."""
    held, _made = DeskLook.objects.get_or_create(firm=firm)
    old = held.looked is None or now - held.looked > FRESH
    if old or held.fingerprint != workspace().ledger(firm.slug).fingerprint():
        want(firm, now=now)
        held.refresh_from_db()
    return held


def look(firm: Firm, *, now: datetime) -> None:
    """Open the cases that the ledger tells of, bring up to date what was told, and conclude anew.

    Raises
    ------
    FondacoError
        Where the ledger or what the firm states cannot be read; the cases stay as they are.
    """
    DeskLook.objects.get_or_create(firm=firm)
    DeskLook.objects.filter(firm=firm).update(wanted=None)
    fingerprint = ""
    try:
        ledger = workspace().ledger(firm.slug)
        fingerprint = ledger.fingerprint()
        numbers = ledger.table("inquiries").select("platform", "inquiry").to_polars().iter_rows()
        in_files = {key_of(f"{platform}:{number}") for platform, number in numbers}
        _part(firm, in_files, now)
        # A ledger's case that nobody touched is told by the ledger alone.
        ours = list(
            Case.objects.filter(
                ~Q(source=Source.LEDGER) | Q(gone__isnull=False) | Q(version__gt=1), firm=firm
            )
        )
        desk = desk_of(
            workspace(),
            firm.slug,
            now,
            more=[row_of(case) for case in ours if case.source != Source.LEDGER or case.gone],
            done={case.key: done_of(case) for case in ours if case.version > 1},
        )
    except FondacoError as error:
        failed(firm, str(error), fingerprint, now=now)
        raise
    with transaction.atomic():
        state = DeskLook.objects.select_for_update().get(firm=firm)
        if state.looked is not None and state.looked > now:
            return  # a later look was quicker
        _write(firm, desk, in_files, now)
        state.fingerprint, state.looked, state.rates, state.failed = (
            fingerprint,
            now,
            _rates(desk),
            "",
        )
        state.save(update_fields=["fingerprint", "looked", "rates", "failed"])


def _rates(desk: Desk) -> dict[str, Any]:
    """Return the response rates, each with that of tomorrow."""
    ahead = desk.tomorrow_to_json()
    return {name: {**rate, "tomorrow": ahead.get(name)} for name, rate in desk.rates_to_json().items()}


def failed(firm: Firm, sentence: str, fingerprint: str = "", *, now: datetime) -> None:
    """Keep why a look failed; it is not tried again until the ledger changes or a while has passed."""
    earlier = Q(looked__isnull=True) | Q(looked__lt=now)
    said = {"fingerprint": fingerprint} if fingerprint else {}
    DeskLook.objects.filter(earlier, firm=firm).update(failed=sentence[:500], looked=now, **said)


@transaction.atomic
def _part(firm: Firm, in_files: set[str], now: datetime) -> None:
    """Note which cases no import tells of any more; they stay."""
    state = DeskLook.objects.select_for_update().get(firm=firm)
    if state.looked is not None and state.looked > now:
        return  # a later look knows of files that this one does not
    held = Case.objects.filter(firm=firm, source=Source.LEDGER, gone=None).only("key")
    parted = [case for case in held if case.key not in in_files]
    for case in parted:
        case.gone = now
    _update(parted, ("gone",))
    CaseEvent.objects.bulk_create(
        (_event(case, "no import tells of it any more", now, {}, {}) for case in parted), batch_size=500
    )


def _write(firm: Firm, desk: Desk, in_files: set[str], now: datetime) -> None:
    # Read under the lock, so that no two looks open the same.
    held = {case.key: case for case in Case.objects.filter(firm=firm).only("key", "mark", *TOLD)}
    lines = {key_of(line.case.case): (place, line) for place, line in enumerate(desk.lines, start=1)}
    opened: list[Case] = []
    told: list[Case] = []
    concluded: list[Case] = []
    placed: list[Case] = []
    events: list[CaseEvent] = []
    for said in desk.cases:
        key = key_of(said.case)
        case = held.get(key)
        if case is None and key not in in_files:
            continue
        fresh = case or Case(firm=firm, key=key, made=now, source=Source.LEDGER)
        before = {name: getattr(fresh, name) for name in TOLD}
        if key in in_files:
            _tell(fresh, said)
        mark = fresh.mark
        if key in lines:
            conclude(fresh, *lines[key], now)
            (concluded if fresh.mark != mark else placed).append(fresh)
        if case is None:
            opened.append(fresh)
        elif any(before[name] != getattr(fresh, name) for name in TOLD):
            told.append(fresh)
            if changes := _changes(before, fresh):
                events.append(_event(fresh, "told", now, *changes))
    _update(told, TOLD)
    _update([case for case in concluded if case.pk], CONCLUDED)
    _update(placed, PLACED)
    # One of the same number that came in from elsewhere meanwhile stays; the next look tells it what the file says.
    Case.objects.bulk_create(opened, ignore_conflicts=True, batch_size=500)
    new = (
        Case.objects.filter(firm=firm, made=now, source=Source.LEDGER).values_list("pk", flat=True)
        if opened
        else ()
    )
    events += [CaseEvent(case_id=pk, at=now, who="fondaco", what="opened") for pk in new]
    CaseEvent.objects.bulk_create(events, batch_size=500)


def _update(cases: Iterable[Case], names: Iterable[str]) -> None:
    """Write some columns of many cases: one statement, sent again and again, is far quicker than Django's own way."""
    fields: list[Any] = [Case._meta.get_field(name) for name in names]  # noqa: SLF001  # Django's public way to a column
    # In one order for all, so that nobody waits in a circle.
    rows = [
        [*(field.get_db_prep_save(getattr(case, field.attname), connection) for field in fields), case.pk]
        for case in sorted(cases, key=lambda case: case.pk)
    ]
    if rows:
        columns = ", ".join(f'"{field.column}" = %s' for field in fields)
        with connection.cursor() as cursor:
            cursor.executemany(f'UPDATE "inquiries_case" SET {columns} WHERE "id" = %s', rows)


def row_of(case: Case) -> dict[str, Any]:
    """Return a case that no file tells of as a row of the ledger's table ``inquiries``."""
    return {
        "platform": case.platform, "inquiry": case.number, "kind": case.kind, "at": case.received,
        "answered_at": case.told_answered, "buyer": case.buyer, "buyer_name": case.name,
        "buyer_company": case.company, "country": case.market, "product": case.product, "quantity": case.quantity,
        "message": case.message, "status": "" if case.told_state == "unknown" else case.told_state,
    }  # fmt: skip


def done_of(case: Case) -> Done:
    """Return what people did about a case, as the core takes it."""
    cleared = tuple(
        Clearance(each["sign"], each["by"], datetime.fromisoformat(each["at"]), each["why"])
        for each in case.cleared
    )
    again = case.again if case.state in OPEN_STATES else None
    return Done(_STATES.get(CaseState(case.state)), case.answered, again, cleared)  # type: ignore[arg-type]  # states of the core


def _tell(case: Case, told: Told) -> None:
    """Write what a file says into a case."""
    case.platform, case.number, case.kind, case.market = told.platform[:80], told.inquiry[:220], told.kind, told.market[:3]  # fmt: skip
    case.buyer, case.name, case.company = told.buyer[:300], told.name[:300], told.company[:300]
    case.product, case.message, case.places_left = told.product[:1000], told.message.replace("\0", ""), told.places_left  # fmt: skip
    case.received, case.told_state, case.told_answered = told.received, told.state, told.answered
    units = told.units
    case.quantity = None if units is None else units.quantize(Decimal("0.0001"))
    case.assumed, case.gone = list(told.notes), None
    case.words = words_of(case)


def key_of(case: str) -> str:
    """Return the key of a core's case id: the id itself, shortened where no column could hold it."""
    return case if len(case) <= 300 else f"{case[:230]}-{sha256(case.encode()).hexdigest()}"


def words_of(case: Case) -> str:
    """Return what a search goes through of what was told."""
    said = (case.key, case.buyer, case.name, case.company, case.product, case.message[:SEARCHED])
    return " ".join(each for each in said if each).replace("\0", "").casefold()


def conclude(case: Case, place: int, line: Line, now: datetime) -> None:
    """Write what the desk concludes into a case."""
    case.concluded, case.position, case.score, case.due = now, place, line.place.score, line.case.due
    case.level, case.why = worst(line.checks), line.place.line[:500]
    said = {name: value for name, value in line.to_json().items() if name not in ("score", "why")}
    mark = sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    if mark != case.mark:
        case.conclusion, case.mark = said, mark


def _changes(before: Mapping[str, Any], case: Case) -> tuple[dict[str, Any], dict[str, Any]] | None:
    changed = [name for name in _TELLING if before[name] != getattr(case, name)]
    if not changed:
        return None
    return {n: plain(before[n]) for n in changed}, {n: plain(getattr(case, n)) for n in changed}


def plain(value: Any) -> Any:
    """Return a value as JSON holds it; a long text by its beginning."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value[:2000] if isinstance(value, str) else value


def _event(case: Case, what: str, now: datetime, before: dict[str, Any], after: dict[str, Any]) -> CaseEvent:
    return CaseEvent(case_id=case.pk, at=now, who="fondaco", what=what, before=before, after=after)
