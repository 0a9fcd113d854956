"""Forms about people, firms and networks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.models import (
    Firm,
    InvitationKind,
    Membership,
    Network,
    NetworkMembership,
    Role,
    User,
)
from fondaco.web.desk.names import currency_choices, market_choices, market_code, market_name


class FirmForm(forms.Form):
    """A new firm: its name, its home market, the currency it counts in."""

    name = forms.CharField(label=_("Name of the firm"), max_length=120)
    home = forms.ChoiceField(label=_("Home market"), help_text=_("Sales there are kept apart from exports."))
    currency = forms.ChoiceField(
        label=_("Reporting currency"),
        help_text=_("Sales in other currencies are converted at the rate of the day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home"].choices = [("", _("Choose…")), *market_choices()]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [("", _("Choose…")), *currency_choices()]  # type: ignore[attr-defined]


class FirmNameForm(forms.ModelForm[Firm]):
    """The firm's name as shown; the short name, home and currency stay, as the ledger rests on them."""

    class Meta:
        model = Firm
        fields = ("name",)


class InviteForm(forms.Form):
    """An invitation to a firm."""

    email = forms.EmailField(label=_("E-mail address"))
    kind = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in (Role.VIEWER, Role.MEMBER, Role.OWNER)],
        help_text=_("Viewers read, members also take in files, owners also manage people and consents."),
    )


class NetworkInviteForm(forms.Form):
    """An invitation to a network."""

    email = forms.EmailField(label=_("E-mail address"))
    kind = forms.ChoiceField(
        label=_("As"),
        choices=[
            (InvitationKind.JOIN.value, InvitationKind.JOIN.label),
            (InvitationKind.SUPPORTER.value, InvitationKind.SUPPORTER.label),
        ],
    )


class NetworkForm(forms.Form):
    """A new network."""

    name = forms.CharField(label=_("Name of the network"), max_length=160)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class NetworkFactsForm(forms.ModelForm[Network]):
    """What is officially known of a network."""

    founded_on = _day(_("Founded on"))
    recognised_on = _day(_("Recognised on"))

    class Meta:
        model = Network
        fields = ("name", "founded_on", "recognised_on", "recognised_by")

    def clean(self) -> dict[str, Any]:
        """Check that recognition does not come before foundation, and that it says by whom."""
        data = super().clean() or {}
        founded, recognised = data.get("founded_on"), data.get("recognised_on")
        if founded and recognised and recognised < founded:
            self.add_error(
                "recognised_on", _("A network is recognised after it is founded: check the two days.")
            )
        if recognised and not data.get("recognised_by"):
            self.add_error(
                "recognised_by", _("Say who recognised the network, such as the ministry or the region.")
            )
        return data


class MembershipFactsForm(forms.ModelForm[NetworkMembership]):
    """What a firm states of itself in a network."""

    joined_on = _day(_("Member since"))
    markets = forms.CharField(
        label=_("Markets"),
        required=False,
        help_text=_("Countries it exports to, separated by commas: names or codes."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = NetworkMembership
        fields = ("joined_on", "export_share", "export_share_year", "markets")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["markets"] = ", ".join(market_name(code) for code in self.instance.markets)

    def clean_markets(self) -> list[str]:
        """Return the markets as codes; what is not understood is named."""
        codes, unknown = [], []
        for said in self.cleaned_data["markets"].replace("\n", ",").split(","):
            if said.strip():
                code = market_code(said.strip())
                if code:
                    codes.append(code)
                else:
                    unknown.append(said.strip())
        if unknown:
            raise ValidationError(
                _("Not understood: %(said)s. Write the country's name or its code.")
                % {"said": ", ".join(unknown)}
            )
        return codes

    def clean(self) -> dict[str, Any]:
        """Check that a share says its year."""
        data = super().clean() or {}
        if data.get("export_share") is not None and not data.get("export_share_year"):
            self.add_error("export_share_year", _("Say for which year."))
        return data


class JoinForm(forms.Form):
    """Which firm of theirs an invited person brings into the network."""

    firm: forms.ModelChoiceField[Firm] = forms.ModelChoiceField(
        label=_("Firm that joins"), queryset=Firm.objects.none()
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = Membership.objects.filter(user=user, role=Role.OWNER).values("firm")
        self.fields["firm"].queryset = Firm.objects.filter(pk__in=owned)  # type: ignore[attr-defined]
