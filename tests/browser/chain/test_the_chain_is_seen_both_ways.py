"""From any page its chain is visible both ways, with the evidence of every link."""

import pytest
from playwright.sync_api import expect

# Each pair is one link: seen on the first page under one word, on the second under its reverse.
PAIRS = [
    ("ธนาคารปูม้า: ฝากแม่ปูไข่ ให้ลูกปูได้กลับทะเล", "อาศัยความรู้จาก",
     "ดูงานรับฝากแม่ปูสองวัน ที่หมู่บ้านประมงภาคใต้ตอนบน", "เป็นที่มาของ"),
    ("ธนาคารปูม้า: ฝากแม่ปูไข่ ให้ลูกปูได้กลับทะเล", "มีผู้ขยายผล",
     "ระโนดลองธนาคารปูม้าแล้วหยุด เพราะน้ำจืดมาทุกไม่กี่วัน", "ขยายผลจาก"),
    ("ธนาคารปูม้า: ฝากแม่ปูไข่ ให้ลูกปูได้กลับทะเล", "สอนใน",
     "หลักสูตรประมงชุมชน: เริ่มธนาคารปูม้าให้อยู่รอดปีแรก", "สอนเรื่อง"),
    ("ธนาคารปูม้า: ฝากแม่ปูไข่ ให้ลูกปูได้กลับทะเล", "อ้างถึงใน",
     "เขตอนุบาลปูหน้าบ้าน และข้อตกลงประมงชายฝั่ง", "อ้างถึง"),
    ("แม่ปูไข่ขังรวมกันแล้วไข่เสีย ต้องแยกถังตามสีไข่", "ถอดเป็น",
     "ธนาคารปูม้า: ฝากแม่ปูไข่ ให้ลูกปูได้กลับทะเล", "ถอดจาก"),
    ("สมัชชาชุมชนรอบทะเลสาบ ครั้งที่ 2 (ตัวอย่าง)", "ติดตามต่อจาก",
     "สมัชชาชุมชนรอบทะเลสาบ ครั้งที่ 1 (ตัวอย่าง)", "มีการติดตามใน"),
]


def open_page(page, title):
    page.goto(f'/search/?q="{title}"&lang=th')
    page.locator(".result h2 a").get_by_text(title, exact=True).first.click()
    expect(page.locator("h1")).to_have_text(title)


def group(page, relation):
    heading = page.locator(".chain__relation").get_by_text(relation, exact=True)
    return heading.locator("xpath=following-sibling::ul[1]")


@pytest.mark.parametrize(("one", "forth", "other", "back"), PAIRS)
def test_a_link_is_seen_from_both_of_its_pages(visitor, one, forth, other, back):
    open_page(visitor, one)
    step = group(visitor, forth).locator("li", has_text=other)
    expect(step.locator(".chain__evidence")).not_to_be_empty()
    by = step.locator(".chain__by:not(.chain__version)")
    expect(by).to_contain_text("25")  # a date in the Buddhist calendar
    step.get_by_role("link", name=other).click()
    expect(visitor.locator("h1")).to_have_text(other)
    group(visitor, back).get_by_role("link", name=one).click()
    expect(visitor.locator("h1")).to_have_text(one)


def test_the_english_page_shows_the_same_chain_in_english_where_there_is_one(visitor):
    visitor.goto("/en/search/?q=crab bank lodge&kind=model&lang=en")
    visitor.locator(".result h2 a").first.click()
    expect(visitor.locator(".chain__relation").get_by_text("Replicated by")).to_be_visible()
    expect(visitor.locator(".chain")).to_contain_text("Ranot tried the crab bank and stopped")
