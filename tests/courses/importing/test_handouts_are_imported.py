"""Importing a zip, files or a folder of handouts into a draft, with a report on every file."""

import io
import stat
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from courses.importing import report, sources
from courses.importing.importer import HandoutImporter
from courses.importing.sources import files_of_folder, files_of_zip, zip_name
from courses.models import CurriculumPage, Handout, HandoutImport
from hub.models import HubDocument
from tests.factories import CurriculumPageFactory, SectionPageFactory, document

pytestmark = pytest.mark.django_db
TEXT = "เนื้อหาใบงานเรื่องป่าชุมชนของบ้านเรา ".encode() * 10


def zipped(files, **options) -> io.BytesIO:
    """A zip of name → bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    made.seek(0)
    return made


def renamed(archive: bytes, name: str, raw: bytes) -> io.BytesIO:
    """The zip with the ASCII ``name`` replaced by bytes of the same length."""
    assert len(name) == len(raw)
    return io.BytesIO(archive.replace(name.encode(), raw))


@pytest.fixture
def section(hub):
    return SectionPageFactory(title="หลักสูตร", stages="curriculum")


def run_import(section, files, **options):
    importer = HandoutImporter(section, "หลักสูตรป่า", **options)
    page = importer.import_files(files_of_zip(zipped(files)) if isinstance(files, dict) else files)
    return page, {line.path: line for line in report.lines(importer.as_rows())}


def test_folders_become_sessions_and_other_files_belong_to_the_course(section):
    page, lines = run_import(section, {
        "10 ปิดท้าย/สรุป.txt": TEXT + b"1", "02 เดินป่า/ใบงาน.txt": TEXT + b"2",
        "02 เดินป่า/ภาพ/แผนที่.txt": TEXT + b"3", "ช่วงที่ 1 รู้จักกัน/ชื่อ.txt": TEXT + b"4",
        "อ่านก่อน.txt": TEXT + b"5",
    }, licence="cc-by-4.0")
    assert not page.live and page.get_latest_revision_as_object().title == "หลักสูตรป่า"
    assert [s.title for s in page.sessions.all()] == ["รู้จักกัน", "เดินป่า", "ปิดท้าย"]
    by_title = {h.document.title: h.session_number for h in page.all_handouts()}
    assert by_title == {"สรุป": 3, "ใบงาน": 2, "แผนที่": 2, "ชื่อ": 1, "อ่านก่อน": None}
    assert {line.outcome for line in lines.values()} == {"taken"}
    assert page.licence == "cc-by-4.0"


def test_a_folder_around_everything_is_no_session(section):
    files = files_of_zip(zipped({
        "หลักสูตรประมง/01 ทะเล/ปู.txt": TEXT, "หลักสูตรประมง/02 ฝั่ง/กุ้ง.txt": TEXT + b"x",
    }))
    from courses.importing.importer import title_of

    assert title_of(files, "ไฟล์") == "หลักสูตรประมง"
    page, _lines = run_import(section, files)
    assert [s.title for s in page.sessions.all()] == ["ทะเล", "ฝั่ง"]


def test_files_for_facilitators_are_recognised_by_name(section, visitor):
    page, lines = run_import(section, {
        "สำหรับวิทยากร/แผน.txt": TEXT, "01 ป่า/เฉลยใบงาน.txt": TEXT + b"1",
        "01 ป่า/ใบงาน.txt": TEXT + b"2", "Answers.txt": TEXT + b"3",
    })
    closed = {h.document.filename for h in page.handouts.all() if h.facilitator_only}
    assert closed == {"แผน.txt", "เฉลยใบงาน.txt", "Answers.txt"}
    assert [s.title for s in page.sessions.all()] == ["ป่า"]
    assert "วิทยากร" in " ".join(lines["Answers.txt"].messages)
    for handout in page.handouts.all():
        assert visitor.get(handout.document.url).status_code == 403


def test_files_without_a_licence_are_imported_but_cannot_be_published(section):
    from courses.editing.checklist import unmet_requirements

    page, lines = run_import(section, {"ใบงาน.txt": TEXT})
    assert lines["ใบงาน.txt"].outcome == "warned"
    assert any("ใบงาน" in problem for item in unmet_requirements(page) for problem in item.problems)


def test_garbled_thai_and_files_without_text_are_reported(section):
    garbled = ("ก่่่่าาิิ ้้้้ เเเ็็็็ ัััั " * 40).encode()
    page, lines = run_import(section, {"เพี้ยน.txt": garbled, "ว่าง.txt": b"   \n \n"},
                       licence="cc0-1.0")
    assert page.handouts.count() == 2
    assert {line.outcome for line in lines.values()} == {"warned"}
    assert "อ่านได้ว่า" in lines["เพี้ยน.txt"].messages[0]


def test_rejected_files_have_a_reason_and_others_are_imported(section, monkeypatch):
    made = zipped({
        "../../หนี.txt": TEXT, "/ราก.txt": TEXT, "C:/ไดรฟ์.txt": TEXT, "ดี.txt": TEXT,
        "โปรแกรม.exe": b"MZ" + TEXT, "ปลอม.pdf": b"not a PDF", "เปล่า.txt": b"",
        "ระเบิด.txt": b"\0" * (30 * 2**20),
    })
    page, lines = run_import(section, files_of_zip(made))
    assert [h.document.title for h in page.handouts.all()] == ["ดี"]
    refused = {line.path: line.messages for line in lines.values() if line.outcome == "refused"}
    assert set(refused) == {"../../หนี.txt", "ราก.txt", "C:/ไดรฟ์.txt", "โปรแกรม.exe",
                            "ปลอม.pdf", "เปล่า.txt", "ระเบิด.txt"}
    assert all(len(messages) == 1 and messages[0] for messages in refused.values())
    assert HubDocument.objects.count() == 1


def test_a_file_with_a_false_declared_size_is_rejected_while_unpacking(section, monkeypatch):
    monkeypatch.setattr(sources, "MAX_DOCUMENT_BYTES", 1000)
    made = zipped({"ใหญ่.txt": TEXT * 5, "เล็ก.txt": b"abc def"})
    content = bytearray(made.getvalue())
    with zipfile.ZipFile(made) as archive:
        true_size = archive.getinfo("ใหญ่.txt").file_size
    lying = bytes(content).replace(true_size.to_bytes(4, "little"), (9).to_bytes(4, "little"))
    _page, lines = run_import(section, files_of_zip(io.BytesIO(lying)))
    assert lines["ใหญ่.txt"].outcome == "refused"
    assert lines["เล็ก.txt"].document


def test_encrypted_files_and_links_are_rejected(section):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("ดี.txt", TEXT)
        linked = zipfile.ZipInfo("ลิงก์.txt")
        linked.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(linked, "/etc/passwd")
        archive.writestr("locked.txt", TEXT)
    content = bytearray(made.getvalue())
    place = content.rindex(b"locked.txt") - 46 + 8  # its flags in the directory
    content[place] |= 1
    page, lines = run_import(section, files_of_zip(io.BytesIO(bytes(content))))
    assert lines["ลิงก์.txt"].outcome == lines["locked.txt"].outcome == "refused"
    assert "รหัสผ่าน" in lines["locked.txt"].messages[0]
    assert page.handouts.count() == 1


def test_junk_files_are_skipped_and_reported(section):
    page, lines = run_import(section, {
        "ใบงาน.txt": TEXT, "__MACOSX/._ใบงาน.txt": b"x", ".DS_Store": b"x", "ก/Thumbs.db": b"x",
    })
    assert sorted(line.outcome for line in lines.values()) == ["left_out"] * 3 + ["warned"]
    assert page.sessions.count() == 0


def test_duplicate_files_are_imported_once(section):
    known = document("ใบงานเดิม", "เดิม.txt", TEXT)
    page, lines = run_import(section, {"หนึ่ง.txt": TEXT, "สอง.txt": TEXT, "อื่น.txt": TEXT + b"1"})
    assert HubDocument.objects.count() == 2
    assert lines["หนึ่ง.txt"].outcome == lines["สอง.txt"].outcome == "same"
    assert [h.document_id for h in page.handouts.all()].count(known.pk) == 1


def test_a_known_facilitators_file_stays_closed(section, visitor):
    guide = document("คู่มือ", "คู่มือ.txt", TEXT)
    course = CurriculumPageFactory()
    Handout.objects.create(page=course, document=guide, facilitator_only=True)
    page, _lines = run_import(section, {"ใบงานธรรมดา.txt": TEXT})
    assert [h.facilitator_only for h in page.handouts.all()] == [True]
    assert visitor.get(guide.url).status_code == 403


@pytest.mark.parametrize("encoding", ["cp874", "utf-8"])
def test_thai_names_without_the_utf8_flag_are_decoded(section, encoding):
    thai = "ใบงานที่ ๑.txt"
    plain = "x" * (len(thai.encode(encoding)) - 4) + ".txt"
    made = renamed(zipped({plain: TEXT}).getvalue(), plain, thai.encode(encoding))
    _page, lines = run_import(section, files_of_zip(made))
    assert set(lines) == {thai}


def test_other_legacy_names_are_left_as_python_reads_them():
    info = zipfile.ZipInfo("caf\u00e9.txt")  # 0x82 in code page 437, nothing in 874
    info.orig_filename = info.filename
    assert zip_name(info) == "café.txt"
    raw = b"xxx.txt"
    info = zipfile.ZipInfo("xxx.txt")
    name = "ปู.txt".encode()
    info.extra = (0x7075).to_bytes(2, "little") + (5 + len(name)).to_bytes(2, "little") + (
        b"\x01" + zlib.crc32(raw).to_bytes(4, "little") + name)
    assert zip_name(info) == "ปู.txt"


def test_an_error_leaves_no_files_and_no_pages(section, monkeypatch, settings):
    def broken(self):
        raise RuntimeError("power cut")

    monkeypatch.setattr(HandoutImporter, "_create_draft", broken)
    with pytest.raises(RuntimeError):
        run_import(section, {"ใบงาน.txt": TEXT})
    assert not HubDocument.objects.exists() and not CurriculumPage.objects.exists()
    assert [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()] == []


def test_a_zip_with_too_many_files_is_rejected(section, monkeypatch):
    monkeypatch.setattr(sources, "MAX_FILES", 2)
    with pytest.raises(sources.TooManyFiles):
        files_of_zip(zipped({f"{n}.txt": TEXT for n in range(3)}))


# In the editor


def send(client, section, **data):
    return client.post("/admin/courses/bring-in/", {
        "parent": section.pk, "title": "", "licence": "cc-by-4.0"} | data)


def upload(name, content):
    return SimpleUploadedFile(name, content)


def test_an_editor_imports_a_zip_and_sees_the_report(section, editor, signed_in):
    client = signed_in(editor)
    assert "/admin/courses/bring-in/" in client.get("/admin/").content.decode()
    made = zipped({"01 ป่า/ใบงาน.txt": TEXT, "ไม่รับ.exe": b"MZ"})
    answer = send(client, section, files=upload("หลักสูตรป่า.zip", made.getvalue()))
    page = CurriculumPage.objects.get()
    assert answer.status_code == 302 and page.title == "หลักสูตรป่า" and page.owner == editor
    shown = client.get(answer["Location"]).content.decode()
    assert "ใบงาน.txt" in shown and "ไม่รับ.exe" in shown and "ป่า" in shown
    assert client.get(f"/admin/pages/{page.pk}/edit/").status_code == 200


def test_a_folder_is_uploaded_with_its_paths(section, editor, signed_in):
    sent = [upload("ใบงาน.txt", TEXT), upload("ข.txt", TEXT + b"1")]
    send(signed_in(editor), section, folder=sent,
         paths=["วิชา/01 ป่า/ใบงาน.txt", "วิชา/ข.txt"])
    page = CurriculumPage.objects.get()
    assert page.title == "วิชา"
    assert [s.title for s in page.sessions.all()] == ["ป่า"]


@pytest.mark.parametrize("data", [
    {}, {"files": ("เสีย.zip", b"PK\x03\x04 no zip")}, {"files": ("ไม่รับ.exe", b"MZ")},
    {"files": ("ใบงาน.txt", TEXT), "parent": "0"}, {"files": ("ใบงาน.txt", TEXT), "licence": "x"},
], ids=["nothing", "damaged", "refused", "elsewhere", "no such licence"])
def test_invalid_uploads_show_errors_and_create_nothing(section, editor, signed_in, data):
    data = {name: upload(*value) if isinstance(value, tuple) else value
            for name, value in data.items()}
    answer = send(signed_in(editor), section, **data)
    assert answer.status_code == 422
    assert not CurriculumPage.objects.exists() and not HubDocument.objects.exists()


def test_importing_requires_permission(section, signed_in, visitor,
                                                       django_user_model):
    member = signed_in(django_user_model.objects.create_user("m", password="x"))
    for client in (visitor, member):
        assert send(client, section, files=upload("a.txt", TEXT)).status_code in (302, 403)
    assert not CurriculumPage.objects.exists()
    page, _lines = run_import(section, {"ใบงาน.txt": TEXT})
    made = HandoutImport.objects.create(page=page, rows=[])
    for client in (visitor, member):
        assert client.get(f"/admin/courses/bring-in/{made.pk}/").status_code in (302, 403, 404)


# The command


def test_the_command_imports_a_folder_and_reports_on_every_file(section, tmp_path, capsys):
    folder = tmp_path / "แฟ้ม"
    (folder / "01 ป่า").mkdir(parents=True)
    (folder / "01 ป่า" / "ใบงาน.txt").write_bytes(TEXT)
    (folder / "ลิงก์.txt").symlink_to("/etc/passwd")
    call_command("import_handouts", str(folder), title="จากแฟ้ม")
    output = capsys.readouterr().out
    page = CurriculumPage.objects.get()
    assert page.title == "จากแฟ้ม" and not page.live
    for expected in ("ใบงาน.txt", "ลิงก์.txt", f"/admin/pages/{page.pk}/edit/"):
        assert expected in output
    assert len(files_of_folder(folder)) == 2
    with pytest.raises(CommandError):
        call_command("import_handouts", str(tmp_path / "ไม่มี"))
    (tmp_path / "เสีย.zip").write_bytes(b"PK")
    with pytest.raises(CommandError):
        call_command("import_handouts", str(tmp_path / "เสีย.zip"))


def test_a_folder_with_too_many_files_shows_what_to_do(section, editor, signed_in, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    answer = send(signed_in(editor), section, folder=[upload(f"{n}.txt", TEXT) for n in range(3)])
    body = answer.content.decode()
    assert answer.status_code == 400 and "ไม่เกิน 2 ไฟล์" in body and "zip" in body
    assert not CurriculumPage.objects.exists() and not HubDocument.objects.exists()
