"""Adoption: an editor creates the resolution of a draft, which is reviewed before publication."""

import pytest

from hub.models import Topic
from policy.deliberation import decisions
from policy.models import ResolutionPage
from tests.factories import ModelPageFactory, ResolutionPageFactory, link
from tests.policy.deliberation.proposals import amend, ruling

pytestmark = pytest.mark.django_db
VOTE = {"number": "1/1", "adopted_on": "2026-11-10", "adoption": "vote", "votes_for": "120",
        "votes_against": "14", "votes_abstained": "6", "minority_view": "ควรให้เวลาเรือเล็กก่อน"}


def address(draft):
    return f"{draft.url}secretariat/adopt/"


@pytest.mark.postgresql
def test_operative_paragraphs_become_clauses(draft, editor, moderator, signed_in, visitor):
    draft.topics.add(Topic.objects.get(slug="fishers"))
    draft.save()
    link(draft, "cites", ModelPageFactory(title="ธนาคารปู"))
    client = signed_in(editor)
    visitor.get(draft.url)
    response = client.post(address(draft), VOTE)
    made = ResolutionPage.objects.get()
    assert response.url == f"/admin/pages/{made.pk}/edit/"
    assert client.get(response.url).status_code == 200
    assert [(c.number, c.text) for c in made.clauses.all()] == [
        ("1", "ให้ทุกตำบลกันเขตอนุบาลปู"), ("2", "ให้ตรวจเขตทุกสามเดือน")]
    assert "โดยที่ปูไข่ลดลงทุกปี" in str(made.body)
    assert {x.relation for x in made.chain_links.all()} == {"cites", "follows_up"}
    assert [t.slug for t in made.topics.all()] == ["fishers"]
    made.full_clean()
    # Not public until a moderator publishes it.
    assert not made.live and visitor.get(made.url).status_code == 404
    assert made.url not in visitor.get(draft.url).content.decode()
    assert client.post(address(draft), VOTE).url == response.url
    assert ResolutionPage.objects.count() == 1
    made.get_latest_revision().publish(user=moderator)
    body = visitor.get(made.url).content.decode()
    for shown in ("120", "14", "ควรให้เวลาเรือเล็กก่อน", "ให้ตรวจเขตทุกสามเดือน"):
        assert shown in body
    assert made.url in visitor.get(draft.url).content.decode()


def test_an_adopted_draft_is_closed(draft, member, editor, moderator, signed_in):
    signed_in(editor).post(address(draft), VOTE)
    client = signed_in(member)
    assert client.post(f"{draft.url}p/2/comment/", {"text": "ช้าไป"}).status_code == 403
    with pytest.raises(Exception, match="ปิดแล้ว"):
        decisions.split(draft, draft.paragraphs.get(label="2"), ["ก", "ข"], ruling(moderator))


def test_a_draft_with_undecided_amendments_cannot_be_adopted(draft, member, editor, signed_in):
    amend(draft, member, "รอคำตอบ")
    response = signed_in(editor).post(address(draft), VOTE)
    assert response.status_code == 422 and "1" in response.content.decode()
    assert not ResolutionPage.objects.exists()


@pytest.mark.parametrize("wrong", [
    {"votes_for": ""}, {"votes_against": "-1"}, {"adoption": "consensus"}, {"adopted_on": "x"},
    {"number": ""}, {"adoption": "shouting"},
])
def test_invalid_input_is_refused(draft, editor, signed_in, wrong):
    response = signed_in(editor).post(address(draft), VOTE | wrong)
    assert response.status_code == 422
    assert not ResolutionPage.objects.exists()


def test_consensus_needs_no_votes(draft, editor, signed_in):
    values = {"number": "1/2", "adopted_on": "2026-11-10", "adoption": "consensus"}
    assert signed_in(editor).post(address(draft), values).status_code == 302
    assert ResolutionPage.objects.get().votes_for is None


def test_a_number_that_is_taken_is_refused_beside_the_field(draft, editor, signed_in):
    ResolutionPageFactory(parent=draft.assembly, number="2/1")
    answer = signed_in(editor).post(address(draft), VOTE | {"number": "2/1"})
    body = answer.content.decode()
    assert answer.status_code == 422 and "มีมติ 2/1 อยู่แล้ว" in body and 'value="2/1"' in body
    assert ResolutionPage.objects.filter(number="2/1").count() == 1
