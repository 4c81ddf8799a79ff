"""The course pack: contents, Thai file names, access, and building ahead."""

import io
import shutil
import subprocess
import zipfile

import pytest
from django.contrib.auth.models import Group

from courses.models import Checksum, CourseSession, Handout
from courses.packs import build, prebuild
from hub.jobs.scheduler import Scheduler
from hub.withdrawals import rules
from tests.factories import CurriculumPageFactory, document

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NAMES = ["ใบงานที่-1-ป่าชุมชน.txt", "สไลด์ น้ำท่วม (ฉบับแก้).txt", "คู่มือ.txt", "คู่มือ.txt"]


@pytest.fixture
def course(hub):
    page = CurriculumPageFactory(title="หลักสูตรป่าชุมชน")
    CourseSession.objects.create(page=page, title="เดินป่า", sort_order=0)
    for number, name in enumerate(NAMES):
        Handout.objects.create(
            page=page, document=document(f"ไฟล์ {number}", name, f"เนื้อหา {number}".encode()),
            session_number=1 if number == 0 else None, sort_order=number,
        )
    guide = document("คู่มือวิทยากร", "เฉลย.txt", "เฉลย".encode())
    Handout.objects.create(page=page, document=guide, facilitator_only=True, sort_order=9)
    return page


def pack(client, page):
    answer = client.get(page.url + "pack/")
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


def test_the_pack_contains_every_public_file(course, visitor):
    answer, content = pack(visitor, course)
    assert answer["Content-Type"] == "application/zip"
    assert int(answer["Content-Length"]) == len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        infos = [i for i in archive.infolist() if "/files/" in i.filename]
        names = [info.filename.split("/files/", 1)[1] for info in infos]
        assert names[0] == f"01 {NAMES[0]}"
        assert len({name.casefold() for name in names}) == len(NAMES)
        for number, info in enumerate(infos):
            assert archive.read(info).decode() == f"เนื้อหา {number}"
            assert info.flag_bits & 0x800, "names are flagged as UTF-8"


@pytest.mark.parametrize(
    "command", [["unzip", "-Z1"], ["7z", "l", "-ba", "-slt", "-sccUTF-8"]], ids=["unzip", "7z"]
)
def test_other_programs_list_the_thai_names(course, visitor, tmp_path, command):
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not on this machine.")
    path = tmp_path / "pack.zip"
    path.write_bytes(pack(visitor, course)[1])
    listed = subprocess.run(
        [*command, str(path)], capture_output=True, check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout.decode()
    with zipfile.ZipFile(path) as archive:
        by_python = set(archive.namelist())
    found = {line.removeprefix("Path = ") for line in listed.splitlines()}
    assert by_python <= found
    for name in NAMES[1:3]:
        assert f"{course.title}/files/{name}" in found


def test_facilitators_get_their_files_and_others_do_not(
    course, visitor, signed_in, django_user_model
):
    assert "เฉลย.txt" not in str(zipfile.ZipFile(io.BytesIO(pack(visitor, course)[1])).namelist())
    user = django_user_model.objects.create_user("f", password="x")
    user.groups.add(Group.objects.get(name="Facilitators"))
    content = pack(signed_in(user), course)[1]
    assert "เฉลย.txt" in str(zipfile.ZipFile(io.BytesIO(content)).namelist())


def test_the_page_shows_the_number_of_files(course, visitor):
    body = visitor.get(course.url).content.decode()
    assert "มี 4 ไฟล์ข้างใน" in body
    assert "เฉลย" not in body


def test_an_unpublished_course_has_no_pack(hub, course, visitor):
    address = course.url + "pack/"
    course.unpublish()
    assert visitor.get(address).status_code == 404


def test_the_pack_of_a_private_course_requires_signing_in(course, visitor):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page_id=course.pk, restriction_type="login")
    assert visitor.get(course.url + "pack/").status_code == 302


def fail_if_called(*args):
    pytest.fail("The pack was built again.")


def test_the_schedule_builds_packs_after_publishing(course, visitor, monkeypatch):
    """Not while publishing, so that publishing is not delayed."""
    course.summary = "ฉบับใหม่"
    course.save_revision().publish()
    assert not build.settings.PACKS_DIR.exists()
    Scheduler().run_due(once=True)
    monkeypatch.setattr(build, "_build", fail_if_called)
    assert "ฉบับใหม่" in zipfile.ZipFile(io.BytesIO(pack(visitor, course)[1])).read(
        f"{course.title}/index.html").decode()
    assert Checksum.objects.count() == len(NAMES), "checksums were computed ahead"


def test_the_schedule_builds_packs_after_a_withdrawal(course, visitor, monkeypatch):
    rules.withdraw(course, kind="withdrawn", reason="วัดผิดวิธี")
    assert not build.settings.PACKS_DIR.exists()
    Scheduler().run_due(once=True)
    monkeypatch.setattr(build, "_build", fail_if_called)
    Scheduler().run_due(once=True)
    assert "ถูกถอน" in zipfile.ZipFile(io.BytesIO(pack(visitor, course)[1])).read(
        f"{course.title}/README.txt").decode()


def test_unpublished_courses_are_not_built(course):
    course.unpublish()
    prebuild.ensure_current()
    assert not build.settings.PACKS_DIR.exists()


def test_courses_are_checked_only_when_something_changed(course, monkeypatch):
    prebuild.ensure_current()
    monkeypatch.setattr(prebuild, "contents_of", fail_if_called)
    prebuild.ensure_current()


def test_an_error_in_one_course_does_not_stop_others(course, monkeypatch, caplog):
    other = CurriculumPageFactory(title="หลักสูตรปูม้า")
    tried = []

    def contents_of(page, user_may_facilitate):
        tried.append(page.pk)
        raise OSError("no disk")

    monkeypatch.setattr(prebuild, "contents_of", contents_of)
    prebuild.ensure_current()
    assert set(tried) == {course.pk, other.pk}
    assert [record.exc_info[1].args for record in caplog.records] == [("no disk",)] * 2


@pytest.mark.parametrize("gone", ["everything", "a file"])
def test_a_pack_whose_files_were_deleted_is_built_again(course, visitor, gone):
    whole = pack(visitor, course)[1]
    folder = build.settings.PACKS_DIR
    if gone == "everything":
        shutil.rmtree(folder)
    else:
        next(path for path in folder.rglob("0001")).unlink()
    assert pack(visitor, course)[1] == whole
    assert visitor.get(course.url + "pdf/").status_code == 200


def test_a_pack_that_cannot_be_built_is_a_clear_503(course, visitor, monkeypatch):
    pack(visitor, course)
    shutil.rmtree(build.settings.PACKS_DIR)
    build.settings.PACKS_DIR.write_text("no folder")
    for part in ("pack/", "pdf/", "epub/"):
        answer = visitor.get(course.url + part)
        assert answer.status_code == 503, part
        assert "ผู้ดูแลระบบ" in answer.content.decode()
    assert visitor.get(course.url).status_code == 200
