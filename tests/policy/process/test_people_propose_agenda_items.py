"""Proposals during the agenda call, and the public answers of the secretariat."""

import pytest
from django.core import mail

from policy.models import AgendaProposal
from tests.factories import AssemblyPageFactory
from tests.policy.conftest import Kind, with_stages

pytestmark = pytest.mark.django_db
PROPOSAL = {"title": "น้ำเค็มเข้านา", "reason": "ข้าวตายสามปีติด", "requested_decision": "ให้มีประตูน้ำ"}


@pytest.fixture
def called(hub):
    return with_stages(
        AssemblyPageFactory(title="สมัชชาที่สอง", parent=hub), (Kind.AGENDA_CALL, -1, 1)
    )


def test_a_proposal_is_answered_and_added_to_the_agenda(
    called, member, moderator, signed_in, visitor
):
    client = signed_in(member)
    response = client.post(f"{called.url}propose/", PROPOSAL, follow=True)
    assert "ขอบคุณ" in response.content.decode()
    proposal = AgendaProposal.objects.get()
    assert (proposal.author, proposal.page_id) == (member, called.pk)
    assert proposal.title == PROPOSAL["title"]
    address = f"{called.url}proposals/"
    # Before the answer only its author and the secretariat may read it.
    assert PROPOSAL["title"] not in visitor.get(address).content.decode()
    assert PROPOSAL["title"] in client.get(address).content.decode()
    secretariat = signed_in(moderator)
    assert PROPOSAL["title"] in secretariat.get(address).content.decode()
    answer = {"proposal": proposal.pk, "kind": "accepted", "answer": "หลายตำบลเดือดร้อน"}
    assert secretariat.post(address, answer | {"answer": ""}).status_code == 422
    assert secretariat.post(address, answer).status_code == 302
    body = visitor.get(address).content.decode()
    assert PROPOSAL["title"] in body and "หลายตำบลเดือดร้อน" in body and "มาลี" in body
    agenda = type(called).objects.get(pk=called.pk).agenda.all()
    assert [item.title for item in agenda] == [PROPOSAL["title"]]
    email = mail.outbox[-1]
    assert email.to == [member.email] and "หลายตำบลเดือดร้อน" in email.body


def test_declining_publishes_the_reason_and_does_not_change_the_agenda(
    called, member, moderator, signed_in, visitor
):
    proposal = AgendaProposal.objects.create(page=called, author=member, **PROPOSAL)
    address = f"{called.url}proposals/"
    visitor.get(called.url)
    signed_in(moderator).post(
        address, {"proposal": proposal.pk, "kind": "declined", "answer": "ทำไปแล้วในมติ 1"})
    assert not called.agenda.exists()
    assert "ทำไปแล้วในมติ 1" in visitor.get(address).content.decode()
    assert f"{called.url}proposals/" in visitor.get(called.url).content.decode()
    # A proposal can be answered once.
    again = {"proposal": proposal.pk, "kind": "accepted", "answer": "x"}
    assert signed_in(moderator).post(address, again).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "٣", "9" * 5000])
def test_an_answer_to_no_proposal_is_not_found(called, moderator, signed_in, number):
    answer = {"proposal": number, "kind": "accepted", "answer": "รับ"}
    client = signed_in(moderator)
    assert client.post(f"{called.url}proposals/", answer).status_code == 404


def test_unpublished_changes_of_an_editor_stay_unpublished(called, member, moderator, signed_in):
    page = called.get_latest_revision_as_object()
    page.title = "ชื่อที่ยังไม่เผยแพร่"
    page.save_revision()
    proposal = AgendaProposal.objects.create(page=called, author=member, **PROPOSAL)
    signed_in(moderator).post(f"{called.url}proposals/", {
        "proposal": proposal.pk, "kind": "accepted", "answer": "รับ"})
    live = type(called).objects.get(pk=called.pk)
    assert live.title == "สมัชชาที่สอง" and not live.agenda.exists()
    agenda = live.get_latest_revision_as_object().agenda.all()
    assert [item.title for item in agenda] == [PROPOSAL["title"]]


def test_who_may_propose_and_answer(called, member, editor, signed_in, visitor):
    assert visitor.post(f"{called.url}propose/", PROPOSAL).status_code == 302
    proposal = AgendaProposal.objects.create(page=called, author=member, **PROPOSAL)
    answer = {"proposal": proposal.pk, "kind": "accepted", "answer": "x"}
    for client in (visitor, signed_in(member), signed_in(editor)):
        assert client.post(f"{called.url}proposals/", answer).status_code == 403
    assert AgendaProposal.objects.get().answer_kind == ""


def test_the_form_keeps_the_input_and_shows_errors(called, member, signed_in):
    client = signed_in(member)
    response = client.post(f"{called.url}propose/", PROPOSAL | {"title": ""})
    assert response.status_code == 422
    assert "ข้าวตายสามปีติด" in response.content.decode()
    assert client.post(f"{called.url}propose/", PROPOSAL | {"website": "x"}).status_code == 302
    unreadable = {"title": "ก" * 5000, "reason": "\0"}
    assert client.post(f"{called.url}propose/", unreadable).status_code == 422
    assert not AgendaProposal.objects.exists()


def test_no_proposals_after_the_call(assembly, member, signed_in):
    client = signed_in(member)
    assert "ปิดรับข้อเสนอ" in client.get(f"{assembly.url}propose/").content.decode()
    assert client.post(f"{assembly.url}propose/", PROPOSAL).status_code == 403
    assert not AgendaProposal.objects.exists()


def test_proposals_are_limited_per_hour(called, member, signed_in):
    client = signed_in(member)
    answers = [client.post(f"{called.url}propose/", PROPOSAL).status_code for _n in range(6)]
    assert answers == [302] * 5 + [429]
    assert AgendaProposal.objects.count() == 5
