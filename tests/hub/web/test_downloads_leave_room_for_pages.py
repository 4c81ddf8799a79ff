"""Downloads hold no slot of the concurrency limit; those beyond their own limit get 503."""

import threading

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from hub.web import concurrency_limit

pytestmark = pytest.mark.django_db  # a finished request closes its connection


def test_streaming_a_response_does_not_hold_a_slot(rf, monkeypatch):
    monkeypatch.setattr(concurrency_limit, "MAX_CONCURRENT", 1)
    middleware = concurrency_limit.ConcurrencyLimitMiddleware(
        lambda request: StreamingHttpResponse(iter([b"x"]))
    )
    sending = [middleware(rf.get("/")) for _ in range(5)]  # would block if a slot were kept
    assert [response.status_code for response in sending] == [200] * 5
    assert middleware.slots.acquire(blocking=False)


def test_no_more_requests_than_the_limit_run_at_once(rf, monkeypatch):
    monkeypatch.setattr(concurrency_limit, "MAX_CONCURRENT", 2)
    running, counts, never = [], [], threading.Event()

    def view(request):
        running.append(1)
        counts.append(len(running))
        never.wait(0.2)
        running.pop()
        return HttpResponse()

    middleware = concurrency_limit.ConcurrencyLimitMiddleware(view)
    threads = [threading.Thread(target=middleware, args=[rf.get("/")]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(counts) == 2


def test_a_download_beyond_the_limit_is_answered_503(rf, monkeypatch):
    monkeypatch.setattr(concurrency_limit, "MAX_STREAMS", 2)
    middleware = concurrency_limit.ConcurrencyLimitMiddleware(
        lambda request: StreamingHttpResponse(iter([b"x"]))
    )
    first, _second, third = (middleware(rf.get("/")) for _ in range(3))
    assert third.status_code == 503 and int(third["Retry-After"])
    first.close()
    assert middleware(rf.get("/")).status_code == 200
