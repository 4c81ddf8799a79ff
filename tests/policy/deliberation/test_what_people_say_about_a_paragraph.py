"""Members comment, amend, support and object while the stage is on; bad input keeps their words."""

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


def test_a_member_comments_and_answers_one_level_deep(draft, member, other_member, signed_in):
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


@pytest.mark.parametrize(("said", "what"), [
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
def test_bad_input_is_told_and_nothing_is_lost(draft, member, signed_in, said, what):
    response = signed_in(member).post(f"{at(draft)}{what}/", said)
    assert response.status_code == 422
    body = response.content.decode()
    assert "problem" in body and "กรุณาตรวจอีกครั้ง" in body
    if said["text"] == "ใหม่":
        assert ">ใหม่</textarea>" in body.replace("\n", "")
    assert not Contribution.objects.exists()


def test_a_comment_is_kept_composed_and_without_what_nobody_sees(draft, member, signed_in):
    said = "น\u0e4d\u0e49า\u200bสะอาด\x00 เเม่\u202e"
    assert signed_in(member).post(f"{at(draft)}comment/", {"text": said}).status_code == 302
    assert Contribution.objects.get().text == "น\u0e49\u0e33สะอาด แม่"


def test_odd_addresses_are_404_and_never_500(draft, member, signed_in):
    client = signed_in(member)
    for address in (f"{draft.url}p/99/", f"{draft.url}p/x/", f"{at(draft)}dance/",
                    f"{draft.url}said/999999/edit/", f"{draft.url}register.exe",
                    f"{draft.url}secretariat/dance/"):
        assert client.get(address).status_code in (403, 404), address
    said = {"text": "ก", "about": "9" * 40}
    assert client.post(f"{at(draft)}comment/", said).status_code == 404
    assert client.post(f"{at(draft)}stance/", {"stance": "support", "text": "ก", "about": "x"}
                       ).status_code == 404


@pytest.mark.postgresql
def test_one_stance_a_person_and_it_can_be_changed(draft, member, other_member, signed_in):
    made = amend(draft, other_member, "อื่น")
    client = signed_in(member)
    for stance, reason in (("support", "ดี"), ("object", "คิดใหม่แล้ว")):
        client.post(f"{at(draft)}stance/", {"stance": stance, "text": reason, "about": made.pk})
        client.post(f"{at(draft)}stance/", {"stance": stance, "text": reason})
    stances = Contribution.objects.stances()
    assert stances.count() == 2
    assert {s.stance for s in stances} == {"object"} and {s.text for s in stances} == {"คิดใหม่แล้ว"}
    assert [e.text for e in stances.get(about=made).earlier.all()] == ["ดี"]
    body = client.get(at(draft)).content.decode()
    assert "คัดค้าน 1 คน" in body and "สนับสนุน 0 คน" in body


def test_robots_and_the_hasty_are_stopped(draft, member, signed_in, monkeypatch):
    client = signed_in(member)
    client.post(f"{at(draft)}comment/", {"text": "ซื้อเลย", "website": "http://spam"})
    assert not Contribution.objects.exists()
    monkeypatch.setattr("policy.deliberation.participation.MOST_AN_HOUR", 2)
    answers = [client.post(f"{at(draft)}comment/", {"text": f"ข้อ {n}"}) for n in range(3)]
    assert [a.status_code for a in answers] == [302, 302, 429]
    assert "ข้อ 2" in answers[-1].content.decode()


# When it is open


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
def test_only_while_the_stage_is_on(assembly, member, signed_in, stages, comments, amendments):
    draft = DraftResolutionPageFactory(parent=with_stages(assembly, *stages), hold_first=False)
    client = signed_in(member)
    assert client.post(f"{at(draft)}comment/", {"text": "ก"}).status_code == comments
    assert client.post(f"{at(draft)}amend/", AMENDMENT).status_code == amendments
    stance = {"stance": "support", "text": "ก"}
    assert client.post(f"{at(draft)}stance/", stance).status_code == amendments
    body = client.get(at(draft)).content.decode()
    assert ('id="amend"' in body, 'id="comment"' in body) == (amendments == 302, comments == 302)


def test_only_public_live_drafts(draft, member, signed_in):
    from wagtail.models import PageViewRestriction

    client = signed_in(member)
    restriction = PageViewRestriction.objects.create(page=draft, restriction_type="login")
    assert client.post(f"{at(draft)}comment/", {"text": "ก"}).status_code == 403
    restriction.delete()
    draft.unpublish()
    assert client.post(f"{at(draft)}comment/", {"text": "ก"}).status_code == 404
    assert not Contribution.objects.exists()


def test_the_translation_sends_people_to_the_text_that_counts(
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


# Changing one's own words


@pytest.mark.postgresql
def test_ones_own_words_can_be_changed_for_a_time(draft, member, other_member, signed_in):
    mine = comment(draft, member, "ผิดคำ")
    address = f"{draft.url}said/{mine.pk}/edit/"
    assert signed_in(other_member).post(address, {"text": "x"}).status_code == 403
    client = signed_in(member)
    assert client.post(address, {"text": "ถูกคำ"}).status_code == 302
    mine.refresh_from_db()
    assert mine.text == "ถูกคำ" and [e.text for e in mine.earlier.all()] == ["ผิดคำ"]
    assert "ผิดคำ" not in client.get(at(draft)).content.decode()
    Contribution.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    assert client.post(address, {"text": "ช้าไป"}).status_code == 403
    mine.refresh_from_db()
    assert mine.text == "ถูกคำ"


def test_an_amendment_that_others_spoke_about_is_not_changed_under_them(
    draft, member, other_member, signed_in
):
    mine = amend(draft, member, "อื่น")
    Contribution.objects.create(paragraph=mine.paragraph, author=other_member, kind="stance",
                                stance="support", about=mine, text="ดี")
    response = signed_in(member).post(f"{draft.url}said/{mine.pk}/edit/", AMENDMENT)
    assert response.status_code == 403


def test_what_is_taken_back_is_read_by_nobody(draft, member, signed_in, visitor):
    mine = comment(draft, member, "ถอนดีกว่า")
    client = signed_in(member)
    visitor.get(at(draft))
    assert client.post(f"{draft.url}said/{mine.pk}/withdraw/").status_code == 302
    assert "ถอนดีกว่า" not in visitor.get(at(draft)).content.decode()
    assert client.get(f"{draft.url}said/{mine.pk}/edit/").status_code == 404


# Moderation


def test_first_contributions_wait_until_somebody_approved(
    draft, member, moderator, signed_in, visitor
):
    type(draft).objects.update(hold_first=True)
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


def test_hiding_needs_a_reason_and_its_author_is_told(
    draft, member, moderator, signed_in, visitor, mailoutbox
):
    said = comment(draft, member, "คำหยาบ")
    client = signed_in(moderator)
    visitor.get(at(draft))
    hide = {"contribution": said.pk, "what": "hide"}
    client.post(f"{draft.url}secretariat/moderate/", hide | {"reason": ""})
    assert "คำหยาบ" in visitor.get(at(draft)).content.decode()
    client.post(f"{draft.url}secretariat/moderate/", hide | {"reason": "ใช้คำไม่สุภาพ"})
    body = visitor.get(at(draft)).content.decode()
    assert "คำหยาบ" not in body and "ใช้คำไม่สุภาพ" in body
    assert mailoutbox[-1].to == [member.email] and "ใช้คำไม่สุภาพ" in mailoutbox[-1].body


def test_readers_report_and_the_secretariat_settles(
    draft, member, moderator, signed_in, visitor
):
    said = comment(draft, member, "ใส่ชื่อเพื่อนบ้าน")
    address = f"{draft.url}said/{said.pk}/report/"
    assert visitor.get(address).status_code == 200
    assert visitor.post(address, {"reason": ""}).status_code == 422
    assert visitor.post(address, {"reason": "เปิดเผยชื่อคน"}).status_code == 200
    assert visitor.post(address, {"reason": "robot", "website": "x"}).status_code == 200
    assert Complaint.objects.count() == 1
    client = signed_in(moderator)
    assert "เปิดเผยชื่อคน" in client.get(f"{draft.url}secretariat/").content.decode()
    client.post(f"{draft.url}secretariat/moderate/", {"contribution": said.pk, "what": "approve"})
    assert Complaint.objects.get().settled_at
    assert "เปิดเผยชื่อคน" not in client.get(f"{draft.url}secretariat/").content.decode()
    answers = [visitor.post(address, {"reason": "x"}).status_code for _n in range(11)]
    assert answers[-1] == 429
