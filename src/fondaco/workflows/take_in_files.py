"""Take files in for a firm, or look at them first: the same steps for command line and web."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError, NeedsAnswer, Progress, Question, silent
from fondaco.ledger import ImportReport, Mapping, Options, Workspace, read_mapping
from fondaco.ledger.containers import open_checked
from fondaco.ledger.preview import Preview, look_at


def take_in(
    workspace: Workspace,
    firm: str,
    paths: Sequence[Path],
    *,
    platform: str | None = None,
    home: str | None = None,
    currency: str | None = None,
    country: str | None = None,
    marketplace: str | None = None,
    period: str | None = None,
    mapping: Path | Mapping | None = None,
    repeats: str | None = None,
    names: Sequence[str] | None = None,
    now: datetime,
    by: str = "",
    progress: Progress = silent,
) -> ImportReport:
    """Take files in as one import, making the firm when it is new.

    Parameters
    ----------
    workspace, firm
        Where, and the firm's short name.
    paths
        The files.
    platform, country, marketplace, period, mapping, repeats
        What the files do not say; see `fondaco.ledger.Options`.
    home, currency
        The home market and reporting currency of a new firm; `currency` is also the currency of
        amounts whose file states none.
    names
        What people call the files, where their paths do not say it.
    now, by
        When and by whom.
    progress
        Called with a step in words and the share done.

    Raises
    ------
    NeedsAnswer
        With every question that must be answered first; nothing has been written then.
    """
    options = options_of(platform, currency, country, marketplace, period, mapping, repeats)
    if workspace.has_firm(firm):
        return workspace.ledger(firm).take(paths, options, names=names, now=now, by=by, progress=progress)
    for path in paths:
        open_checked(path).close()  # a file that cannot be opened is told before anything is asked
    questions = []
    if not home:
        questions.append(
            Question("home", f"Firm {firm} is new: which country is its home market? (--home IT)")
        )
    if not currency:
        questions.append(
            Question("currency", f"Firm {firm} is new: in which currency does it report? (--currency EUR)")
        )
    if questions:
        raise NeedsAnswer(questions)
    ledger = workspace.new_ledger(firm, home=str(home), currency=str(currency))
    return ledger.take(paths, options, names=names, now=now, by=by, progress=progress)


def preview(
    workspace: Workspace,
    firm: str | None,
    path: Path,
    *,
    platform: str | None = None,
    currency: str | None = None,
    country: str | None = None,
    marketplace: str | None = None,
    period: str | None = None,
    mapping: Path | Mapping | None = None,
    repeats: str | None = None,
    rows: int = 8,
    **_: Any,
) -> list[Preview]:
    """Show how each table of a file would be understood, without taking anything in."""
    options = options_of(platform, currency, country, marketplace, period, mapping, repeats)
    ledger = workspace.ledger(firm) if firm and workspace.has_firm(firm) else None
    return look_at(workspace.home, ledger, path, options, rows=rows)


def replay(
    workspace: Workspace,
    firm: str,
    import_id: str,
    *,
    mapping: Path | Mapping | None = None,
    now: datetime,
    by: str = "",
    progress: Progress = silent,
) -> ImportReport:
    """Read the quarantined rows of an import again, with a corrected mapping."""
    chosen = read_mapping(mapping) if isinstance(mapping, Path) else mapping
    return workspace.ledger(firm).replay(import_id, chosen, now=now, by=by, progress=progress)


def options_of(
    platform: str | None,
    currency: str | None,
    country: str | None,
    marketplace: str | None,
    period: str | None,
    mapping: Path | Mapping | None,
    repeats: str | None,
) -> Options:
    """Check what a person typed.

    Raises
    ------
    InputError
        Naming the option and what it takes.
    """
    from fondaco.reference import countries, currencies

    if currency and not currencies.is_currency(currency.upper()):
        raise InputError(f"{currency!r} is no currency we know: state its ISO 4217 code, such as EUR.")
    if repeats not in (None, "keep", "drop"):
        raise InputError(f"{repeats!r} is no way to treat repeated lines: say keep or drop.")
    return Options(
        platform=platform or None,
        currency=currency.upper() if currency else None,
        country=countries.from_code(country) if country else None,
        marketplace=marketplace or None,
        period=period_of(period) if period else None,
        mapping=read_mapping(mapping) if isinstance(mapping, Path) else mapping,
        repeats=repeats,
    )


def period_of(text: str) -> tuple[date, date]:
    """Read a period written ``2026-01-01..2026-01-31``, ``2026-01`` or ``2026-01-05``.

    >>> period_of("2026-02")
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    import calendar

    try:
        first, dots, last = text.partition("..")
        if dots:
            start, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
        elif len(text) == 7:
            year, month = int(text[:4]), int(text[5:])
            start, end = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        else:
            start = end = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no period: write it as 2026-01-01..2026-01-31 or 2026-01.") from None
    if start > end:
        raise InputError(f"The period {text} ends before it begins.")
    return start, end
