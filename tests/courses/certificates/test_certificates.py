"""Certificates: issuing, the public page, the PDF, revoking and erasing names."""

import re
import unicodedata

import pypdfium2
import pytest
import zxingcpp
from django.core import mail

from courses.certificates import issuing
from courses.certificates import pdf as certificate_pdf
from courses.models import Attendance, Certificate, CourseRun, Enrolment
from courses.models.certificate import new_code
from tests.factories import CurriculumPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(make_run, facilitator, enrol):
    """A past run with two participants: one came to both meetings, one to the first."""
    run = make_run(days=(-5, -4))
    run.facilitators.add(facilitator)
    both, once = enrol(run, name="สมศรี มีสุข"), enrol(run, name="บังหมัด")
    first, second = run.meeting_list
    for meeting, enrolment in ((first, both), (second, both), (first, once)):
        Attendance.objects.create(meeting=meeting, enrolment=enrolment)
    return run, both, once


def page_of(run):
    return f"/courses/runs/{run.pk}/group/complete/"


@pytest.mark.postgresql
def test_participants_with_enough_attendance_get_a_certificate_when_confirmed(
    done, facilitator, signed_in, visitor
):
    run, both, once = done
    client = signed_in(facilitator)
    assert "ครบทั้ง 2 ครั้ง" in client.get(page_of(run)).content.decode()
    client.post(page_of(run), {"completed": [both.pk, once.pk, 10**30]})
    certificate = Certificate.objects.get()
    assert certificate.enrolment == both and certificate.issued_by == facilitator
    assert certificate.minutes == 2 * 6 * 60 and certificate.attended == 2
    [email] = mail.outbox
    assert email.to == [both.user.email] and f"/certificates/{certificate.code}/" in email.body
    client.post(page_of(run), {"completed": [both.pk]})
    assert Certificate.objects.count() == 1, "confirming again issues no second one"
    body = visitor.get(f"/certificates/{certificate.code}/").content.decode()
    for expected in ("เป็นของจริง", "สมศรี มีสุข", "หลักสูตรป่าชุมชน", "อ่านป่าได้", "12 ชั่วโมง",
                     certificate.code):
        assert expected in body
    assert 'content="noindex"' in body
    for private in (both.phone, both.user.email, both.needs, "กลุ่มปูม้า"):
        assert private not in body


def test_required_meetings_of_the_run_decide(done, facilitator):
    run, both, once = done
    CourseRun.objects.filter(pk=run.pk).update(required_meetings=1)
    run = CourseRun.objects.get(pk=run.pk)
    made = issuing.issue_and_notify(run, {both.pk, once.pk}, facilitator)
    assert [c.attended for c in made] == [1, 2]  # by name


def test_the_public_page_is_in_the_readers_language_if_the_course_is_translated(
    done, curriculum, facilitator, english_home, visitor
):
    CurriculumPageFactory(
        title="Community forest course", parent=english_home, locale=english_home.locale,
        translation_key=curriculum.translation_key, competences=[("item", "Reads a forest")],
    )
    run, both, _once = done
    [certificate] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    body = visitor.get(f"/en/certificates/{certificate.code}/").content.decode()
    assert "This certificate is genuine" in body and "Community forest course" in body
    assert "Reads a forest" in body and "อ่านป่าได้" not in body


def test_codes_are_not_guessable_and_are_normalized_when_typed(done, facilitator, visitor):
    codes = {new_code() for _number in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{4}-){3}[2-9A-HJKMNP-TV-Z]{4}", c) for c in codes)
    run, both, _once = done
    [certificate] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    typed = certificate.code.replace("-", " ").lower()
    answer = visitor.get("/certificates/", {"code": f" {typed} "})
    assert answer.url == f"/certificates/{certificate.code}/"
    assert visitor.get("/certificates/").status_code == 200
    assert visitor.get("/certificates/", {"code": "abc"}).status_code == 422
    for code in (new_code(), "x", "ก" * 400, str(certificate.pk)):
        assert visitor.get(f"/certificates/{code}/").status_code == 404


@pytest.mark.postgresql
def test_a_revoked_certificate_shows_the_reason_at_once(
    done, facilitator, signed_in, visitor
):
    run, both, _once = done
    [certificate] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    page = f"/certificates/{certificate.code}/"
    assert "เป็นของจริง" in visitor.get(page).content.decode()
    client = signed_in(facilitator)
    assert client.post(f"{page}revoke/", {"reason": ""}).status_code == 422
    mail.outbox.clear()
    assert client.post(f"{page}revoke/", {"reason": "บันทึกชื่อผิดคน"}).url == page
    body = visitor.get(page).content.decode()
    assert "ใช้ไม่ได้แล้ว" in body and "บันทึกชื่อผิดคน" in body and "เป็นของจริง" not in body
    assert "บันทึกชื่อผิดคน" in mail.outbox[0].body
    client.post(f"{page}revoke/", {"reason": "อีกครั้ง"})
    certificate.refresh_from_db()
    assert certificate.revoked_reason == "บันทึกชื่อผิดคน", "the first reason stays"
    assert signed_in(both.user).get(f"{page}pdf/").status_code == 403
    form = client.get(page_of(run)).content.decode()
    assert "ใบก่อนหน้านี้ถูกเพิกถอน" in form and f'value="{both.pk}">' in form, "not preselected"
    [again] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    assert again.code != certificate.code and again.is_valid


def test_the_name_of_a_holder_without_an_account_can_be_erased(
    done, facilitator, member, signed_in, visitor
):
    run, both, _once = done
    Enrolment.objects.filter(pk=both.pk).update(user=None)
    [certificate] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    page = f"/certificates/{certificate.code}/"
    assert "สมศรี มีสุข" in visitor.get(page).content.decode()
    assert signed_in(member).post(f"{page}erase/").status_code == 403
    client = signed_in(facilitator)
    assert f"{page}erase/" in client.get(page).content.decode()
    assert client.get(f"{page}erase/").status_code == 200
    assert client.post(f"{page}erase/").url == page
    body = visitor.get(page).content.decode()
    assert "สมศรี" not in body and "เป็นของจริง" in body
    both.refresh_from_db()
    assert both.name == both.phone == "" and both.attendances.count() == 2
    assert client.post(f"{page}erase/").status_code == 403, "done"
    assert client.get(f"{page}pdf/").status_code == 200


LONG = "หลักสูตรเครือข่ายอาสาสมัครเยี่ยมผู้สูงอายุในชุมชนที่น้ำท่วมทุกปี: เริ่มอย่างไรให้อยู่ได้นานและไม่เหนื่อยเกินไป"


def read(pdf) -> str:
    """The text of the only page, as copied from a PDF viewer."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1, "one sheet"
    return document[0].get_textpage().get_text_range()


def without_spaces(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_text_of_the_pdf_can_be_copied(
    done, curriculum, facilitator, signed_in, settings, prefix
):
    settings.WAGTAILADMIN_BASE_URL = "https://hub.example.org"
    run, both, _once = done
    both.name = "นางสาวน้ำผึ้ง ปู่ย่าตายาย"
    both.save()
    curriculum.title = LONG
    curriculum.competences = [("item", f"ทำบัญชีกลุ่มได้ข้อที่ {n}") for n in range(40)]
    curriculum.save()
    [certificate] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    answer = signed_in(both.user).get(f"{prefix}/certificates/{certificate.code}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Robots-Tag"] == "noindex"
    text = without_spaces(read(answer.content))
    wanted = [both.name, LONG, "ทำบัญชีกลุ่มได้ข้อที่3", certificate.code, "ศาลาบ้านตัวอย่าง",
              f"https://hub.example.org{prefix}/certificates/{certificate.code}/"]
    wanted += ["Certificate", "has completed the course"] if prefix else ["วุฒิบัตร", "เรียนจบหลักสูตร"]
    for expected in wanted:
        assert without_spaces(expected) in text, expected
    for private in (both.phone, both.user.email):
        assert without_spaces(private) not in text


@pytest.mark.parametrize("holder", ["x" * 150, "ก" * 150, "محمد 李 😀", "a b " * 37])
def test_no_name_overflows_the_page(done, facilitator, holder):
    run, both, _once = done
    both.name = holder
    both.save()
    [certificate] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    pdf = certificate_pdf.pdf_of(certificate)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    width, height = 297 * 72 / 25.4, 210 * 72 / 25.4
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        assert left >= 0 and right <= width and bottom >= 0 and top <= height
    assert without_spaces(certificate.code) in without_spaces(read(pdf))


def test_the_qr_code_contains_the_address_of_the_page(done, facilitator):
    run, both, _once = done
    [certificate] = issuing.issue_and_notify(run, {both.pk}, facilitator)
    pdf = certificate_pdf.pdf_of(certificate)
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil().convert("L")
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == certificate_pdf.address_of(certificate)
