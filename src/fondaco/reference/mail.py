"""E-mail addresses: their parts, and which providers give one to anybody."""

from __future__ import annotations

import re

#: Providers at which anybody may have an address: the domain tells nothing of the firm.
FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.co.uk",
        "yahoo.co.jp",
        "ymail.com",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "gmx.com",
        "web.de",
        "t-online.de",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "bk.ru",
        "list.ru",
        "qq.com",
        "163.com",
        "126.com",
        "sina.com",
        "sohu.com",
        "foxmail.com",
        "naver.com",
        "daum.net",
        "hanmail.net",
        "nate.com",
        "libero.it",
        "virgilio.it",
        "tiscali.it",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "wanadoo.fr",
        "proton.me",
        "protonmail.com",
        "zoho.com",
        "rediffmail.com",
        "seznam.cz",
        "wp.pl",
        "o2.pl",
        "onet.pl",
        "uol.com.br",
        "bol.com.br",
        "terra.com.br",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "softbank.ne.jp",
        "mail.com",
        "email.com",
        "inbox.com",
        "139.com",
        "sina.cn",
        "zohomail.com",
    ]
)
#: Providers of these that have an ending for many countries, such as yahoo.fr and hotmail.com.br.
_IN_MANY_COUNTRIES = frozenset(["yahoo", "hotmail", "outlook", "live", "gmx"])
_OF_A_COUNTRY = re.compile(r"(?:com?\.)?[a-z]{2}")


def is_free_mail(domain: str) -> bool:
    """Return whether anybody may have an address at a domain, so that it tells nothing of the firm.

    Examples
    --------
    >>> [is_free_mail(domain) for domain in ("gmail.com", "yahoo.com.br", "yahoo.com.example.ru", "vini-rossi.it")]
    [True, True, False, False]
    """
    if domain in FREE_MAIL:
        return True
    name, _, ending = domain.partition(".")
    return name in _IN_MANY_COUNTRIES and _OF_A_COUNTRY.fullmatch(ending) is not None


def parts(said: str) -> tuple[str, str]:
    """Return what stands before and after the @, in small letters, without a tag; empty where it is no address.

    Examples
    --------
    >>> parts("Anna.Rossi+fair@Example.IT "), parts("none")
    (('anna.rossi', 'example.it'), ('', ''))
    """
    local, at, domain = said.strip().casefold().partition("@")
    local = local.partition("+")[0]
    return (local, domain) if at and local and "." in domain else ("", "")
