"""Rate limits, counted in the cache without storing who is counted.

The key is a keyed hash that differs every day. With a cache in the memory of each process, and
while another is away (``hub.web.fallback_cache``), each process counts for itself.
"""

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

HOUR, DAY = 60 * 60, 24 * 60 * 60


def hit(what: str, who: object, seconds: int) -> int:
    """How often ``who`` did ``what`` in the current period of ``seconds``, this time included."""
    identity = f"{timezone.localdate()}|{seconds}|{what}|{who}".encode()
    name = hmac.new(settings.SECRET_KEY.encode(), identity, hashlib.sha256).hexdigest()
    key = f"limit-{name}"
    if cache.add(key, 1, timeout=seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it expired in between, or the cache went away
        cache.add(key, 1, timeout=seconds)
        return 1
