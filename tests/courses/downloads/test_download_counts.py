"""Counting downloads of curricula without personal data, and the public statistics."""

import csv
import io
from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from courses.downloads import counters
from courses.models import CourseSession, CurriculumPage, DownloadCount, Handout
from courses.packs.build import contents_of
from hub.models import Attachment, OutboxEntry
from hub.statistics import counters as hub_counting
from hub.web import concurrency_limit
from tests.factories import CurriculumPageFactory, LessonPageFactory, document

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(scope="module")
def written(world):
    """A course with a file of its session, one of the whole course, and a facilitators' file."""
    page = CurriculumPageFactory(title="หลักสูตรปูม้า", slug="crab")
    CourseSession.objects.create(page=page, title="ลงเล", sort_order=0)
    page.sheet, page.song, page.guide = (
        document(name, f"{name}.txt", name.encode() * 9) for name in ("ใบงาน", "เพลงเรือ", "เฉลย")
    )
    Handout.objects.create(page=page, document=page.sheet, session_number=1, sort_order=0)
    Handout.objects.create(page=page, document=page.song, sort_order=1)
    Handout.objects.create(page=page, document=page.guide, facilitator_only=True, sort_order=2)
    contents_of(page, user_may_facilitate=False)  # builds the pack once for all tests
    return page


@pytest.fixture
def course(written):
    return deepcopy(written)


def reader(number=0, agent=FIREFOX):
    """A visitor with an IP address of their own."""
    return Client(REMOTE_ADDR=f"192.0.2.{number}", HTTP_USER_AGENT=agent)


def fetched(client, address, **headers):
    answer = client.get(address, headers=headers)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def counted() -> dict:
    """The stored counts by (slug of the curriculum, kind, session or title of the document)."""
    counters.counts.write()
    found = {}
    for row in DownloadCount.objects.select_related("page", "document"):
        which = row.document.title if row.document else row.session
        key = (row.page.slug, row.kind, which)
        found[key] = found.get(key, 0) + row.count
    return found


SHEET = {("crab", "handout", "ใบงาน"): 1}


# What is counted


@pytest.mark.postgresql
def test_each_kind_is_counted_by_day_and_version(course):
    for address in ("pack/", "session/1/pack/", "epub/", "pdf/"):
        assert fetched(reader(), course.url + address).status_code == 200
    fetched(reader(), course.sheet.url)
    assert counted() == SHEET | {
        ("crab", "pack", 0): 1, ("crab", "session", 1): 1, ("crab", "epub", 0): 1,
        ("crab", "pdf", 0): 1,
    }
    assert set(DownloadCount.objects.values_list("day", "version")) == {(timezone.localdate(), 1)}


def test_versions_are_counted_separately(course):
    fetched(reader(1), course.sheet.url)
    counters.counts.write()
    course = CurriculumPage.objects.get(pk=course.pk)
    course.title = "หลักสูตรปูม้าใหม่"
    course.save_revision().publish()
    for number in (2, 3):
        fetched(reader(number), course.handouts.first().document.url)
    counters.counts.write()
    assert dict(DownloadCount.objects.values_list("version", "count")) == {1: 1, 2: 2}


@pytest.mark.postgresql
def test_the_same_visitor_counts_once_a_day(course, monkeypatch):
    for _again in range(3):
        fetched(reader(1), course.sheet.url)
    assert counted() == SHEET
    fetched(reader(1), course.song.url)
    fetched(reader(2), course.sheet.url)
    assert counted() == {("crab", "handout", "ใบงาน"): 2, ("crab", "handout", "เพลงเรือ"): 1}
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args: tomorrow)
    fetched(reader(1), course.sheet.url)
    assert counted()["crab", "handout", "ใบงาน"] == 3
    assert DownloadCount.objects.get(day=tomorrow).count == 1


@pytest.mark.parametrize("place", ["epub/", "document"])
def test_only_the_beginning_of_a_partial_download_counts(course, place):
    address = course.sheet.url if place == "document" else course.url + place
    for part in ("bytes=5-", "bytes=40-49", "bytes=-3"):
        assert fetched(reader(1), address, Range=part).status_code == 206
    assert fetched(reader(1), address, Range="bytes=99999999-").status_code == 416
    assert counted() == {}
    for part in ("bytes=0-9", "bytes=10-"):
        assert fetched(reader(1), address, Range=part).status_code == 206
    assert list(counted().values()) == [1]
    assert fetched(reader(2), address, Range="bytes=0-4,7-9").status_code == 200, "the whole"
    assert list(counted().values()) == [2]


@pytest.mark.parametrize("place", ["pdf/", "document"])
def test_not_modified_head_and_prefetch_do_not_count(course, place):
    address = course.sheet.url if place == "document" else course.url + place
    etag = fetched(reader(agent="curl/8.0"), address)["ETag"]
    assert fetched(reader(), address, **{"If-None-Match": etag}).status_code == 304
    assert reader().head(address).status_code == 200
    for name, value in (("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"),
                        ("X-Moz", "prefetch")):
        assert fetched(reader(), address, **{name: value}).status_code == 200
    assert counted() == {}


@pytest.mark.parametrize("agent", [
    "", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Wget/1.25",
    "python-requests/2.32", "Mozilla/5.0 HeadlessChrome/140.0",
])
def test_robots_are_not_counted(course, agent):
    fetched(reader(agent=agent), course.sheet.url)
    assert counted() == {}


def test_refused_requests_are_not_counted(course):
    assert fetched(reader(), course.guide.url).status_code == 403
    assert fetched(reader(), course.url + "session/7/pack/").status_code == 404
    assert counted() == {}


def test_downloads_rejected_by_the_concurrency_limit_are_not_counted(rf, settings, monkeypatch):
    counting = settings.MIDDLEWARE.index("hub.statistics.counters.CountingMiddleware")
    limit = settings.MIDDLEWARE.index("hub.web.concurrency_limit.ConcurrencyLimitMiddleware")
    assert counting < limit
    monkeypatch.setattr(concurrency_limit, "MAX_STREAMS", 1)

    def view(request):
        request.download = counters.Download(document_id=7)
        return StreamingHttpResponse(iter([b"x"]))

    middleware = hub_counting.CountingMiddleware(concurrency_limit.ConcurrencyLimitMiddleware(view))
    for number, status in enumerate((200, 503)):
        request = rf.get("/", REMOTE_ADDR=f"192.0.2.{number}", HTTP_USER_AGENT=FIREFOX)
        assert middleware(request).status_code == status
    assert list(counters.counts.waiting.values()) == [1]


def test_participants_count_but_editors_and_facilitators_do_not(
    course, django_user_model, editor, moderator, administrator, signed_in
):
    facilitator = django_user_model.objects.create_user("f", "f@example.org", "x")
    facilitator.groups.add(Group.objects.get(name="Facilitators"))
    for user in (editor, moderator, administrator, facilitator):
        for address in (course.sheet.url, course.guide.url, course.url + "epub/"):
            assert fetched(signed_in(user), address, **{"User-Agent": FIREFOX}).status_code == 200
    assert counted() == {}
    member = signed_in(django_user_model.objects.create_user("m", "m@example.org", "x"))
    assert fetched(member, course.sheet.url, **{"User-Agent": FIREFOX}).status_code == 200
    assert counted() == SHEET


def test_private_courses_are_not_counted(course, django_user_model, signed_in):
    PageViewRestriction.objects.create(page=course, restriction_type="login")
    member = signed_in(django_user_model.objects.create_user("m", "m@example.org", "x"))
    for address in (course.sheet.url, course.url + "epub/"):
        assert fetched(member, address, **{"User-Agent": FIREFOX}).status_code == 200
    assert counted() == {}
    body = member.get(course.url + "downloads/").content.decode()
    assert "หลักสูตรนี้ไม่ได้เปิดให้ทุกคนอ่าน" in body


def test_a_course_unpublished_before_the_counts_are_written_is_not_counted(course):
    fetched(reader(), course.sheet.url)
    fetched(reader(), course.url + "epub/")
    course.unpublish()
    assert counted() == {}


def test_documents_that_are_no_handouts_are_not_counted(course):
    other = document("แผนที่", "แผนที่.txt")
    lesson = LessonPageFactory()
    lesson.attachments.add(Attachment(document=other))
    lesson.save_revision().publish()
    draft = CurriculumPageFactory(title="ร่าง", live=False)
    draft.handouts.add(Handout(document=other))
    draft.save_revision()
    assert fetched(reader(), other.url).status_code == 200
    assert counted() == {}


def test_a_file_of_an_earlier_version_counts_for_its_course(course):
    course = CurriculumPage.objects.get(pk=course.pk)
    sheet = course.handouts.first().document
    course.handouts = [h for h in course.handouts.all() if h.document_id != sheet.pk]
    course.save_revision().publish()
    assert fetched(reader(), sheet.url).status_code == 200
    assert counted() == SHEET


def test_a_file_of_several_courses_counts_once_for_the_linking_one(course):
    other = CurriculumPageFactory(title="หลักสูตรประมง", slug="fishing")
    Handout.objects.create(page=other, document=course.sheet)
    site = "http://testserver"
    for number, referer in enumerate((
        site + other.url, site + other.url + "v/1/", site + "/search/?q=ปู", "", "http://[broken",
        "https://elsewhere.example" + other.url, site + course.url,
    )):
        fetched(reader(number), course.sheet.url, Referer=referer)
    assert counted() == {
        ("fishing", "handout", "ใบงาน"): 2, ("crab", "handout", "ใบงาน"): 5}


# Storage


def test_neither_person_nor_time_is_stored():
    kept = {field.name for field in DownloadCount._meta.fields}
    assert kept == {
        "id", "page", "day", "version", "kind", "session", "document", "title", "count"}
    assert DownloadCount._meta.get_field("day").get_internal_type() == "DateField"


def test_counting_sets_no_cookie_and_makes_no_queries(course):
    for address in (course.sheet.url, course.url + "epub/"):
        fetched(reader(agent="curl/8.0"), address)  # warms up caches
        numbers = []
        for client in (reader(1, agent="curl/8.0"), reader(1)):
            with CaptureQueriesContext(connection) as queries:
                answer = fetched(client, address)
            assert not answer.cookies
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]
    assert len(counted()) == 2


def test_counts_do_not_invalidate_the_page_cache(course):
    client = reader()
    client.get(course.url)
    fetched(client, course.sheet.url)
    before = OutboxEntry.objects.state()
    assert counted() == SHEET
    assert OutboxEntry.objects.state() == before
    with CaptureQueriesContext(connection) as queries:
        client.get(course.url)
    assert len(queries) == 1, "from memory"


def test_an_error_while_counting_does_not_break_the_download(course, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(counters.counts, "increment", broken)
    assert fetched(reader(), course.sheet.url).status_code == 200
    assert "not counted" in caplog.text


def test_a_failed_write_is_logged_and_later_writes_succeed(course, monkeypatch, caplog):
    monkeypatch.setattr(hub_counting.connection, "close", lambda: None)
    fetched(reader(1), course.sheet.url)
    with monkeypatch.context() as away:
        away.setattr(counters, "_pages_with", lambda documents: 1 / 0)
        counters.counts._write_in_thread()
    assert "Counts of downloads were lost." in caplog.text
    assert counted() == {}
    fetched(reader(2), course.sheet.url)
    counters.counts._write_in_thread()
    assert counted() == SHEET


# Statistics


def row(page, kind="pack", month=None, count=1, **fields):
    day = month or timezone.localdate()
    return DownloadCount.objects.create(page=page, day=day, kind=kind, count=count, **{
        "version": 1} | fields)


def months_ago(number) -> date:
    month = timezone.localdate().replace(day=1)
    for _one in range(number):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


@pytest.fixture
def statistics(course):
    """30 downloads in this month and two others, of two versions."""
    row(course, count=12)
    row(course, month=months_ago(2), count=4)
    row(course, month=months_ago(2).replace(day=2), count=1, version=2)
    row(course, month=months_ago(14), count=3)
    row(course, "session", session=1, count=2)
    row(course, "handout", document=course.sheet, count=5)
    row(course, "handout", document=course.song, count=3)
    return course


@pytest.mark.postgresql
def test_the_page_has_sums_by_month_item_and_version(statistics, visitor):
    answer = visitor.get(statistics.url + "downloads/")
    shown = answer.context["statistics"]
    assert shown.total == 30
    assert [count for _month, count in shown.by_month] == [0] * 9 + [5, 0, 22]
    assert shown.by_version == [(2, 1), (1, 29)]
    assert [(item.label, count) for item, count in shown.by_item] == [
        ("ชุดเอกสารทั้งหมด", 20), ("เฉพาะช่วงเรียนที่ 1 (zip)", 2), ("ใบงาน", 5), ("เพลงเรือ", 3)]
    body = answer.content.decode()
    assert body.count("<rect") == 12 and "style=" not in body
    assert 'role="img"' in body and "<desc" in body
    longest = max(shown.bars, key=lambda bar: bar.length)
    assert longest.count == 22 and shown.bars[-3].length == round(longest.length * 5 / 22)
    start = months_ago(14)
    assert f"{start.year + 543}" in body


def test_no_month_before_the_first_download_is_shown(course, visitor):
    row(course, month=months_ago(1))
    shown = visitor.get(course.url + "downloads/").context["statistics"]
    assert [count for _month, count in shown.by_month] == [1, 0]


def test_a_course_without_downloads_has_an_empty_page(course, visitor):
    body = visitor.get(course.url + "downloads/").content.decode()
    assert "ยังไม่มีใครดาวน์โหลดหลักสูตรนี้" in body and "นับอะไร และไม่นับอะไร" in body
    assert "<table" not in body and "<rect" not in body
    assert visitor.get(course.url + "downloads/json/").json()["total"] == 0
    assert "downloads/" not in visitor.get(course.url).content.decode()


def test_the_course_page_shows_the_total_and_links_to_the_statistics(statistics, visitor):
    body = visitor.get(statistics.url).content.decode()
    assert "ดาวน์โหลดแล้ว 30 ครั้ง" in body
    assert f'href="{statistics.url}downloads/"' in body


def test_the_csv_has_all_counts_and_no_formulas(statistics, visitor):
    formula = document("=HYPERLINK(1)", "x.txt")
    Handout.objects.create(page=statistics, document=formula)
    row(statistics, "handout", document=formula)
    answer = visitor.get(statistics.url + "downloads/csv/")
    text = answer.content.decode()
    assert text.startswith("\ufeff") and "attachment" in answer["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(text[1:])))
    assert lines[0] == ["เดือน", "ฉบับที่", "สิ่งที่ดาวน์โหลด", "ช่วงเรียน", "ไฟล์", "จำนวนครั้ง"]
    assert sum(int(line[-1]) for line in lines[1:]) == 31
    assert [f"{months_ago(14):%Y-%m}", "1", "ชุดเอกสารทั้งหมด", "", "", "3"] == lines[1]
    assert not any(cell.startswith("=") for line in lines for cell in line)


def test_the_json_has_all_counts(statistics, visitor):
    answer = visitor.get(statistics.url + "downloads/json/")
    data = answer.json()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert data["total"] == 30 == sum(line["times"] for line in data["lines"])
    assert data["since"] == f"{months_ago(14):%Y-%m}"
    assert data["by_version"] == [{"version": 2, "times": 1}, {"version": 1, "times": 29}]
    assert {
        "month": f"{months_ago(0):%Y-%m}", "version": 1, "what": "handout", "session": None,
        "file": "ใบงาน", "times": 5,
    } in data["lines"]


def test_the_statistics_are_read_only(course, visitor):
    for place in ("", "csv/", "json/"):
        assert visitor.post(f"{course.url}downloads/{place}").status_code == 405


# What is not shown


def all_outputs(client, page) -> str:
    places = ("", "downloads/", "downloads/csv/", "downloads/json/")
    return "".join(client.get(page.url + place).content.decode() for place in places)


def publish_closed(page, closed):
    page = CurriculumPage.objects.get(pk=page.pk)
    handouts = list(page.handouts.all())
    for handout in handouts:
        handout.facilitator_only |= handout.document_id == closed.pk
    page.handouts = handouts
    page.save_revision().publish()


def test_the_title_of_a_closed_file_is_not_shown(statistics, visitor):
    assert "ใบงาน" in all_outputs(visitor, statistics)
    publish_closed(statistics, statistics.sheet)
    body = all_outputs(visitor, statistics)
    assert "ใบงาน" not in body and "ไฟล์ที่ไม่ได้แจกให้ทุกคนแล้ว" in body
    assert visitor.get(statistics.url + "downloads/json/").json()["total"] == 30


def test_the_title_of_a_deleted_file_is_kept_unless_it_was_closed(statistics, visitor):
    statistics.song.delete()
    publish_closed(statistics, statistics.sheet)
    statistics.sheet.delete()
    body = all_outputs(visitor, statistics)
    assert "เพลงเรือ" in body and "ใบงาน" not in body
    assert sorted(DownloadCount.objects.filter(kind="handout").values_list("title", "count")) == [
        ("", 5), ("เพลงเรือ", 3)]


def test_counts_are_deleted_with_their_course(statistics):
    statistics.delete()
    assert not DownloadCount.objects.exists()


def test_statistics_of_private_courses_are_private(
    statistics, visitor, django_user_model, signed_in
):
    rule = PageViewRestriction.objects.create(page=statistics, restriction_type="groups")
    rule.groups.add(Group.objects.get(name="Moderators"))
    member = signed_in(django_user_model.objects.create_user("m", "m@example.org", "x"))
    for place in ("", "csv/", "json/"):
        address = f"{statistics.url}downloads/{place}"
        assert visitor.get(address).status_code == 302
        assert member.get(address).status_code == 403
    statistics.unpublish()
    assert visitor.get(statistics.url + "downloads/").status_code == 404
