"""A download that is being sent takes no turn from pages; beyond the limit it is refused."""

import threading

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from hub.web import concurrency_limit

pytestmark = pytest.mark.django_db  # the end of a request looks at its connection


def test_streaming_a_response_does_not_hold_a_slot(rf, monkeypatch):
    monkeypatch.setattr(concurrency_limit, "MAX_CONCURRENT", 1)
    middleware = concurrency_limit.ConcurrencyLimitMiddleware(
        lambda request: StreamingHttpResponse(iter([b"x"]))
    )
    sending = [middleware(rf.get("/")) for _ in range(5)]  # would wait for ever if a turn were kept
    assert [response.status_code for response in sending] == [200] * 5
    assert middleware.turns.acquire(blocking=False)


def test_no_more_requests_than_the_limit_run_at_once(rf, monkeypatch):
    monkeypatch.setattr(concurrency_limit, "MAX_CONCURRENT", 2)
    working, most, go_on = [], [], threading.Event()

    def view(request):
        working.append(1)
        most.append(len(working))
        go_on.wait(0.2)
        working.pop()
        return HttpResponse()

    middleware = concurrency_limit.ConcurrencyLimitMiddleware(view)
    threads = [threading.Thread(target=middleware, args=[rf.get("/")]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2


def test_a_download_beyond_the_limit_is_answered_503(rf, monkeypatch):
    monkeypatch.setattr(concurrency_limit, "MAX_STREAMS", 2)
    middleware = concurrency_limit.ConcurrencyLimitMiddleware(
        lambda request: StreamingHttpResponse(iter([b"x"]))
    )
    first, _second, third = (middleware(rf.get("/")) for _ in range(3))
    assert third.status_code == 503 and int(third["Retry-After"])
    first.close()
    assert middleware(rf.get("/")).status_code == 200
