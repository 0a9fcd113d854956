"""How often one address may ask for something that needs no account."""

from __future__ import annotations

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def within(request: HttpRequest, what: str, most: int, seconds: int) -> bool:
    """Whether the visitor's address has asked for this no more than `most` times in the running span of `seconds`.

    Behind a proxy the address is the visitor's own where ``TRUSTED_PROXIES`` is set.
    """
    address = hashlib.sha256(str(get_adapter(request).get_client_ip(request)).encode()).hexdigest()[:24]
    key = f"limit-{what}-{address}-{int(time.time() // seconds)}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it fell out of the cache between the two
        return True
