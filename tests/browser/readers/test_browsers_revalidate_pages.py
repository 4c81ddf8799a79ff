"""A browser that has a page is told that it is still the same, whichever process it asks."""

import urllib.request
from urllib.error import HTTPError
from urllib.parse import urlsplit

PACKED = {"Accept-Encoding": "gzip"}


def etag_in_another_process(served, path) -> str:
    host = urlsplit(served.url).netloc
    headers = {"host": host, "accept-encoding": "gzip"}
    return served.shell(
        "from django.test import Client;"
        f"print(Client().get({path!r}, headers={headers!r})['ETag'])"
    ).strip()


def test_two_processes_give_a_page_one_etag(served):
    lesson = served.shell(
        "from lessons.models import LessonPage; print(LessonPage.objects.live().first().url)")
    for path in ("/", "/en/", lesson.strip()):
        request = urllib.request.Request(served.url + path, headers=PACKED)
        with urllib.request.urlopen(request) as response:
            etag = response.headers["ETag"]
        other = etag_in_another_process(served, path)
        assert other == etag, path
        request.add_header("If-None-Match", other)
        try:
            urllib.request.urlopen(request)
        except HTTPError as answer:
            assert answer.code == 304
        else:
            raise AssertionError(f"{path} was sent once more")
