"""The group: participants, attendance, messages with files, and the list."""

import csv
import io

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from courses.models import Attendance, Enrolment, GroupFile, GroupPost
from tests.courses.conftest import DETAILS

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(facilitator, signed_in):
    return signed_in(facilitator)


@pytest.fixture
def address(run):
    return f"/courses/runs/{run.pk}/group/"


def test_the_group_shows_participants_needs_and_the_waiting_list(run, enrol, leads, address):
    enrol(run, name="ก๊ะมารีแย", needs="ใช้รถเข็น")
    enrol(run, name="บังหมัด", state="waiting")
    body = leads.get(address).content.decode()
    for expected in ("ก๊ะมารีแย", "ใช้รถเข็น", "tel:0812345678", "บังหมัด", "รายชื่อสำรอง"):
        assert expected in body
    assert "ก๊ะมารีแย" in leads.get(f"/en{address}").content.decode()


def test_attendance_is_recorded_and_corrected(run, enrol, leads, address):
    one, two, waits = enrol(run), enrol(run), enrol(run, state="waiting")
    meeting = run.meeting_list[0]
    page = f"{address}meeting/{meeting.pk}/"
    assert one.name in leads.get(page).content.decode()
    data = {"came": [one.pk, waits.pk, 10**30, "x", -1]}
    assert leads.post(page, data).url == address
    assert list(Attendance.objects.values_list("enrolment", flat=True)) == [one.pk]
    meeting.refresh_from_db()
    assert meeting.recorded_at
    leads.post(page, {"came": [two.pk]})
    assert list(Attendance.objects.values_list("enrolment", flat=True)) == [two.pk]
    body = leads.get(page).content.decode()
    assert f'value="{two.pk}" checked' in body and f'value="{one.pk}" checked' not in body
    leads.post(page, {})
    assert not Attendance.objects.exists()


def test_attendance_of_another_run_cannot_be_recorded(run, make_run, enrol, leads, address):
    other = make_run()
    one = enrol(other)
    page = f"{address}meeting/{other.meeting_list[0].pk}/"
    assert leads.post(page, {"came": [one.pk]}).status_code == 404
    assert not Attendance.objects.exists()


def test_a_person_with_an_account_is_added_and_gets_an_email(run, member, leads, address):
    answer = leads.post(f"{address}add/", {"account": "SOMSRI@example.org"})
    assert answer.url == address
    enrolment = Enrolment.objects.get(user=member)
    assert enrolment.is_enrolled and enrolment.name == "สมศรี มีสุข"
    assert not enrolment.consent_version, "consent is not given by others"
    assert "ใส่ชื่อของคุณ" in mail.outbox[0].body
    assert leads.post(f"{address}add/", {"account": "somsri"}).status_code == 409


def test_an_added_member_is_asked_for_consent(run, member, leads, address, signed_in):
    leads.post(f"{address}add/", {"account": "somsri"})
    client = signed_in(member)
    assert "ดูและยินยอม" in client.get(f"/courses/runs/{run.pk}/mine/").content.decode()
    client.post(f"/courses/runs/{run.pk}/enrol/", DETAILS | {"consent": "on"})
    assert Enrolment.objects.get().consent_version == "1"
    assert "ดูและยินยอม" not in client.get(f"/courses/runs/{run.pk}/mine/").content.decode()


def test_usernames_are_never_shown_as_names(run, member, leads, address, visitor,
                                                  facilitator):
    for user in (member, facilitator):
        user.first_name = ""
        user.save()
    answer = leads.post(f"{address}add/", {"account": "somsri"})
    assert answer.status_code == 422 and "name" in answer.context["form"].errors
    assert facilitator.username not in visitor.get(f"/courses/runs/{run.pk}/").content.decode()


def test_a_person_without_an_account_is_added_by_name(run, leads, address):
    data = {"name": "ยายแดง", "phone": "081", "agreed": "on"}
    assert leads.post(f"{address}add/", data).url == address
    enrolment = Enrolment.objects.get()
    assert enrolment.user is None and enrolment.consent_version == "1"
    assert not mail.outbox and "ยายแดง" in leads.get(address).content.decode()


@pytest.mark.parametrize(("data", "field"), [
    ({"name": " "}, "name"), ({"name": "\u200b"}, "name"),
    ({"account": "nobody"}, "account"), ({"name": "ยายแดง"}, "agreed"),
    ({"account": "a\0b"}, "account"),
])
def test_missing_values_when_adding_are_field_errors(run, leads, address, data, field):
    answer = leads.post(f"{address}add/", data)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not Enrolment.objects.exists()


@pytest.mark.postgresql
def test_people_added_to_a_full_run_join_the_waiting_list(run, enrol, leads, address, member):
    enrol(run), enrol(run)
    leads.post(f"{address}add/", {"account": "somsri"})
    assert Enrolment.objects.get(user=member).is_waiting


def test_removing_a_participant_moves_the_next_one_up(run, enrol, make_member, leads, address):
    one, _two = enrol(run), enrol(run)
    waits = enrol(run, state="waiting")
    page = f"{address}remove/{one.pk}/"
    assert one.name in leads.get(page).content.decode()
    assert leads.post(page).url == address
    one.refresh_from_db(), waits.refresh_from_db()
    assert one.state == "removed" and one.phone == "" and waits.is_enrolled
    assert sorted(m.to[0] for m in mail.outbox) == sorted([one.user.email, waits.user.email])
    assert leads.post(page).status_code == 404, "done already"


def send(client, address, *files, text="พรุ่งนี้พบกัน"):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(f"{address}send/", {"text": text, "files": uploads})


def test_files_are_for_the_group_only(
    run, enrol, leads, address, signed_in, visitor, member, editor
):
    one, waits = enrol(run), enrol(run, state="waiting")
    answer = send(leads, address, ("แผนที่-บ้าน.txt", "ทางไปเพิง".encode()), ("b.txt", b"two"))
    assert answer.url == address
    [email] = mail.outbox
    assert email.to == [one.user.email]
    assert "พรุ่งนี้พบกัน" in email.body and "แผนที่-บ้าน.txt" in email.body
    file = GroupFile.objects.earliest("pk")
    url = file.get_absolute_url()
    client = signed_in(one.user)
    page = client.get(f"/courses/runs/{run.pk}/mine/").content.decode()
    assert "พรุ่งนี้พบกัน" in page and url in page
    got = client.get(url)
    assert b"".join(got.streaming_content).decode() == "ทางไปเพิง"
    assert got["Content-Disposition"].startswith("attachment") and "private" in got["Cache-Control"]
    for other in (signed_in(waits.user), signed_in(member), signed_in(editor)):
        assert other.get(url).status_code == 404
    assert visitor.get(url).status_code == 302
    for guessed in (f"/media/{file.file.name}", f"/documents/{file.pk}/b.txt"):
        assert client.get(guessed).status_code == 404
        assert visitor.get(guessed).status_code == 404
    assert "พรุ่งนี้พบกัน" not in signed_in(waits.user).get(
        f"/courses/runs/{run.pk}/mine/").content.decode()


@pytest.mark.postgresql
def test_a_duplicate_submission_sends_once(run, enrol, leads, address):
    enrol(run)
    for _time in range(2):
        assert send(leads, address, ("a.txt", b"one")).status_code == 302
    assert GroupPost.objects.count() == len(mail.outbox) == 1
    send(leads, address, ("b.txt", b"two"))
    assert GroupPost.objects.count() == 2, "another file is another message"


def test_a_file_cannot_be_opened_through_another_group(run, make_run, enrol, leads, address,
                                                           signed_in):
    send(leads, address, ("a.txt", b"secret"))
    other = make_run()
    client = signed_in(enrol(other).user)
    file = GroupFile.objects.get()
    assert client.get(f"/courses/runs/{other.pk}/file/{file.pk}/").status_code == 404


def test_search_does_not_find_files_of_groups(run, enrol, leads, address, visitor, editor,
                                           signed_in):
    enrol(run)
    send(leads, address, ("ความลับกลุ่ม.txt", "ความลับกลุ่ม".encode()), text="ความลับกลุ่ม")
    assert "ความลับกลุ่ม.txt" not in visitor.get("/search/?q=ความลับกลุ่ม").content.decode()
    admin = signed_in(editor).get("/admin/documents/?q=ความลับกลุ่ม")
    assert "ความลับกลุ่ม.txt" not in admin.content.decode()


@pytest.mark.parametrize(("text", "files"), [
    ("", []), ("x" * 6000, []), ("", [("a.exe", b"MZ\x90")]), ("", [("a.pdf", b"no pdf")]),
    ("", [("a.txt", b"")]), ("x", [(f"{n}.txt", b"a") for n in range(11)]),
])
def test_invalid_messages_are_rejected(run, leads, address, text, files):
    assert send(leads, address, *files, text=text).status_code == 422
    assert not GroupPost.objects.exists() and not mail.outbox


def test_deleting_a_message_deletes_its_files(
    run, leads, address, django_capture_on_commit_callbacks
):
    send(leads, address, ("a.txt", b"secret"))
    file = GroupFile.objects.get().file
    assert file.storage.exists(file.name)
    with django_capture_on_commit_callbacks(execute=True):
        leads.post(f"{address}unsend/{GroupPost.objects.get().pk}/")
    assert not GroupPost.objects.exists() and not file.storage.exists(file.name)


def test_the_list_opens_in_spreadsheets_without_formulas(
    run, enrol, leads, address
):
    one = enrol(run, name="=1+1", phone="0812345678", needs="@cmd", other_organisation="-2")
    enrol(run, name="บังหมัด", state="waiting")
    Attendance.objects.create(meeting=run.meeting_list[1], enrolment=one)
    answer = leads.get(f"{address}list.csv")
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff") and "attachment" in answer["Content-Disposition"]
    heading, first, second = csv.reader(io.StringIO(text[1:]))
    assert first[1] == "'=1+1" and first[4:6] == ["'-2", "'@cmd"] and first[2] == "0812345678"
    assert first[3] == one.user.email and first[9:12] == ["0", "1", "1"]
    assert second[1] == "บังหมัด" and len({len(heading), len(first), len(second)}) == 1
    sheet = load_workbook(io.BytesIO(leads.get(f"{address}list.xlsx").content)).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells["=1+1"] == "s" and cells["0812345678"] == "s" and "บังหมัด" in cells
    assert leads.get(f"{address}list.exe").status_code == 404
    english = leads.get(f"/en{address}list.csv").content.decode()
    assert "Telephone" in english and "เบอร์" not in english.splitlines()[0]
