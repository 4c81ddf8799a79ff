"""Reports, verifications and withdrawals; records are append-only."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from policy.ledger.clause_party_status import with_status
from policy.models import ClauseReport, StatusPeriod, Verification, Withdrawal
from tests.policy.conftest import REPORT, VERIFICATION, amend_clause

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shared_resolution")]


@pytest.fixture
def report_address(cell_address):
    return f"{cell_address}report/"


@pytest.fixture
def verify_address(cell_address):
    return f"{cell_address}verify/"


def status_now(key, party):
    return StatusPeriod.objects.on(timezone.localdate()).get(clause_key=key, party=party).status


def photo(size=(3000, 1000), place=True):
    image = Image.new("RGB", size, "teal")
    exif = image.getexif()
    if place:
        exif[0x8825] = {1: "N", 2: (7.0, 11.0, 5.0)}
    kept = BytesIO()
    image.save(kept, "JPEG", exif=exif)
    return SimpleUploadedFile("ทุ่นใหม่.jpg", kept.getvalue(), "image/jpeg")


def test_a_report_is_public_at_once(
    signed_in, reporter, visitor, key, party, report_address, cell_address, resolution
):
    pages = [cell_address, "/follow-up/", resolution.url, resolution.get_parent().url]
    assert all("เกินกำหนด" in visitor.get(page).content.decode() for page in pages)
    answer = signed_in(reporter).post(report_address, REPORT | {"figure": "๑,๒๐๐.๕",
                                                                 "figure_unit": "เมตร"})
    assert answer.status_code == 302 and answer.url == f"{cell_address}?said=report"
    report = ClauseReport.objects.get()
    assert (report.party, report.clause_key, report.reporter) == (party, key, reporter)
    assert report.reported_on == timezone.localdate()
    assert report.figure_text == "1,200.5 เมตร"
    assert status_now(key, party) == "evidenced"
    for page in pages:
        assert "รายงานแล้ว มีหลักฐาน" in visitor.get(page).content.decode(), page
    body = visitor.get(cell_address).content.decode()
    for shown in ("ซ่อมทุ่นครบแล้ว", "ใบสั่งจ้าง 12/2567", "สมศรี", "1,200.5 เมตร"):
        assert shown in body
    assert "ซ่อมทุ่นครบแล้ว" in visitor.get(resolution.url).content.decode()


def test_a_report_without_evidence_leaves_the_status_overdue(
    signed_in, reporter, key, party, report_address
):
    signed_in(reporter).post(report_address, REPORT | {"evidence": ""})
    assert status_now(key, party) == "overdue"


@pytest.mark.parametrize(("wrong", "words"), [
    ({"claim": ""}, "id_claim_error"),
    ({"claim": "ก" * 5001}, "id_claim_error"),
    ({"done_on": ""}, "id_done_on_error"),
    ({"done_on": "เมื่อวาน"}, "อ่านเป็นวันที่ไม่ได้"),
    ({"done_on": "31/2/2567"}, "กุมภาพันธ์ 2567 มี 29 วัน"),
    ({"done_on": (timezone.localdate() + timedelta(days=2)).isoformat()}, "ยังมาไม่ถึง"),
    ({"evidence_url": "javascript:alert(1)"}, "id_evidence_url_error"),
    ({"figure": "มาก", "figure_unit": "ลูก"}, "id_figure_error"),
    ({"figure": "9" * 30, "figure_unit": "ลูก"}, "id_figure_error"),
    ({"figure": "8"}, "ตัวเลขต้องมีหน่วย"),
    ({"reporter_name": " "}, "id_reporter_name_error"),
])
@pytest.mark.postgresql
def test_errors_are_shown_at_their_field_and_the_input_is_kept(
    signed_in, reporter, report_address, wrong, words
):
    answer = signed_in(reporter).post(report_address, REPORT | wrong)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert words in body
    kept = "evidence" if "evidence" not in wrong else "claim"
    assert REPORT[kept] in body
    assert not ClauseReport.objects.exists()


@pytest.mark.parametrize("typed", ["5/1/2567", "๕ ม.ค. ๒๕๖๗", "5 มกราคม 2567", "2024-01-05",
                                   "5 January 2024"])
def test_dates_are_read_as_people_write_them(signed_in, reporter, report_address, typed):
    signed_in(reporter).post(report_address, REPORT | {"done_on": typed})
    assert ClauseReport.objects.get().done_on.isoformat() == "2024-01-05"


def test_a_photo_is_shrunk_and_loses_its_location(signed_in, reporter, visitor, report_address):
    signed_in(reporter).post(report_address, REPORT | {"file": photo()})
    report = ClauseReport.objects.get()
    assert report.file_name == "ทุ่นใหม่.jpg"
    answer = visitor.get(report.file_url)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    kept = Image.open(BytesIO(b"".join(answer.streaming_content)))
    assert max(kept.size) == 2048
    assert not kept.getexif()


@pytest.mark.parametrize(("name", "content"), [
    ("a.exe", b"MZ\x90"), ("a.pdf", b"MZ\x90"), ("a.jpg", b"no picture"), ("a.txt", b""),
    ("a.docx", b"PK\x03\x04 broken"), ("a.svg", b"<svg onload='alert(1)'/>"),
    ("a.html", b"<p>no page</p>"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_files_with_a_wrong_type_are_refused(
    signed_in, reporter, report_address, name, content
):
    answer = signed_in(reporter).post(
        report_address, REPORT | {"file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 422
    assert "id_file_error" in answer.content.decode()
    assert not ClauseReport.objects.exists()


def test_html_evidence_is_a_download(signed_in, reporter, visitor, report_address):
    page = SimpleUploadedFile("a.html", b"<html><script>alert(1)</script></html>")
    signed_in(reporter).post(report_address, REPORT | {"file": page})
    answer = visitor.get(ClauseReport.objects.get().file_url)
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.postgresql
def test_sending_a_form_twice_creates_one_report(signed_in, reporter, report_address):
    client = signed_in(reporter)
    for _time in range(2):
        assert client.post(report_address, REPORT).status_code == 302
    assert ClauseReport.objects.count() == 1
    client.post(report_address, REPORT | {"claim": "อีกเรื่องหนึ่ง"})
    assert ClauseReport.objects.count() == 2


def test_spam_creates_no_report(signed_in, reporter, report_address):
    answer = signed_in(reporter).post(report_address, REPORT | {"website": "http://x.example"})
    assert answer.status_code == 302
    assert not ClauseReport.objects.exists()


def test_reports_are_limited_per_hour(
    signed_in, reporter, report_address, monkeypatch
):
    from policy.reports import views

    monkeypatch.setattr(views, "MAX_RECORDS_PER_HOUR", 1)
    client = signed_in(reporter)
    assert client.post(report_address, REPORT).status_code == 302
    answer = client.post(report_address, REPORT | {"claim": "อีก"})
    assert answer.status_code == 429 and "อีก" in answer.content.decode()
    assert ClauseReport.objects.count() == 1


def test_withdrawing_a_report_withdraws_its_additions(
    signed_in, reporter, key, party, report_address
):
    client = signed_in(reporter)
    client.post(report_address, REPORT | {"evidence": ""})
    first = ClauseReport.objects.get()
    client.post(f"{report_address}?to={first.pk}", REPORT | {"claim": "ส่งใบเสร็จเพิ่ม"})
    added = ClauseReport.objects.exclude(pk=first.pk).get()
    assert added.adds_to == first
    assert status_now(key, party) == "evidenced"
    address = reverse("follow_up_withdraw", args=["clausereport", first.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "นับผิด"}).status_code == 302
    assert Withdrawal.objects.count() == 2
    assert status_now(key, party) == "overdue"


def test_withdrawn_reports_stay_readable_with_the_reason(
    signed_in, reporter, visitor, report_address, cell_address
):
    client = signed_in(reporter)
    client.post(report_address, REPORT)
    report = ClauseReport.objects.get()
    address = reverse("follow_up_withdraw", args=["clausereport", report.pk])
    client.post(address, {"reason": "นับรวมของเก่า"})
    body = visitor.get(cell_address).content.decode()
    assert "ซ่อมทุ่นครบแล้ว" in body and "นับรวมของเก่า" in body
    assert client.post(address, {"reason": "อีกครั้ง"}).status_code == 403
    assert Withdrawal.objects.count() == 1


@pytest.mark.postgresql
def test_a_report_cannot_be_changed(signed_in, reporter, administrator, report_address):
    signed_in(reporter).post(report_address, REPORT)
    report = ClauseReport.objects.get()
    report.claim = "อย่างอื่น"
    with pytest.raises(TypeError):
        report.save()
    for what in ("edit", "delete"):
        address = reverse(f"wagtailsnippets_policy_clausereport:{what}", args=[report.pk])
        client = signed_in(administrator)
        for answer in (client.get(address), client.post(address, {"claim": "อย่างอื่น"})):
            assert answer.status_code in (302, 403)
    assert ClauseReport.objects.get().claim == REPORT["claim"]


def test_verifications_are_shown_beside_the_report(
    signed_in, reporter, verifier, visitor, key, party, report_address, verify_address,
    cell_address, resolution
):
    signed_in(reporter).post(report_address, REPORT)
    report = ClauseReport.objects.get()
    client = signed_in(verifier)
    answer = client.post(f"{verify_address}?report={report.pk}", VERIFICATION)
    assert answer.url == f"{cell_address}?said=seen"
    seen = Verification.objects.get()
    assert (seen.report, seen.verifier, seen.party) == (report, verifier, party)
    assert status_now(key, party) == "contradicted"
    for page in (cell_address, resolution.url):
        body = visitor.get(page).content.decode()
        for shown in ("ซ่อมทุ่นครบแล้ว", "ยังขาดห้าลูก", "เจ้าของเรือ", "ชุมชนตรวจแล้วไม่ตรง"):
            assert shown in body
    later = VERIFICATION | {
        "finding": "confirmed", "extent": "done", "observation": "ครบแล้ว",
        "observed_on": "2024-03-01",
    }
    client.post(f"{verify_address}?report={report.pk}", later)
    assert status_now(key, party) == "verified"
    newest = Verification.objects.get(observation="ครบแล้ว")
    client.post(reverse("follow_up_withdraw", args=["verification", newest.pk]),
                {"reason": "ไปผิดที่"})
    assert status_now(key, party) == "contradicted"


def test_a_cell_is_verified_without_any_report(
    signed_in, verifier, visitor, key, party, verify_address, cell_address
):
    seen = VERIFICATION | {"finding": "confirmed", "extent": "done"}
    signed_in(verifier).post(verify_address, seen)
    assert Verification.objects.get().report is None
    assert status_now(key, party) == "verified"
    assert "เห็นแล้วว่าทำจริง" in visitor.get(cell_address).content.decode()


@pytest.mark.parametrize("wrong", [
    {"finding": ""}, {"finding": "maybe"}, {"observation": ""}, {"observed_on": ""},
    {"verifier_name": ""}, {"observed_on": "2023-12-01"},
])
def test_a_verification_needs_an_observation_a_date_and_a_name(
    signed_in, reporter, verifier, report_address, verify_address, wrong
):
    signed_in(reporter).post(report_address, REPORT)
    report = ClauseReport.objects.get()
    answer = signed_in(verifier).post(f"{verify_address}?report={report.pk}", VERIFICATION | wrong)
    assert answer.status_code == 422
    assert not Verification.objects.exists()


def test_editors_enter_reports_and_verifications_on_paper(signed_in, moderator, key, party):
    client = signed_in(moderator)
    address = reverse("wagtailsnippets_policy_clausereport:add")
    assert "ให้ซ่อมทุ่น" in client.get(address).content.decode()
    form = {"clause_key": str(key), "party": party.pk, "claim": "ซ่อมแล้ว", "done_on": "",
            "extent": "done", "evidence": "", "evidence_url": "", "figure": "", "figure_unit": "",
            "figure_method": "", "reported_on": "2024-01-05", "reporter_name": "หนังสือ 7/2567"}
    assert client.post(address, form | {"clause_key": "not-a-key"}).status_code == 200
    assert not ClauseReport.objects.exists()
    assert client.post(address, form).status_code == 302
    assert ClauseReport.objects.get().clause_key == key
    address = reverse("wagtailsnippets_policy_verification:add")
    form = {"clause_key": str(key), "party": party.pk, "finding": "confirmed",
            "extent": "done", "figure": "", "observation": "เห็นแล้ว", "observed_on": "2024-02-01",
            "evidence_url": "", "verifier_name": "กลุ่มเรือเล็ก"}
    assert client.post(address, form).status_code == 302
    assert status_now(key, party) == "verified"


def test_reports_stay_with_their_clause_when_the_page_is_published_again(resolution, key, party):
    ClauseReport.objects.create(clause_key=key, party=party, claim="ซ่อมแล้ว")
    page = resolution.get_latest_revision_as_object()
    page.title = "มติ แก้ชื่อ"
    page.save_revision().publish()
    page = type(resolution).objects.get(pk=resolution.pk)
    [first, _second] = with_status(list(page.clauses.all()), with_records=True)
    assert [len(c.reports) for c in first.cells] == [1]


def test_reports_stay_when_the_clause_names_another_party(
    resolution, key, party, other_party, visitor, cell_address
):
    ClauseReport.objects.create(clause_key=key, party=party, claim="ซ่อมแล้ว", evidence="ใบเสร็จ")
    amend_clause(resolution, "1", parties=[other_party])
    assert "ไม่ได้ระบุชื่อ" in visitor.get(cell_address).content.decode()
    assert status_now(key, None) == "overdue"  # only the named one counts
