"""Filters and tags of our pages: names, amounts, addresses of static files."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from fondaco.web.desk import names
from fondaco.web.desk.menu import menu

register = template.Library()

register.filter("market", names.market_name)
register.filter("percent", names.percent)
register.filter("probability", names.probability)
register.filter("change", names.change)
register.filter("way_of_selling", names.way_of_selling)
register.filter("ways_of_selling", names.ways_of_selling)


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """``{{ amount|money:firm.currency }}``"""
    return names.money(amount, currency)


@register.filter
def money_short(amount: Decimal | None, currency: str) -> str:
    """``{{ amount|money_short:firm.currency }}``: without cents."""
    return names.money_short(amount, currency)


@register.filter
def number(value: Decimal | float | None, digits: int = 0) -> str:
    """``{{ rows|number }}`` or ``{{ mean|number:1 }}``"""
    return names.number(value, digits)


@register.filter
def rate(value: float | None) -> str:
    """``{{ rate|rate }}``: an exchange rate with the digits that tell, five of them."""
    from babel.numbers import format_decimal

    return "—" if value is None else format_decimal(value, format="@@@@#", locale=names.locale())


@register.filter
def day(value: date | datetime | None) -> str:
    """``{{ when|day }}``: 21 Nov 2026."""
    from babel.dates import format_date

    return format_date(value, "d MMM y", locale=names.locale()) if value else "—"


@register.filter
def moment(value: datetime | None) -> str:
    """``{{ when|moment }}``: 21 Nov 2026, 21:40, in the site's time zone."""
    from babel.dates import format_datetime
    from django.utils import timezone

    if value is None:
        return "—"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_datetime(local, "d MMM y, HH:mm", locale=names.locale())


@register.filter
def size(value: int) -> str:
    """``{{ upload.size|size }}``: 12 MB."""
    from django.template.defaultfilters import filesizeformat

    return filesizeformat(value).replace(".0\xa0", "\xa0")


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``{{ row|get:column }}``: what stands under `key`, empty if nothing."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def spaced(word: Any) -> str:
    """``{{ finding.driver|spaced }}``: a name of the data as words, without its underscores."""
    return str(word or "").replace("_", " ")


@cache
def _mark(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        raise template.TemplateSyntaxError(f"there is no static file {path}")
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12]


@register.simple_tag
def asset(path: str) -> str:
    """``{% asset "fondaco/desk.css" %}``: its address with the file's fingerprint, so that a new file is fetched."""
    if settings.DEBUG:
        return static(path)
    return f"{static(path)}?v={_mark(path)}"


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """``{% query page=2 %}``: the address's query with some values changed; an empty one is left out."""
    said = context["request"].GET.copy()
    for name, value in changes.items():
        said.pop(name, None)
        if value not in (None, ""):
            said[name] = str(value)
    return "?" + str(said.urlencode())


@register.filter
def month_name(number: int) -> str:
    """``{{ 3|month_name }}``: March."""
    return str(names.locale().months["stand-alone"]["wide"][number])


@register.filter
def plain(value: Any) -> str:
    """``{{ cell|plain }}``: a cell as a person would write it; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)


@register.inclusion_tag("desk/menu.html", takes_context=True)
def rooms(context: dict[str, Any]) -> dict[str, Any]:
    """``{% rooms %}``: the rooms of the firm, network or evidence that the page is in."""
    return menu(context)


@register.inclusion_tag("desk/menu_pages.html", takes_context=True)
def room_pages(context: dict[str, Any]) -> dict[str, Any]:
    """``{% room_pages %}``: the pages of the room that the page is in, where it has several."""
    return menu(context)
