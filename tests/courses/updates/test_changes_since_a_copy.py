"""Changes since a copy: texts, files and withdrawals, the zip of changed files, and copies."""

import io
import json
import re
import zipfile

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from wagtail.models import PageViewRestriction

from courses.downloads import counters
from courses.models import (
    CourseSession,
    CurriculumPage,
    DownloadCount,
    Handout,
    PackEdition,
)
from courses.packs.build import contents_of
from hub.chain.relations import Relation
from hub.withdrawals import rules
from tests.factories import (
    CurriculumPageFactory,
    ModelPageFactory,
    document,
    link,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def written(world):
    """A course with two sessions, a file for each, and a facilitators' file."""
    page = CurriculumPageFactory(
        title="หลักสูตรป่าชุมชน", audience="ผู้นำชุมชน", live=False)
    for title in ("เดินป่า", "เขียนกติกา"):
        page.sessions.add(CourseSession(title=title, aim=f"{title}ได้"))
    page.save()
    first, second = page.sessions.all()
    page.handouts = [
        Handout(document=document("ใบงาน", "ใบงาน.txt", "ก".encode()), session_key=first.key),
        Handout(document=document("กติกา", "กติกา.txt", "ข".encode()), session_key=second.key),
        Handout(document=document("เฉลย", "เฉลย.txt", "ค".encode()), facilitator_only=True),
    ]
    page = publish(page)
    contents_of(page, user_may_facilitate=False)  # builds the pack once for all tests
    return page


@pytest.fixture
def course(written):
    return again(written)


def publish(page):
    page.save_revision().publish()
    return again(page)


def again(page):
    return CurriculumPage.objects.get(pk=page.pk)


def pack(client, page, address="pack/"):
    answer = client.get(page.url + address)
    assert answer.status_code == 200, answer.status_code
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def names(archive) -> set[str]:
    return {name.partition("/")[2] for name in archive.namelist()}


def manifest(archive) -> bytes:
    return archive.read(next(n for n in archive.namelist() if n.endswith("/manifest.json")))


def replace_file(handout, content):
    handout.document.file.save("ใหม่.txt", ContentFile(content), save=False)
    handout.document.save()


def seen(client, page, number=1, copy="") -> str:
    answer = client.get(f"{page.url}since/{number}/", {"copy": copy} if copy else {})
    assert answer.status_code == 200
    return answer.content.decode()


def inserted(html) -> list[str]:
    """Texts marked as added, without the hints for screen readers."""
    return [re.sub(r"<span.*?</span>", "", words) for words in
            re.findall(r"<ins>(.*?)</ins>", html, re.S)]


def part(html, heading) -> str:
    """The section whose ``h2`` contains ``heading``."""
    parts = re.findall(
        r'<section class="since__part".*?(?=<section class="since|</main)', html, re.S)
    found = [one for one in parts if heading in one.partition("</h2>")[0]]
    assert len(found) == 1, (heading, len(found))
    return found[0]


# The page


def test_a_current_copy_is_up_to_date(course, visitor):
    pack(visitor, course)
    html = seen(visitor, course)
    assert "ชุดของคุณเป็นฉบับล่าสุดแล้ว" in html and "since/1/pack/" not in html
    assert visitor.get(f"{course.url}since/1/pack/").status_code == 404


def test_changed_texts_and_files_are_shown_by_session(course, visitor):
    pack(visitor, course)
    first, second = course.sessions.all()
    second.aim = "เขียนกติกาแล้วลองใช้ได้"
    second.save()
    course = again(course)
    course.handouts.add(Handout(
        document=document("แบบฟอร์ม", "แบบฟอร์ม.txt"), session_key=second.key))
    course.audience = "ผู้นำชุมชนและครู"
    course = publish(course)
    replace_file(course.handouts.get(session_key=first.key), b"new")
    html = seen(visitor, course)
    assert "และครู" in inserted(part(html, "ภาพรวมของหลักสูตร"))
    one, two = part(html, "เดินป่า"), part(html, "เขียนกติกา")
    assert "ใบงาน" in one and "เปลี่ยน" in one and "แบบฟอร์ม" not in one
    assert "แบบฟอร์ม" in two and "แล้วลองใช้ได้" in inserted(two)
    assert "ใบงาน" not in two
    assert "เฉลย" not in html


def test_added_and_removed_sessions_are_shown(course, visitor):
    pack(visitor, course)
    _first, second = course.sessions.all()
    course = again(course)
    course.sessions = [CourseSession(title="ต้อนรับ", aim="รู้จักกัน", sort_order=0), second]
    course = publish(course)
    html = seen(visitor, course)
    assert inserted(part(html, "ต้อนรับ")) and "tag--added" in html
    gone = part(html, "เดินป่า")
    assert "<del>" in gone and "tag--removed" in html
    assert "ใบงาน" in part(html, "ภาพรวมของหลักสูตร"), "its file is of no session now"


def test_a_moved_session_shows_its_previous_place(course, visitor):
    pack(visitor, course)
    first, second = course.sessions.all()
    course = again(course)
    course.sessions = [second, first]
    for place, session in enumerate((second, first)):
        session.sort_order = place
    course = publish(course)
    html = seen(visitor, course)
    assert "ในชุดของคุณเป็นช่วงเรียนที่ 1" in part(html, "เดินป่า")
    assert "ในชุดของคุณเป็นช่วงเรียนที่ 2" in part(html, "เขียนกติกา")
    assert not inserted(part(html, "เดินป่า"))


def test_a_file_replaced_within_a_version_is_shown(course, visitor):
    pack(visitor, course)
    replace_file(course.handouts.first(), b"new")
    html = seen(visitor, course)
    assert "ใบงาน" in part(html, "เดินป่า")
    changed = pack(visitor, course, "since/1/pack/")
    assert "files/01 ใหม่.txt" in names(changed) and "files/02 กติกา.txt" not in names(changed)


def test_only_withdrawals_since_the_copy_are_shown(course, visitor):
    model, other = ModelPageFactory(title="ธนาคารน้ำ"), ModelPageFactory(title="ฝายมีชีวิต")
    link(course, Relation.TEACHES, model)
    link(course, Relation.TEACHES, other)
    rules.withdraw(other, kind="withdrawn", reason="ทำแล้วน้ำท่วม")
    pack(visitor, again(course))
    rules.withdraw(model, kind="withdrawn", reason="วัดผิดวิธี")
    html = seen(visitor, course, copy=PackEdition.objects.get(
        manifest__withdrawn__0__title="ฝายมีชีวิต").code)
    assert "ธนาคารน้ำ" in html and "วัดผิดวิธี" in html and "ทำแล้วน้ำท่วม" not in html


def test_a_newer_version_of_a_taught_model_links_to_its_changes(course, visitor):
    model = ModelPageFactory(title="ธนาคารน้ำ")
    link(course, Relation.TEACHES, model)
    model.save_revision().publish()
    pack(visitor, again(course))
    model.summary = "ต่างไปมาก"
    model.save_revision().publish()
    html = seen(visitor, course)
    number = type(model).objects.get(pk=model.pk).current_version.number
    assert f"{model.url}v/{number - 1}/to/{number}/" in part(html, "ตัวแบบ")
    PageViewRestriction.objects.create(page=model, restriction_type="login")
    assert "ธนาคารน้ำ" not in seen(visitor, course), "it is closed now"


def test_unknown_versions_are_not_found(course, visitor):
    for number in (2, 99, 0, 99999999999999999999):
        assert visitor.get(f"{course.url}since/{number}/").status_code == 404
        assert visitor.get(f"{course.url}since/{number}/pack/").status_code == 404


def test_without_an_edition_only_texts_are_compared(course, visitor):
    PackEdition.objects.all().delete()
    course.audience = "ผู้นำชุมชนและครู"
    course = publish(course)
    html = seen(visitor, course)
    assert "และครู" in inserted(html) and "since/1/pack/" not in html
    assert "เทียบไฟล์ไม่ได้" in html and f'{course.url}pack/"' in html


# Only what changed


def test_the_changed_files_update_a_copy_to_the_current_pack(course, visitor):
    old = pack(visitor, course)
    course = again(course)
    _first, second = course.sessions.all()
    kept, _gone, guide = course.handouts.all()
    course.handouts = [kept, guide, Handout(
        document=document("แบบฟอร์ม", "แบบฟอร์ม.txt"), session_key=second.key)]
    course.audience = "ผู้นำชุมชนและครู"
    course = publish(course)
    changed = pack(visitor, course, "since/1/pack/")
    now = pack(visitor, course)
    text = changed.read(f"{course.title}/CHANGES.txt").decode("utf-8-sig")
    folder = {name: old.read(name) for name in old.namelist()}
    folder |= {name: changed.read(name) for name in changed.namelist()}
    deleted = re.findall(r"^   (.*?)\r$", text.partition("Files to delete")[2], re.M)
    assert deleted == ["files/02 กติกา.txt"]
    for path in [*deleted, "CHANGES.txt"]:
        del folder[f"{course.title}/{path}"]
    assert folder == {name: now.read(name) for name in now.namelist()}
    assert "files/01 ใบงาน.txt" not in names(changed), "it has that one"
    assert "site/plex-looped-thai-400.woff2" not in names(changed)
    assert sum(len(v) for v in map(changed.read, changed.namelist())) < sum(
        len(v) for v in map(now.read, now.namelist())) / 2


def test_the_zip_of_changes_is_resumable_and_counted(course, visitor):
    visitor.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 14) Firefox/130.0"
    pack(visitor, course)
    course.audience = "ทุกคน"
    course = publish(course)
    address = f"{course.url}since/1/pack/"
    whole = visitor.get(address)
    content, etag = b"".join(whole.streaming_content), whole["ETag"]
    rest = visitor.get(address, headers={"Range": "bytes=1000-", "If-Range": etag})
    assert rest.status_code == 206 and b"".join(rest.streaming_content) == content[1000:]
    assert visitor.get(address, headers={"If-None-Match": etag}).status_code == 304
    counters.counts.write()
    assert dict(DownloadCount.objects.values_list("kind", "count")) == {"pack": 1, "changes": 1}


# Which copy


def test_the_form_redirects_to_the_chosen_version(course, visitor):
    course.audience = "ทุกคน"
    course = publish(course)
    html = visitor.get(f"{course.url}since/").content.decode()
    assert '<option value="1">' in html and '<option value="2">' in html
    answer = visitor.post(f"{course.url}since/", {"version": "1"})
    assert answer["Location"] == f"{course.url}since/1/"


def test_a_manifest_identifies_its_edition(course, visitor):
    first = manifest(pack(visitor, course))
    replace_file(course.handouts.first(), b"two")
    second = manifest(pack(visitor, course))
    replace_file(course.handouts.first(), b"three")
    pack(visitor, course)
    found = []
    for content in (first, second):
        file = io.BytesIO(content)
        file.name = "manifest.json"
        answer = visitor.post(f"{course.url}since/", {"manifest": file})
        assert answer.status_code == 302 and "since/1/?copy=" in answer["Location"]
        assert "เดินป่า" in visitor.get(answer["Location"]).content.decode()
        found.append(answer["Location"])
    assert found[0] != found[1]
    changed = re.sub(rb"\s+", b" ", first)  # saved again by a program: the version is still known
    file = io.BytesIO(changed)
    file.name = "manifest.json"
    answer = visitor.post(f"{course.url}since/", {"manifest": file})
    assert answer["Location"] == f"{course.url}since/1/"


@pytest.mark.parametrize("content", [
    b"", b"x", b"{}", b"[]", b"null", b"\xff\xfe", b'{"version": 1}', b"[" * 100_000,
    b'{"version": 1, "curriculum": {"short_address": 5}}',
    b'{"version": 1, "curriculum": {"short_address": "http://x/c/zzzzz/1/"}}',
    b"x" * (5 * 1024 * 1024),
])
def test_files_that_are_no_manifest_are_rejected(course, visitor, content):
    file = io.BytesIO(content)
    file.name = "manifest.json"
    answer = visitor.post(f"{course.url}since/", {"manifest": file})
    assert answer.status_code == 422
    assert 'class="problem"' in answer.content.decode()


@pytest.mark.parametrize("version", [99, -1, True, "1", None, 1.5, 10**30])
def test_a_manifest_of_an_unknown_version_is_rejected(course, visitor, version):
    data = json.loads(manifest(pack(visitor, course))) | {"version": version}
    file = io.BytesIO(json.dumps(data).encode())
    file.name = "manifest.json"
    assert visitor.post(f"{course.url}since/", {"manifest": file}).status_code == 422


@pytest.mark.parametrize("data", [{}, {"version": ""}, {"version": "77"}, {"version": "x\0"}])
def test_an_empty_form_is_rejected(course, visitor, data):
    answer = visitor.post(f"{course.url}since/", data)
    assert answer.status_code == 422
    assert re.search("problem|notice--bad", answer.content.decode())


def test_addresses_redirect_when_the_page_is_renamed(
    course, visitor, django_capture_on_commit_callbacks
):
    old = course.url
    course.slug = "forest-course"
    with django_capture_on_commit_callbacks(execute=True):
        course = publish(course)
    for rest in ("since/", "since/1/", "downloads/", "pack/"):
        answer = visitor.get(old + rest)
        assert answer.status_code in (301, 302)
        assert answer["Location"] == course.url + rest, rest


# Access


@pytest.fixture
def facilitator(django_user_model):
    user = django_user_model.objects.create_user("f", "f@example.org", "x")
    user.groups.add(Group.objects.get(name="Facilitators"))
    return user


def test_facilitators_files_are_shown_to_facilitators_only(
    course, visitor, signed_in, facilitator
):
    client = signed_in(facilitator)
    pack(visitor, course)
    theirs = manifest(pack(client, course))
    course = again(course)
    course.handouts = list(course.handouts.filter(facilitator_only=False))
    course = publish(course)
    code = PackEdition.objects.get(for_facilitators=True, version=1).code
    assert "เฉลย" in seen(client, course, copy=code)
    assert "เฉลย" in pack(client, course, f"since/1/pack/?copy={code}").read(
        f"{course.title}/CHANGES.txt").decode()
    assert "เฉลย" not in seen(visitor, course, copy=code)
    file = io.BytesIO(theirs)
    file.name = "manifest.json"
    answer = visitor.post(f"{course.url}since/", {"manifest": file})
    assert answer["Location"] == f"{course.url}since/1/", "not the edition that is not theirs"


def test_a_file_closed_since_is_counted_but_not_named(course, visitor):
    pack(visitor, course)
    course = again(course)
    handouts = list(course.handouts.all())
    handouts[1].facilitator_only = True
    course.handouts = handouts
    course = publish(course)
    html = seen(visitor, course)
    assert "กติกา.txt" not in html and "ไม่แจกแล้ว" in html
    assert not re.search(r'since__files.*?กติกา<', html, re.S)
    text = pack(visitor, course, "since/1/pack/").read(f"{course.title}/CHANGES.txt").decode()
    assert "กติกา.txt" not in text


def test_copies_of_members_are_recorded_and_shown(course, signed_in, member, visitor):
    client = signed_in(member)
    assert "ชุดเอกสารหลักสูตรที่ฉันดาวน์โหลดไว้" not in client.get("/accounts/me/").content.decode()
    client.head(f"{course.url}pack/")
    pack(client, course)
    assert member.course_copies.get().edition.version == 1
    html = client.get("/accounts/me/").content.decode()
    assert course.title in html and "เป็นฉบับล่าสุด" in html
    course.audience = "ทุกคน"
    course = publish(course)
    code = member.course_copies.get().edition.code
    for address in ("/accounts/me/", course.url):
        assert f"{course.url}since/1/?copy={code}" in client.get(address).content.decode(), address
    assert code not in visitor.get(course.url).content.decode()
    part = client.get(f"{course.url}pack/", headers={"Range": "bytes=500-900"})
    assert part.status_code == 206 and member.course_copies.get().edition.version == 1
    pack(client, course, f"since/1/pack/?copy={code}")
    assert member.course_copies.get().edition.version == 2
    assert "since/1/" not in client.get("/accounts/me/").content.decode()


def test_members_can_delete_only_their_own_copies(
    course, signed_in, member, facilitator
):
    pack(signed_in(member), course)
    address = f"/courses/copies/{member.course_copies.get().pk}/forget/"
    assert signed_in(facilitator).post(address).status_code == 404
    assert member.course_copies.exists()
    assert signed_in(member).get(address).status_code == 405
    assert signed_in(member).post(address).status_code == 302
    assert not member.course_copies.exists()


def test_copies_are_in_the_export_and_the_erasure(course, signed_in, member):
    from hub.people import personal_data

    pack(signed_in(member), course)
    (item,) = personal_data.export_of(member)["course_runs"]["packs_downloaded"]
    assert (item["course"], item["version"]) == (course.title, 1)
    personal_data.erase(member)
    assert not member.course_copies.exists()


def test_members_without_access_do_not_see_the_new_title(course, signed_in, member):
    pack(signed_in(member), course)
    rule = PageViewRestriction.objects.create(page=course, restriction_type="groups")
    rule.groups.add(Group.objects.get(name="Moderators"))
    course.title = "ชื่อลับ"
    course = publish(course)
    client = signed_in(member)
    assert "ชื่อลับ" not in client.get("/accounts/me/").content.decode()
    assert client.get(f"{course.url}since/1/").status_code == 403
