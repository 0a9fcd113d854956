"""Fields that a person fills in quickly: words set apart by commas, countries in any spelling, shares in percent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from fondaco.kernel import InputError
from fondaco.reference import countries


class Words(forms.CharField):
    """Several words set apart by commas."""

    def to_python(self, value: Any) -> Any:
        """Return the words as a list."""
        said = super().to_python(value)
        return [word.strip() for word in (said or "").replace(";", ",").split(",") if word.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Show a list as it is typed."""
        return ", ".join(self.shown(each) for each in value) if isinstance(value, list | tuple) else value

    def shown(self, word: str) -> str:
        """Show one word."""
        return word

    def validate(self, value: Any) -> None:
        """Refuse an empty list where something is needed."""
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"])

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell an empty list from nothing said: both are nothing."""
        try:
            return bool(list(initial or ()) != self.to_python(data))
        except forms.ValidationError:
            return True

    def run_validators(self, value: Any) -> None:
        """Have each word looked at by itself."""
        for each in value:
            super().run_validators(each)


class Languages(Words):
    """ISO 639-1 codes."""

    def to_python(self, value: Any) -> Any:
        """Return the codes in small letters."""
        found = [word.lower() for word in super().to_python(value)]
        for word in found:
            if len(word) != 2 or not (word.isascii() and word.isalpha()):
                raise forms.ValidationError(
                    _("%(word)s is no code of a language: write two letters, such as it or en.")
                    % {"word": word}
                )
        return found


class Markets(Words):
    """Countries in any spelling; kept as codes."""

    def to_python(self, value: Any) -> Any:
        """Return the codes."""
        return [_country(word) for word in super().to_python(value)]

    def shown(self, word: str) -> str:
        """Show a country by its name, where no comma stands in it."""
        return _named(word)


class MarketField(forms.CharField):
    """One country in any spelling; kept as its code."""

    def to_python(self, value: Any) -> Any:
        """Return the code."""
        said = super().to_python(value)
        return _country(said) if said else said

    def prepare_value(self, value: Any) -> Any:
        """Show the country's name."""
        return _named(value) if isinstance(value, str) else value


def _country(word: str) -> str:
    try:
        return countries.from_code(word)
    except InputError as error:
        raise forms.ValidationError(str(error)) from None


def _named(code: str) -> str:
    name = countries.name(code) if countries.is_market(code) else code
    return code if "," in name else name


class Percent(forms.DecimalField):
    """A share, asked for in percent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=99, decimal_places=2, max_digits=5, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the share."""
        said = super().clean(value)
        return None if said is None else said / 100

    def prepare_value(self, value: Any) -> Any:
        """Show a share in percent."""
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value
