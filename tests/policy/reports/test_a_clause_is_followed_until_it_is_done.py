"""A committee is no ordinance: overdue and reminders go on until the clause is done."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from policy.models import Clause, ClauseReport, StatusPeriod, Verification
from policy.reports.reminders import send_due
from tests.policy.conftest import REPORT, VERIFICATION, amend_clause

pytestmark = pytest.mark.django_db


def status_now(key, party):
    return StatusPeriod.objects.on(timezone.localdate()).get(clause_key=key, party=party).status


def report(client, address, **changes):
    return client.post(f"{address}report/", REPORT | changes)


def test_a_committee_that_is_confirmed_stays_overdue_and_is_reminded(
    resolution, key, party, reporter, verifier, cell_address, signed_in, visitor
):
    late = timezone.localdate() - timedelta(days=334)
    amend_clause(resolution, "1", due=late, texts={"th": "ให้ร่างข้อบัญญัติ"})
    client = signed_in(reporter)
    answer = report(client, cell_address, claim="ตั้งคณะทำงานแล้ว ยังไม่ได้ร่าง", extent="begun",
                    done_on="", evidence="คำสั่งแต่งตั้ง 3/2568")
    assert answer.status_code == 302
    today = timezone.localdate()
    ClauseReport.objects.update(reported_on=today - timedelta(days=9))
    made = ClauseReport.objects.get()
    answer = signed_in(verifier).post(f"{cell_address}verify/?report={made.pk}", VERIFICATION | {
        "finding": "confirmed", "extent": "begun", "observation": "เห็นคำสั่ง ยังไม่มีร่าง",
        "observed_on": (today - timedelta(days=5)).isoformat()})
    assert answer.status_code == 302
    assert Verification.objects.get().finding == "confirmed"
    assert status_now(key, party) == status_now(key, None) == "overdue"
    body = visitor.get(cell_address).content.decode()
    assert "เกินกำหนด ยังไม่เสร็จ" in body and "เริ่มแล้ว" in body
    data = b"".join(visitor.get("/follow-up/data.json").streaming_content).decode()
    assert '"begun"' in data
    send_due(timezone.localdate() + timedelta(days=90))
    assert any("ให้ร่างข้อบัญญัติ" in email.body for email in mail.outbox)
    client = signed_in(reporter)
    report(client, cell_address, claim="ข้อบัญญัติมีผลแล้ว", done_on=late.isoformat())
    assert status_now(key, party) == "evidenced"


def test_how_far_it_is_must_be_said(resolution, cell_address, reporter, signed_in):
    client = signed_in(reporter)
    answer = report(client, cell_address, extent="")
    assert answer.status_code == 422 and 'id="id_extent_error"' in answer.content.decode()
    answer = report(client, cell_address, done_on="")  # done, but when?
    assert answer.status_code == 422
    answer = report(client, cell_address, extent="begun")  # not done, on a day
    assert answer.status_code == 422 and "เฉพาะเมื่อทำเสร็จ" in answer.content.decode()
    assert not ClauseReport.objects.exists()


@pytest.mark.parametrize(("extent", "figure", "words"), [
    ("partly", "", "จาก 30 ครัวเรือน"), ("partly", "๓๐", "ถึงเป้าหมาย"),
    ("done", "12", "เสร็จบางส่วน"),
])
def test_a_figure_is_held_against_the_target(
    resolution, cell_address, reporter, signed_in, extent, figure, words
):
    amend_clause(resolution, "1", target=30, target_unit="ครัวเรือน", measure="มีน้ำใช้")
    client = signed_in(reporter)
    answer = report(client, cell_address, extent=extent, figure=figure, figure_unit="ครัวเรือน",
                    done_on="2024-01-05" if extent == "done" else "")
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not ClauseReport.objects.exists()
    answer = report(client, cell_address, extent="partly", figure="๑๒", done_on="",
                    figure_unit="ครัวเรือน")
    assert answer.status_code == 302 and ClauseReport.objects.get().figure == 12
    assert "12 จาก 30 ครัวเรือน" in client.get(cell_address).content.decode()


def test_a_buddhist_year_is_read_rightly(resolution, cell_address, reporter, signed_in):
    client = signed_in(reporter)
    report(client, cell_address, done_on="๕ ม.ค. ๒๕๖๗")
    assert ClauseReport.objects.get().done_on == date(2024, 1, 5)


def test_milestones_have_dates_in_every_writing(resolution, cell_address, visitor):
    amend_clause(resolution, "1", milestones="๓๐ ก.ย. ๒๕๖๗ ตั้งคณะทำงาน\n1/2/2600 ร่างเสร็จ")
    body = visitor.get(cell_address).content.decode()
    assert "30 กันยายน 2567: <span" in body and "1 กุมภาพันธ์ 2600" in body
    history = body.split('id="history"')[1]
    assert "ตั้งคณะทำงาน" in history and "ร่างเสร็จ" not in history.split("หมุดหมาย: ", 1)[1][:40]


def test_a_milestone_without_a_date_is_refused():
    with pytest.raises(ValidationError) as refused:
        Clause(number="1", text="ให้ทำ", milestones="ตั้งคณะทำงาน เดือนหน้า").clean()
    assert "ตั้งคณะทำงาน" in str(refused.value.message_dict["milestones"])
