"""Short addresses: redirects, QR codes, and their use in packs."""

import base64
import io
import json
import re
import zipfile

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw
from wagtail.models import PageViewRestriction

from courses.models import ShortAddress
from courses.models.short_address import ALPHABET
from courses.short_addresses.links import short_url
from hub.chain.relations import Relation
from hub.withdrawals import rules
from tests.factories import CurriculumPageFactory, LessonPageFactory, ModelPageFactory, link

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course(hub):
    page = CurriculumPageFactory(title="หลักสูตรน้ำหมัก", audience="ทุกคน")
    return type(page).objects.get(pk=page.pk)


def path(page, version=None):
    return "/c/" + short_url(page, version).partition("/c/")[2]


def again(page):
    return type(page).objects.get(pk=page.pk)


def publish_another(page):
    page.audience = "ทุกคนในหมู่บ้าน"
    page.save_revision().publish()
    return again(page)


def unpacked(client, page):
    answer = client.get(f"{page.url}pack/")
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def text_of(pack, name):
    return pack.read(next(n for n in pack.namelist() if n.endswith(name))).decode("utf-8-sig")


def test_the_short_address_stays_when_the_page_is_renamed(course, visitor):
    address = path(course)
    assert re.fullmatch(f"/c/[{ALPHABET}]{{5}}/", address)
    assert visitor.get(address)["Location"] == course.url
    course.slug = "น้ำหมัก-ใหม่"
    course.save_revision().publish()
    assert path(again(course)) == address
    assert visitor.get(address)["Location"] == again(course).url != course.url
    assert visitor.get(address.upper().replace("/C/", "/c/")).status_code == 302
    assert ShortAddress.objects.count() == 1


def test_the_address_of_an_earlier_version_redirects_to_the_changes(course, visitor):
    assert visitor.get(path(course, 1))["Location"] == course.url
    newer = publish_another(course)
    assert visitor.get(path(course, 2))["Location"] == course.url, "the newest"
    for number in (99, 0, 9_999_999_999):
        for prefix, words in (("", "ไม่มีฉบับนี้"), ("/en", "There is no such version")):
            unknown = visitor.get(prefix + path(course, number))
            shown = unknown.content.decode()
            assert unknown.status_code == 404 and words in shown and course.url in shown
    compared = visitor.get(path(course, 1), follow=True)
    assert compared.redirect_chain[0][0] == f"{newer.url}since/1/"
    assert compared.status_code == 200 and "ในหมู่บ้าน" in compared.content.decode()


@pytest.mark.parametrize("code", ["zzzzz", "x", "a-b_c", "9" * 60])
def test_unknown_codes_are_not_found(hub, visitor, code):
    for rest in ("", "2/", "999999999999999999999/", "qr.svg"):
        assert visitor.get(f"/c/{code}/{rest}").status_code == 404


@pytest.mark.parametrize("closed", ["draft", "members"])
def test_private_courses_are_not_revealed(course, visitor, member, signed_in, closed):
    address = path(course)
    if closed == "draft":
        course.unpublish()
    else:
        PageViewRestriction.objects.create(page=course, restriction_type="login")
    for rest in ("", "1/", "qr.svg"):
        answer = visitor.get(f"{address}{rest}")
        assert answer.status_code == 404 and course.title not in answer.content.decode()
    assert signed_in(member).get(address).status_code == (404 if closed == "draft" else 302)


@pytest.mark.postgresql
def test_a_used_code_is_not_assigned_again(course, monkeypatch):
    ShortAddress.objects.all().delete()
    codes = iter(["aaaaa", "aaaaa", "bbbbb"])
    monkeypatch.setattr("courses.models.short_address.get_random_string", lambda *a: next(codes))
    assert ShortAddress.objects.for_page(course).code == "aaaaa"
    assert ShortAddress.objects.for_page(CurriculumPageFactory()).code == "bbbbb"


def test_page_and_pack_contain_the_address_and_its_qr_code(course, visitor):
    shown = visitor.get(course.url).content.decode()
    assert f'href="{short_url(course)}"' in shown and f'href="{short_url(course)}qr.svg"' in shown
    drawn = visitor.get(f"{path(course)}qr.svg")
    assert drawn["Content-Type"] == "image/svg+xml" and short_url(course) in drawn.content.decode()
    pack, address = unpacked(visitor, course), short_url(course, 1)
    assert address in text_of(pack, "README.txt")
    index = text_of(pack, "index.html")
    assert f'<a href="{address}">' in index
    assert json.loads(text_of(pack, "manifest.json"))["curriculum"]["short_address"] == address
    assert address not in "".join(
        text_of(unpacked(visitor, publish_another(course)), name)
        for name in ("README.txt", "index.html", "manifest.json")
    ), "a pack of version 2 says 2"


def scanned(picture) -> str:
    """The text of the QR code in ``picture``, as a phone reads it."""
    (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    return code.text


def drawn_of(svg):
    """The picture that ``svg`` draws, by the squares of its path, eight pixels a module."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    picture = Image.new("L", (8 * side, 8 * side), "white")
    for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", svg):
        left, top = 8 * int(x), 8 * int(y)
        ImageDraw.Draw(picture).rectangle((left, top, left + 7, top + 7), fill="black")
    return picture


def test_the_qr_code_to_print_contains_the_short_address(course, visitor):
    svg = visitor.get(f"{path(course)}qr.svg").content.decode()
    assert scanned(drawn_of(svg)) == short_url(course)


def test_index_epub_and_pdf_contain_the_qr_code_of_their_version(course, visitor):
    newer = publish_another(course)
    pack = unpacked(visitor, newer)
    epub = zipfile.ZipFile(io.BytesIO(
        pack.read(next(n for n in pack.namelist() if n.endswith(".epub")))))
    for html in (text_of(pack, "index.html"), epub.read("book/about.xhtml").decode()):
        data = re.search(r'<img class="qr" src="data:image/png;base64,(.*?)"', html)[1]
        assert scanned(Image.open(io.BytesIO(base64.b64decode(data)))) == short_url(newer, 2)
    book = pypdfium2.PdfDocument(pack.read(next(
        n for n in pack.namelist() if n.endswith(f"{course.title}.pdf"))))
    (drawn,) = [o for o in book[0].get_objects() if o.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert scanned(drawn.get_bitmap().to_pil()) == short_url(newer, 2)
    left, bottom, right, top = drawn.get_bounds()
    assert 60 < right - left == pytest.approx(top - bottom), "two centimetres at the least"


def test_an_epub_after_a_withdrawal_is_another_release(course, visitor):
    def package():
        answer = visitor.get(f"{course.url}epub/")
        book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        text = book.read("book/package.opf").decode()
        return (re.search("urn:uuid:(.*?)<", text)[1],
                re.search('dcterms:modified">(.*?)<', text)[1])

    lesson = LessonPageFactory(title="น้ำนิ่งเน่า")
    link(course, Relation.TEACHES, lesson)
    before = package()
    withdrawal = rules.withdraw(lesson, kind="withdrawn", reason="วัดผิดวิธี")
    after = package()
    assert before[0] == after[0] and after[1] == withdrawal.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert before[1] <= after[1]


def test_a_pack_lists_withdrawn_knowledge(course, visitor):
    model, lesson = ModelPageFactory(title="ธนาคารน้ำ"), LessonPageFactory(title="น้ำนิ่งเน่า")
    link(course, Relation.TEACHES, model)
    link(model, Relation.RESTS_ON, lesson)
    before = unpacked(visitor, again(course))
    assert "อาศัยความรู้ที่ถูกถอน" not in text_of(before, "index.html")
    assert json.loads(text_of(before, "manifest.json"))["withdrawn"] == []
    rules.withdraw(lesson, kind="withdrawn", reason="วัดผิดวิธี")
    pack = unpacked(visitor, again(course))
    index = text_of(pack, "index.html")
    assert "น้ำนิ่งเน่า" in index and "วัดผิดวิธี" in index
    assert "ถูกถอน" in text_of(pack, "README.txt") and "withdrawn" in text_of(pack, "README.txt")
    (item,) = json.loads(text_of(pack, "manifest.json"))["withdrawn"]
    assert item["title"] == "น้ำนิ่งเน่า" and item["reason"] == "วัดผิดวิธี"
    assert "วัดผิดวิธี" in text_of(pack, "taught-01.html"), "the Model in it, too"


def test_the_manifest_has_previous_version_translations_and_successor(
    course, visitor, english_home
):
    def manifest(page):
        return json.loads(text_of(unpacked(visitor, again(page)), "manifest.json"))

    data = manifest(course)
    assert (data["supersedes"], data["translations"], data["successor"]) == (None, [], None)
    english = course.copy_for_translation(english_home.locale, copy_parents=True)
    english.title = "Making compost"
    english.save_revision().publish()
    newer = publish_another(course)
    successor = CurriculumPageFactory(title="หลักสูตรปุ๋ยหมัก")
    rules.withdraw(newer, kind="superseded", reason="รวมกันแล้ว", successor=successor)
    data = manifest(newer)
    assert data["supersedes"]["version"] == 1 and data["successor"]["title"] == "หลักสูตรปุ๋ยหมัก"
    (other,) = data["translations"]
    assert (other["language"], other["title"]) == ("en", "Making compost")
    assert other["short_address"] == short_url(english)
    for page in (english, successor):
        PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    data = manifest(newer)
    assert (data["translations"], data["successor"]) == ([], None), "they are closed"
