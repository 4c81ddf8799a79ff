"""Synonyms find each other both ways and across languages; a new word reindexes its pages only."""

import pytest
from django.core.exceptions import ValidationError

from hub.models import OutboxEntry, Topic
from search.index import indexer
from search.models import GlossaryTerm
from search.query.find import find
from search.text import thai
from tests.factories import LessonPageFactory, PracticePageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def index(hub):
    indexer.ensure_current()


def titles(text):
    return [result.page.title for result in find(text).results]


def page(title, text):
    return PracticePageFactory(title=title, summary="–", context_text=text, outcome="")


def test_the_glossary_comes_with_a_list_and_every_line_is_valid(hub):
    assert GlossaryTerm.objects.count() > 40
    for term in GlossaryTerm.objects.all():
        term.full_clean()


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("อบต.", "องค์การบริหารส่วนตำบลช่วยออกค่ารถ"),
        ("อบต", "องค์การบริหารส่วนตำบลช่วยออกค่ารถ"),
        ("องค์การบริหารส่วนตำบล", "นายก อบต.มาเปิดงาน"),
        ("รพ.สต.", "หมอจากโรงพยาบาลส่งเสริมสุขภาพตำบล"),
        ("NPO", "เป็นองค์กรสาธารณประโยชน์ตามกฎหมาย"),
        ("องค์กรสาธารณประโยชน์", "We registered as an NPO in March."),
        ("health assembly", "เรื่องนี้เข้าสมัชชาสุขภาพแล้ว"),
        ("สมัชชาสุขภาพ", "It went to the health assembly."),
        ("fishers", "ชาวประมงเรือเล็ก"),  # the pair of names of a topic
        ("Chana", "คนจะนะทำกันเอง"),  # and of an area
    ],
)
def test_a_name_finds_what_is_written_under_the_other(typed, written):
    page("หน้าที่มี", written)
    page("หน้าอื่น", "เรื่องที่ไม่เกี่ยวกัน")
    assert titles(typed) == ["หน้าที่มี"]


def test_what_was_typed_ranks_above_its_synonyms():
    page("เต็ม", "องค์การบริหารส่วนตำบลช่วยออกค่ารถ")
    page("ย่อ", "อบต.ช่วยออกค่ารถ")
    assert titles("อบต.") == ["ย่อ", "เต็ม"]
    assert titles("องค์การบริหารส่วนตำบล") == ["เต็ม", "ย่อ"]


def test_a_name_inside_a_longer_term_is_expanded_too():
    page("หน้าที่มี", "งบองค์การบริหารส่วนตำบลปีนี้")
    assert titles("งบอบต.") == ["หน้าที่มี"]


def test_quoted_text_has_no_synonyms():
    page("เต็ม", "องค์การบริหารส่วนตำบลช่วยออกค่ารถ")
    page("ย่อ", "อบต.ช่วยออกค่ารถ")
    assert titles('"อบต."') == ["ย่อ"]


def test_excluding_a_name_excludes_its_synonyms():
    page("เต็ม", "รถขององค์การบริหารส่วนตำบล")
    page("ย่อ", "รถของ อบต.")
    page("รถของวัด", "รถของวัด")
    assert titles("รถ -อบต.") == ["รถของวัด"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("2552", "เริ่มปี 2009"), ("2009", "เริ่มปี ๒๕๕๒"), ("๒๕๕๒", "since 2009")],
)
def test_a_year_is_the_same_in_both_calendars_and_scripts(typed, written):
    page("หน้าที่มี", written)
    page("ปีอื่น", "ปี 2553 และ 2010")
    assert titles(typed) == ["หน้าที่มี"]


def test_the_matching_name_is_marked_in_the_passage():
    page("หน้าที่มี", "งบองค์การบริหารส่วนตำบลปีนี้")
    pieces = find("อบต.").results[0].passages[0].pieces
    assert ("องค์การบริหารส่วนตำบล", True) in pieces


def test_a_new_synonym_works_at_once_and_is_gone_when_deleted():
    page("หน้าที่มี", "กลุ่มเลี้ยงผึ้งชันโรง")
    assert titles("อุงมาเลย์") == []
    term = GlossaryTerm.objects.create(names="ชันโรง\nอุงมาเลย์")
    assert titles("อุงมาเลย์") == ["หน้าที่มี"]
    term.delete()
    assert titles("อุงมาเลย์") == []


def test_a_new_word_reindexes_the_pages_that_contain_it_and_no_others():
    word = "ฮิญามะห์"
    holder, other = page("มี", f"สร้าง{word}ไว้หน้าหาด"), page("ไม่มี", "สร้างบ้าน")
    assert word not in thai.words(holder.context_text)
    newest = OutboxEntry.objects.latest("pk").pk
    GlossaryTerm.objects.create(names=word)
    recorded = OutboxEntry.objects.filter(pk__gt=newest, kind="page")
    reindexed = recorded.values_list("object_id", flat=True)
    assert set(reindexed) == {holder.pk} and other.pk not in reindexed
    assert word in thai.words(holder.context_text)
    assert titles(word) == ["มี"]
    assert not indexer.difference()


def test_a_renamed_topic_is_found_by_its_new_name():
    topic = Topic.objects.create(slug="bees", name_th="ผึ้งโพรง", name_en="Cavity bees")
    page("หน้าที่มี", "เลี้ยงผึ้งโพรงในสวน")
    assert titles("cavity bees") == ["หน้าที่มี"]
    topic.name_en = "Honey hunters"
    topic.save()
    assert titles("honey hunters") == ["หน้าที่มี"]
    assert titles("cavity bees") == []


@pytest.mark.parametrize(
    "names",
    ["", " \n ", "การ", "ก", "!!", "x" * 81, "\n".join("กข" * n for n in range(1, 15))],
)
def test_an_invalid_name_is_rejected_with_a_message(hub, names):
    with pytest.raises(ValidationError):
        GlossaryTerm(names=names).full_clean()


def test_an_editor_adds_a_word_in_the_admin(hub, editor, signed_in):
    from django.urls import reverse

    LessonPageFactory(title="ชันโรง")
    client = signed_in(editor)
    address = reverse("wagtailsnippets_search_glossaryterm:add")
    assert client.get(address).status_code == 200
    client.post(address, {"names": "ชันโรง\r\nผึ้งจิ๋ว", "note": ""})
    assert titles("ผึ้งจิ๋ว") == ["ชันโรง"]


def test_a_name_made_of_known_words_does_not_hide_them():
    page("ธนาคารปูม้า", "ของเรา")
    page("กระชัง", "มีปูม้าอยู่ในกระชังด้วยหลายตัว")
    assert titles("ปูม้า") == ["ธนาคารปูม้า", "กระชัง"]
