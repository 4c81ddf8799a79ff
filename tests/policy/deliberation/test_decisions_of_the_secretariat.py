"""Accepting, merging, rejecting, splitting and joining: wordings are kept, authors get e-mails."""

import json
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from policy.deliberation import contributions, decisions
from policy.models import Contribution, Decision
from tests.policy.deliberation.proposals import accept, active_text, amend, paragraph, ruling

pytestmark = pytest.mark.django_db
TABLED = {"1": "โดยที่ปูไข่ลดลงทุกปี", "2": "ให้ทุกตำบลกันเขตอนุบาลปู", "3": "ให้ตรวจเขตทุกสามเดือน"}


@pytest.mark.postgresql
def test_an_accepted_proposal_becomes_the_text(draft, member, moderator, visitor, mailoutbox):
    made = amend(draft, member, "ให้ทุกตำบลกันเขตอนุบาลปูห้าไร่")
    visitor.get(draft.url)
    decision = accept(draft, made, moderator)
    assert active_text(draft) == TABLED | {"2": made.text}
    assert made.text in visitor.get(draft.url).content.decode()
    made.refresh_from_db()
    assert (made.decision, decision.number, decision.kind) == (decision, 1, "accept")
    assert [w.text for w in paragraph(draft).history] == [TABLED["2"], made.text]
    email = mailoutbox[-1]
    assert email.to == [member.email]
    assert "ตกลงกันแล้ว" in email.body and "/p/2/trace/" in email.body
    trace = visitor.get(f"{draft.url}p/2/trace/").content.decode()
    assert "มาลี" in trace and "ตกลงกันแล้ว" in trace and TABLED["2"] in trace


@pytest.mark.postgresql
def test_several_proposals_merge_into_one_wording(
    draft, member, other_member, moderator, visitor, mailoutbox
):
    one, two = amend(draft, member, "กันเขตห้าไร่"), amend(draft, other_member, "กันเขตและปักทุ่น")
    decisions.merge(draft, [one, two], "กันเขตห้าไร่และปักทุ่น", ruling(moderator))
    assert active_text(draft)["2"] == "กันเขตห้าไร่และปักทุ่น"
    bodies = {email.to[0]: email.body for email in mailoutbox}
    assert set(bodies) == {member.email, other_member.email}
    assert all("กันเขตห้าไร่และปักทุ่น" in body for body in bodies.values())
    trace = visitor.get(f"{draft.url}p/2/trace/").content.decode()
    assert "มาลี" in trace and "สมศักดิ์" in trace


def test_a_rejected_proposal_stays_readable_with_the_reason(
    draft, member, moderator, visitor, mailoutbox
):
    made = amend(draft, member, "ไม่ต้องกันเขต")
    decisions.reject(draft, [made], ruling(moderator, "ขัดกับมติครั้งก่อน"))
    assert active_text(draft) == TABLED
    for address in (f"{draft.url}p/2/", f"{draft.url}p/2/trace/", f"{draft.url}register/"):
        body = visitor.get(address).content.decode()
        assert "ขัดกับมติครั้งก่อน" in body, address
    assert "ขัดกับมติครั้งก่อน" in mailoutbox[-1].body


def test_striking_and_adding_paragraphs(draft, member, moderator, visitor):
    accept(draft, amend(draft, member, "", "1", change="strike"), moderator)
    accept(draft, amend(draft, member, "ให้รายงานทุกปี", "2", change="add"), moderator)
    assert list(active_text(draft).items()) == [
        ("2", TABLED["2"]), ("2.1", "ให้รายงานทุกปี"), ("3", TABLED["3"])]
    body = visitor.get(f"{draft.url}p/1/").content.decode()
    assert "ไม่อยู่ในร่างแล้ว" in body
    assert "ตัดออกจากร่าง" in visitor.get(f"{draft.url}p/1/trace/").content.decode()
    assert "ให้รายงานทุกปี" in visitor.get(f"{draft.url}p/2-1/").content.decode()


def test_a_stale_amendment_is_rebased_before_it_is_accepted(
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
    values = {"paragraph": "2", "text": "กันเขตสิบไร่และปักทุ่น", "reason": "ชัดกว่า"}
    assert client.post(address, values | {"text": "กันเขตห้าไร่"}).status_code == 422
    assert client.post(address, values).status_code == 302
    old = Contribution.objects.get(pk=old.pk)
    assert not old.is_stale and old.text == "กันเขตสิบไร่และปักทุ่น"
    # The stance was on the earlier text.
    supporter.refresh_from_db()
    assert supporter.state == "withdrawn" and mailoutbox[-1].to == [member.email]
    accept(draft, old, moderator)
    assert active_text(draft)["2"] == "กันเขตสิบไร่และปักทุ่น"


def test_a_split_keeps_the_history_and_the_proposals(draft, member, moderator, visitor, mailoutbox):
    waiting = amend(draft, member, "กันเขตและตรวจบ่อย")
    decisions.split(draft, paragraph(draft), ["กันเขต", "อนุบาลปู"], ruling(moderator, "สองเรื่อง"))
    assert list(active_text(draft)) == ["1", "2.1", "2.2", "3"]
    assert mailoutbox[-1].to == [member.email] and "สองเรื่อง" in mailoutbox[-1].body
    trace = visitor.get(f"{draft.url}p/2-2/trace/").content.decode()
    assert TABLED["2"] in trace and f'{draft.url}p/2/trace/"' in trace
    assert f'{draft.url}p/2-1/"' in visitor.get(f"{draft.url}p/2/").content.decode()
    # A proposal for the split paragraph can be merged into one of its parts.
    decisions.merge(draft, [waiting], "กันเขตให้ชัด", ruling(moderator))
    assert active_text(draft)["2.1"] == "กันเขตให้ชัด"
    sources = paragraph(draft, "2.1").current.sources.all()
    assert {s.paragraph.label for s in sources} == {"2.1", "2"}


def test_joined_paragraphs_are_traced_to_both(draft, moderator, visitor):
    two, three = paragraph(draft, "2"), paragraph(draft, "3")
    decisions.join(draft, two, three, "ให้กันเขตและตรวจทุกสามเดือน", ruling(moderator))
    assert list(active_text(draft)) == ["1", "2"]
    trace = visitor.get(f"{draft.url}p/2/trace/").content.decode()
    assert TABLED["2"] in trace.replace("</del>", "") and TABLED["3"] in trace
    # Splitting a joined paragraph: both originals have the same successors.
    decisions.split(draft, paragraph(draft), ["ให้กันเขต", "ให้ตรวจ"], ruling(moderator))
    assert {p.label for p in decisions.successors_of(paragraph(draft, "3"))} == {"2.1", "2.2"}
    with pytest.raises(ValidationError):
        decisions.join(draft, two, three, "x", ruling(moderator))


def test_merging_proposals_through_the_pages_of_the_secretariat(
    draft, member, other_member, moderator, signed_in
):
    one, two = amend(draft, member, "กันเขตห้าไร่"), amend(draft, other_member, "กันเขตและปักทุ่น")
    client = signed_in(moderator)
    body = client.get(f"{draft.url}secretariat/").content.decode()
    assert f'value="{one.pk}"' in body and f'value="{two.pk}"' in body
    address = f"{draft.url}secretariat/decide/?" + urlencode([("a", one.pk), ("a", two.pk)])
    form = client.get(address).content.decode()
    assert 'value="accept"' not in form
    # Date inputs of browsers need ISO dates in every language.
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in form
    values = {"kind": "merge", "text": "กันเขตห้าไร่และปักทุ่น", "reason": "ตรงกันทั้งสอง",
            "decided_on": "2026-11-01", "meeting": "ประชุมคณะทำงาน"}
    assert client.post(address, values | {"text": ""}).status_code == 422
    assert client.post(address, values | {"reason": ""}).status_code == 422
    assert client.post(address, values | {"decided_on": "2999-01-01"}).status_code == 422
    assert client.post(address, values | {"kind": "accept"}).status_code == 422
    response = client.post(address, values)
    assert response.url == f"{draft.url}register/#d1"
    # Sending it again: nothing is left to decide.
    assert client.post(address, values).url == f"{draft.url}secretariat/"
    assert Decision.objects.count() == 1


def test_splitting_and_joining_have_forms(draft, moderator, signed_in):
    client = signed_in(moderator)
    values = {"text": "กันเขต\r\n\r\nอนุบาลปู", "reason": "สองเรื่อง", "decided_on": "2026-11-01"}
    address = f"{draft.url}secretariat/split/?p=2"
    assert client.post(address, values | {"text": "ส่วนเดียว"}).status_code == 422
    assert client.post(address, values).status_code == 302
    assert client.post(address, values).status_code == 422  # it was split already
    values["text"] = "กันเขตอนุบาลปู"
    assert client.post(f"{draft.url}secretariat/join/?p=2-1", values).status_code == 302
    assert client.post(f"{draft.url}secretariat/join/?p=3", values).status_code == 404
    assert list(active_text(draft)) == ["1", "2.1", "3"]


def test_a_waiting_proposal_is_shown_when_it_is_decided(draft, member, moderator, visitor):
    made = amend(draft, member, "รอตรวจอยู่", state="held")
    assert "รอตรวจอยู่" not in visitor.get(f"{draft.url}register/").content.decode()
    decisions.reject(draft, [made], ruling(moderator))
    assert "รอตรวจอยู่" in visitor.get(f"{draft.url}register/").content.decode()


def test_hidden_and_withdrawn_amendments_cannot_be_decided(draft, member, moderator):
    hidden, taken = amend(draft, member, "ก"), amend(draft, member, "ข")
    contributions.hide(hidden, moderator, "ไม่สุภาพ")
    contributions.withdraw(taken)
    for made in (hidden, taken):
        with pytest.raises(ValidationError):
            accept(draft, made, moderator)
    assert not Decision.objects.exists()


def test_editors_change_the_text_until_somebody_contributes(draft, member, moderator, signed_in):
    page = draft.get_latest_revision_as_object()
    keys = {p.label: p.key for p in draft.paragraphs.all()}
    blocks = list(page.tabled.raw_data)
    page.tabled = json.dumps([blocks[2], blocks[0]])
    page.save_revision().publish()
    assert active_text(draft) == {"1": TABLED["3"], "2": TABLED["1"]}
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
    assert active_text(draft) == {"1": TABLED["3"], "2": TABLED["1"]}


def test_search_finds_the_current_wording(draft, member, moderator, visitor):
    made = amend(draft, member, "ให้ปลูกโกงกางรอบเขตอนุบาล")
    address = "/search/?q=โกงกาง"
    assert draft.url not in visitor.get(address).content.decode()
    accept(draft, made, moderator)
    assert draft.url in visitor.get(address).content.decode()
