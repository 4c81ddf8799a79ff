"""The masking rules: examples, and properties of random texts."""

import random

import pytest

from hub.pages.page_search import words_of
from lessons.masking.figures import parse_figure
from lessons.masking.masker import NamedArea, Rules, find_spans, mask, pieces, skeleton

AREAS = tuple(
    NamedArea(name, level, province)
    for name, level, province in [
        ("บ่อยาง", "subdistrict", "สงขลา"), ("เมืองสงขลา", "district", "สงขลา"),
        ("จะนะ", "district", "สงขลา"),
        ("คู", "subdistrict", "สงขลา"), ("ประกอบ", "subdistrict", "สงขลา"),
        ("หาดใหญ่", "district", "สงขลา"),
        ("น้ำน้อย", "subdistrict", "สงขลา"), ("Hat Yai", "district", "สงขลา"),
    ]
)
NAMES = ("นายสมชาย ใจดี", "ก๊ะมารีแย (นามสมมติ)", "กลุ่มประมงชายฝั่งบ้านตัวอย่าง")
THAI = Rules("th", names=NAMES, areas=AREAS, segment=words_of)
ENGLISH = Rules(
    "en", names=("Somchai Jaidee",), segment=words_of,
    areas=(NamedArea("Hat Yai", "district", "Songkhla"),
           NamedArea("Bo Yang", "subdistrict", "Songkhla"),
           NamedArea("Rong", "subdistrict", "Songkhla")),
)

EXAMPLES_TH = [
    ("นายสมชาย ใจดี บอกว่า", "คนหนึ่ง บอกว่า"),
    ("นางสาวสมหมาย มีทรัพย์ กับนายแดง อยู่ดี", "คนหนึ่ง กับคนหนึ่ง"),
    ("ครูสมศรีบอกว่าเด็กไม่มา", "ครูคนหนึ่งบอกว่าเด็กไม่มา"),
    ("ครูคนหนึ่งบอกว่า", "ครูคนหนึ่งบอกว่า"),
    ("ลุงดำเล่าว่าน้ำมาเร็ว", "คนหนึ่งเล่าว่าน้ำมาเร็ว"),
    ("ส ม ช า ย กับ มา\u200bรีแย", "คนหนึ่ง กับ คนหนึ่ง"),
    ("คุณภาพน้ำกับคุณค่าอาหาร", "คุณภาพน้ำกับคุณค่าอาหาร"),
    ("ที่ตำบลบ่อยาง อำเภอเมืองสงขลา", "ที่ตำบลหนึ่งในสงขลา"),
    ("ต.คู และคูน้ำ", "ตำบลหนึ่งในสงขลา และคูน้ำ"),
    ("อาหารประกอบด้วยข้าว", "อาหารประกอบด้วยข้าว"),
    ("กองทุนบ้านตัวอย่างหาย เพื่อนบ้าน บ้านพังสามหลัง", "กองทุนหนึ่งหาย เพื่อนบ้าน บ้านพังสามหลัง"),
    ("หมู่ที่ ๕ กับ ม.3", "หมู่บ้านหนึ่ง กับ หมู่บ้านหนึ่ง"),
    ("โรงเรียนบ้านควนปิดแล้ว", "โรงเรียนแห่งหนึ่งปิดแล้ว"),
    ("ชาวบ้านวัดความเค็มที่บ้านของเรา", "ชาวบ้านวัดความเค็มที่บ้านของเรา"),
    ("ใช้เงิน ๕๐,๐๐๐ บาท", "ใช้เงิน หลักหมื่นบาท"),
    ("งบ 2.5 ล้านบาท", "งบ หลักล้านบาท"),
    ("เก็บ 200-300 บาท วันละ 20 บาท", "เก็บ หลักร้อยบาท วันละ 20 บาท"),
    ("สองหมื่นห้าพันบาท", "หลักหมื่นบาท"),
    ("23 คน ๑๒๐ ครัวเรือน สามคน", "หลายสิบคน หลายร้อยครัวเรือน สามคน"),
    ("ซื้อ 3 รายการ ไข่ฟัก 41 ใน 100 ตัว", "ซื้อ 3 รายการ ไข่ฟัก 41 ใน 100 ตัว"),
    ("โทร 081-234-5678 หรือ ๐๘๑ ๒๓๔ ๕๖๗๘", "โทร [หมายเลขโทรศัพท์] หรือ [หมายเลขโทรศัพท์]"),
    ("เขียนถึง a.b@example.org", "เขียนถึง [อีเมล]"),
    ("บัตร 1-2345-67890-12-3", "บัตร [เลขประจำตัว]"),
    ("บ้านเลขที่ 12/3", "[บ้านเลขที่]"),
    ("วันที่ 12 มีนาคม 2561", "ปี 2561"),
    ("เดือนมิถุนายนถึงธันวาคม ๒๕๖๑", "ปี 2561"),
    ("12 มี.ค. 61", "ปี 2561"),
    ("7/10/2552", "ปี 2552"),
    ("พิกัด 7.12345, 100.54321", "พิกัด [พิกัด]"),
]
EXAMPLES_EN = [
    ("Mr. Somsak Dee said", "Somebody said"),
    ("Somchai of Bo Yang subdistrict", "Somebody of a subdistrict in Songkhla"),
    ("in the Hat-Yai district", "in a district in Songkhla"),
    ("a wrong turn", "a wrong turn"),
    ("23 villagers, twenty-five people", "Dozens of villagers, dozens of people"),
    ("12,500 baht, five thousand baht", "Tens of thousands of baht, thousands of baht"),
    ("on 12 March 2018", "in 2018"),
    ("June to December 2018", "2018"),
    ("Moo 5, near Wat Klang School", "A village, near a school"),
]


@pytest.mark.parametrize(("text", "masked"), EXAMPLES_TH)
def test_examples_in_thai(text, masked):
    assert mask(text, THAI) == masked


@pytest.mark.parametrize(("text", "masked"), EXAMPLES_EN)
def test_examples_in_english(text, masked):
    assert mask(text, ENGLISH) == masked


@pytest.mark.parametrize(("figure", "value"), [
    ("50,000", 50_000), ("2.5 ล้าน", 2_500_000), ("สองหมื่นห้าพัน", 25_000), ("ยี่สิบสาม", 23),
    ("สิบเอ็ด", 11), ("five thousand", 5000), ("twenty-five", 25), ("หนึ่งร้อยห้าสิบ", 150),
    ("3 แสน", 300_000), ("20-30", 20),
])
def test_figures_in_words_and_digits(figure, value):
    assert parse_figure(figure) == value


# What must hold for any text

FILLER = ["ปูตายหมด", " ", "น้ำท่วม", "แล้ว", "\n", "เพราะ", "the nets broke ", "ไม่ได้ถามใคร", ",",
          "กลางคืน", "(", ") ", "ที่ท่าเรือ", "ทำให้", "เราเสียใจ"]
UNSEEN = ["", "\u200b", "\u00ad", "\ufeff", " ", "\u200d", "\u00a0"]
LISTED = [*(area.name for area in AREAS if area.name not in ("คู", "ประกอบ")), "สมชาย", "ใจดี",
          "มารีแย", "กลุ่มประมงชายฝั่งบ้านตัวอย่าง"]


def disguised(text, chance):
    """``text`` as a hurried or a cunning hand types it."""
    text = "".join(letter + chance.choice(UNSEEN) if chance.random() < 0.3 else letter
                   for letter in text)
    if chance.random() < 0.5:
        text = text.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    if chance.random() < 0.3:
        text = text.upper()
    return text.replace("ำ", "ํา") if chance.random() < 0.3 else text


def around(secret, chance, is_latin=False):
    def filler():
        return "".join(chance.choice(FILLER) for _ in range(chance.randint(0, 6)))

    # Latin names are words; a letter beside one makes another word of it.
    return f"{filler()} {secret} {filler()}" if is_latin else filler() + secret + filler()


@pytest.mark.parametrize("rules", [THAI, Rules("th", names=NAMES, areas=AREAS)],
                         ids=["words known", "words unknown"])
@pytest.mark.parametrize("seed", range(150))
def test_no_listed_name_survives_in_any_form(seed, rules):
    chance = random.Random(seed)
    secret = chance.choice(LISTED)
    text = around(disguised(secret, chance), chance, is_latin=secret.isascii())
    assert skeleton(secret) in skeleton(text)
    assert skeleton(secret) not in skeleton(mask(text, rules)), text


@pytest.mark.parametrize("seed", range(150))
def test_no_amount_village_or_number_survives_in_any_form(seed):
    chance = random.Random(seed)
    number = chance.choice([str(chance.randint(100, 999)), str(chance.randint(10_000, 99_999_999)),
                            f"{chance.randint(1000, 9_999_999):,}"])
    secret = chance.choice([f"{number} บาท", f"{number}บาท", f"{number} คน", f"หมู่ที่ {number[:1]}",
                            f"{number} ครัวเรือน", "081-234-5678", "1 2345 67890 12 3",
                            "บ้านเลขที่ 12/3", "12 มีนาคม"])
    if chance.random() < 0.5:
        secret = secret.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    secret = "".join(c + chance.choice(["", "", "\u200b", "\u200d", "\ufeff"]) for c in secret)
    masked = mask(around(secret, chance), THAI)
    assert not any(digit.isdigit() for digit in masked), (secret, masked)


@pytest.mark.parametrize("seed", range(100))
def test_pieces_join_to_the_text_and_masking_twice_changes_nothing(seed):
    chance = random.Random(seed)
    secrets = [*LISTED, "12,500 บาท", "23 คน", "หมู่ที่ 5", "นางสาวสมศรี มีสุข", "โรงเรียนบ้านควน",
               "5 มกราคม 2561"]
    text = "".join(around(chance.choice(secrets), chance) for _ in range(5))
    assert "".join(piece for piece, _span in pieces(text, THAI)) == text
    once = mask(text, THAI)
    assert mask(once, THAI) == once


@pytest.mark.parametrize("text", [
    "", " ", "ๆ", "ํ", "\u200b\u200b", "๐", "นาย", "ต.", "หมู่", "ก" * 5000, "9 " * 2000, "บาท" * 900,
])
def test_odd_texts_are_masked_without_an_error(text):
    mask(text, THAI)


def test_an_author_masks_more_and_shows_what_she_releases():
    text = "ที่ตำบลบ่อยาง ต้นมะขามใหญ่ริมคลอง"
    more = Rules("th", areas=AREAS, words=("ต้นมะขามใหญ่",), segment=words_of)
    assert mask(text, more) == "ที่ตำบลหนึ่งในสงขลา [ปิดไว้]ริมคลอง"
    [place, _word] = find_spans(text, more)
    shown = Rules("th", areas=AREAS, segment=words_of, released=frozenset({place.key}))
    assert mask(text, shown) == text
    assert [s.key for s in find_spans(text, shown, include_released=True)] == [place.key]
