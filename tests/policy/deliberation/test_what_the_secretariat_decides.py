"""Accepting, merging, rejecting, splitting and joining: every wording stays, everybody is told."""

import json
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from policy.deliberation import contributions, decisions
from policy.models import Contribution, Decision
from tests.policy.deliberation.proposals import accept, amend, paragraph, ruling, standing

pytestmark = pytest.mark.django_db
TABLED = {"1": "โดยที่ปูไข่ลดลงทุกปี", "2": "ให้ทุกตำบลกันเขตอนุบาลปู", "3": "ให้ตรวจเขตทุกสามเดือน"}


@pytest.mark.postgresql
def test_an_accepted_proposal_becomes_the_text(draft, member, moderator, visitor, mailoutbox):
    made = amend(draft, member, "ให้ทุกตำบลกันเขตอนุบาลปูห้าไร่")
    visitor.get(draft.url)
    decision = accept(draft, made, moderator)
    assert standing(draft) == TABLED | {"2": made.text}
    assert made.text in visitor.get(draft.url).content.decode()
    made.refresh_from_db()
    assert (made.decision, decision.number, decision.kind) == (decision, 1, "accept")
    assert [w.text for w in paragraph(draft).history] == [TABLED["2"], made.text]
    letter = mailoutbox[-1]
    assert letter.to == [member.email]
    assert "ตกลงกันแล้ว" in letter.body and "/p/2/trace/" in letter.body
    trace = visitor.get(f"{draft.url}p/2/trace/").content.decode()
    assert "มาลี" in trace and "ตกลงกันแล้ว" in trace and TABLED["2"] in trace


@pytest.mark.postgresql
def test_several_proposals_merge_into_one_wording(
    draft, member, other_member, moderator, visitor, mailoutbox
):
    one, two = amend(draft, member, "กันเขตห้าไร่"), amend(draft, other_member, "กันเขตและปักทุ่น")
    decisions.merge(draft, [one, two], "กันเขตห้าไร่และปักทุ่น", ruling(moderator))
    assert standing(draft)["2"] == "กันเขตห้าไร่และปักทุ่น"
    told = {letter.to[0]: letter.body for letter in mailoutbox}
    assert set(told) == {member.email, other_member.email}
    assert all("กันเขตห้าไร่และปักทุ่น" in body for body in told.values())
    trace = visitor.get(f"{draft.url}p/2/trace/").content.decode()
    assert "มาลี" in trace and "สมศักดิ์" in trace


def test_a_rejected_proposal_stays_readable_with_the_reason(
    draft, member, moderator, visitor, mailoutbox
):
    made = amend(draft, member, "ไม่ต้องกันเขต")
    decisions.reject(draft, [made], ruling(moderator, "ขัดกับมติครั้งก่อน"))
    assert standing(draft) == TABLED
    for address in (f"{draft.url}p/2/", f"{draft.url}p/2/trace/", f"{draft.url}register/"):
        body = visitor.get(address).content.decode()
        assert "ขัดกับมติครั้งก่อน" in body, address
    assert "ขัดกับมติครั้งก่อน" in mailoutbox[-1].body


def test_striking_and_adding_paragraphs(draft, member, moderator, visitor):
    accept(draft, amend(draft, member, "", "1", change="strike"), moderator)
    accept(draft, amend(draft, member, "ให้รายงานทุกปี", "2", change="add"), moderator)
    assert list(standing(draft).items()) == [
        ("2", TABLED["2"]), ("2.1", "ให้รายงานทุกปี"), ("3", TABLED["3"])]
    body = visitor.get(f"{draft.url}p/1/").content.decode()
    assert "ไม่อยู่ในร่างแล้ว" in body
    assert "ตัดออกจากร่าง" in visitor.get(f"{draft.url}p/1/trace/").content.decode()
    assert "ให้รายงานทุกปี" in visitor.get(f"{draft.url}p/2-1/").content.decode()


def test_what_was_made_for_earlier_words_is_not_accepted_but_adapted(
    draft, member, other_member, moderator, signed_in, mailoutbox
):
    old = amend(draft, other_member, "กันเขตสิบไร่")
    supporter = Contribution.objects.create(
        paragraph=old.paragraph, author=member, kind="stance", stance="support", about=old,
        text="ดี")
    accept(draft, amend(draft, member, "กันเขตห้าไร่"), moderator)
    assert [m.to for m in mailoutbox] == [[member.email], [other_member.email]]
    old.refresh_from_db()
    assert old.is_stale
    with pytest.raises(ValidationError):
        accept(draft, old, moderator)
    client = signed_in(other_member)
    body = client.get(f"{draft.url}p/2/").content.decode()
    address = f"{draft.url}said/{old.pk}/rebase/"
    assert address in body and "เสนอไว้กับข้อความก่อนหน้า" in body
    assert signed_in(member).post(address, {}).status_code == 403
    said = {"paragraph": "2", "text": "กันเขตสิบไร่และปักทุ่น", "reason": "ชัดกว่า"}
    assert client.post(address, said | {"text": "กันเขตห้าไร่"}).status_code == 422
    assert client.post(address, said).status_code == 302
    old = Contribution.objects.get(pk=old.pk)
    assert not old.is_stale and old.text == "กันเขตสิบไร่และปักทุ่น"
    # Nobody supports words that she never read.
    supporter.refresh_from_db()
    assert supporter.state == "withdrawn" and mailoutbox[-1].to == [member.email]
    accept(draft, old, moderator)
    assert standing(draft)["2"] == "กันเขตสิบไร่และปักทุ่น"


def test_a_split_keeps_the_trace_and_the_proposals(draft, member, moderator, visitor, mailoutbox):
    waiting = amend(draft, member, "กันเขตและตรวจบ่อย")
    decisions.split(draft, paragraph(draft), ["กันเขต", "อนุบาลปู"], ruling(moderator, "สองเรื่อง"))
    assert list(standing(draft)) == ["1", "2.1", "2.2", "3"]
    assert mailoutbox[-1].to == [member.email] and "สองเรื่อง" in mailoutbox[-1].body
    trace = visitor.get(f"{draft.url}p/2-2/trace/").content.decode()
    assert TABLED["2"] in trace and f'{draft.url}p/2/trace/"' in trace
    assert f'{draft.url}p/2-1/"' in visitor.get(f"{draft.url}p/2/").content.decode()
    # A proposal for the whole can still be merged into what it became.
    decisions.merge(draft, [waiting], "กันเขตให้ชัด", ruling(moderator))
    assert standing(draft)["2.1"] == "กันเขตให้ชัด"
    sources = paragraph(draft, "2.1").current.sources.all()
    assert {s.paragraph.label for s in sources} == {"2.1", "2"}


def test_joined_paragraphs_are_traced_to_both(draft, moderator, visitor):
    two, three = paragraph(draft, "2"), paragraph(draft, "3")
    decisions.join(draft, two, three, "ให้กันเขตและตรวจทุกสามเดือน", ruling(moderator))
    assert list(standing(draft)) == ["1", "2"]
    trace = visitor.get(f"{draft.url}p/2/trace/").content.decode()
    assert TABLED["2"] in trace.replace("</del>", "") and TABLED["3"] in trace
    # Split what was joined: the trace of a part leads through to the first words.
    decisions.split(draft, paragraph(draft), ["ให้กันเขต", "ให้ตรวจ"], ruling(moderator))
    assert {p.label for p in decisions.successors_of(paragraph(draft, "3"))} == {"2.1", "2.2"}
    with pytest.raises(ValidationError):
        decisions.join(draft, two, three, "x", ruling(moderator))


def test_the_workbench_takes_the_secretariat_through_a_merge(
    draft, member, other_member, moderator, signed_in
):
    one, two = amend(draft, member, "กันเขตห้าไร่"), amend(draft, other_member, "กันเขตและปักทุ่น")
    client = signed_in(moderator)
    body = client.get(f"{draft.url}secretariat/").content.decode()
    assert f'value="{one.pk}"' in body and f'value="{two.pk}"' in body
    address = f"{draft.url}secretariat/decide/?" + urlencode([("a", one.pk), ("a", two.pk)])
    form = client.get(address).content.decode()
    assert 'value="accept"' not in form
    # A date field of a browser shows nothing but ISO dates, whatever the language.
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in form
    said = {"kind": "merge", "text": "กันเขตห้าไร่และปักทุ่น", "reason": "ตรงกันทั้งสอง",
            "decided_on": "2026-11-01", "meeting": "ประชุมคณะทำงาน"}
    assert client.post(address, said | {"text": ""}).status_code == 422
    assert client.post(address, said | {"reason": ""}).status_code == 422
    assert client.post(address, said | {"decided_on": "2999-01-01"}).status_code == 422
    assert client.post(address, said | {"kind": "accept"}).status_code == 422
    response = client.post(address, said)
    assert response.url == f"{draft.url}register/#d1"
    # Sent twice, there is nothing left to decide.
    assert client.post(address, said).url == f"{draft.url}secretariat/"
    assert Decision.objects.count() == 1


def test_splitting_and_joining_have_forms(draft, moderator, signed_in):
    client = signed_in(moderator)
    said = {"text": "กันเขต\r\n\r\nอนุบาลปู", "reason": "สองเรื่อง", "decided_on": "2026-11-01"}
    address = f"{draft.url}secretariat/split/?p=2"
    assert client.post(address, said | {"text": "ส่วนเดียว"}).status_code == 422
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 422  # it does not stand any more
    said["text"] = "กันเขตอนุบาลปู"
    assert client.post(f"{draft.url}secretariat/join/?p=2-1", said).status_code == 302
    assert client.post(f"{draft.url}secretariat/join/?p=3", said).status_code == 404
    assert list(standing(draft)) == ["1", "2.1", "3"]


def test_a_waiting_proposal_is_shown_when_it_is_decided(draft, member, moderator, visitor):
    made = amend(draft, member, "รอตรวจอยู่", state="held")
    assert "รอตรวจอยู่" not in visitor.get(f"{draft.url}register/").content.decode()
    decisions.reject(draft, [made], ruling(moderator))
    assert "รอตรวจอยู่" in visitor.get(f"{draft.url}register/").content.decode()


def test_what_was_hidden_or_taken_back_is_not_decided_on(draft, member, moderator):
    hidden, taken = amend(draft, member, "ก"), amend(draft, member, "ข")
    contributions.hide(hidden, moderator, "ไม่สุภาพ")
    contributions.withdraw(taken)
    for made in (hidden, taken):
        with pytest.raises(ValidationError):
            accept(draft, made, moderator)
    assert not Decision.objects.exists()


def test_editors_write_until_people_have_spoken(draft, member, moderator, signed_in):
    page = draft.get_latest_revision_as_object()
    keys = {p.label: p.key for p in draft.paragraphs.all()}
    blocks = list(page.tabled.raw_data)
    page.tabled = json.dumps([blocks[2], blocks[0]])
    page.save_revision().publish()
    assert standing(draft) == {"1": TABLED["3"], "2": TABLED["1"]}
    assert paragraph(draft, "1").key == keys["3"]
    amend(draft, member, "อื่น", "1")
    page = type(draft).objects.get(pk=draft.pk).get_latest_revision_as_object()
    page.tabled = [("operative", "เขียนทับ")]
    with pytest.raises(ValidationError, match="tabled"):
        page.full_clean()
    page = type(draft).objects.get(pk=draft.pk).get_latest_revision_as_object()
    page.title = "เปลี่ยนแต่ชื่อ"
    page.full_clean()
    page.save_revision().publish()
    assert standing(draft) == {"1": TABLED["3"], "2": TABLED["1"]}


def test_search_finds_the_words_that_stand(draft, member, moderator, visitor):
    made = amend(draft, member, "ให้ปลูกโกงกางรอบเขตอนุบาล")
    address = "/search/?q=โกงกาง"
    assert draft.url not in visitor.get(address).content.decode()
    accept(draft, made, moderator)
    assert draft.url in visitor.get(address).content.decode()
