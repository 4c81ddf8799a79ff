"""The masked copy of a closed lesson: previewed, corrected, submitted, withdrawn."""

from datetime import date

import pytest

from hub.models import Area, Attachment, Contributor, KnowledgePage
from lessons.masking import masked_copy
from lessons.masking.masker import mask, skeleton
from lessons.models import LessonPage, MaskedLesson
from search.query.find import find
from tests.factories import LessonPageFactory, SectionPageFactory, document, organisation

pytestmark = pytest.mark.django_db
SECRETS = ["สมชาย", "ใจดี", "บ่อยาง", "เมืองสงขลา", "50,000", "23 คน", "081", "บ้านน้ำเค็ม", "มีนาคม"]


@pytest.fixture
def author(hub, editor):
    editor.organisations.add(organisation("กลุ่มบ้านเรา"))
    return editor


@pytest.fixture
def original(author):
    page = LessonPageFactory(
        parent=SectionPageFactory(), openness="anonymised",
        organisation=organisation("กลุ่มบ้านเรา"), title="เงินหายที่ตำบลบ่อยาง",
        summary="นายสมชาย ใจดี เก็บเงิน 50,000 บาท",
        event="วันที่ 12 มีนาคม 2561 ที่บ้านน้ำเค็ม โทร 081-234-5678",
        expected="สมาชิก 23 คน จะได้เงินคืน", happened="เงินหายไป ห้าหมื่นบาท", why="ไม่มีใครตรวจบัญชี",
        next_time="ให้คนสองกลุ่มตรวจกัน", period_start=date(2018, 3, 12), period_end=date(2018, 6, 1),
        validated_by="นายสมชาย ใจดี", validated_on=date(2019, 1, 1),
    )
    page.contributors.add(Contributor(name="นายสมชาย ใจดี", other_organisation="กองทุนบ้านน้ำเค็ม"))
    page.attachments.add(Attachment(document=document("สมุดบัญชี", "บัญชี.txt", "สมชาย".encode() * 99)))
    page.areas.add(Area.objects.get(geocode="900101"))
    page.body = page.body.stream_block.to_python([
        {"type": "heading", "value": "สมชายว่า"},
        {"type": "paragraph", "value": '<p>เงินของ<b>สม</b>ชาย <a href="https://x.example/บ่อยาง">ดู</a></p>'},
        {"type": "quote", "value": {"text": "ผมชื่อสมชาย", "by": "สมชาย ใจดี"}},
        {"type": "figures", "value": [{"label": "คนที่เสียเงิน", "value": "23", "unit": "คน"}]},
        {"type": "table", "value": {"data": [["ชื่อ", "บาท"], ["สมชาย", "50,000 บาท"]]}},
    ])
    page.save_revision().publish()
    return LessonPage.objects.get(pk=page.pk)


def address(page):
    return f"/admin/lessons/{page.pk}/mask/"


def hand_in(client, page, **data):
    digest = client.get(address(page)).context["digest"]
    return client.post(address(page), {"hand-in": "1", "digest": digest} | data)


def copy_of(page):
    return LessonPage.objects.get(pk=MaskedLesson.objects.get(original=page).copy_id)


def test_before_submission_the_author_sees_both_texts_side_by_side(
    original, author, signed_in
):
    answer = signed_in(author).get(address(original))
    text = answer.content.decode()
    assert "<mark>นายสมชาย ใจดี</mark>" in text
    assert '<mark class="masked">หลักหมื่นบาท</mark>' in text
    assert not MaskedLesson.objects.exists()
    assert LessonPage.objects.count() == 1


def test_the_copy_is_a_page_without_a_word_that_was_masked(
    original, moderator, signed_in, visitor
):
    moderator.organisations.add(organisation("กลุ่มบ้านเรา"))
    assert hand_in(signed_in(moderator), original).status_code == 302
    copy = copy_of(original)
    assert copy.live and copy.openness == "public"
    assert copy.translation_key != original.translation_key
    answer = visitor.get(copy.url)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    for secret in SECRETS:
        assert skeleton(secret) not in skeleton(main), secret
        assert secret not in copy.slug
    assert "หลักหมื่นบาท" in main and "หลายสิบคน" in main
    assert not copy.attachments.exists() and not copy.contributors.exists()
    assert not copy.chain_links.exists()
    assert copy.validated_by == "" and copy.validated_on is None
    assert [area.geocode for area in copy.areas.all()] == ["90"]
    assert (copy.period_start, copy.period_end) == (date(2018, 1, 1), date(2018, 12, 31))
    assert [find(secret).total for secret in ("สมชาย", "บ่อยาง", "น้ำเค็ม", "50,000")] == [0] * 4
    for revision in copy.revisions.all():
        assert "สมชาย" not in str(revision.content)
    assert visitor.get(original.url).status_code != 200


def test_without_permission_to_publish_the_copy_goes_to_the_moderators(
    original, author, signed_in, moderator, mailoutbox
):
    hand_in(signed_in(author), original)
    copy = copy_of(original)
    assert not copy.live and copy.workflow_in_progress
    assert any("moderator@example.org" in email.to for email in mailoutbox)
    emails = "".join(email.subject + email.body for email in mailoutbox)
    assert "สมชาย" not in emails and original.title not in emails
    client = signed_in(moderator)
    assert client.get(f"/admin/pages/{copy.pk}/edit/").status_code == 200
    assert client.get(address(original)).status_code == 404  # as if there were none


def test_words_are_added_and_spans_released_with_a_reason(original, author, signed_in):
    client = signed_in(author)
    shown = client.get(address(original)).context["spans"]
    key = next(s["span"].key for s in shown if s["span"].text == "23 คน")
    data = {"extra_words": "ตรวจบัญชี", "key-1": key, "show-1": "1", "reason-1": ""}
    answer = client.post(address(original), data)
    assert answer.status_code == 422
    assert "บอกว่าทำไมจึงเปิดได้" in answer.content.decode()
    assert "ตรวจบัญชี</textarea>" in answer.content.decode(), "what was typed is kept"
    assert client.post(address(original), data | {"reason-1": "ทุกคนรู้"}).status_code == 200
    decisions = MaskedLesson.objects.get()
    assert decisions.released == {key: "ทุกคนรู้"}
    hand_in(client, original, **data | {"reason-1": "ทุกคนรู้"})
    copy = copy_of(original).get_latest_revision_as_object()
    assert "23 คน" in copy.expected
    assert copy.why == "ไม่มีใคร[ปิดไว้]"


def test_only_a_copy_that_was_looked_at_is_submitted(original, author, signed_in):
    client = signed_in(author)
    digest = client.get(address(original)).context["digest"]
    draft = original.get_latest_revision_as_object()
    draft.why = "เพราะนายสมหมาย มีสุข ไม่บอก"
    draft.save_revision()
    answer = client.post(address(original), {"hand-in": "1", "digest": digest})
    assert answer.status_code == 422
    assert MaskedLesson.objects.get().copy is None


def test_a_lesson_that_is_not_shared_masked_cannot_be_submitted(original, author, signed_in):
    draft = original.get_latest_revision_as_object()
    draft.openness = "private"
    draft.save_revision()
    assert hand_in(signed_in(author), original).status_code == 422
    assert not LessonPage.objects.exclude(pk=original.pk).exists()


def test_the_names_of_all_organisations_are_masked(original):
    """Also of those that had nothing to do with the lesson, in both languages."""
    organisation("เครือข่ายคลองลึก (ตัวอย่าง)", "deep", name_en="Deep Canal Network", is_active=False)
    rules = masked_copy.rules_for(original, MaskedLesson())
    for text in ("เล่าให้เครือข่ายคลองลึกฟังแล้ว", "เล่าให้ Deep Canal Network ฟังแล้ว",
                 "เล่าให้กลุ่มบ้านเราฟังแล้ว", "เล่าให้กองทุนบ้านน้ำเค็ม ฟังแล้ว"):
        assert mask(text, rules).replace(" ", "") == "เล่าให้องค์กรแห่งหนึ่งฟังแล้ว", text


@pytest.mark.parametrize("change", ["private", "aggregate", "delete"])
def test_the_copy_disappears_at_once_when_the_lesson_is_closed_or_deleted(
    original, moderator, signed_in, visitor, change
):
    moderator.organisations.add(organisation("กลุ่มบ้านเรา"))
    hand_in(signed_in(moderator), original)
    copy = copy_of(original)
    if change == "delete":
        LessonPage.objects.get(pk=original.pk).delete()
    else:
        draft = LessonPage.objects.get(pk=original.pk).get_latest_revision_as_object()
        draft.openness = change
        draft.save_revision()
    assert not KnowledgePage.objects.open_to_all().filter(pk=copy.pk).exists()
    assert visitor.get(copy.url).status_code == 404


def test_copies_of_translations_are_translations_of_each_other(original, english_home, moderator):
    twin = original.copy_for_translation(english_home.locale, copy_parents=True)
    twin.title = "Money lost in Bo Yang"
    twin.save_revision().publish()
    thai = masked_copy.submit(MaskedLesson(original=original), moderator)
    english = masked_copy.submit(
        MaskedLesson(original=LessonPage.objects.get(pk=twin.pk)), moderator)
    assert english.translation_key == thai.translation_key != original.translation_key
    assert english.title == "Money lost in a subdistrict in Songkhla"


@pytest.mark.parametrize("data", [
    {"hand-in": "1", "digest": "x"}, {"extra_words": "\0"}, {"key-1": "", "show-1": "1"},
    {"key-": "x", "show-": "1", "reason-": "y" * 5000}, {"title": "ก" * 999},
])
def test_bad_input_is_no_error_of_the_server(original, author, signed_in, data):
    assert signed_in(author).post(address(original), data).status_code in (200, 302, 422)


def test_parts_of_a_recognised_name_are_masked_everywhere_in_the_copy(original, moderator):
    """Also a name that only a caption, a quotation or a file's name tells."""
    original.validated_by = ""
    original.contributors.set([])
    original.summary = "นาง สมศรี แก้วทอง เก็บเงินไว้ที่ธนาคารออมสินสาขาคลองหวะ ผู้จัดการร้านคือนายวีรยุทธ์"
    original.happened = "สมศรีร้องไห้ ฝ่ายแก้วทองไม่ยอม คนคลองหวะพูดกันทั่ว วีรยุทธ์ลาออก ปาริฉัตรไม่มา"
    original.body = original.body.stream_block.to_python([
        {"type": "quote", "value": {"text": "ทุกคนรู้จักปาริฉัตร", "by": "ปาริฉัตร"}},
    ])
    original.save_revision().publish()
    copy = masked_copy.submit(
        MaskedLesson(original=LessonPage.objects.get(pk=original.pk)), moderator)
    copy = copy.get_latest_revision_as_object()
    text = "\n".join([copy.title, copy.summary, copy.happened, str(copy.body), copy.slug])
    for part in ("สมศรี", "แก้วทอง", "คลองหวะ", "ออมสิน", "วีรยุทธ์", "ปาริฉัตร"):
        assert part not in text, part


def test_what_looks_like_a_name_is_answered_before_the_copy_is_handed_in(
    original, author, signed_in
):
    original.why = "ไม่มีใครตรวจบัญชี ถามแต่ Zorblax กับ Quuxin"
    original.save_revision().publish()
    client = signed_in(author)
    shown = [one["text"] for one in client.get(address(original)).context["looks_like_names"]]
    assert shown == ["Zorblax", "Quuxin"]
    answer = hand_in(client, original)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count('id="unanswered-') == 2 and not LessonPage.objects.exclude(
        pk=original.pk).exists()
    answers = {"look-1": "Zorblax", "answer-1": "mask", "look-2": "Quuxin", "answer-2": "keep"}
    assert client.post(address(original), answers).status_code == 200
    decisions = MaskedLesson.objects.get()
    assert decisions.extra_word_list == ["Zorblax"]
    kept = {"extra_words": decisions.extra_words, "look-1": "Quuxin", "answer-1": "keep"}
    assert hand_in(client, original, **kept).status_code == 302
    why = copy_of(original).get_latest_revision_as_object().why
    assert "Zorblax" not in why and "Quuxin" in why


def test_no_caller_submits_a_copy_with_open_questions(original, moderator):
    original.why = "ถามแต่ Zorblax"
    original.save_revision().publish()
    decisions = MaskedLesson(original=LessonPage.objects.get(pk=original.pk))
    for user in (moderator, None):
        with pytest.raises(masked_copy.NotAnswered) as refused:
            masked_copy.submit(decisions, user)
        assert refused.value.review.unanswered == ["Zorblax"]
    assert not LessonPage.objects.exclude(pk=original.pk).exists()


def test_stand_ins_that_meet_are_refused(original, english_home, author, signed_in):
    twin = original.copy_for_translation(english_home.locale, copy_parents=True)
    twin.why = "Mr. Somsak 64 households came."
    twin.save_revision().publish()
    twin = LessonPage.objects.get(pk=twin.pk)
    client = signed_in(author)
    answer = client.get(address(twin))
    assert [met for _label, met in answer.context["review"].meetings] == [
        "Somebody dozens of households"]
    answers = {f"look-{n}": one["text"] for n, one in enumerate(
        answer.context["looks_like_names"], 1)}
    answers |= {f"answer-{n}": "keep" for n in range(1, len(answers) + 1)}
    assert hand_in(client, twin, **answers).status_code == 422
    decisions = {"extra_words": "Somsak 64 households"} | answers
    client.post(address(twin), decisions)
    assert hand_in(client, twin, **decisions).status_code == 302


def test_a_public_page_that_gives_the_source_away_is_shown_and_answered(
    original, author, signed_in
):
    phrase = "เงินออมของกลุ่มหายไปจากหีบเหล็กใต้ต้นประดู่ริมทางเดินในคืนงานลากพระ"
    told = LessonPageFactory(
        parent=original.get_parent(), title="ข่าวจากตำบล", summary="นายสมชาย ใจดี เล่าให้ฟัง",
        event=f"{phrase} และหาไม่พบ",
    )
    told.save_revision().publish()
    quiet = LessonPageFactory(parent=original.get_parent(), title="อีกหน้า", event=phrase)
    quiet.save_revision().publish()
    original.happened = phrase
    original.save_revision().publish()
    client = signed_in(author)
    [one] = client.get(address(original)).context["sources"]
    assert (one["source"].page.pk, one["source"].phrase) == (told.pk, phrase)
    assert hand_in(client, original).status_code == 422
    masked = client.post(address(original), {"extra_words": phrase})
    assert masked.context["sources"] == []
    client.post(address(original), {"extra_words": ""})
    answers = {"key-source1": one["source"].key, "show-source1": "1", "reason-source1": ""}
    assert hand_in(client, original, **answers).status_code == 422, "a reason is asked"
    answers["reason-source1"] = "ข่าวนั้นเจ้าตัวลงเอง"
    assert hand_in(client, original, **answers).status_code == 302
