"""Names that a lesson tells of are masked wherever a part of them stands; stand-ins fit in."""

import pytest

from hub.pages.page_search import words_of
from lessons.masking.learning import learned
from lessons.masking.masker import NamedArea, Rules, mask, meetings
from lessons.masking.remaining import remaining

AREAS = (NamedArea("Ban Na", "subdistrict", "Songkhla"), NamedArea("Chana", "district", "Songkhla"),
         NamedArea("บ้านนา", "subdistrict", "สงขลา"), NamedArea("จะนะ", "district", "สงขลา"))


def masked(texts, language="th", **more):
    rules = learned(Rules(language, areas=AREAS, segment=words_of, **more), texts)
    return [mask(text, rules) for text in texts]


SEEN_PUBLISHED = [
    ("นาง{สมศรี} {แก้วทอง}ถือสมุด", "{สมศรี}ร้องไห้ ญาติฝ่าย{แก้วทอง}ไม่ยอม"),
    ("ฝากไว้ที่{ธนาคารออมสินสาขาคลองหวะ}",),
    ("รถทะเบียน {กข 1234} สงขลา มารับของ",),
    ("ทักไลน์ไอดี {somsri99}", "ไลน์ {@saikhlong}"),
    ("ทนาย{เอกชัย}ช่วยเจรจา",),
    ("เสียไป {2.5 แสน} แล้วก็เสียอีก {1.2 ล้าน}", "ยืมมา {ห้าหมื่น}"),
    ("ไซหายหลังวัด{โคกเปี้ยว}",),
    ("มีลูกชายชื่อ{บอย}เฝ้าอยู่",),
    ("ป้า{นวล}กับลุง{แดง}มาช่วย", "ครู{อ้อม}ลาออก", "หมอ{ก้อง}ฉีดยา", "ผู้ใหญ่{เชียร}ถูกย้าย"),
    ("โรงเรียน{วัดท่าข้าม}ปิด", "คนใน{บ้านทุ่งลุง}", "กำนัน{ประสิทธิ์}บอกว่า"),
]


@pytest.mark.parametrize("texts", SEEN_PUBLISHED, ids=lambda texts: texts[0][:20])
def test_what_was_seen_published_is_masked(texts):
    secrets = [part.partition("}")[0] for text in texts for part in text.split("{")[1:]]
    shown = "\n".join(masked([text.replace("{", "").replace("}", "") for text in texts]))
    assert secrets and not [secret for secret in secrets if secret in shown], shown


UNMASKED = [
    "ปูดำตัวนั้นขึ้นจากน้ำดำ", "วัดระดับน้ำทุกวัน วัดความเค็มด้วย", "ธนาคารปูม้ากับธนาคารขยะ", "เสียชื่อเสียงเพราะข่าวลือ",
    "ให้คนสองคนถือกุญแจคนละดอก", "ครูคนหนึ่งกับหมออนามัย", "กลุ่มแม่บ้านกับกลุ่มเยาวชน", "ขายกิโลละสามสิบบาท",
    "ลงชื่อสองคนทุกครั้ง", "พี่เลี้ยงกับลุงๆ ป้าๆ ช่วยกัน", "โรงเรียนผู้สูงอายุมีคนมาเต็ม", "คลองเดียวกันกับปีก่อน",
]


@pytest.mark.parametrize("text", UNMASKED)
def test_everyday_words_stay(text):
    assert masked([text]) == [text]


def test_an_everyday_word_that_is_somebodys_name_is_masked_only_where_a_person_may_stand():
    told, crabs, said = masked(["ลุงดำเก็บปู", "ปูดำลดลง น้ำสีดำ", "ดำบอกว่าไม่รู้"])
    assert (told, crabs, said) == ("คนหนึ่งเก็บปู", "ปูดำลดลง น้ำสีดำ", "คนหนึ่งบอกว่าไม่รู้")


SENTENCES = [
    ("Under the big padauk tree we drew a line between the houses.",
     "Under the big padauk tree we drew a line between the houses."),
    ("1) Ask a neighbour. 2) Write it down.", "1) Ask a neighbour. 2) Write it down."),
    ("Write to the LINE ID somsri99 or @saikhlong.",
     "Write to the [account name] or [account name]."),
    ("The fund of Ban Tua Yang left its book with Miss Sommot Meesuk alone.",
     "The fund of a village left its book with somebody alone."),
    ("On 12 March 2019, 64 households of Moo 5 in Ban Na subdistrict, Chana district, founded it.",
     "In 2019, dozens of households of a village in Songkhla founded it."),
    ("The treasurer, Phonthip, got a letter. Her son, called Ek, had the key.",
     "The treasurer got a letter. Her son had the key."),
    ("We stayed at the Lee Gardens Hotel.", "We stayed at a hotel."),
    ("Uncle Dam's bees died near the Sakom canal.", "Somebody's bees died near a canal."),
    ("On 20 January 2020 members asked.", "In 2020 members asked."),
    ("We paid half a million baht and 1.2 million baht.",
     "We paid hundreds of thousands of baht and millions of baht."),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=lambda text: text[:25])
def test_english_sentences_stay_sentences(text, expected):
    assert masked([text], "en") == [expected]


def test_an_english_organisation_is_an_organisation_and_its_words_are_no_persons():
    text = "The Baht-a-day fund of Ban Tua Yang left its book. The fund grew."
    organisations = ("Baht-a-day fund of Ban Tua Yang",)
    assert masked([text], "en", organisations=organisations) == [
        "A fund left its book. The fund grew."]


def test_two_stand_ins_that_meet_are_told():
    rules = Rules("en", segment=words_of, words=(), areas=AREAS)
    text = "We met Uncle Dam Ban Tua Yang people."
    together = Rules("en", segment=words_of, words=("Uncle Dam Ban Tua Yang",), areas=AREAS)
    assert meetings("Uncle Dam of Ban Tua Yang came.", rules) == []
    assert meetings("Mr. Somsak 64 households came.", rules) == ["Somebody dozens of households"]
    assert meetings(text, together) == []


def test_what_still_looks_like_a_name_is_listed_until_it_is_masked_or_released():
    texts = ["เราไปพบฮฟกฏที่ตลาด เขียนถึง Zorblax รหัส 48213", "ปี 2562 น้ำท่วม"]
    rules = Rules("th", segment=words_of)
    found = remaining(texts, rules)
    assert {"Zorblax", "48213"} <= set(found) and any("ฮฟ" in one for one in found)
    assert "2562" not in found
    paid = Rules("th", segment=words_of, released=frozenset({"52,000บาท"}))
    assert remaining(["เก็บได้ 52,000 บาท"], paid) == [], "the author released it"
    more = Rules("th", segment=words_of, words=tuple(found))
    assert remaining(texts, more) == []
