"""A cache that is away is a miss: pages are served, rate limits count in the process's memory."""

import logging
from itertools import count

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from hub import __version__
from hub.web import fallback_cache, rate_limit
from hub.web.fallback_cache import FallbackCache, with_fallback

pytestmark = pytest.mark.django_db
numbers = count()


class Remote(LocMemCache):
    """A cache elsewhere, which may be away."""

    is_away, asked = False, 0

    def _check(self):
        type(self).asked += 1
        if self.is_away:
            raise ConnectionError("no route")

    def get(self, *arguments, **options):
        self._check()
        return super().get(*arguments, **options)

    def set(self, *arguments, **options):
        self._check()
        return super().set(*arguments, **options)

    def add(self, *arguments, **options):
        self._check()
        return super().add(*arguments, **options)

    def delete(self, *arguments, **options):
        self._check()
        return super().delete(*arguments, **options)

    def incr(self, *arguments, **options):
        self._check()
        return super().incr(*arguments, **options)


@pytest.fixture
def remote(settings, monkeypatch):
    name = f"remote-{next(numbers)}"
    monkeypatch.setattr(fallback_cache, "_outages", {})
    settings.CACHES = {"default": {
        "BACKEND": "hub.web.fallback_cache.FallbackCache", "LOCATION": name,
        "OPTIONS": {"cache": {"BACKEND": f"{__name__}.Remote", "LOCATION": name}},
    }}
    monkeypatch.setattr(Remote, "is_away", False)
    monkeypatch.setattr(Remote, "asked", 0)
    assert isinstance(caches["default"], FallbackCache)
    return Remote


@pytest.fixture
def clock(monkeypatch):
    """Moves the time of the breaker on."""
    now = [1000.0]
    monkeypatch.setattr(fallback_cache.time, "monotonic", lambda: now[0])

    def pass_by(seconds):
        now[0] += seconds

    return pass_by


def test_pages_are_served_and_readyz_tells(hub, visitor, remote, clock):
    remote.is_away = True
    for address in ("/", "/en/", "/search/?q=x", "/accounts/login/"):
        assert visitor.get(address).status_code == 200, address
    answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "version": __version__, "database": "ok", "schema": "ok", "site": "ok", "disk": "ok",
        "cache": "ConnectionError"}
    remote.is_away = False
    clock(fallback_cache.SECONDS_CLOSED_OFF + 1)
    assert visitor.get("/readyz").json()["cache"] == "ok"


def test_rate_limits_stay_closed(remote, clock):
    assert [rate_limit.hit("x", "who", 60) for _time in range(3)] == [1, 2, 3]
    remote.is_away = True
    assert [rate_limit.hit("x", "who", 60) for _time in range(4)] == [1, 2, 3, 4]
    remote.is_away = False
    clock(fallback_cache.SECONDS_CLOSED_OFF + 1)
    assert rate_limit.hit("x", "who", 60) == 8, "both counts together"


def test_nobody_waits_for_a_cache_that_is_away(remote, clock):
    remote.is_away = True
    cache = caches["default"]
    for _time in range(20):
        cache.get("a")
    assert remote.asked == 1
    clock(fallback_cache.SECONDS_CLOSED_OFF + 1)
    cache.get("a")
    cache.get("a")
    assert remote.asked == 2, "one request tries again"


def test_what_was_written_or_deleted_meanwhile_holds_afterwards(remote, clock):
    cache = caches["default"]
    cache.set("changed", "old")
    cache.set("deleted", "old")
    remote.is_away = True
    cache.set("changed", "new", 60)
    cache.delete("deleted")
    assert (cache.get("changed"), cache.get("deleted")) == ("new", None)
    remote.is_away = False
    clock(fallback_cache.SECONDS_CLOSED_OFF + 1)
    assert (cache.get("changed"), cache.get("deleted")) == ("new", None)
    assert cache.remote.get("changed") == "new"


def test_an_earlier_outage_leaves_nothing(remote, clock):
    cache = caches["default"]
    remote.is_away = True
    cache.set("a", "of the first outage")
    remote.is_away = False
    clock(fallback_cache.SECONDS_CLOSED_OFF + 1)
    cache.set("a", "newer")
    remote.is_away = True
    assert cache.get("a") is None


def test_it_is_logged_once_in_a_while(remote, clock, caplog):
    remote.is_away = True
    cache = caches["default"]
    with caplog.at_level(logging.ERROR):
        for _time in range(3):
            cache.get("a")
            clock(fallback_cache.SECONDS_CLOSED_OFF + 1)
        assert len(caplog.records) == 1
        clock(fallback_cache.SECONDS_BETWEEN_LOGS)
        cache.get("a")
    assert len(caplog.records) == 2


def test_errors_of_the_caller_stay_errors(remote):
    with pytest.raises(ValueError, match="not found"):
        caches["default"].incr("nothing")
    assert caches["default"].outage.error == ""


def test_a_redis_that_refuses_is_away_at_once(settings, monkeypatch):
    """The real backend: nothing listens at the address."""
    monkeypatch.setattr(fallback_cache, "_outages", {})
    settings.CACHES = {"default": with_fallback({
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:9/1",
    })}
    cache = caches["default"]
    cache.set("a", 1, 60)
    assert (cache.get("a"), cache.incr("a"), cache.get_many(["a", "b"])) == (1, 2, {"a": 2})
    assert cache.outage.error == "ConnectionError"


def test_the_memory_of_a_process_needs_no_fallback():
    config = with_fallback({"BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                            "LOCATION": ""})
    assert config["BACKEND"].endswith("LocMemCache")
