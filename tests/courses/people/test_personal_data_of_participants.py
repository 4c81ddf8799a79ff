"""Personal data of participants: export, erasure on request, and retention."""

import json
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from courses.certificates import issuing
from courses.models import Attendance, Certificate, Enrolment, GroupFile, GroupPost
from courses.runs import schedule
from hub.people import personal_data
from hub.people.account_pages import sections_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(make_run, facilitator, enrol, member):
    """A past run; the member came to both meetings and has a certificate."""
    run = make_run(days=(-5, -4))
    run.facilitators.add(facilitator)
    enrolment = enrol(run, member, name="สมศรี มีสุข")
    for meeting in run.meeting_list:
        Attendance.objects.create(meeting=meeting, enrolment=enrolment)
    issuing.issue_and_notify(run, {enrolment.pk}, facilitator)
    post = GroupPost.objects.create(run=run, author=facilitator, text="ขอบคุณทุกคน")
    GroupFile.objects.create(post=post, title="สรุป.pdf", file="groups/x/สรุป.pdf")
    return run


def test_the_export_has_enrolments_attendance_certificates_and_files(done, member, signed_in):
    held = json.loads(signed_in(member).get("/accounts/me/data/").content)["course_runs"]
    [one] = held["enrolments"]
    assert one["phone"] == "081 234 5678" and one["consent"]["version"] == "1"
    assert len(one["attended"]) == 2
    assert one["certificates"][0]["code"] == Certificate.objects.get().code
    assert one["received"][0]["files"] == ["สรุป.pdf"]
    assert "ขอบคุณทุกคน" in json.dumps(held, ensure_ascii=False)


def test_the_export_for_the_waiting_list_has_no_group_messages(done, enrol):
    waits = enrol(done, state="waiting")
    assert personal_data.export_of(waits.user)["course_runs"]["enrolments"][0]["received"] == []


def test_erasing_anonymises_and_keeps_counts(done, member, visitor, facilitator, signed_in):
    certificate = Certificate.objects.get()
    page = f"/certificates/{certificate.code}/"
    assert "สมศรี มีสุข" in visitor.get(page).content.decode()
    personal_data.erase(member)
    body = visitor.get(page).content.decode()
    assert "สมศรี" not in body and "ตามคำขอของเจ้าตัว" in body and "เป็นของจริง" in body
    enrolment = Enrolment.objects.get()
    assert enrolment.user is None and enrolment.attendances.count() == 2
    rows = json.dumps([list(Enrolment.objects.values()), list(Certificate.objects.values())],
                      default=str, ensure_ascii=False)
    for secret in ("สมศรี", "081 2", "กลุ่มปูม้า", "หมู"):
        assert secret not in rows
    group = signed_in(facilitator).get(f"/courses/runs/{done.pk}/group/").content.decode()
    assert "อดีตสมาชิก" in group and "สมศรี" not in group
    listed = signed_in(facilitator).get(f"/courses/runs/{done.pk}/group/list.csv").content.decode()
    assert "อดีตสมาชิก" in listed


def test_erasing_gives_the_seat_to_the_waiting_list(run, member, enrol):
    enrol(run, member), enrol(run)
    waits = enrol(run, state="waiting")
    personal_data.erase(member)
    waits.refresh_from_db()
    assert waits.is_enrolled
    assert Enrolment.objects.count() == 2, "without attendance the enrolment is deleted"


def test_erasing_a_facilitator_removes_the_name_and_access_to_groups(
    run, facilitator, visitor, signed_in
):
    personal_data.erase(facilitator)
    assert not run.facilitators.exists()
    assert "ครูดี" not in visitor.get(f"/courses/runs/{run.pk}/").content.decode()


def test_details_are_erased_after_retention_and_certificates_stay(done, member, enrol):
    left = enrol(done, state="left")
    last = done.meeting_list[-1].date

    def after(days):
        return timezone.make_aware(datetime.combine(last + timedelta(days=days), time(8)))

    assert schedule.erase_old_details(after(365)) == 0
    assert Enrolment.objects.get(user=member).phone
    assert schedule.erase_old_details(after(366)) == 1
    enrolment = Enrolment.objects.get()
    assert (enrolment.phone, enrolment.affiliation, enrolment.needs) == ("", "", "")
    assert enrolment.user == member and enrolment.name
    assert not Enrolment.objects.filter(pk=left.pk).exists() and not GroupPost.objects.exists()
    assert Certificate.objects.get().holder == "สมศรี มีสุข"
    assert schedule.erase_old_details(after(367)) == 0, "done once"


def test_account_pages_show_courses_to_members_and_groups_to_facilitators(
    done, run, member, enrol, facilitator, signed_in
):
    enrol(run, member, state="waiting")
    body = signed_in(member).get("/accounts/me/").content.decode()
    assert "การอบรมของฉัน" in body and "ออกวุฒิบัตรแล้ว" in body and "ลำดับที่ 1" in body
    assert f"/courses/runs/{run.pk}/mine/" in body
    body = signed_in(facilitator).get("/accounts/me/").content.decode()
    assert "กลุ่มอบรมที่ฉันดูแล" in body and f"/courses/runs/{run.pk}/group/" in body


def test_account_pages_without_courses_have_no_section(member):
    assert [s.title for s in sections_of(member)] == []
