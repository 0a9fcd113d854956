"""What to answer a buyer: a quotation, a reply, and what the firm's own quotations tell."""

from __future__ import annotations

import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, printable, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:  # loading them takes a second, and `fondaco --help` needs none
    from fondaco.desk.quotation.log import Logged
    from fondaco.desk.replies import Suggestion
    from fondaco.workflows.quotations import Held, Told, Wanted
    from fondaco.workflows.replies import Answer

CaseOption = typer.Option("", "--case", help="The inquiry that is answered, such as alibaba:12345.")
LanguageOption = typer.Option("", "--language", help="en, de, fr, es, it, ja, ko or zh.")


@app.command()
def quote(
    firm: str = FirmOption,
    case: str = CaseOption,
    to: str = typer.Option("", "--to", help="The buyer's country, in any spelling; else the case's."),
    buyer: str = typer.Option("", "--buyer", help="Who it is for; else the case's."),
    sku: list[str] = typer.Option(
        [], "--sku", help="Article number; again for each product. Else the case's."
    ),
    quantity: list[str] = typer.Option([], "--quantity", help="Units; once for each --sku."),
    price: list[str] = typer.Option(
        [], "--price", help="Price of a unit, once for each --sku; else the one to begin from."
    ),
    currency: str = typer.Option("", "--currency", help="Else that of the firm's listings there."),
    incoterm: str = typer.Option("", "--incoterm", help="Such as FCA; else the firm's stored one."),
    place: str = typer.Option("", "--place", help="The named place of the Incoterm."),
    days: str = typer.Option("", "--days", help="How long it is valid."),
    payment_days: str = typer.Option("", "--payment-days", help="Days from its end to the money."),
    lead_days: str = typer.Option("", "--lead-days", help="Days from order to ready."),
    minimum: str = typer.Option("", "--minimum", help="The smallest order, in units."),
    samples: str = typer.Option("", "--samples", help="Terms for samples, in words."),
    payment: str = typer.Option("", "--payment", help="Terms of payment, in words."),
    notes: str = typer.Option("", "--notes", help="Anything else for the buyer."),
    who: str = typer.Option(
        "", "--as", help="E-mail address of the person whose limits count; else everybody's."
    ),
    language: str = LanguageOption,
    pdf: Path | None = typer.Option(None, "--pdf", help="Write it to this file as PDF."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Prepare a quotation from the case, stored terms and the price range, and check it; nothing is kept or sent."""
    from fondaco.desk.replies import language_of
    from fondaco.workflows.quotations import prepare

    workspace = Workspace(home_folder())
    code = language or "en"
    language_of(code)
    terms = {
        "incoterm": incoterm, "place": place, "valid_days": days, "payment_days": payment_days, "lead_days": lead_days,
        "minimum": minimum, "samples": samples, "payment": payment, "notes": notes,
    }  # fmt: skip
    found = prepare(
        workspace, firm, moment(now), case=case, buyer=buyer, market=to, lines=_wanted(sku, quantity, price),
        currency=currency, terms=terms, language=code, who=who,
    )  # fmt: skip
    if pdf is not None:
        _write(pdf, workspace.firm(firm).name, found)
    emit({"firm": firm, **found.to_json(), "pdf": pdf}, as_json, lambda: _show_quote(found))


def _wanted(skus: list[str], quantities: list[str], prices: list[str]) -> tuple[Wanted, ...]:
    from fondaco.workflows.quotations import Wanted

    if len(skus) != len(quantities):
        raise InputError(
            f"There are {len(skus)} of --sku and {len(quantities)} of --quantity: state one for each."
        )
    if prices and len(prices) != len(skus):
        raise InputError(
            f"There are {len(skus)} of --sku and {len(prices)} of --price: state one for each, or none."
        )
    said = prices or [""] * len(skus)
    return tuple(
        Wanted(sku, _number(many, "--quantity"), _number(each, "--price") if each else None)
        for sku, many, each in zip(skus, quantities, said, strict=True)
    )


def _number(text: str, option: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found <= 0:
        raise InputError(f"{option} says {text!r}: write a number above zero, as 24 or 24.50.")
    return found


def _write(path: Path, firm: str, found: Held) -> None:
    from fondaco.workflows.quotation_document import Paper, print_quotation

    printed = print_quotation(Paper(firm, found.quotation, released=not found.beyond))
    try:
        path.write_bytes(printed.pdf)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None
    say(f"The quotation was written to {path}. {printed.note}".rstrip())


def _show_quote(found: Held) -> None:
    quotation = found.quotation
    rows = [
        [line.name, f"{line.quantity:f}", f"{line.price:f}", "" if line.low is None else f"{line.low:f}",
         "" if line.high is None else f"{line.high:f}", f"{line.amount(quotation.currency).amount:f}"]
        for line in quotation.lines
    ]  # fmt: skip
    headers = ["product", "units", "price", "not below", "begin from", "amount"]
    title = f"Quotation for {quotation.buyer or 'a buyer'} ({quotation.market or 'country not known'}), in {quotation.currency}"
    table(printable(title), headers, rows, right=(1, 2, 3, 4, 5))
    terms = quotation.terms
    place = f"{terms.incoterm} {terms.place}".strip() or "no Incoterm"
    print(printable(f"Total {quotation.total}; {place}; valid until {quotation.valid_until}."))
    told = found.to_json()["rfq"]
    if told is not None:
        left = "not known" if told["left"] is None else told["left"]
        chance = told["chance"]
        said = (
            f"{chance['estimate']:.0%}" if chance["estimate"] is not None else f"not known. {chance['why']}"
        )
        print(f"Request for quotation: {left} of {told['limit']} places left; chance of an order {said}")
    for each in found.checks:
        print(printable(f"- {each.check} ({each.level}): {each.reason}"))
    for sentence in found.beyond:
        print(printable(f"An owner has to release it. {sentence}"))


@app.command()
def reply(
    firm: str = FirmOption,
    case: str = typer.Option(..., "--case", help="The inquiry that is answered, such as alibaba:12345."),
    template: str = typer.Option(
        "acknowledge",
        "--template",
        help="acknowledge, ask, quotation, samples, cannot_ship, distributor, unfit, follow_up, second_order, or your own.",
    ),
    language: str = LanguageOption,
    sender: str = typer.Option("", "--sender", help="Who signs."),
    facts: list[str] = typer.Option(
        [], "--set", help="NAME=TEXT: a fact that you state, such as reason=...; again."
    ),
    past: bool = typer.Option(False, "--past", help="Drafts from your own answers that led to orders, too."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Draft a reply from a template and the facts of a case; what is not known stays a gap. Nothing is sent."""
    from fondaco.workflows.replies import answer_of, suggested

    workspace = Workspace(home_folder())
    found = answer_of(
        workspace,
        firm,
        template,
        moment(now),
        case=case,
        language=language,
        sender=sender,
        said=_facts(facts),
    )
    data: dict[str, Any] = {"firm": firm, "case": case, **found.to_json()}
    drafts: tuple[Suggestion, ...] = ()
    why = ""
    if past:
        drafts, why = suggested(workspace, firm, case, _replies_of(workspace, firm), moment(now))
        data["past"] = {"drafts": [each.to_json() for each in drafts], "why": why or None}
    emit(data, as_json, lambda: _show_reply(found, [each.text for each in drafts], why))


def _facts(said: list[str]) -> dict[str, str]:
    from fondaco.desk.quotation.values import LONG, words
    from fondaco.desk.replies import FACTS

    found = {}
    for each in said:
        name, sign, text = each.partition("=")
        if not sign or name not in FACTS:
            raise InputError(
                f"--set says {each[:60]!r}: write NAME=TEXT, NAME being one of {', '.join(FACTS)}."
            )
        found[name] = words(text, f"--set {name}", LONG)
    return found


def _show_reply(found: Answer, drafts: list[str], why: str) -> None:
    draft = found.draft
    print(printable(f"Subject: {draft.subject}\n\n{draft.text}"))
    say(
        printable(
            f"\nLanguage: {draft.language} (guessed: {found.guess.language}, {found.guess.sure}. {found.guess.why})"
        )
    )
    if draft.gaps:
        say(f"Fill in: {', '.join(draft.gaps)}.")
    if draft.left_out:
        say(f"Left out, because not known: {', '.join(draft.left_out)}.")
    for text in drafts:
        print(printable(f"\n--- from an answer that led to an order\n{text}"))
    if why:
        say(printable(why))


@app.command()
def quotations(firm: str = FirmOption, now: str = NowOption, as_json: bool = JsonFlag) -> None:
    """Say what quotations tell: yield beside inquiries, time against outcome, bargaining by country, prices by channel."""
    from fondaco.workflows.quotations import told_of

    workspace = Workspace(home_folder())
    found = told_of(workspace, firm, moment(now), _log_of(workspace, firm))
    emit(found.to_json(), as_json, lambda: _show_told(found))


def _show_told(found: Told) -> None:
    told = found.to_json()
    for side in (told["yields"]["own_quotations"], told["yields"]["incoming"], told["accepted"]):
        print(f"{side['name']}: {side['orders']} of {side['seen']}, {_share(side['share'])}")
    print(told["yields"]["says"])
    for name, what in (("reply_times", "answered"), ("quote_times", "quoted")):
        for band in told[name]:
            if band["seen"]:
                within = "later" if band["within_hours"] is None else f"within {band['within_hours']:g} hours"
                print(f"{what} {within}: {band['orders']} of {band['seen']}, {_share(band['share'])}")
    rows = [
        [each["market"], each["buyers"], _share(each["mean"]), _rounds(each["rounds"])]
        for each in told["bargaining"]["markets"]
    ]
    if rows:
        table(
            "Discount from the first quotation to the last",
            ["market", "buyers", "discount", "versions"],
            rows,
        )
    else:
        print(told["bargaining"]["elsewhere"]["mean"]["why"])
    for conflict in found.channels:
        print(printable(f"- {conflict.kind}: {conflict.sentence} {' '.join(conflict.caveats)}".rstrip()))


def _share(told: dict[str, Any]) -> str:
    if told["estimate"] is None:
        return str(told["why"])
    return f"{told['estimate']:.1%} ({told['low']:.1%} to {told['high']:.1%})"


def _rounds(told: dict[str, Any] | None) -> str:
    return (
        ""
        if told is None or told["estimate"] is None
        else f"{told['estimate']:.1f} ({told['low']:.1f} to {told['high']:.1f})"
    )


def _has_desk(workspace: Workspace) -> bool:
    return bool(os.environ.get("DATABASE_URL")) or (workspace.home / "desk.sqlite3").is_file()


def _log_of(workspace: Workspace, firm: str) -> tuple[Logged, ...]:
    """Return the desk's log of quotations; an empty one where there is no desk."""
    if not _has_desk(workspace):
        return ()
    try:
        from fondaco.web.inquiries.quotations.reaching import log_for_commands
    except ModuleNotFoundError:
        say("The desk's log of quotations is left out: reading it needs the extra 'web'.")
        return ()
    return log_for_commands(firm)


def _replies_of(workspace: Workspace, firm: str) -> tuple[tuple[str, str, str], ...]:
    """Return the replies that the desk keeps as sent; none where there is no desk."""
    if not _has_desk(workspace):
        return ()
    try:
        from fondaco.web.inquiries.quotations.reaching import replies_for_commands
    except ModuleNotFoundError:
        say("Replies that the desk keeps are left out: reading them needs the extra 'web'.")
        return ()
    return replies_for_commands(firm)
