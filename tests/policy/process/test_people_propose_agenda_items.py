"""The agenda call: people propose, the secretariat answers with a reason that everybody reads."""

import pytest
from django.core import mail

from policy.models import AgendaProposal
from tests.factories import AssemblyPageFactory
from tests.policy.conftest import Kind, with_stages

pytestmark = pytest.mark.django_db
SAID = {"title": "น้ำเค็มเข้านา", "reason": "ข้าวตายสามปีติด", "requested_decision": "ให้มีประตูน้ำ"}


@pytest.fixture
def called(hub):
    return with_stages(
        AssemblyPageFactory(title="สมัชชาที่สอง", parent=hub), (Kind.AGENDA_CALL, -1, 1)
    )


def test_a_member_proposes_and_is_answered(called, member, moderator, signed_in, visitor):
    client = signed_in(member)
    response = client.post(f"{called.url}propose/", SAID, follow=True)
    assert "ขอบคุณ" in response.content.decode()
    proposal = AgendaProposal.objects.get()
    assert (proposal.author, proposal.title, proposal.page_id) == (member, SAID["title"], called.pk)
    address = f"{called.url}proposals/"
    # Until it is answered only its author and the secretariat read it.
    assert SAID["title"] not in visitor.get(address).content.decode()
    assert SAID["title"] in client.get(address).content.decode()
    secretariat = signed_in(moderator)
    assert SAID["title"] in secretariat.get(address).content.decode()
    answer = {"proposal": proposal.pk, "kind": "accepted", "answer": "หลายตำบลเดือดร้อน"}
    assert secretariat.post(address, answer | {"answer": ""}).status_code == 422
    assert secretariat.post(address, answer).status_code == 302
    body = visitor.get(address).content.decode()
    assert SAID["title"] in body and "หลายตำบลเดือดร้อน" in body and "มาลี" in body
    assert [i.title for i in type(called).objects.get(pk=called.pk).agenda.all()] == [SAID["title"]]
    letter = mail.outbox[-1]
    assert letter.to == [member.email] and "หลายตำบลเดือดร้อน" in letter.body


def test_declining_publishes_the_reason_and_leaves_the_agenda(
    called, member, moderator, signed_in, visitor
):
    proposal = AgendaProposal.objects.create(page=called, author=member, **SAID)
    address = f"{called.url}proposals/"
    visitor.get(called.url)
    signed_in(moderator).post(
        address, {"proposal": proposal.pk, "kind": "declined", "answer": "ทำไปแล้วในมติ 1"})
    assert not called.agenda.exists()
    assert "ทำไปแล้วในมติ 1" in visitor.get(address).content.decode()
    assert f"{called.url}proposals/" in visitor.get(called.url).content.decode()
    # Answered once: a second answer finds nothing to answer.
    again = {"proposal": proposal.pk, "kind": "accepted", "answer": "x"}
    assert signed_in(moderator).post(address, again).status_code == 404


def test_an_editors_unpublished_words_stay_unpublished(called, member, moderator, signed_in):
    page = called.get_latest_revision_as_object()
    page.title = "ชื่อที่ยังไม่เผยแพร่"
    page.save_revision()
    proposal = AgendaProposal.objects.create(page=called, author=member, **SAID)
    signed_in(moderator).post(f"{called.url}proposals/", {
        "proposal": proposal.pk, "kind": "accepted", "answer": "รับ"})
    live = type(called).objects.get(pk=called.pk)
    assert live.title == "สมัชชาที่สอง" and not live.agenda.exists()
    assert [i.title for i in live.get_latest_revision_as_object().agenda.all()] == [SAID["title"]]


def test_who_may_propose_and_answer(called, member, editor, signed_in, visitor):
    assert visitor.post(f"{called.url}propose/", SAID).status_code == 302
    proposal = AgendaProposal.objects.create(page=called, author=member, **SAID)
    answer = {"proposal": proposal.pk, "kind": "accepted", "answer": "x"}
    for client in (visitor, signed_in(member), signed_in(editor)):
        assert client.post(f"{called.url}proposals/", answer).status_code == 403
    assert AgendaProposal.objects.get().answer_kind == ""


def test_the_form_keeps_what_was_typed_and_says_what_is_missing(called, member, signed_in):
    client = signed_in(member)
    response = client.post(f"{called.url}propose/", SAID | {"title": ""})
    assert response.status_code == 422
    assert "ข้าวตายสามปีติด" in response.content.decode()
    assert client.post(f"{called.url}propose/", SAID | {"website": "x"}).status_code == 302
    unreadable = {"title": "ก" * 5000, "reason": "\0"}
    assert client.post(f"{called.url}propose/", unreadable).status_code == 422
    assert not AgendaProposal.objects.exists()


def test_after_the_call_nothing_is_taken(assembly, member, signed_in):
    client = signed_in(member)
    assert "ปิดรับข้อเสนอ" in client.get(f"{assembly.url}propose/").content.decode()
    assert client.post(f"{assembly.url}propose/", SAID).status_code == 403
    assert not AgendaProposal.objects.exists()


def test_too_many_proposals_are_stopped(called, member, signed_in):
    client = signed_in(member)
    answers = [client.post(f"{called.url}propose/", SAID).status_code for _n in range(6)]
    assert answers == [302] * 5 + [429]
    assert AgendaProposal.objects.count() == 5
