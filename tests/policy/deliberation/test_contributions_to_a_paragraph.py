"""Comments, amendments and stances during their stage; editing, withdrawing, moderation."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from policy.models import Complaint, Contribution
from tests.factories import DraftResolutionPageFactory
from tests.policy.conftest import Kind, with_stages
from tests.policy.deliberation.proposals import amend, comment, paragraph

pytestmark = pytest.mark.django_db
AMENDMENT = {"change": "reword", "text": "ให้ทุกตำบลกันเขตอนุบาลปูไม่น้อยกว่าห้าไร่", "reason": "จะได้วัดได้"}


def at(draft, label="2"):
    return f"{draft.url}p/{label}/"


def test_the_draft_shows_numbered_paragraphs_with_counts(draft, member, visitor):
    amend(draft, member, "อื่น")
    comment(draft, member, "เห็นด้วย")
    comment(draft, member, "รอตรวจ", state="held")
    body = visitor.get(draft.url).content.decode()
    for shown in ('id="p1"', 'id="p2"', 'id="p3"', "ให้ทุกตำบลกันเขตอนุบาลปู", "เปิดให้ขอแก้"):
        assert shown in body
    section = body[body.index('id="p2"') : body.index('id="p3"')]
    assert "คำขอแก้ 1 ข้อ" in section and "ความเห็น 1 ข้อ" in section


def test_comments_have_one_level_of_replies(draft, member, other_member, signed_in):
    client = signed_in(member)
    made = client.post(f"{at(draft)}comment/", {"text": "ตำบลเราไม่มีที่ตื้น"})
    first = Contribution.objects.get()
    assert made.status_code == 302 and made.url.endswith(f"#c{first.pk}")
    other = signed_in(other_member)
    other.post(f"{at(draft)}comment/", {"text": "ใช้ที่ของตำบลข้าง ๆ ได้", "about": first.pk})
    reply = Contribution.objects.get(about=first)
    deeper = {"text": "ลึกไป", "about": reply.pk}
    assert client.post(f"{at(draft)}comment/", deeper).status_code == 404
    body = client.get(at(draft)).content.decode()
    assert "ตำบลเราไม่มีที่ตื้น" in body and "ใช้ที่ของตำบลข้าง ๆ ได้" in body
    assert "มาลี" in body and "สมศักดิ์" in body
    assert "malee" not in body and "example.org" not in body


def test_an_amendment_shows_which_words_differ(draft, member, signed_in, visitor):
    visitor.get(at(draft))
    assert signed_in(member).post(f"{at(draft)}amend/", AMENDMENT).status_code == 302
    made = Contribution.objects.get()
    assert made.base == paragraph(draft).current
    body = visitor.get(at(draft)).content.decode()
    inserted = re.findall(r"<ins>.*?</span>(.*?)<span", body)
    assert inserted == ["ไม่น้อยกว่าห้าไร่"]
    assert "จะได้วัดได้" in body


@pytest.mark.parametrize(("values", "kind"), [
    ({"change": "reword", "text": "", "reason": "ก"}, "amend"),
    ({"change": "reword", "text": "ให้ทุกตำบลกันเขตอนุบาลปู\r\n", "reason": "ก"}, "amend"),
    ({"change": "reword", "text": "ใหม่", "reason": ""}, "amend"),
    ({"change": "destroy", "text": "ใหม่", "reason": "ก"}, "amend"),
    ({"text": "  "}, "comment"),
    ({"text": "ก" * 4001}, "comment"),
    ({"text": "\0"}, "comment"),
    ({"text": "\u200b"}, "comment"),
    ({"stance": "maybe", "text": "ก"}, "stance"),
    ({"stance": "support", "text": ""}, "stance"),
])
@pytest.mark.postgresql
def test_invalid_input_is_refused_and_kept_in_the_form(draft, member, signed_in, values, kind):
    response = signed_in(member).post(f"{at(draft)}{kind}/", values)
    assert response.status_code == 422
    body = response.content.decode()
    assert "problem" in body and "กรุณาตรวจอีกครั้ง" in body
    if values["text"] == "ใหม่":
        assert ">ใหม่</textarea>" in body.replace("\n", "")
    assert not Contribution.objects.exists()


def test_a_comment_is_kept_composed_and_without_what_nobody_sees(draft, member, signed_in):
    said = "น\u0e4d\u0e49า\u200bสะอาด\x00 เเม่\u202e"
    assert signed_in(member).post(f"{at(draft)}comment/", {"text": said}).status_code == 302
    assert Contribution.objects.get().text == "น\u0e49\u0e33สะอาด แม่"


def test_invalid_addresses_are_404(draft, member, signed_in):
    client = signed_in(member)
    for address in (f"{draft.url}p/99/", f"{draft.url}p/x/", f"{at(draft)}dance/",
                    f"{draft.url}said/999999/edit/", f"{draft.url}register.exe",
                    f"{draft.url}secretariat/dance/"):
        assert client.get(address).status_code in (403, 404), address
    values = {"text": "ก", "about": "9" * 40}
    assert client.post(f"{at(draft)}comment/", values).status_code == 404
    assert client.post(f"{at(draft)}stance/", {"stance": "support", "text": "ก", "about": "x"}
                       ).status_code == 404


@pytest.mark.postgresql
def test_a_person_has_one_stance_and_can_change_it(draft, member, other_member, signed_in):
    made = amend(draft, other_member, "อื่น")
    client = signed_in(member)
    for stance, reason in (("support", "ดี"), ("object", "คิดใหม่แล้ว")):
        client.post(f"{at(draft)}stance/", {"stance": stance, "text": reason, "about": made.pk})
        client.post(f"{at(draft)}stance/", {"stance": stance, "text": reason})
    stances = Contribution.objects.stances()
    assert stances.count() == 2
    assert {s.stance for s in stances} == {"object"} and {s.text for s in stances} == {"คิดใหม่แล้ว"}
    assert [r.text for r in stances.get(about=made).revisions.all()] == ["ดี"]
    body = client.get(at(draft)).content.decode()
    assert "คัดค้าน 1 คน" in body and "สนับสนุน 0 คน" in body


def test_spam_and_too_many_contributions_are_stopped(draft, member, signed_in, monkeypatch):
    client = signed_in(member)
    client.post(f"{at(draft)}comment/", {"text": "ซื้อเลย", "website": "http://spam"})
    assert not Contribution.objects.exists()
    monkeypatch.setattr("policy.deliberation.participation.MAX_CONTRIBUTIONS_PER_HOUR", 2)
    answers = [client.post(f"{at(draft)}comment/", {"text": f"ข้อ {n}"}) for n in range(3)]
    assert [a.status_code for a in answers] == [302, 302, 429]
    assert "ข้อ 2" in answers[-1].content.decode()


# When contributions are accepted


@pytest.mark.parametrize(("stages", "comments", "amendments"), [
    ([(Kind.AMENDMENTS, -5, 5)], 302, 302),
    ([(Kind.AMENDMENTS, -5, 0)], 302, 302),
    ([(Kind.AMENDMENTS, 0, None)], 302, 302),
    ([(Kind.HEARINGS, -5, 5)], 302, 403),
    ([(Kind.AMENDMENTS, -5, -1)], 403, 403),
    ([(Kind.AMENDMENTS, 1, 5)], 403, 403),
    ([(Kind.ADOPTION, -5, 5)], 403, 403),
    ([], 403, 403),
])
def test_contributions_are_accepted_during_their_stage_only(
    assembly, member, signed_in, stages, comments, amendments
):
    draft = DraftResolutionPageFactory(
        parent=with_stages(assembly, *stages), hold_first_contributions=False
    )
    client = signed_in(member)
    assert client.post(f"{at(draft)}comment/", {"text": "ก"}).status_code == comments
    assert client.post(f"{at(draft)}amend/", AMENDMENT).status_code == amendments
    stance = {"stance": "support", "text": "ก"}
    assert client.post(f"{at(draft)}stance/", stance).status_code == amendments
    body = client.get(at(draft)).content.decode()
    assert ('id="amend"' in body, 'id="comment"' in body) == (amendments == 302, comments == 302)


def test_only_live_public_drafts_accept_contributions(draft, member, signed_in):
    from wagtail.models import PageViewRestriction

    client = signed_in(member)
    restriction = PageViewRestriction.objects.create(page=draft, restriction_type="login")
    assert client.post(f"{at(draft)}comment/", {"text": "ก"}).status_code == 403
    restriction.delete()
    draft.unpublish()
    assert client.post(f"{at(draft)}comment/", {"text": "ก"}).status_code == 404
    assert not Contribution.objects.exists()


def test_a_translation_links_to_the_original_draft(
    assembly, draft, english_home, member, signed_in
):
    from policy.models import AssemblyPage

    english_assembly = assembly.copy_for_translation(english_home.locale)
    english_assembly.save_revision().publish()
    english = draft.copy_for_translation(english_home.locale)
    english.save_revision().publish()
    english = type(draft).objects.get(pk=english.pk)
    assert AssemblyPage.objects.get(pk=english_assembly.pk).stages
    client = signed_in(member)
    body = client.get(english.url).content.decode()
    assert f'href="{draft.url}"' in body
    assert client.post(f"{english.url}p/2/comment/", {"text": "x"}).status_code == 403
    assert english.paragraphs.count() == draft.paragraphs.count() == 3


# Changing one's own contributions


@pytest.mark.postgresql
def test_authors_can_edit_their_contribution_for_a_time(draft, member, other_member, signed_in):
    mine = comment(draft, member, "ผิดคำ")
    address = f"{draft.url}said/{mine.pk}/edit/"
    assert signed_in(other_member).post(address, {"text": "x"}).status_code == 403
    client = signed_in(member)
    assert client.post(address, {"text": "ถูกคำ"}).status_code == 302
    mine.refresh_from_db()
    assert mine.text == "ถูกคำ" and [r.text for r in mine.revisions.all()] == ["ผิดคำ"]
    assert "ผิดคำ" not in client.get(at(draft)).content.decode()
    Contribution.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    assert client.post(address, {"text": "ช้าไป"}).status_code == 403
    mine.refresh_from_db()
    assert mine.text == "ถูกคำ"


def test_an_amendment_with_stances_cannot_be_edited(
    draft, member, other_member, signed_in
):
    mine = amend(draft, member, "อื่น")
    Contribution.objects.create(paragraph=mine.paragraph, author=other_member, kind="stance",
                                stance="support", about=mine, text="ดี")
    response = signed_in(member).post(f"{draft.url}said/{mine.pk}/edit/", AMENDMENT)
    assert response.status_code == 403


def test_withdrawn_contributions_are_not_shown(draft, member, signed_in, visitor):
    mine = comment(draft, member, "ถอนดีกว่า")
    client = signed_in(member)
    visitor.get(at(draft))
    assert client.post(f"{draft.url}said/{mine.pk}/withdraw/").status_code == 302
    assert "ถอนดีกว่า" not in visitor.get(at(draft)).content.decode()
    assert client.get(f"{draft.url}said/{mine.pk}/edit/").status_code == 404


# Moderation


def test_first_contributions_are_held_until_approved(
    draft, member, moderator, signed_in, visitor
):
    type(draft).objects.update(hold_first_contributions=True)
    client, secretariat = signed_in(member), signed_in(moderator)
    client.post(f"{at(draft)}comment/", {"text": "ครั้งแรก"})
    first = Contribution.objects.get()
    assert first.state == "held"
    assert "ครั้งแรก" not in visitor.get(at(draft)).content.decode()
    assert "ครั้งแรก" in client.get(at(draft)).content.decode()
    assert "ครั้งแรก" in secretariat.get(f"{draft.url}secretariat/").content.decode()
    approve = {"contribution": first.pk, "what": "approve"}
    secretariat.post(f"{draft.url}secretariat/moderate/", approve)
    assert "ครั้งแรก" in visitor.get(at(draft)).content.decode()
    client.post(f"{at(draft)}comment/", {"text": "ครั้งที่สอง"})
    assert "ครั้งที่สอง" in visitor.get(at(draft)).content.decode()


def test_hiding_needs_a_reason_and_is_emailed_to_the_author(
    draft, member, moderator, signed_in, visitor, mailoutbox
):
    contribution = comment(draft, member, "คำหยาบ")
    client = signed_in(moderator)
    visitor.get(at(draft))
    hide = {"contribution": contribution.pk, "what": "hide"}
    client.post(f"{draft.url}secretariat/moderate/", hide | {"reason": ""})
    assert "คำหยาบ" in visitor.get(at(draft)).content.decode()
    client.post(f"{draft.url}secretariat/moderate/", hide | {"reason": "ใช้คำไม่สุภาพ"})
    body = visitor.get(at(draft)).content.decode()
    assert "คำหยาบ" not in body and "ใช้คำไม่สุภาพ" in body
    assert mailoutbox[-1].to == [member.email] and "ใช้คำไม่สุภาพ" in mailoutbox[-1].body


def test_complaints_of_readers_are_settled_by_the_secretariat(
    draft, member, moderator, signed_in, visitor
):
    contribution = comment(draft, member, "ใส่ชื่อเพื่อนบ้าน")
    address = f"{draft.url}said/{contribution.pk}/report/"
    assert visitor.get(address).status_code == 200
    assert visitor.post(address, {"reason": ""}).status_code == 422
    assert visitor.post(address, {"reason": "เปิดเผยชื่อคน"}).status_code == 200
    assert visitor.post(address, {"reason": "robot", "website": "x"}).status_code == 200
    assert Complaint.objects.count() == 1
    client = signed_in(moderator)
    assert "เปิดเผยชื่อคน" in client.get(f"{draft.url}secretariat/").content.decode()
    approve = {"contribution": contribution.pk, "what": "approve"}
    client.post(f"{draft.url}secretariat/moderate/", approve)
    assert Complaint.objects.get().settled_at
    assert "เปิดเผยชื่อคน" not in client.get(f"{draft.url}secretariat/").content.decode()
    answers = [visitor.post(address, {"reason": "x"}).status_code for _n in range(11)]
    assert answers[-1] == 429
