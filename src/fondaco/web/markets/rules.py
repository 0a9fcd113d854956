"""Pages of the rules: what is known of each market's law for the firm's products, and how old it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from fondaco import workflows
from fondaco.kernel.errors import InputError
from fondaco.kernel.exports import SafeWriter
from fondaco.reference import countries
from fondaco.reference.hs import hs_code
from fondaco.reference.regulations import (
    KINDS,
    PLATFORMS,
    TOPICS,
    MarketRules,
    Product,
    Rule,
    rules_for,
    turning,
)
from fondaco.web.accounts import access
from fondaco.web.desk import audit
from fondaco.workflows.regulations import table_of

TOPIC_NAMES = {
    "lifestyle": lazy("Lifestyle"),
    "food-safety": lazy("Food safety"),
    "customs": lazy("Customs"),
    "institutions": lazy("Institutions"),
    "economy": lazy("Economy"),
}
_KIND_NAMES = {
    "prohibited": lazy("prohibited"),
    "licence": lazy("licence"),
    "certificate": lazy("certificate"),
    "label": lazy("label"),
    "registration": lazy("registration"),
    "tax": lazy("tax"),
}
_LEVEL_NAMES = {
    "stop": lazy("stop"),
    "look": lazy("look closer"),
    "do": lazy("to do"),
    "clear": lazy("nothing asked"),
    "unknown": lazy("unknown"),
}
#: The colour of a level; each has its word beside it.
_COLOURS = {"stop": "bad", "look": "warn", "unknown": "warn", "do": "sea", "clear": "good"}


class RuleForm(forms.Form):
    """A rule as a person states it."""

    kind = forms.ChoiceField(label=lazy("Kind"), choices=list(_KIND_NAMES.items()))
    applies = forms.ChoiceField(
        label=lazy("What the source says"),
        choices=[("yes", lazy("something is asked")), ("no", lazy("nothing of this kind is asked"))],
    )
    says = forms.CharField(
        label=lazy("The rule in your own words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    tags = forms.MultipleChoiceField(
        label=lazy("For which goods"),
        required=False,
        help_text=lazy("All goods where none is chosen."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    hs = forms.CharField(
        label=lazy("HS codes"), required=False, max_length=200,
        help_text=lazy("2 to 10 digits, as they stand in the tariff; several set apart by commas."),
    )  # fmt: skip
    topic = forms.ChoiceField(label=lazy("Topic"), choices=list(TOPIC_NAMES.items()), initial="institutions")
    region = forms.CharField(label=lazy("Only in this part of the market"), required=False, max_length=500)
    exceptions = forms.CharField(label=lazy("What it leaves out"), required=False, max_length=4000)
    source = forms.CharField(
        label=lazy("Source"),
        max_length=500,
        help_text=lazy("Office, law, article: so that somebody can find it again."),
    )
    url = forms.URLField(label=lazy("Its address"), required=False, max_length=1000, assume_scheme="https")
    checked = forms.DateField(
        label=lazy("Compared with the source on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    review_by = forms.DateField(label=lazy("Look again by"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_from = forms.DateField(
        label=lazy("In force from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(
        label=lazy("In force until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, tags: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        field = self.fields["tags"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = tags
        self.fields["checked"].initial = today.isoformat()
        self.fields["review_by"].initial = (today + timedelta(days=365)).isoformat()

    def clean_checked(self) -> date:
        """Refuse a day that has not come."""
        said: date = self.cleaned_data["checked"]
        if said > self._today:
            raise forms.ValidationError(_("That day has not come yet."))
        return said

    def clean_hs(self) -> list[str]:
        """Return the codes; none is padded."""
        try:
            return [
                hs_code(code) for code in self.cleaned_data["hs"].replace(";", ",").split(",") if code.strip()
            ]
        except InputError as error:
            raise forms.ValidationError(str(error)) from None

    def table(self, market: str, rule_id: str) -> dict[str, Any]:
        """Return the fields of a rule in a file."""
        said = self.cleaned_data
        return {
            **{name: said[name] for name in (
                "kind", "says", "tags", "hs", "topic", "region", "exceptions", "source", "url", "checked",
                "review_by", "valid_from", "valid_to",
            )},
            "id": rule_id, "market": market, "strength": "user", "applies": said["applies"] == "yes",
        }  # fmt: skip


def today_of() -> date:
    """Return the day in the site's time zone."""
    return timezone.localdate()


@login_required
@require_GET
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The firm's markets with how much is known of their rules, and what changes."""
    seen = access.firm_for(request.user, slug)
    today = today_of()
    book = workflows.book_of(seen.workspace, slug)
    known = workflows.known_tags(seen.workspace)
    products = workflows.products_of(seen.workspace, slug)
    groups = workflows.groups_of(products, known)
    card = workflows.scorecard_of(seen.workspace, slug)
    sold = [row.market for row in card.foreign if row.market]
    spoken = [market for market in book.markets() if market not in sold and market != seen.firm.home]

    def answered(markets: list[str]) -> list[MarketRules]:
        return [rules_for(m, groups, rules=book, today=today, known=known) for m in markets]

    context = {
        "access": seen,
        "firm": seen.firm,
        "today": today,
        "book": book,
        "sold": answered(sold),
        "others": answered(spoken),
        "untagged": sum(not (p.tags or p.hs) for p in products),
        "coming": coming_of(workflows.changes_of(seen.workspace, slug, today, sold or book.markets()), today),
        "overdue": [rule for rule in book if rule.overdue(today)],
    }
    return render(request, "markets/rules.html", context)


def coming_of(found: Any, today: date) -> list[dict[str, Any]]:
    """Return changing rules each with its day and what happens on it."""
    told = []
    for rule in found:
        when = turning(rule, today)
        if when is None:
            continue
        begun = _("since") if when <= today else _("from")
        word = _("ends") if when == rule.valid_to else begun
        told.append({"rule": rule, "day": when, "word": word})
    return told


@login_required
@require_GET
def market_rules(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One market's barrier sheet: the rules of each topic, for the firm's products or for one kind of goods."""
    seen = access.firm_for(request.user, slug)
    if not countries.is_market(code):
        raise Http404
    today, known = today_of(), workflows.known_tags(seen.workspace)
    tag = request.GET.get("tag", "")
    way = request.GET.get("platform", "")
    platform = next((p for p in PLATFORMS if p == way), None)
    book = workflows.book_of(seen.workspace, slug)
    if tag in known:
        goods: tuple[Product, ...] = (Product(known.tag(tag).label, (tag,)),)
    else:
        goods = workflows.groups_of(workflows.products_of(seen.workspace, slug), known)
    found = rules_for(code, goods, rules=book, today=today, platform=platform, known=known)
    context = {
        "access": seen,
        "firm": seen.firm,
        "today": today,
        "market": code,
        "found": found,
        "grid": grid_of(found),
        "kinds": [_KIND_NAMES[kind] for kind in KINDS],
        "topics": [
            {"name": TOPIC_NAMES[topic], "rules": [shown(rule, today) for rule in found.by_topic()[topic]]}
            for topic in TOPICS
        ],
        "coming": coming_of(found.coming, today),
        "proofs": workflows.proofs_of(seen.workspace, slug, code, today),
        "tags": [(name, known.tag(name).label) for name in sorted(known.by_name)],
        "tag": tag if tag in known else "",
        "platforms": PLATFORMS,
        "platform": platform or "",
        "problems": book.problems,
    }
    return render(request, "markets/market_rules.html", context)


def grid_of(found: MarketRules) -> list[dict[str, Any]]:
    """Return one row for each product with a word and a colour for each kind."""
    return [
        {
            "product": each.product.name,
            "cells": [
                {
                    "word": _LEVEL_NAMES[cell.level],
                    "colour": _COLOURS[cell.level],
                    "overdue": cell.overdue,
                    "rules": len(cell.rules),
                }
                for cell in each.cells
            ],
        }
        for each in found.products
    ]


def shown(rule: Rule, today: date) -> dict[str, Any]:
    """Return a rule with what the page says of it."""
    return {
        "rule": rule,
        "kind": _KIND_NAMES[rule.kind],
        "overdue": rule.overdue(today),
        "days": (today - rule.stated).days,
    }


@login_required
@require_http_methods(["GET", "POST"])
def edit_rule(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Add a rule of the firm's own, or correct one: ``?rule=`` names the rule to put another in the place of."""
    seen = access.firm_for(request.user, slug, need="write")
    if not countries.is_market(code):
        raise Http404
    today, known = today_of(), workflows.known_tags(seen.workspace)
    book = workflows.book_of(seen.workspace, slug)
    asked = request.GET.get("rule", "")
    rule = next((r for r in book if r.id == asked and code in r.markets), None) if asked else None
    if asked and rule is None:
        raise Http404
    choices = [(name, known.tag(name).label) for name in sorted(known.by_name)]
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        tags=choices,
        today=today,
        initial=_initial(rule) if rule else {},
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = workflows.add_rule(seen.workspace, _merged(form, rule, code), firm=slug)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            audit.record(
                "rule.corrected" if rule else "rule.added",
                by=seen.user, now=timezone.now(), firm=seen.firm, name=kept.id, market=code, says=kept.says[:200],
            )  # fmt: skip
            messages.success(request, _("Saved: it counts for this firm from now on."))
            return redirect("market_rules", slug=slug, code=code)
    context = {"access": seen, "firm": seen.firm, "form": form, "market": code, "rule": rule}
    return render(request, "markets/rule_form.html", context, status=400 if form.errors else 200)


def _initial(rule: Rule) -> dict[str, Any]:
    return {
        "kind": rule.kind, "applies": "yes" if rule.applies else "no", "says": rule.says, "tags": list(rule.tags),
        "hs": ", ".join(rule.hs), "topic": rule.topic, "region": rule.region, "exceptions": rule.exceptions,
        "source": rule.source, "url": rule.url,
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else "",
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else "",
    }  # fmt: skip


def _merged(form: RuleForm, rule: Rule | None, code: str) -> dict[str, Any]:
    """Return what is to be kept; a correction keeps the rule's other markets and what the form does not ask."""
    table = form.table(code, rule.id if rule else "")
    if rule is not None:
        table |= {
            "market": list(rule.markets), "origins": list(rule.origins), "platforms": list(rule.platforms),
            "proof": rule.proof, "voluntary": rule.voluntary,
        }  # fmt: skip
    return table


@login_required
@require_GET
def rules_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """All rules known to the firm, as a table that a spreadsheet shows and does not run."""
    seen = access.firm_for(request.user, slug)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rules-{slug}.csv"'
    answer.write("\ufeff")
    writer = SafeWriter(answer)
    for row in table_of(workflows.book_of(seen.workspace, slug), today_of()):
        writer.writerow(row)
    return answer
