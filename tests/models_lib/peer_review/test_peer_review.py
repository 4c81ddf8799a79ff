"""A Model is reviewed by peers: started, invited, answered, approved, shown, changed since."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Workflow

from hub.reference.loading import load_reference
from models_lib.models import PeerReview, PeerReviewTask, Review, Reviewer
from models_lib.peer_review.rounds import review_workflow
from tests.factories import LessonPageFactory, ModelPageFactory
from tests.models_lib.peer_review.peer_reviews import (
    ANONYMOUS,
    ANSWERS,
    answered,
    approve,
    invited,
    path_in,
    under_review,
)

pytestmark = pytest.mark.django_db


def admin_of(page) -> str:
    return f"/admin/peer-review/{page.pk}/"


def test_reference_data_creates_the_workflow_once_and_assigns_it_to_no_page(hub):
    load_reference()
    task = PeerReviewTask.objects.get()
    assert [g.name for g in task.groups.all()] == ["Moderators"]
    workflow = Workflow.objects.get(workflow_tasks__task=task)
    assert not workflow.workflow_pages.exists()
    assert workflow.active and task.reviews_needed == 2


def test_an_author_starts_a_review_from_the_page_and_can_cancel_it(editor, signed_in):
    page = ModelPageFactory(live=False, owner=editor, title="ธนาคารปู")
    page.save_revision(user=editor)
    client = signed_in(editor)
    assert admin_of(page) in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "เริ่มการทบทวนโดยผู้รู้" in client.get(admin_of(page)).content.decode()
    assert client.post(admin_of(page), {"action": "start"}).status_code == 302
    review = page.peer_reviews.get()
    assert review.revision_id == page.latest_revision_id
    assert page.get_lock().for_user(editor)
    assert client.post(admin_of(page), {"action": "start"}).url == "/admin/"  # refused
    assert page.peer_reviews.count() == 1
    page.current_workflow_state.cancel(user=editor)
    review.refresh_from_db()
    assert review.result == PeerReview.Result.CANCELLED
    assert not page.get_lock()
    assert client.post(admin_of(page), {"action": "start"}).url == admin_of(page)


def test_publishing_is_unchanged_where_no_review_was_started(moderator, signed_in):
    page = ModelPageFactory(live=False, title="ธนาคารปู")
    assert page.get_workflow() not in Workflow.objects.filter(
        workflow_tasks__task__in=PeerReviewTask.objects.all())
    page.save_revision().publish()
    assert not PeerReview.objects.exists()


def test_moderators_invite_by_address_and_each_gets_an_email_in_their_language(
    editor, moderator, signed_in, django_user_model
):
    from wagtail.users.models import UserProfile

    page, review = under_review(editor)
    member = django_user_model.objects.create_user("s", "Somchai@example.org", "x")
    UserProfile.objects.create(user=member, preferred_language="en")
    mail.outbox.clear()
    response = signed_in(moderator).post(admin_of(page), {
        "action": "invite", "language": "th",
        "addresses": "ครูสมศรี <somsri@example.org>\n\nsomchai@example.org\nsomchai@example.org",
    })
    assert response.status_code == 302
    thai, english = sorted(mail.outbox, key=lambda email: email.to[0], reverse=True)
    assert thai.to == ["somsri@example.org"] and "ขอเชิญทบทวนตัวแบบ" in thai.subject
    assert "เรียน คุณครูสมศรี" in thai.body and "ธนาคารปู" in thai.body
    assert english.to == ["somchai@example.org"] and "Will you review" in english.subject
    assert path_in(english.body).startswith("/en/peer-review/")
    assert path_in(thai.body).startswith("/peer-review/")
    assert review.reviewers.get(email="somchai@example.org").user == member


@pytest.mark.parametrize("addresses", ["", "ไม่ใช่อีเมล", "a@example.org\nb@", "x" * 5000, "\n".join(
    f"r{n}@example.org" for n in range(21))])
def test_invalid_addresses_are_reported_and_nobody_gets_an_email(
    editor, moderator, signed_in, addresses
):
    page, review = under_review(editor)
    mail.outbox.clear()
    response = signed_in(moderator).post(
        admin_of(page), {"action": "invite", "addresses": addresses, "language": "th"})
    assert response.status_code == 422
    assert mail.outbox == [] and not review.reviewers.exists()


def test_the_reviewer_reads_and_answers_without_an_account(editor, visitor):
    _page, review = under_review(editor, problem="ปูลดลง")
    reviewer, path = invited(review, "somsri@example.org")
    form = visitor.get(path)
    assert form.status_code == 200 and "ธนาคารปู" in form.content.decode()
    assert "ปูลดลง" in visitor.get(f"{path}draft/").content.decode()
    response = visitor.post(path, ANSWERS)
    assert response.status_code == 302 and response["Location"] == f"{path}?sent=1"
    review = Review.objects.get(reviewer=reviewer)
    assert (review.evidence, review.costs_text, review.recommendation) == (
        "strong", "ไม่ได้นับค่าแรง", "change")
    assert review.signed_name == "ครูสมศรี โรงเรียนตัวอย่าง" and review.texts_are_public
    assert "ขอบคุณ" in visitor.get(response["Location"]).content.decode()
    again = visitor.get(path).content.decode()
    assert "ไม่ได้นับค่าแรง" in again and 'value="strong"' in again
    visitor.post(path, ANSWERS | {"recommendation": "accept"})
    assert Review.objects.get(reviewer=reviewer).recommendation == "accept"


@pytest.mark.parametrize(("changed", "field"), [
    ({"evidence": ""}, "evidence"), ({"costs": "great"}, "costs"), ({"signing": ""}, "signing"),
    ({"recommendation": ""}, "recommendation"), ({"has_interest": ""}, "has_interest"),
    ({"has_interest": "yes"}, "interest"), ({"signed_name": " "}, "signed_name"),
    ({"text": "ก" * 4001}, "text"), ({"signed_name": "ก" * 201}, "signed_name"),
])
@pytest.mark.postgresql
def test_errors_are_shown_at_their_fields_and_input_is_kept(
    editor, visitor, changed, field
):
    _page, review = under_review(editor)
    _reviewer, path = invited(review, "somsri@example.org")
    response = visitor.post(path, ANSWERS | changed)
    body = response.content.decode()
    assert response.status_code == 422
    assert f'id="{field}-problem"' in body
    assert "สมุดครบทุกหน้า" in body
    assert not Review.objects.exists()


def test_approval_requires_enough_reviews(editor, moderator, signed_in):
    page, review = under_review(editor)
    task = review.task_state.task.specific
    names = {action[0] for action in task.get_actions(page, moderator)}
    assert names == {"reject"}
    answered(review, "a@example.org")
    answered(review, "b@example.org", has_interest="yes", interest="เคยรับค่าตอบแทน")
    with pytest.raises(PermissionDenied):
        task.on_action(review.task_state.specific, moderator, "approve")
    address = reverse(
        "wagtailadmin_pages:workflow_action", args=[page.pk, "approve", review.task_state_id])
    assert signed_in(moderator).post(address, {"comment": ""}).url == "/admin/"  # refused
    page.refresh_from_db()
    assert not page.live
    answered(review, "c@example.org")
    assert "approve" in {action[0] for action in task.get_actions(page, moderator)}
    modal = signed_in(moderator).get(address).json()["html"]
    assert "ไม่ได้นับค่าแรง" in modal and "2 จาก 2" in modal
    assert signed_in(moderator).post(address, {"comment": ""}).status_code == 302
    page.refresh_from_db()
    review.refresh_from_db()
    assert page.live and page.live_revision_id == review.revision_id
    assert review.result == PeerReview.Result.PASSED


@pytest.mark.postgresql
def test_moderators_are_emailed_once_when_there_are_enough_reviews(editor, moderator, visitor):
    _page, review = under_review(editor)
    paths = [invited(review, f"{n}@example.org")[1] for n in "abc"]
    mail.outbox.clear()
    for path in paths:
        assert visitor.post(path, ANSWERS).status_code == 302
        visitor.post(path, ANSWERS)
    assert [email.to for email in mail.outbox] == [[moderator.email]]
    assert f"/admin/peer-review/{review.page_id}/" in mail.outbox[0].body


def test_the_published_model_shows_the_result_and_its_date(editor, moderator, visitor):
    page, review = under_review(editor)
    answered(review, "a@example.org")
    answered(review, "b@example.org", **ANONYMOUS | {"texts_are_public": "", "costs": "enough",
             "text": "เก็บไว้เป็นความลับ", "recommendation": "accept"})
    approve(review, moderator)
    body = visitor.get(page.url).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", body).split())
    assert "ผู้รู้ 2 คนทบทวนแล้วเมื่อ" in text and "รุ่น 1" in text
    assert "พร้อมใช้: 1" in text and "พร้อมใช้เมื่อแก้แล้ว: 1" in text
    assert "ค่าใช้จ่าย พอใช้ได้: 1 · ยังอ่อน: 1" in text
    assert "ครูสมศรี โรงเรียนตัวอย่าง" in text and "สมุดครบทุกหน้า" in text
    assert "ผู้ทบทวนที่ไม่ประสงค์ออกชื่อ" in text and "เก็บไว้เป็นความลับ" not in text
    assert "มีการแก้ไขหลังการทบทวน" not in text
    page = page.get_latest_revision_as_object()
    page.problem = "ปูลดลงอีก"
    page.save_revision().publish()
    assert "มีการแก้ไขหลังการทบทวน" in visitor.get(page.url).content.decode()


def test_a_page_in_the_visitors_cache_shows_the_review_at_once(editor, moderator, visitor):
    page, review = under_review(editor, live=True)
    assert "ทบทวนโดยผู้รู้" not in visitor.get(page.url).content.decode()
    answered(review, "a@example.org")
    answered(review, "b@example.org")
    approve(review, moderator)
    assert "ทบทวนโดยผู้รู้" in visitor.get(page.url).content.decode()


def test_the_other_language_says_which_version_was_reviewed(editor, moderator, visitor):
    from tests.factories import home

    page, review = under_review(editor)
    answered(review, "a@example.org")
    answered(review, "b@example.org")
    approve(review, moderator)
    twin = page.copy_for_translation(home("en").locale)
    twin.save_revision().publish()
    text = visitor.get(twin.url).content.decode()
    assert "Reviewed by 2 peers on" in text
    assert "What was reviewed is the version in Thai." in text


def test_asking_for_changes_closes_the_round_and_the_next_one_asks_the_same_reviewers(
    editor, moderator, signed_in, visitor
):
    page, review = under_review(editor)
    _reviewer, old = invited(review, "somsri@example.org", "ครูสมศรี")
    state = review.task_state.specific
    state.task.specific.on_action(state, moderator, "reject", comment="เพิ่มค่าแรง")
    review.refresh_from_db()
    assert review.result == PeerReview.Result.CHANGES
    assert visitor.get(old).status_code == 404
    page = page.get_latest_revision_as_object()
    page.problem = "ฉบับแก้"
    page.save_revision(user=editor)
    page.current_workflow_state.resume(user=editor)
    second = page.peer_reviews.first()
    assert second != review and second.revision_id == page.latest_revision_id
    mail.outbox.clear()
    client = signed_in(moderator)
    assert "เชิญผู้ทบทวนชุดเดิม" in client.get(admin_of(page)).content.decode()
    client.post(admin_of(page), {"action": "again"})
    assert [email.to for email in mail.outbox] == [["somsri@example.org"]]
    assert "ฉบับแก้" in visitor.get(path_in(mail.outbox[0].body) + "draft/").content.decode()


def test_reviewers_read_the_revision_they_were_invited_to_whatever_comes_after(
    editor, moderator, visitor
):
    page, review = under_review(editor, problem="ฉบับที่ทบทวน")
    _reviewer, path = invited(review, "somsri@example.org")
    page = page.get_latest_revision_as_object()
    page.problem = "ผู้ตรวจแก้ทีหลัง"
    page.save_revision(user=moderator)
    body = visitor.get(f"{path}draft/").content.decode()
    assert "ฉบับที่ทบทวน" in body and "ผู้ตรวจแก้ทีหลัง" not in body
    answered(review, "a@example.org")
    answered(review, "b@example.org")
    approve(review, moderator)
    assert "มีการแก้ไขหลังการทบทวน" in visitor.get(page.url).content.decode()


def test_a_reviewer_who_declined_may_still_answer(
    editor, moderator, signed_in, visitor
):
    page, review = under_review(editor)
    reviewer, path = invited(review, "somsri@example.org")
    assert visitor.post(f"{path}decline/").status_code == 302
    reviewer.refresh_from_db()
    assert reviewer.declined_at
    assert "ทบทวนไม่ได้" in signed_in(moderator).get(admin_of(page)).content.decode()
    assert visitor.post(path, ANSWERS).status_code == 302
    reviewer.refresh_from_db()
    assert reviewer.declined_at is None
    visitor.post(f"{path}decline/")
    reviewer.refresh_from_db()
    assert reviewer.declined_at is None


def test_a_page_that_is_no_model_is_approved_without_reviews(editor, moderator):
    lesson = LessonPageFactory(live=False)
    lesson.save_revision(user=editor)
    state = review_workflow().start(lesson, editor).current_task_state.specific
    task = state.task.specific
    assert "approve" in {action[0] for action in task.get_actions(lesson, moderator)}
    task.on_action(state, moderator, "approve")
    lesson.refresh_from_db()
    assert lesson.live and not PeerReview.objects.exists()


def test_deleting_a_page_deletes_its_reviews(editor):
    page, review = under_review(editor)
    answered(review, "a@example.org")
    page.delete()
    assert not PeerReview.objects.exists() and not Reviewer.objects.exists()


def test_purging_old_revisions_keeps_the_reviews(editor, moderator, visitor):
    from wagtail.management.commands.purge_revisions import purge_revisions

    page, review = under_review(editor)
    answered(review, "a@example.org")
    answered(review, "b@example.org")
    approve(review, moderator)
    page.get_latest_revision_as_object().save_revision().publish()
    purge_revisions()
    review.refresh_from_db()
    assert len(review.reviews) == 2  # a published version keeps its revision
    assert review.revision is not None


def test_a_new_link_invalidates_the_old_one(editor, moderator, signed_in, visitor):
    page, review = under_review(editor)
    reviewer, old = invited(review, "somsri@example.org")
    Reviewer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert visitor.get(old).status_code == 404
    mail.outbox.clear()
    signed_in(moderator).post(admin_of(page), {"action": "resend", "reviewer": reviewer.pk})
    assert visitor.get(old).status_code == 404
    assert visitor.get(path_in(mail.outbox[0].body)).status_code == 200
