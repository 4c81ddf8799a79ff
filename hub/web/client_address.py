"""Whom a request comes from: the one place that reads addresses.

Behind ``PROXY_COUNT`` proxies each of them appends the address that it saw to ``X-Forwarded-For``,
so the visitor's is counted from the right. What a visitor sends in that header stands further left
and is never looked at; without proxies the header is not looked at at all.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """The visitor's address; None where there is none, e.g. behind a Unix socket without proxy."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.PROXY_COUNT else ""
    hops = [hop for hop in forwarded.split(",") if hop.strip()]
    # A request that passed fewer proxies brings fewer: the leftmost is then the best that is known.
    seen = hops[-settings.PROXY_COUNT:][0] if hops else ""
    return _parsed(seen) or _parsed(request.META.get("REMOTE_ADDR", ""))


def network_of(request: HttpRequest) -> str:
    """The visitor's address as text; of IPv6 the /64 that one household shares. "" for None."""
    address = address_of(request)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")


def _parsed(text: str) -> Address | None:
    """``text`` as some proxies write it: with a port, with brackets, IPv4 within IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
