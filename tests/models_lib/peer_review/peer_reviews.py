"""Builders of Models under peer review for the tests."""

import re

from django.core import mail

from models_lib.models import Review
from models_lib.peer_review import rounds
from models_lib.peer_review.invitations import invite
from tests.factories import ModelPageFactory

ANSWERS = {
    "evidence": "strong", "evidence_text": "สมุดครบทุกหน้า", "conditions": "enough",
    "conditions_text": "บอกเรื่องน้ำจืดชัด", "costs": "weak", "costs_text": "ไม่ได้นับค่าแรง",
    "replicability": "enough", "replicability_text": "เริ่มได้เลย", "recommendation": "change",
    "text": "เพิ่มค่าแรง", "has_interest": "no", "interest": "", "signing": "signed",
    "signed_name": "ครูสมศรี โรงเรียนตัวอย่าง", "texts_are_public": "on",
}
ANONYMOUS = {"signing": "anonymous", "signed_name": "", "has_interest": "no"}


def under_review(starter, **fields):
    """A draft Model whose first round ``starter`` began: (page, round)."""
    page = ModelPageFactory(owner=starter, **{"title": "ธนาคารปู", "live": False} | fields)
    page.save_revision(user=starter)
    rounds.start(page, starter)
    return page, page.peer_reviews.get()


def invited(review, address, name=""):
    """The reviewer invited to ``address``, and the path of the link in the e-mail."""
    mail.outbox.clear()
    assert invite(review, [(name, address)], "th") == 1
    reviewer = review.reviewers.get(email=address)
    return reviewer, path_in(mail.outbox[0].body)


def path_in(body) -> str:
    return re.search(r"https?://[^/\s]+(/\S*peer-review/\S+)", body)[1]


def answered(review, address, **values):
    """A reviewer who has answered."""
    reviewer, _path = invited(review, address)
    fields = {k: v for k, v in (ANSWERS | values).items() if k != "signing"}
    fields |= {"has_interest": fields["has_interest"] == "yes", "texts_are_public": bool(
        fields["texts_are_public"])}
    Review.objects.create(reviewer=reviewer, **fields)
    return reviewer


def approve(review, moderator):
    state = review.task_state.specific
    state.task.specific.on_action(state, moderator, "approve")
    review.refresh_from_db()
