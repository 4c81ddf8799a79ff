"""Moderators publish, send back or refuse a report; its reporter gets an e-mail each time."""

import pytest
from django.urls import reverse
from wagtail.models import Collection

from hub.models import HubImage, KnowledgePage
from models_lib.models import ReplicationPage, ReplicationReport
from tests.models_lib.replications.reports import answers, model_with_blocks, photo, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(hub):
    return model_with_blocks()


@pytest.fixture
def client(member, signed_in):
    return signed_in(member)


@pytest.fixture
def report(model, client, mailoutbox):
    report = sent(client, model, **{"photo-1": photo(), "photo-1-alt": "ถังปู", "consent": "on"})
    mailoutbox.clear()
    return report


def decide(client, report, action, comment=""):
    """What the moderator's dashboard posts."""
    state = report.page.current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[
        report.page_id, action, state.pk])
    response = client.post(address, {"comment": comment})
    assert response.status_code in (200, 302)
    return ReplicationReport.objects.get(pk=report.pk)


def emails_to(user, mailoutbox):
    return [email for email in mailoutbox if email.to == [user.email]]


def test_moderators_see_a_report_on_their_dashboard_with_the_contact(report, moderator, signed_in):
    client = signed_in(moderator)
    assert "กลุ่มบ้านท่าข้าม" in client.get(reverse("wagtailadmin_home")).content.decode()
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[report.page_id])).content.decode()
    assert "081-234-5678" in edit and reverse("replications_refuse", args=[report.page_id]) in edit


def test_a_published_report_is_public_and_its_reporter_is_emailed(
    report, model, member, moderator, signed_in, visitor, mailoutbox
):
    picture = HubImage.objects.get()
    rendition = picture.get_rendition("width-360")
    assert visitor.get(rendition.url).status_code == 404
    report = decide(signed_in(moderator), report, "approve")
    assert report.state == "published" and report.page.live
    email = emails_to(member, mailoutbox)
    assert len(email) == 1 and report.page.url in email[0].body.replace("%", "%")
    assert "รายงานของคุณเผยแพร่แล้ว" in email[0].subject
    body = visitor.get(report.page.url).content.decode()
    assert "น้ำจืดเกินไป ปูตาย" in body and "ถังปู" in body
    assert "กลุ่มบ้านท่าข้าม" in visitor.get(model.url).content.decode()
    picture.refresh_from_db()
    assert picture.collection == Collection.get_first_root_node()
    assert visitor.get(rendition.url).status_code == 200
    report.page.save_revision().publish()
    assert len(emails_to(member, mailoutbox)) == 1


def test_a_report_that_was_sent_back_is_edited_and_sent_again(
    report, model, client, member, moderator, signed_in, mailoutbox
):
    page = report.page.get_latest_revision_as_object()
    page.advice = "คำที่ผู้ตรวจแก้"
    page.save_revision(user=moderator)
    report = decide(signed_in(moderator), report, "reject", "ขอตัวเลขก่อนและหลัง")
    assert report.state == "returned" and report.moderator_comment == "ขอตัวเลขก่อนและหลัง"
    email = emails_to(member, mailoutbox)
    assert len(email) == 1 and "ขอตัวเลขก่อนและหลัง" in email[0].body
    assert str(report.key) in email[0].body
    assert "ขอตัวเลขก่อนและหลัง" in client.get("/replications/mine/").content.decode()
    form = client.get(report.address).content.decode()
    assert "ขอตัวเลขก่อนและหลัง" in form and "คำที่ผู้ตรวจแก้" in form
    assert 'value="1/5/2024"' in form and 'value="901113" selected' in form
    picture = report.photos.get()
    again = client.post(report.address, answers(
        model, result="ก่อน 40 หลัง 12", advice="คำที่ผู้ตรวจแก้", consent="on",
    ) | {f"alt-{picture.pk}": "ถังปูสองแถว"})
    assert again.status_code == 302
    report = ReplicationReport.objects.get()
    assert report.state == "waiting" and ReplicationPage.objects.count() == 1
    page = report.page.get_latest_revision_as_object()
    assert (page.result, page.advice) == ("ก่อน 40 หลัง 12", "คำที่ผู้ตรวจแก้")
    assert [b.value["caption"] for b in page.body] == ["ถังปูสองแถว"]
    assert page.chain_links.count() == 1 and HubImage.objects.count() == 1
    assert decide(signed_in(moderator), report, "approve").state == "published"
    page = ReplicationPage.objects.get()
    assert page.result == "ก่อน 40 หลัง 12" and page.block_outcomes.count() == 2


def test_a_title_changed_by_an_editor_is_kept(report, model, client, moderator, signed_in):
    page = report.page.get_latest_revision_as_object()
    page.title = "ชื่อที่ดีกว่า"
    page.save_revision(user=moderator)
    report = decide(signed_in(moderator), report, "reject", "ขอเพิ่ม")
    client.post(report.address, answers(model, outcome="partial", consent="on") | {
        f"alt-{report.photos.get().pk}": "ถัง"})
    page = ReplicationPage.objects.get().get_latest_revision_as_object()
    assert page.title == "ชื่อที่ดีกว่า" and page.outcome == "partial"


def test_the_reporter_of_a_refused_report_is_emailed_the_reason(
    report, client, member, editor, moderator, signed_in, mailoutbox
):
    address = reverse("replications_refuse", args=[report.page_id])
    assert signed_in(editor).post(address, {"reason": "ไม่"}).status_code in (302, 403)
    assert ReplicationReport.objects.get().state == "waiting"
    moderating = signed_in(moderator)
    assert moderating.post(address, {"reason": " "}).status_code == 200
    assert ReplicationReport.objects.get().state == "waiting"
    assert moderating.post(address, {"reason": "เป็นโฆษณา"}).status_code == 302
    report = ReplicationReport.objects.get()
    assert report.state == "refused" and not report.page.live
    assert report.page.current_workflow_state is None
    email = emails_to(member, mailoutbox)
    assert len(email) == 1 and "เป็นโฆษณา" in email[0].body
    assert "เป็นโฆษณา" in client.get("/replications/mine/").content.decode()
    assert client.get(report.address).status_code == 302
    assert moderating.post(address, {"reason": "อีกครั้ง"}).status_code in (302, 403)


def test_the_reporter_is_emailed_when_an_editor_deletes_the_page(report, member, mailoutbox):
    report.page.delete()
    assert ReplicationReport.objects.get().state == "refused"
    assert len(emails_to(member, mailoutbox)) == 1


def test_a_pending_report_cannot_be_changed_by_its_reporter(report, model, client):
    client.post(report.address, answers(model, result="อีกอย่าง"))
    page = ReplicationPage.objects.get()
    assert page.get_latest_revision_as_object().result == "น้ำจืดเกินไป ปูตาย"
    assert not KnowledgePage.objects.live().filter(pk=page.pk).exists()


def test_emails_are_in_the_readers_language(report, member, moderator, signed_in, mailoutbox):
    member.wagtail_userprofile.preferred_language = "en"
    member.wagtail_userprofile.save()
    decide(signed_in(moderator), report, "approve")
    assert "Your report is published" in emails_to(member, mailoutbox)[0].subject
