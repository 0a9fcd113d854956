"""The forms of the firm's profile: one for each section, and rows for what there may be several of.

Fields are named as in the profile, ``people__ecommerce_skill`` for ``people.ecommerce_skill``.  What is left
empty is not known and is left out of the profile; nothing is filled in for the firm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fondaco.kernel import InputError
from fondaco.strategy.profile import Profile, profile_of
from fondaco.strategy.rules import rules
from fondaco.strategy.stating import USES
from fondaco.web.strategy.profile_fields import Languages, MarketField, Markets, Percent, Words

SKILLS = [("", lazy("not known")), ("none", lazy("none")), ("some", lazy("some")), ("high", lazy("high"))]
YES_NO = [("", lazy("not known")), ("True", lazy("yes")), ("False", lazy("no"))]
SUPPORT = [
    ("training", lazy("teaches")),
    ("collective-delivery", lazy("delivers together")),
    ("collective-brand", lazy("has a common brand")),
    ("quality-mark", lazy("lends its name as mark of quality")),
    ("translation", lazy("translates")),
    ("market-studies", lazy("studies markets")),
    ("platform-partnership", lazy("has a contract with a platform")),
    ("joint-promotion", lazy("promotes together")),
    ("needs-assessment", lazy("assesses what a firm needs")),
]
#: A choice begins with nothing, so that an empty row sends nothing.
KINDS = [
    ("", ""),
    ("keyword", lazy("keyword ads")),
    ("exclusive", lazy("ads that hold a keyword alone")),
    ("search", lazy("search engine ads")),
    ("social", lazy("social network")),
    ("live", lazy("live show")),
    ("tour", lazy("virtual tour")),
    ("sample", lazy("samples")),
    ("coupon", lazy("coupons")),
    ("content", lazy("content, catalogue")),
    ("fair", lazy("fair")),
]


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=more.pop("max_length", 200), **more)


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=14, decimal_places=2)


def _hours(label: Any, most: int) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_value=most, decimal_places=1)


class Section(forms.Form):
    """A section without rows: each of its fields says what it is used for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            use = USES.get(name.replace("__", ".")) or USES.get(name.split("__", maxsplit=1)[0])
            if use:
                told = _("For: %(use)s.") % {"use": _(use)}
                field.help_text = f"{str(field.help_text).rstrip('.')}. {told}" if field.help_text else told


class PeopleForm(Section):
    """Who there is, and what they can do."""

    employees = forms.IntegerField(label=lazy("Employees"), required=False, min_value=0, max_value=10_000_000)
    people__export_hours_per_week = _hours(lazy("Hours a week for export"), 400)
    people__languages = Languages(label=lazy("Languages"), required=False, max_length=200, help_text="it, en")
    people__ecommerce_manager = _text(lazy("Who runs e-commerce"), required=False)
    people__ecommerce_skill = forms.ChoiceField(
        label=lazy("Skill in e-commerce"), choices=SKILLS, required=False
    )
    people__marketing_skill = forms.ChoiceField(
        label=lazy("Skill in digital marketing"), choices=SKILLS, required=False
    )
    people__trade_experience = forms.ChoiceField(
        label=lazy("Experience in foreign trade"), choices=SKILLS, required=False
    )
    no_distributors = forms.BooleanField(
        label=lazy("Nobody distributes for us, in any market"), required=False
    )


class MeansForm(Section):
    """Money and website."""

    means__monthly_budget = _amount(lazy("Promotion budget a month"))
    means__website = _text(lazy("Website"), required=False, max_length=300)
    means__website_languages = Languages(
        label=lazy("Languages of the website"), required=False, max_length=200, help_text="it, en"
    )
    attention__posting_hours = _hours(lazy("Hours a month posting on social networks"), 744)
    attention__listening_hours = _hours(lazy("Hours a month reading and answering buyers there"), 744)


class AimsForm(Section):
    """What the firm wants abroad."""

    aims__markets = Markets(label=lazy("Markets aimed at"), required=False, max_length=2000)
    aims__text = forms.CharField(
        label=lazy("Aim"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    aims__wants_own_site = forms.BooleanField(label=lazy("We want a shop of our own"), required=False)


class PriceForm(Section):
    """What a price must hold."""

    price__margin = Percent(label=lazy("Margin that must be left, %"), required=False)
    price__room = Percent(label=lazy("What buyers bargain off, %"), required=False)
    price__valid_days = forms.IntegerField(
        label=lazy("Days a quotation holds"),
        required=False,
        min_value=1,
        max_value=730,
        help_text=lazy("30 if empty."),
    )
    price__confidence = forms.DecimalField(
        label=lazy("Certainty that the margin holds"), required=False, min_value=Decimal("0.01"),
        max_value=Decimal("0.999"), max_digits=4, decimal_places=3, help_text=lazy("Between 0 and 1; 0.95 if empty."),
    )  # fmt: skip


class SupporterForm(Section):
    """The organisation behind the firm."""

    supporter__name = _text(lazy("Consortium or agency"), required=False)
    supporter__does = forms.MultipleChoiceField(
        label=lazy("What it does for the firm"),
        required=False,
        choices=SUPPORT,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the name where only tasks are stated."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("supporter__does") and not said.get("supporter__name"):
            self.add_error("supporter__name", _("Say who does this."))
        return said


class ChannelForm(forms.Form):
    """Where the firm sells."""

    platform = _text(lazy("Platform, shop or importer"))
    since = _day(lazy("Since"))
    ends = _day(lazy("Contract ends"))
    yearly_fee = _amount(lazy("Fee a year"))
    commission = Percent(label=lazy("Commission, %"), required=False)
    buyers = forms.ChoiceField(
        label=lazy("Who buys there"), required=False,
        choices=[("", lazy("not known")), ("business", lazy("firms")), ("consumers", lazy("consumers"))],
    )  # fmt: skip
    markets = Markets(label=lazy("Markets (all if empty)"), required=False, max_length=2000)


class DistributorForm(forms.Form):
    """Who sells for the firm."""

    name = _text(lazy("Name"))
    markets = Markets(label=lazy("Markets"), max_length=2000)
    tags = Words(label=lazy("Goods (all if empty)"), required=False, max_length=500)
    exclusive = forms.BooleanField(label=lazy("Exclusive"), required=False)
    until = _day(lazy("Until"))


class SeasonForm(forms.Form):
    """When production takes all hands."""

    months = forms.TypedMultipleChoiceField(
        label=lazy("Months"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    what = _text(lazy("What"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from fondaco.web.desk.names import locale

        super().__init__(*args, **kwargs)
        named = locale().months["stand-alone"]["abbreviated"]
        field = self.fields["months"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(str(number), str(named[number])) for number in range(1, 13)]


class RegistrationForm(forms.Form):
    """What is held in a market."""

    market = MarketField(label=lazy("Market"), max_length=80)
    kinds = Words(label=lazy("Registrations"), max_length=500, help_text="business, e-commerce")


class MarginForm(forms.Form):
    """What stands between landed cost and shelf."""

    market = MarketField(label=lazy("Market"), max_length=80)
    importer = Percent(label=lazy("Importer's margin, %"), required=False)
    retailer = Percent(label=lazy("Retailer's margin, %"), required=False)


class ToolForm(forms.Form):
    """What the firm makes of a tool of a platform."""

    name = _text(lazy("Tool"))
    platform = _text(lazy("Platform"), required=False)
    free = forms.TypedChoiceField(
        label=lazy("Free"),
        choices=YES_NO,
        required=False,
        coerce=lambda said: said == "True",
        empty_value=None,
    )
    use = forms.ChoiceField(
        label=lazy("Used"), required=False,
        choices=[("", lazy("not known")), ("never", lazy("never")), ("tried", lazy("tried")), ("regular", lazy("regularly"))],
    )  # fmt: skip


class CampaignForm(forms.Form):
    """What was done to be seen."""

    name = _text(lazy("Campaign or event"))
    kind = forms.ChoiceField(label=lazy("Kind"), choices=KINDS)
    since = _day(lazy("From"), required=True)
    until = _day(lazy("To"))
    markets = Markets(label=lazy("Markets (all if empty)"), required=False, max_length=2000)
    cost = _amount(lazy("Cost"))
    leads = forms.IntegerField(
        label=lazy("Inquiries that came of it"), required=False, min_value=0, max_value=10_000_000
    )
    alone = forms.TypedChoiceField(
        label=lazy("Done without outside help"),
        choices=YES_NO,
        required=False,
        coerce=lambda said: said == "True",
        empty_value=None,
    )
    rank_before = forms.IntegerField(
        label=lazy("Place in search before"), required=False, min_value=1, max_value=1_000_000
    )
    rank_after = forms.IntegerField(
        label=lazy("Place in search after"), required=False, min_value=1, max_value=1_000_000
    )


class TrainingForm(forms.Form):
    """What was taught."""

    what = _text(lazy("What"))
    day = _day(lazy("When"), required=True)
    by = forms.ChoiceField(
        label=lazy("By whom"),
        choices=[
            ("", ""),
            ("supporter", lazy("the supporter")),
            ("firm", lazy("the firm itself")),
            ("partner", lazy("a partner")),
        ],
    )


class ThresholdForm(forms.Form):
    """A number of the firm's own in the place of one that a rule comes with."""

    name = forms.ChoiceField(label=lazy("Rule and number"))
    value = forms.DecimalField(label=lazy("The firm's number"), max_digits=14)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["name"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "")] + [
            (f"{each.id}.{name}", f"{each.id}: {name.replace('_', ' ')} ({held.value:f} {held.unit})")
            for each in rules().values()
            for name, held in each.thresholds.items()
        ]


@dataclass(frozen=True)
class Part:
    """A section of the page: its heading and a form, or rows of one form."""

    key: str
    title: Any
    form: Section | None = None
    rows: Any = None
    use: str = ""

    @property
    def wrong(self) -> bool:
        """Whether something in it has to be looked at."""
        if self.form is not None:
            return bool(self.form.errors)
        return bool(self.rows.total_error_count())

    @property
    def valid(self) -> bool:
        """Whether what it says can be taken."""
        return bool((self.form or self.rows).is_valid())


#: The sections in the order of the page: key, heading, form; and whether it has rows.
SECTIONS: tuple[tuple[str, Any, type[forms.Form]], ...] = (
    ("people", lazy("People"), PeopleForm),
    ("means", lazy("Means"), MeansForm),
    ("aims", lazy("Aims"), AimsForm),
    ("price", lazy("Price terms"), PriceForm),
    ("channel", lazy("Channels"), ChannelForm),
    ("distributor", lazy("Distributors"), DistributorForm),
    ("season", lazy("Production peaks"), SeasonForm),
    ("registrations", lazy("Registrations"), RegistrationForm),
    ("margins", lazy("Margins up to the shelf"), MarginForm),
    ("supporter", lazy("The organisation behind the firm"), SupporterForm),
    ("campaign", lazy("Campaigns and events"), CampaignForm),
    ("training", lazy("Training"), TrainingForm),
    ("tool", lazy("Tools of the platforms"), ToolForm),
    ("thresholds", lazy("Numbers of the firm's own"), ThresholdForm),
)


class ProfileForms:
    """All sections together: filled from a profile, or from what a person sent."""

    def __init__(self, held: Profile, said: QueryDict | None = None) -> None:
        self.parts = tuple(_part(key, title, kind, held, said) for key, title, kind in SECTIONS)
        self.error = ""

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def profile(self) -> Profile | None:
        """Return what is stated; None where there are mistakes, which the forms then tell."""
        wrong = [part.key for part in self.parts if not part.valid]  # all of them: each tells its mistakes
        if wrong:
            return None
        said: dict[str, Any] = {}
        for part in self.parts:
            if part.form is not None:
                _merge(said, part.form.cleaned_data)
            else:
                rows = [row for row in part.rows.cleaned_data if row and not row.get("DELETE")]
                if rows:
                    said[part.key] = _rows(part.key, rows)
        try:
            return profile_of(said, _("The profile"))
        except InputError as error:
            self.error = str(error)
            return None


def _part(key: str, title: Any, kind: type[forms.Form], held: Profile, said: QueryDict | None) -> Part:
    if issubclass(kind, Section):
        initial = {name: _found(held, name.split("__")) for name in kind.base_fields}
        return Part(key, title, form=kind(said, initial=initial))
    several = forms.formset_factory(
        kind, extra=1, can_delete=True, max_num=100, absolute_max=200, validate_max=True
    )
    return Part(
        key,
        title,
        rows=several(said, initial=_initial(held, key), prefix=key),
        use=_(USES[key]) if key in USES else "",
    )


def _found(held: Any, path: list[str]) -> Any:
    for name in path:
        held = getattr(held, name, None)
    return held


def _initial(held: Profile, key: str) -> list[dict[str, Any]]:
    stated = getattr(held, key)
    if key == "registrations":
        return [{"market": market, "kinds": list(kinds)} for market, kinds in stated.items()]
    if key == "margins":
        return [{"market": market, **each.model_dump()} for market, each in stated.items()]
    if key == "thresholds":
        return [{"name": name, "value": value} for name, value in stated.items()]
    return [each.model_dump() for each in stated]


def _rows(key: str, rows: list[dict[str, Any]]) -> Any:
    plain = [
        {name: value for name, value in row.items() if name != "DELETE" and value not in (None, "")}
        for row in rows
    ]
    if key == "registrations":
        return {row["market"]: row["kinds"] for row in plain}
    if key == "margins":
        return {row.pop("market"): row for row in plain}
    if key == "thresholds":
        return {row["name"]: row["value"] for row in plain}
    return plain


def _merge(said: dict[str, Any], cleaned: Mapping[str, Any]) -> None:
    for name, value in cleaned.items():
        if value in (None, "", []):
            continue
        *above, last = name.split("__")
        here = said
        for each in above:
            here = here.setdefault(each, {})
        here[last] = value
