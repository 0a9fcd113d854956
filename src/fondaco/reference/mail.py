"""E-mail addresses: their parts, and which providers give one to anybody."""

from __future__ import annotations

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
        "inbox.com",
    ]
)


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
