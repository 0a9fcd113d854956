"""Replies from what the workspace knows of a case: a template filled in, or a draft from a past good answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ibis import _

from fondaco.desk.cases import Case
from fondaco.desk.quotation import Quotation
from fondaco.desk.quotation.values import Terms, terms_from
from fondaco.desk.replies import (
    NAMES,
    Draft,
    Guess,
    Past,
    Suggestion,
    Template,
    facts_of,
    fill,
    guess_language,
    language_of,
    own_templates,
    suggestions,
    templates_text,
)
from fondaco.desk.replies.templates import template_from
from fondaco.kernel import Refused, UnknownName
from fondaco.ledger import Ledger, Workspace
from fondaco.markets import sums
from fondaco.workflows.inquiries import Met, met, settled_cases
from fondaco.workflows.profile import profile_of
from fondaco.workflows.quotations import quoting_of

Own = Mapping[tuple[str, str], Template]


@dataclass(frozen=True)
class Answer:
    """A draft for a case, with the language that was guessed and the case; None where no case was named."""

    draft: Draft
    guess: Guess
    case: Met | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**self.draft.to_json(), "guessed_language": self.guess.to_json()}


def own_of(workspace: Workspace, firm: str) -> dict[tuple[str, str], Template]:
    """Return a firm's own templates, by name and language."""
    return own_templates(workspace.ledger(firm).stated("replies"), f"{firm}.replies.toml")


def keep_template(
    ledger: Ledger, name: str, language: str, subject: str, body: str, *, seen: Template | None
) -> Template | None:
    """Keep a firm's own template in the place of the one that was seen; with empty texts, take it away again.

    Raises
    ------
    Refused
        Where somebody else changed it meanwhile; nothing is written.
    InputError
        Where the template cannot be.
    """
    gone = not subject.strip() and not body.strip()
    new = None if gone else template_from(name, language, {"subject": subject, "body": body})

    def changed(text: str) -> str:
        held = own_templates(text, f"{ledger.firm.slug}.replies.toml")
        if held.get((name, language)) != seen:
            raise Refused("Somebody else changed this template meanwhile: look at theirs, and save again.")
        held.pop((name, language), None)
        return templates_text(held if new is None else held | {(name, language): new})

    ledger.change_stated("replies", changed)
    return new


def template_for(own: Own, name: str, language: str) -> Template:
    """Return a template: the firm's own, else the one that ships.

    Raises
    ------
    UnknownName
        Where there is none of that name in that language.
    """
    shipped = language_of(language).templates
    found = own.get((name, language)) or shipped.get(name)
    if found is None:
        names = sorted({*NAMES, *(each for each, _code in own)})
        elsewhere = sorted(code for each, code in own if each == name)
        hint = f"; it exists in {', '.join(elsewhere)}" if elsewhere else ""
        raise UnknownName(
            f"There is no template {name[:60]!r} in {language!r}{hint}. Templates are {', '.join(names)}."
        )
    return found


def answer_of(
    workspace: Workspace,
    firm: str,
    template: str,
    now: datetime,
    *,
    case: str = "",
    language: str = "",
    sender: str = "",
    quotation: Quotation | None = None,
    sent: date | None = None,
    said: dict[str, str] | None = None,
    known: Met | None = None,
) -> Answer:
    """Fill a template from a case, and from a quotation where one is given.

    Parameters
    ----------
    case
        Id of an inquiry; empty for none.
    language
        ISO 639-1; guessed from the buyer's text and country if empty.
    said
        Facts that a person states.
    known
        The case, where it is at hand, such as one that no file tells of.

    Raises
    ------
    UnknownName
        Where there is no such firm, case or template.
    InputError
        Where there are no texts in the language.
    """
    ledger = workspace.ledger(firm)
    held = known or (met(workspace, firm, case, now) if case else None)
    if case and held is None and quotation is None:
        raise UnknownName(
            f"{firm} has no case {case[:300]!r}: `fondaco inquiries --firm {firm} --all` lists them."
        )
    of = held.case if held is not None else None
    market = of.market if of is not None else quotation.market if quotation is not None else ""
    guess = guess_language(of.message if of is not None else "", market)
    code = language or guess.language
    chosen = template_for(own_of(workspace, firm), template, code)
    facts = facts_of(
        code,
        firm=ledger.firm.name,
        case=of,
        quotation=quotation,
        terms=_stored(workspace, firm, held),
        sender=sender,
        sent=sent,
        last_order=last_order(ledger, of) if of is not None else None,
        distributor=_distributor(workspace, firm, held, market, now.date()),
        said=said,
    )
    return Answer(fill(chosen, language_of(code), facts), guess, held)


def suggested(
    workspace: Workspace,
    firm: str,
    case: str,
    sent: Sequence[tuple[str, str, str]],
    now: datetime,
    *,
    more: Iterable[Mapping[str, Any]] = (),
) -> tuple[tuple[Suggestion, ...], str]:
    """Return drafts from the firm's own answers that led to orders (F45), and in words why there are none.

    Parameters
    ----------
    sent
        Answers that were sent: id of the case, text, language.
    more
        Inquiries that no file tells of, as rows of the table ``inquiries``.
    """
    cases, outcomes = settled_cases(workspace, firm, now, more=more)
    by_id = {each.case: each for each in cases}
    if case not in by_id:
        return (), "There is no such case."
    past = [
        Past(key, by_id[key].message, text, code, outcomes[key][1], _who(by_id[key]))
        for key, text, code in sent
        if key in by_id and key != case
    ]
    return suggestions(by_id[case].message, _who(by_id[case]), past)


def _who(case: Case) -> dict[str, str]:
    return {"buyer": case.name or case.buyer, "company": case.company, "product": case.product}


def last_order(ledger: Ledger, case: Case) -> tuple[date, str] | None:
    """Return day and product of a buyer's last order, known by mark, name or firm in the same country (F90)."""
    names = {_plain(name) for name in (case.buyer, case.name, case.company) if name}
    if not names or not case.market:
        return None
    orders = ledger.table("orders").filter((_.kind == "sale") & _.day.notnull() & (_.country == case.market))
    columns = ("day", "product", "sku", "buyer", "buyer_name", "buyer_company")
    theirs = [
        row
        for row in sums.rows(orders.select(*columns))
        if names & {_plain(row[name] or "") for name in ("buyer", "buyer_name", "buyer_company")}
    ]
    if not theirs:
        return None
    last = max(theirs, key=lambda row: (row["day"], row["product"] or ""))
    return last["day"], last["product"] or last["sku"] or ""


def _plain(said: str) -> str:
    return " ".join(said.casefold().split())


def _stored(workspace: Workspace, firm: str, held: Met | None) -> Terms | None:
    """Return what the firm states for the product that is meant: its stored terms, else the catalogue's."""
    stated = dict(quoting_of(workspace, firm).stated)
    unit = held.goods.unit if held is not None and held.goods is not None else None
    if unit is not None:
        stated = {"lead_days": unit.lead_days, "minimum": unit.minimum_order, **stated}
    return terms_from(stated) if stated else None


def _distributor(workspace: Workspace, firm: str, held: Met | None, market: str, today: date) -> str:
    """Return who sells there for the firm: who does so alone, before others; empty for nobody."""
    goods = held.goods if held is not None else None
    tags = {*goods.tags, *goods.suggested} if goods is not None else set()
    here = [
        each
        for each in profile_of(workspace, firm).distributor
        if market in each.markets and each.holds(today) and (not each.tags or tags & set(each.tags))
    ]
    return max(here, key=lambda each: each.exclusive).name if here else ""
