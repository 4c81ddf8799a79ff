"""Who may read a Model under review and its reviews; names never leak."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import ReferenceIndex

from models_lib.models import PeerReview, Review, Reviewer
from search.query.find import Reader
from tests.models_lib.peer_review.peer_reviews import (
    ANONYMOUS,
    ANSWERS,
    answered,
    approve,
    invited,
    under_review,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SECRET = "ความลับของฉบับร่าง"
ROLES = ["visitor", "stranger", "invitee", "editor", "moderator", "administrator"]


@pytest.fixture
def people(hub, editor, moderator, administrator, django_user_model):
    """Role → user; the editor wrote the Model, the stranger was never asked."""
    make = django_user_model.objects.create_user
    return {
        "visitor": None, "stranger": make("stranger", "stranger@example.org", "x"),
        "invitee": make("invitee", "invitee@example.org", "x"), "editor": editor,
        "moderator": moderator, "administrator": administrator,
    }


def client_of(user):
    client = Client()
    if user:
        client.force_login(user)
    return client


LINKS = {
    "live": (lambda reviewer: None, set(ROLES)),
    "expired": (
        lambda reviewer: Reviewer.objects.filter(pk=reviewer.pk).update(
            expires_at=timezone.now() - timedelta(minutes=1)),
        {"invitee"},
    ),
    "revoked": (
        lambda reviewer: Reviewer.objects.filter(pk=reviewer.pk).update(
            revoked_at=timezone.now()),
        set(),
    ),
    "closed": (
        lambda reviewer: reviewer.peer_review.close(PeerReview.Result.CANCELLED), set(),
    ),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("link", LINKS)
def test_who_reads_the_draft_by_which_link(people, link, role):
    _page, review = under_review(people["editor"], problem=SECRET)
    reviewer, path = invited(review, "invitee@example.org")
    change, allowed = LINKS[link]
    change(reviewer)
    client = client_of(people[role])
    expected = 200 if role in allowed else 404
    for address in (path, f"{path}draft/"):
        response = client.get(address)
        assert response.status_code == expected, address
        assert "no-store" in response["Cache-Control"]
        assert expected == 200 or SECRET not in response.content.decode()
    response = client.post(path, ANSWERS)
    assert response.status_code == (302 if expected == 200 else 404)
    assert Review.objects.exists() == (expected == 200)


@pytest.mark.parametrize("token", ["", "x", f"{'0' * 32}:forged", "a:b:c", "ก"])
def test_a_forged_link_opens_nothing(people, token):
    _page, review = under_review(people["editor"])
    reviewer, _path = invited(review, "invitee@example.org")
    client = client_of(None)
    for address in (f"/peer-review/{token or reviewer.key}/", f"/peer-review/{reviewer.key.hex}/"):
        assert client.get(address).status_code == 404
        assert client.get(f"{address}draft/").status_code == 404
        assert client.post(address, ANSWERS).status_code == 404


def test_the_draft_itself_stays_closed_to_all_others(people):
    page, _review = under_review(people["editor"], problem=SECRET)
    for role in ("visitor", "stranger", "invitee"):
        response = client_of(people[role]).get(page.url or f"/{page.slug}/")
        assert response.status_code == 404


def test_pending_reviews_are_listed_for_the_invitee_only(people):
    _page, review = under_review(people["editor"])
    invited(review, "invitee@example.org")
    assert "ธนาคารปู" in client_of(people["invitee"]).get("/peer-review/").content.decode()
    assert "ธนาคารปู" not in client_of(people["stranger"]).get("/peer-review/").content.decode()
    assert client_of(None).get("/peer-review/").status_code == 302


@pytest.mark.parametrize(("role", "status", "reads"), [
    ("visitor", 302, False), ("stranger", 302, False), ("invitee", 302, False),
    ("editor", 200, False), ("moderator", 200, True), ("administrator", 200, True),
])
def test_before_publication_only_moderators_see_reviews_and_invitees(
    people, role, status, reads
):
    page, review = under_review(people["editor"])
    answered(review, "someone@example.org")
    response = client_of(people[role]).get(f"/admin/peer-review/{page.pk}/")
    body = response.content.decode()
    assert response.status_code == status
    assert ("ไม่ได้นับค่าแรง" in body) == reads
    assert ("someone@example.org" in body) == reads
    edit = client_of(people[role]).get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "ไม่ได้นับค่าแรง" not in edit and "someone@example.org" not in edit


@pytest.mark.parametrize("role", ["visitor", "stranger", "invitee", "editor"])
@pytest.mark.parametrize("action", ["invite", "revoke", "resend", "again"])
def test_only_moderators_invite_and_withdraw(people, role, action):
    page, review = under_review(people["editor"])
    reviewer, _path = invited(review, "someone@example.org")
    key = reviewer.key
    response = client_of(people[role]).post(f"/admin/peer-review/{page.pk}/", {
        "action": action, "reviewer": reviewer.pk, "addresses": "x@example.org", "language": "th",
    })
    # Wagtail sends those who may not to its own front page or to the sign-in.
    assert response.url.startswith("/admin/") and "peer-review" not in response.url.split("?")[0]
    reviewer.refresh_from_db()
    assert (reviewer.key, reviewer.revoked_at) == (key, None)
    assert review.reviewers.count() == 1


def test_a_moderator_revokes_an_invitation_but_no_received_review(people):
    page, review = under_review(people["editor"])
    reviewer, _path = invited(review, "someone@example.org")
    done = answered(review, "done@example.org")
    client = client_of(people["moderator"])
    for pk in (reviewer.pk, done.pk, "x", "", 10**30):
        client.post(f"/admin/peer-review/{page.pk}/", {"action": "revoke", "reviewer": pk})
    reviewer.refresh_from_db()
    done.refresh_from_db()
    assert reviewer.revoked_at and not done.revoked_at


def everything_readable(page, people) -> str:
    """All that anybody but the moderators can open, in one text."""
    texts = []
    for role in ("visitor", "stranger", "editor"):
        client = client_of(people[role])
        addresses = [
            page.url, "/search/?q=ปู", "/search/?q=somsri", "/search/?q=สมศรี",
            "/search/suggest/?q=สมศ", "/search/feed/?q=ปู", "/peer-review/",
        ]
        if role == "editor":
            addresses += [
                f"/admin/pages/{page.pk}/edit/", f"/admin/pages/{page.pk}/history/",
                f"/admin/pages/{page.pk}/usage/", f"/admin/peer-review/{page.pk}/",
                f"/admin/pages/{page.pk}/workflow_history/", "/admin/reports/workflow/",
                "/admin/reports/workflow_tasks/", "/admin/reports/site-history/", "/admin/",
            ]
        for address in addresses:
            texts.append(client.get(address).content.decode())
    for revision in page.revisions.all():
        texts.append(str(revision.content))
    texts.append(page.section_text())
    return "\n".join(texts)


def test_the_name_of_an_anonymous_reviewer_leaks_nowhere(people):
    page, review = under_review(people["editor"])
    reviewer = answered(review, "somsri@example.org", **ANONYMOUS | {
        "has_interest": "yes", "interest": "เป็นน้องของสมศรี"})
    Reviewer.objects.filter(pk=reviewer.pk).update(name="ครูสมศรี")
    answered(review, "b@example.org", **ANONYMOUS)
    answered(review, "c@example.org", **ANONYMOUS)
    approve(review, people["moderator"])
    page.refresh_from_db()
    everything = everything_readable(page, people)
    assert "เพิ่มค่าแรง" in everything  # the review itself is published
    assert "มีส่วนได้เสีย ไม่นับรวม" in everything
    for trace in ("ครูสมศรี", "somsri@", "น้องของสมศรี", "b@example", str(reviewer.key),
                  reviewer.key.hex):
        assert trace not in everything, trace
    # The moderator knows.
    body = client_of(people["moderator"]).get(f"/admin/peer-review/{page.pk}/").content.decode()
    assert "ครูสมศรี" in body and "น้องของสมศรี" in body


def test_a_moderator_who_owns_the_model_does_not_learn_who_wrote_which_review(people):
    page, review = under_review(people["moderator"])
    answered(review, "somsri@example.org", **ANONYMOUS | {
        "has_interest": "yes", "interest": "เป็นน้องของสมศรี"})
    invited(review, "b@example.org")
    body = client_of(people["moderator"]).get(f"/admin/peer-review/{page.pk}/").content.decode()
    assert "เพิ่มค่าแรง" in body
    assert "(ไม่ประสงค์ให้ออกชื่อ)" not in body and "น้องของสมศรี" not in body
    rows = body.split("somsri@example.org")[1].split("</tr>")[0], body.split("b@example.org")[1]
    assert "ตอบแล้ว" not in rows[0] and "ตอบแล้ว" not in rows[1]
    other = client_of(people["administrator"]).get(f"/admin/peer-review/{page.pk}/")
    assert "(ไม่ประสงค์ให้ออกชื่อ)" in other.content.decode()


def test_a_name_typed_before_choosing_anonymity_is_not_stored(people):
    _page, review = under_review(people["editor"])
    reviewer, path = invited(review, "somsri@example.org")
    client_of(None).post(path, ANSWERS | {"signing": "anonymous"})
    assert Review.objects.get(reviewer=reviewer).signed_name == ""


def test_neither_search_nor_usage_contains_reviews(people):
    page, review = under_review(people["editor"])
    answered(review, "a@example.org")
    for model in (PeerReview, Reviewer, Review):
        assert not ReferenceIndex.model_is_indexable(model)
    assert "ไม่ได้นับค่าแรง" not in page.section_text()
    assert Reader() is not None


def test_the_order_of_reviews_does_not_reveal_the_order_of_invitations(people):
    _page, review = under_review(people["editor"])
    for n in range(8):
        answered(review, f"{n}@example.org")
    orders = {tuple(r.pk for r in PeerReview.objects.get(pk=review.pk).reviews)}
    assert len(orders) == 1  # the same each time
    assert [r.key for r in review.reviews] == sorted(r.key for r in review.reviews)


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_invalid_link_is_explained_in_the_readers_language(people, language):
    prefix = "" if language == "th" else "/en"
    words = {"th": "คำเชิญนี้สิ้นสุดแล้ว", "en": "This invitation has ended"}[language]
    response = client_of(None).get(f"{prefix}/peer-review/old/")
    assert response.status_code == 404 and words in response.content.decode()
