"""Reviewers who erase their account leave their verdict, and nothing that says who they were."""

import pytest
from django.core import mail
from django.urls import reverse

from hub.people import personal_data
from models_lib.models import PeerReview, Reviewer
from models_lib.peer_review import rounds
from tests.conftest import make_user
from tests.models_lib.peer_review.peer_reviews import answered, invited, under_review

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
ADDRESS = "mana@example.org"


@pytest.fixture
def mana(hub):
    return make_user("mana")


def test_a_review_stays_and_its_reviewer_is_forgotten(editor, mana, visitor):
    _page, review = under_review(editor)
    _reviewer, path = invited(review, ADDRESS, "มานะ")
    Reviewer.objects.update(user=None)  # invited before they had an account
    answered_by_other = answered(review, "other@example.org")
    answered(review, ADDRESS)
    Reviewer.objects.filter(email=ADDRESS).update(user=None)
    held = personal_data.export_of(mana)["peer_reviews"]
    assert held[0]["review"]["text"] == "เพิ่มค่าแรง"
    personal_data.erase(mana)
    left = review.reviewers.exclude(pk=answered_by_other.pk).get()
    assert (left.email, left.name, left.user, left.review.signed_name) == ("", "", None, "")
    assert left.review.text == "เพิ่มค่าแรง"
    assert len(PeerReview.objects.get().counted_reviews) == 2
    assert visitor.get(path).status_code == 404


def test_an_invitation_without_a_review_is_deleted(editor, mana):
    _page, review = under_review(editor)
    invited(review, ADDRESS)
    personal_data.erase(mana)
    assert not Reviewer.objects.exists()


def test_nobody_invites_again_who_left(editor, mana, administrator, signed_in):
    page, review = under_review(editor)
    answered(review, ADDRESS), answered(review, "other@example.org")
    personal_data.erase(mana)
    review.task_state.workflow_state.cancel(user=administrator)
    rounds.start(page, editor)
    mail.outbox.clear()
    client = signed_in(administrator)
    address = reverse("models_lib_peer_review", args=[page.pk])
    assert client.post(address, {"action": "again"}).status_code == 302
    assert [message.to for message in mail.outbox] == [["other@example.org"]]
