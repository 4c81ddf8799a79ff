"""Searches and what is opened from them are counted for editors, without personal data."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hub.statistics import counters as hub_counting
from search.models import OpenedCount, SearchCount
from search.statistics import counters
from search.statistics.report import may_see_searches
from tests.factories import LessonPageFactory, document

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def page(hub):
    return LessonPageFactory(title="ปูม้าที่สทิงพระ")


def reader(number=0, agent=FIREFOX):
    """A visitor with an IP address of their own."""
    return Client(REMOTE_ADDR=f"192.0.2.{number}", HTTP_USER_AGENT=agent)


def counted() -> dict:
    counters.counts.write()
    return {c.text: (c.searches, c.no_results, c.opened) for c in SearchCount.objects.all()}


@pytest.mark.postgresql
def test_a_search_is_counted_with_whether_it_had_results(page):
    reader().get("/search/?q=ปูม้า")
    reader().get("/search/?q=มังกร")
    reader().get("/en/search/?q=Grey%20%20WHALE")
    assert counted() == {"ปูม้า": (1, 0, 0), "มังกร": (1, 1, 0), "grey whale": (1, 1, 0)}
    assert SearchCount.objects.get(text="grey whale").language == "en"
    assert SearchCount.objects.get(text="ปูม้า").day == timezone.localdate()


def test_cached_pages_count_too(page):
    client = Client(HTTP_USER_AGENT=FIREFOX)  # one handler, so one page cache
    for number in range(3):
        client.get("/search/?q=ปูม้า", REMOTE_ADDR=f"192.0.2.{number}")
    opened = client.get(page.url)
    assert opened.status_code == 200
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(page.url, REMOTE_ADDR=f"192.0.2.{number}",
                       headers={"Referer": "http://testserver/search/?q=ปูม้า"})
        assert len(queries) <= 1, "from memory"
    client.get("/search/?q=มังกร")
    client.get("/search/?q=มังกร", REMOTE_ADDR="192.0.2.9")
    assert counted() == {"ปูม้า": (3, 0, 2), "มังกร": (2, 2, 0)}


def test_a_not_modified_answer_counts_too(page):
    first = reader(1).get("/search/?q=ปูม้า")
    client = reader(2)
    client.get("/search/?q=ปูม้า")
    client = Client(HTTP_USER_AGENT=FIREFOX)
    etag = client.get("/search/?q=ปูม้า", REMOTE_ADDR="192.0.2.3")["ETag"]
    again = client.get(
        "/search/?q=ปูม้า", REMOTE_ADDR="192.0.2.4", headers={"If-None-Match": etag})
    assert (first.status_code, again.status_code) == (200, 304)
    assert counted()["ปูม้า"][0] == 4


def test_the_same_visitor_counts_once_a_day(page, monkeypatch):
    client = reader()
    for _again in range(5):
        client.get("/search/?q=ปูม้า")
        client.get(page.url, headers={"Referer": "http://testserver/search/?q=ปูม้า"})
    assert counted()["ปูม้า"] == (1, 0, 1)
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args: tomorrow)
    client.get("/search/?q=ปูม้า")
    assert sum(c.searches for c in SearchCount.objects.all()) == 1
    counters.counts.write()
    assert sum(c.searches for c in SearchCount.objects.all()) == 2


def test_parts_of_a_search_and_typing_are_not_counted(page):
    client = reader()
    for address in ("/search/?q=ปูม้า&page=2", "/search/?q=ปูม้า&kind=lesson",
                    "/search/suggest/?q=ปูม้า", "/search/feed/?q=ปูม้า", "/search/alert/?q=ปูม้า",
                    "/search/?q=", "/search/?topic=fishers", "/search/?q=%22"):
        client.get(address)
    client.head("/search/?q=ปูม้า")
    client.get("/search/?q=ปูม้า", headers={"Sec-Purpose": "prefetch"})
    assert counted() == {}


@pytest.mark.parametrize("agent", [
    "", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.0",
    "python-requests/2.32", "Mozilla/5.0 (compatible; bingbot/2.0)", "facebookexternalhit/1.1",
    "Mozilla/5.0 HeadlessChrome/140.0",
])
def test_robots_are_not_counted(page, agent):
    client = reader(agent=agent)
    client.get("/search/?q=ปูม้า")
    client.get(page.url, headers={"Referer": "http://testserver/search/?q=ปูม้า"})
    assert counted() == {}


def test_signed_in_users_are_not_counted(page, editor, signed_in):
    signed_in(editor).get("/search/?q=ปูม้า", headers={"User-Agent": FIREFOX})
    assert counted() == {}


def test_what_is_opened_from_the_results_is_counted(page):
    file = document("คู่มือ", "คู่มือ.txt", "ปูม้า ".encode() * 20)
    page.attachments.create(document=file)
    page.save_revision().publish()
    client = reader()
    client.get("/search/?q=ปูม้า")
    for address in (page.url, file.url):
        answer = client.get(
            address, headers={"Referer": "http://testserver/search/?q=ปูม้า&kind=lesson"})
        assert answer.status_code == 200
    assert counted() == {"ปูม้า": (1, 0, 2)}
    assert {(o.page_id, o.document_id, o.opened) for o in OpenedCount.objects.all()} == {
        (page.pk, None, 1), (None, file.pk, 1)}


@pytest.mark.parametrize("referer", [
    "http://elsewhere.example/search/?q=ปูม้า", "http://testserver/", "http://testserver/search/",
    "http://testserver/search/?q=", "not an address", "http://[broken/search/?q=a",
    "http://testserver/search/?q=%00%ff", "javascript:alert(1)", "",
])
def test_what_is_opened_from_elsewhere_is_not_counted(page, referer):
    answer = reader().get(page.url, headers={"Referer": referer})
    assert answer.status_code == 200
    assert not any(opened for _a, _n, opened in counted().values())


def test_pages_that_are_no_results_are_not_counted_as_opened(page, hub):
    for address in ("/", page.get_parent().url, "/nothing/"):
        reader().get(address, headers={"Referer": "http://testserver/search/?q=ปูม้า"})
    assert counted() == {}


@pytest.mark.parametrize("text", [
    "somchai@example.org", "โทร 081-234-5678", "๐๘๑ ๒๓๔ ๕๖๗๘", "+66 81 234 5678", "074 123 456",
    "1-9001-00123-45-6", "1900100123456", "นาย ก เลขบัตร ๑๙๐๐๑๐๐๑๒๓๔๕๖", "ก" * 150,
])
def test_personal_looking_texts_are_not_stored(page, text):
    reader().get("/search/", {"q": text})
    reader().get(page.url, headers={"Referer": f"http://testserver/search/?q={text}"})
    assert set(counted()) == {""}
    with connection.cursor() as cursor:
        for table in ("search_searchcount", "search_openedcount"):
            cursor.execute(f"SELECT * FROM {table}")
            assert text not in str(cursor.fetchall())


@pytest.mark.parametrize("text", ["พ.ศ. 2552-2560", "ตำบล 900301", "ปู 10,000 ตัว", "2568"])
def test_years_and_codes_are_stored(page, text):
    reader().get("/search/", {"q": text})
    assert set(counted()) == {text}


def test_neither_person_nor_time_is_stored():
    kept = {f.name for model in (SearchCount, OpenedCount) for f in model._meta.fields}
    assert kept == {
        "id", "day", "language", "text", "searches", "no_results", "opened", "search", "page",
        "document",
    }
    assert SearchCount._meta.get_field("day").get_internal_type() == "DateField"


def test_visitors_are_remembered_as_salted_hashes_only(page):
    reader(77).get("/search/?q=ปูม้า")
    assert all(len(mark) == 8 for mark in counters.visitors.seen)
    assert len(counters.visitors.salt) == 16


def test_an_error_in_counting_does_not_fail_the_search(page, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(counters.counts, "increment", broken)
    assert reader().get("/search/?q=ปูม้า").status_code == 200


@pytest.mark.postgresql
def test_a_flood_of_different_searches_fills_neither_memory_nor_table(page, monkeypatch):
    monkeypatch.setattr(hub_counting, "MOST_WAITING", 30)
    monkeypatch.setattr(counters, "MAX_TEXTS_PER_DAY", 10)
    for number in range(50):
        counters.counts.increment(("th", f"คำ {number}", "searches"))
    assert len(counters.counts.waiting) == 30
    assert len(counted()) == 11
    assert counted()[""][0] == 20


def test_a_page_deleted_before_the_write_does_not_lose_the_search_count(page):
    reader().get("/search/?q=ปูม้า")
    reader().get(page.url, headers={"Referer": "http://testserver/search/?q=ปูม้า"})
    page.delete()
    assert counted() == {"ปูม้า": (1, 0, 1)}
    assert not OpenedCount.objects.exists()


def test_a_timer_writes_and_closes_its_connection(page, monkeypatch):
    started = []

    class Timer:
        def __init__(self, seconds, function):
            self.function = function

        def start(self):
            started.append(self)

    monkeypatch.setattr(hub_counting, "SECONDS_BETWEEN_WRITES", 5)
    monkeypatch.setattr(hub_counting.threading, "Timer", Timer)
    monkeypatch.setattr(hub_counting.connection, "close", lambda: started.append("closed"))
    reader(1).get("/search/?q=ปูม้า")
    reader(2).get("/search/?q=ปูม้า")
    [timer] = started
    assert timer.daemon
    timer.function()
    assert started[1:] == ["closed"]
    assert SearchCount.objects.get().searches == 2
    reader(3).get("/search/?q=ปูม้า")
    assert len(started) == 3


# Forgetting


def rows(*texts, days_ago=0, language="th", searches=1, **fields):
    day = timezone.localdate() - timedelta(days=days_ago)
    return [SearchCount.objects.create(
        day=day, language=language, text=text, searches=searches, **fields) for text in texts]


def test_counts_are_deleted_after_thirteen_months(hub):
    from django.core.management import call_command

    rows("เก่า", days_ago=397, searches=9)
    rows("พอดี", days_ago=396, searches=9)
    call_command("forget_searches")
    assert [c.text for c in SearchCount.objects.all()] == ["พอดี"]


def test_rare_texts_are_deleted_after_thirty_days(page):
    [rare] = rows("หายาก", days_ago=31, searches=2, no_results=1)
    OpenedCount.objects.create(search=rare, page=page.knowledgepage_ptr, opened=1)
    rows("หายากแต่ใหม่", days_ago=29)
    rows("พบบ่อย", days_ago=31, searches=2)
    rows("พบบ่อย", days_ago=1)
    SearchCount.objects.prune()
    SearchCount.objects.prune()
    kept = {(c.text, c.searches, c.no_results) for c in SearchCount.objects.all()}
    assert kept == {("", 2, 1), ("หายากแต่ใหม่", 1, 0), ("พบบ่อย", 2, 0), ("พบบ่อย", 1, 0)}
    assert not OpenedCount.objects.exists()


# The report


@pytest.fixture
def report(editor, signed_in):
    client = signed_in(editor)

    def get(**question):
        return client.get(reverse("search_searches"), question)

    return get


def shown(answer) -> list:
    return [(r["shown"], r["times"], r["times_no_results"], r["times_opened"])
            for r in answer.context["table"].data]


def test_only_texts_searched_for_three_times_are_shown(page, report):
    rows("พบบ่อย", searches=2, opened=1)
    rows("พบบ่อย", searches=1, no_results=1, days_ago=1)
    rows("ความลับของคนเดียว", searches=2)
    rows("อีกคำหนึ่ง", searches=1)
    rows("", searches=4)
    answer = report()
    body = answer.content.decode()
    assert "พบบ่อย" in body
    assert "ความลับของคนเดียว" not in body and "อีกคำหนึ่ง" not in body
    assert shown(answer)[0][1:] == (7, 0, 0)
    assert ("พบบ่อย", 3, 1, 1) in shown(answer)
    for rows_ in ("day", ""):
        export = report(rows=rows_, export="csv")
        text = b"".join(export.streaming_content).decode()
        assert "พบบ่อย" in text and "ความลับ" not in text and "อีกคำ" not in text


@pytest.mark.postgresql
def test_the_report_sorts_filters_by_period_and_groups_by_day(page, report):
    rows("ปู", searches=5, no_results=0)
    rows("ปู", searches=4, days_ago=40)
    rows("หอย", searches=6, no_results=6)
    rows("crab", searches=3, language="en")
    assert [r[0] for r in shown(report())] == ["ปู", "หอย", "crab"]
    assert shown(report(ordering="-times_no_results"))[0][0] == "หอย"
    assert [r[0] for r in shown(report(ordering="times"))] == ["crab", "หอย", "ปู"]
    today = timezone.localdate()
    since = (today - timedelta(days=7)).isoformat()
    narrowed = shown(report(day_from=since, day_to=today.isoformat()))
    assert ("ปู", 5, 0, 0) in narrowed
    assert [r[0] for r in shown(report(language="en"))] == ["crab"]
    per_day = report(rows="day", ordering="-day")
    assert [r["day"] for r in per_day.context["table"].data][-1] == today - timedelta(days=40)
    assert len(shown(per_day)) == 4
    for strange in ({"ordering": "id; DROP"}, {"day_from": "x"}, {"rows": "x"}, {"p": "x"}):
        assert report(**strange).status_code == 200


def test_the_report_shows_what_was_opened(page, report):
    [common] = rows("ปูม้า", searches=3, opened=2)
    [rare] = rows("หายาก", searches=1, opened=1)
    for row, times in ((common, 2), (rare, 1)):
        OpenedCount.objects.create(search=row, page=page.knowledgepage_ptr, opened=times)
    titles = {r["shown"]: r["titles"] for r in report().context["table"].data}
    assert titles.pop("ปูม้า") == "ปูม้าที่สทิงพระ (2)"
    assert list(titles.values()) == [""], "not of the rare ones"


def test_the_report_exports_as_a_spreadsheet(page, report):
    from io import BytesIO

    from openpyxl import load_workbook

    rows("=cmd()", searches=3)
    export = report(export="xlsx", rows="day")
    sheet = load_workbook(BytesIO(b"".join(export.streaming_content))).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(values) == 2
    assert "=cmd()" in values[1] and sheet["B2"].data_type == "s"


def test_the_report_is_in_the_menu_and_only_for_editors(
    hub, editor, django_user_model, signed_in
):
    address = reverse("search_searches")
    assert address in signed_in(editor).get(reverse("wagtailadmin_home")).content.decode()
    outsider = django_user_model.objects.create_user("outsider", password="secret")
    assert signed_in(outsider).get(address).status_code == 302
    assert not may_see_searches(outsider)


def test_a_csv_cell_is_never_a_formula(page, report):
    rows("=hyperlink(1)", "@sum(1)", "+1", "-1", searches=3)
    text = b"".join(report(export="csv").streaming_content).decode()
    lines = text.splitlines()[1:]
    assert lines and not any(line.startswith(("=", "@", "+", "-")) for line in lines)
