"""What changed in a firm's ledger and deserves a look, kept by the fingerprint of what it rests on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis.expr.types as ir

from fondaco.kernel import InputError, Progress, silent
from fondaco.ledger import Ledger, Workspace
from fondaco.markets.signals.counted import Convert
from fondaco.markets.signals.looking import RATE, RULE, Signals, signals
from fondaco.markets.signals.requests import lexicon
from fondaco.reference.rates import Missing
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.dossier import rates_of


def signals_of(
    workspace: Workspace,
    firm: str,
    *,
    rate: float = RATE,
    as_of: date | None = None,
    progress: Progress = silent,
) -> Signals:
    """Return the signals of a firm, as things are or as they were known at the end of a day.

    Parameters
    ----------
    rate
        The false discovery rate over all tests, above 0 and at most a half.
    progress
        Told at each step what is looked at, and the share that is done.

    Raises
    ------
    InputError
        When the rate is none.
    """
    if not 0 < rate <= 0.5:
        raise InputError(
            f"A false alarm rate of {rate:g} makes no sense: state one above 0 and up to 0.5, such as 0.1."
        )
    ledger = workspace.ledger(firm)
    proofs = tuple(dict.fromkeys(proof.proof for proof in ledger.catalogue.proofs))
    what = f"signals {RULE} {lexicon().version} {rate!r} {proofs}"
    return remembering(
        key_of(workspace, ledger, what, as_of),
        lambda: _signals(workspace, ledger, proofs, rate, as_of, progress),
    )


def _signals(
    workspace: Workspace,
    ledger: Ledger,
    proofs: tuple[str, ...],
    rate: float,
    as_of: date | None,
    progress: Progress,
) -> Signals:
    def table(name: str) -> ir.Table:
        return ledger.table(name, as_of=as_of)

    return signals(
        table("orders"),
        traffic=table("traffic"),
        ads=table("ads"),
        inquiries=table("inquiries"),
        reviews=table("reviews"),
        listings=table("listings"),
        home=ledger.firm.home,
        currency=ledger.firm.currency,
        convert=_converter(workspace, ledger.firm.currency),
        proofs=proofs,
        rate=rate,
        fingerprint=ledger.fingerprint(as_of=as_of),
        progress=progress,
    )


def _converter(workspace: Workspace, into: str) -> Convert:
    """Return how money becomes the firm's currency: at the ECB reference rate of the day."""
    rates = rates_of(workspace)

    def convert(amount: Decimal, currency: str, day: date) -> Decimal | None:
        if currency == into:
            return amount
        found = rates.rate(currency, into, day)
        return None if isinstance(found, Missing) else amount * Decimal(repr(found.rate))

    return convert
