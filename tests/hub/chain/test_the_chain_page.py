"""The whole chain of a page: as a picture, as lists with the evidence of each link, and as JSON."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from hub.chain import graph
from hub.chain.graph import whole_chain
from hub.chain.relations import Relation, Stage
from hub.chain.svg import LETTERS, letters, picture, wrapped
from hub.models import KnowledgePage
from policy.models import Clause, ClauseReport
from tests.factories import (
    FACTORIES,
    CurriculumPageFactory,
    IssuePageFactory,
    LessonPageFactory,
    ModelPageFactory,
    PracticePageFactory,
    ReplicationPageFactory,
    ResolutionPageFactory,
    home,
    link,
    party,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(hub):
    """From a practice to the follow-up of a clause, each link stated once, on either side."""
    practice = PracticePageFactory(title="กระชังปู")
    lesson = LessonPageFactory(title="บทเรียนไข่ปู")
    model = ModelPageFactory(title="ธนาคารปู")
    replication = ReplicationPageFactory(title="ระโนดลองแล้ว", parent=model)
    curriculum = CurriculumPageFactory(title="หลักสูตรปู")
    issue = IssuePageFactory(title="สิทธิชายฝั่ง")
    resolution = ResolutionPageFactory(title="มติเขตอนุบาล")
    resolution.clauses = [
        Clause(number="1", text="กันเขตอนุบาลหน้าบ้าน", locale=resolution.locale),
        Clause(number="2", text="ตั้งงบประมาณ", locale=resolution.locale),
    ]
    resolution.save_revision().publish()
    link(practice, Relation.EXTRACTED_INTO, lesson, evidence_text="สมุดรับฝาก", author="ทีมปู",
         date=date(2019, 8, 20))
    link(model, Relation.EXTRACTED_FROM, lesson, evidence_text="เขียนจากบทเรียนนี้")
    link(replication, Relation.REPLICATES, model, evidence_text="รายงานของกลุ่ม")
    link(curriculum, Relation.TEACHES, lesson, evidence_text="คาบที่สอง")
    link(curriculum, Relation.TEACHES, model, evidence_text="คาบที่สาม")
    link(model, Relation.SUPPORTS, issue, evidence_text="ประเด็นอ้างตัวแบบ")
    link(resolution, Relation.CITES, issue, evidence_text="วาระที่สอง")
    town = party("p", "เทศบาล", name_en="Town")
    clause = resolution.clauses.get(number="1")
    ClauseReport.objects.create(
        clause_key=clause.translation_key, party=town, claim="ปักทุ่นแล้ว", evidence="ภาพถ่าย",
        reported_on=date(2024, 2, 1),
    )
    return {p.title: p for p in (practice, lesson, model, replication, curriculum, issue,
                                 resolution)}


def body(client, page):
    answer = client.get(f"{page.url}chain/")
    assert answer.status_code == 200
    return answer.content.decode()


def drawing(text):
    return ElementTree.fromstring(re.search(r"<svg viewBox.*?</svg>", text, re.S)[0])


@pytest.mark.parametrize("start", ["กระชังปู", "ธนาคารปู", "มติเขตอนุบาล"])
def test_from_any_page_the_chain_is_shown_both_ways_at_any_depth(chain, visitor, start):
    shown = body(visitor, chain[start])
    for title in ("กระชังปู", "บทเรียนไข่ปู", "ธนาคารปู", "สิทธิชายฝั่ง", "มติเขตอนุบาล"):
        assert title in shown
    for detail in ("สมุดรับฝาก", "20 สิงหาคม 2562", "ทีมปู", "วาระที่สอง", "กันเขตอนุบาลหน้าบ้าน",
                 "ปักทุ่นแล้ว", "ภาพถ่าย", "1 กุมภาพันธ์ 2567"):
        assert detail in shown, detail


def test_the_chain_holds_sources_and_dependents_only(chain):
    found = whole_chain(chain["มติเขตอนุบาล"])
    titles = {page.title for page in found.pages.values()}
    assert titles == {"กระชังปู", "บทเรียนไข่ปู", "ธนาคารปู", "สิทธิชายฝั่ง", "มติเขตอนุบาล"}
    assert found.before == set(found.pages) - {found.here} and not found.after


def test_the_picture_has_every_page_as_a_link_and_every_link_as_an_arrow(chain, visitor):
    page = chain["ธนาคารปู"]
    svg = drawing(body(visitor, page))
    assert svg.get("role") == "group" and svg.find("title").text and svg.find("desc").text
    addresses = [a.get("href") for a in svg.findall("a")]
    assert set(addresses) >= {p.url for p in chain.values()}
    assert f"{chain['มติเขตอนุบาล'].url}#clause-1" in addresses
    labels = ["".join(a.itertext()) for a in svg.findall("a")]
    assert any("ตัวแบบ" in name and "ธนาคารปู" in name for name in labels) and all(labels)
    [here] = [a for a in svg.findall("a") if a.get("aria-current")]
    assert here.get("href") == page.url
    # 7 links, 2 clauses and the status of each
    assert len(svg.findall("g/path")) == 7 + 2 + 2
    assert not svg.findall(".//*[@style]")


def test_columns_follow_the_chain_and_boxes_do_not_overlap(chain):
    drawn = picture(whole_chain(chain["ธนาคารปู"]), {}, lambda p: p.url)
    x = {box.key: box.x for box in drawn.boxes}
    key = {title: page.translation_key for title, page in chain.items()}
    order = ["กระชังปู", "บทเรียนไข่ปู", "ธนาคารปู", "หลักสูตรปู", "สิทธิชายฝั่ง", "มติเขตอนุบาล"]
    assert [x[key[t]] for t in order] == sorted({x[key[t]] for t in order})
    assert x[key["มติเขตอนุบาล"], 0] > x[key["มติเขตอนุบาล"]]
    for one in drawn.boxes:
        assert one.x >= 0 and one.x + one.width <= drawn.width
        assert one.y >= 0 and one.y + one.height <= drawn.height
        for other in drawn.boxes:
            assert one is other or one.x != other.x or (
                one.y + one.height <= other.y or other.y + other.height <= one.y)


def test_thai_titles_are_wrapped_between_words():
    title = "แม่ปูไข่ขังรวมกันแล้วไข่เสีย ต้องแยกถังตามสีไข่"
    lines = wrapped(title)
    assert len(lines) > 1 and "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert all(letters(line.rstrip()) <= LETTERS + 1 for line in lines)
    english = "First year of a cage for egg-bearing crabs"
    assert "".join(wrapped(english)) == english
    assert all(line[0] not in "ะัาำิีึืุู่้๊๋์" for line in lines)
    assert "".join(wrapped("x" * 70)) == "x" * 70
    assert all(letters(line) <= LETTERS for line in wrapped("x" * 70))
    assert not any(line[0] in ":,." for line in wrapped("หลักสูตรประมงชุมชนทะเลสาบ: เริ่มปีแรก, ให้รอด."))
    for line in wrapped("กลุ่มบ้านเหนือคลอง (เกาะยอ): ได้ผล", width=14):
        assert line[0] not in "):" and line.rstrip()[-1] != "(", line
    long = wrapped("ความรู้ชุมชนรอบทะเลสาบสงขลา " * 20)
    assert len(long) == 5 and long[-1].endswith("…") and letters(long[-1]) <= LETTERS
    assert wrapped("") == []


def test_every_link_is_listed_exactly_once(chain, visitor):
    for page in chain.values():
        found = whole_chain(page)
        shown = body(visitor, page).partition("</svg>")[2]
        for arrow in found.arrows:
            assert shown.count(arrow.link.evidence_text) == 1, (page, arrow.link)


def test_a_circular_chain_is_shown_once(hub, visitor):
    one, two = LessonPageFactory(title="ก"), LessonPageFactory(title="ข")
    three = ModelPageFactory(title="ค")
    link(one, Relation.EXTRACTED_INTO, two, evidence_text="หนึ่ง")
    link(two, Relation.EXTRACTED_INTO, three, evidence_text="สอง")
    link(three, Relation.SUPPORTS, one, evidence_text="สาม")
    for page in (one, two, three):
        shown = body(visitor, page).partition("</svg>")[2]
        for evidence in ("หนึ่ง", "สอง", "สาม"):
            assert evidence in shown


@pytest.mark.parametrize("hide", ["draft", "private"])
def test_private_pages_and_those_behind_them_are_hidden(chain, visitor, hide):
    lesson, model = chain["บทเรียนไข่ปู"], chain["ธนาคารปู"]
    if hide == "draft":
        lesson.unpublish()
    else:
        PageViewRestriction.objects.create(page_id=lesson.pk, restriction_type="login")
    for shown in (body(visitor, model),
                  visitor.get(f"{model.url}chain/json/").content.decode()):
        assert "บทเรียนไข่ปู" not in shown and "เขียนจากบทเรียนนี้" not in shown
        assert "กระชังปู" not in shown  # linked through the lesson only
        assert "สิทธิชายฝั่ง" in shown


def test_a_private_page_shows_its_chain_to_nobody_else(chain, visitor):
    model = chain["ธนาคารปู"]
    PageViewRestriction.objects.create(page_id=model.pk, restriction_type="login")
    for address in (f"{model.url}chain/", f"{model.url}chain/json/"):
        assert visitor.get(address).status_code == 302


def test_translations_are_one_page_shown_in_the_readers_language(chain, visitor, english_home):
    model = chain["ธนาคารปู"]
    twin = ModelPageFactory(title="Crab bank", parent=home("en"),
                            translation_key=model.translation_key)
    LessonPageFactory(title="Crab lesson", parent=home("en"),
                      translation_key=chain["บทเรียนไข่ปู"].translation_key)
    shown = body(visitor, twin)
    assert "The whole chain" in shown and "Crab lesson" in shown
    assert "บทเรียนไข่ปู" not in shown
    assert "กระชังปู" in shown  # there is no English one
    assert f"{model.url}chain/" in shown  # the other language of this page
    assert "Crab bank" not in body(visitor, model)


def test_the_json_has_nodes_and_links_with_absolute_addresses(chain, visitor, settings):
    model = chain["ธนาคารปู"]
    answer = visitor.get(f"{model.url}chain/json/", headers={"Origin": "https://elsewhere.org"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Content-Type"] == "application/json"
    data = answer.json()
    nodes = {node["title"]: node for node in data["nodes"]}
    assert set(nodes) == set(chain)
    assert nodes["ธนาคารปู"]["url"] == data["page"]
    assert {n["side"] for n in data["nodes"]} == {"here", "before", "after"}
    urls = {node["url"] for node in data["nodes"]}
    assert len(data["links"]) == 7
    for fact in data["links"]:
        assert {fact["source"], fact["dependent"]} <= urls
        assert fact["evidence"] and fact["author"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", fact["date"])
    first = next(f for f in data["links"] if f["evidence"] == "สมุดรับฝาก")
    assert (first["relation"], first["date"], first["author"]) == (
        "extracted_from", "2019-08-20", "ทีมปู")
    clause = nodes["มติเขตอนุบาล"]["steps"][0]
    assert clause["kind"] == "clause" and clause["status"] == "evidenced"
    assert clause["steps"][0]["evidence"] == "ภาพถ่าย"
    assert all(u.startswith(settings.WAGTAILADMIN_BASE_URL) for u in [*urls, clause["url"]])


def test_the_json_matches_its_documentation(chain, visitor):
    from pathlib import Path

    data = visitor.get(f"{chain['มติเขตอนุบาล'].url}chain/json/").json()
    documentation = (Path(__file__).parents[3] / "docs/chain-json.md").read_text("utf-8")
    step = next(node for node in data["nodes"] if node["steps"])["steps"][0]
    for part in (data, data["nodes"][0], data["links"][0], step):
        for name in part:
            assert f"`{name}`" in documentation, name


def queries(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("route", ["chain/", "chain/json/"])
def test_the_number_of_queries_grows_with_depth_only(chain, signed_in, editor, route):
    client, model = signed_in(editor), chain["ธนาคารปู"]
    before = queries(client, model.url + route)
    for n in range(5):
        issue = IssuePageFactory()
        link(issue, Relation.RESTS_ON, model)
        resolution = ResolutionPageFactory(parent=chain["มติเขตอนุบาล"].get_parent())
        resolution.clauses = [Clause(number=str(n), text="ข้อ", locale=resolution.locale)]
        resolution.save_revision().publish()
        link(resolution, Relation.CITES, issue)
        link(PracticePageFactory(), Relation.SUPPORTS, model)
    assert queries(client, model.url + route) == before


def test_a_long_chain_is_cut_and_says_so(hub, visitor, monkeypatch):
    monkeypatch.setattr(graph, "MOST_PAGES", 4)
    model = ModelPageFactory()
    for _n in range(6):
        link(PracticePageFactory(), Relation.SUPPORTS, model)
    assert "สายโซ่ยาวกว่าที่แสดงไว้" in body(visitor, model)
    assert visitor.get(f"{model.url}chain/json/").json()["complete"] is False
    assert len(whole_chain(model).pages) == 4


def test_a_page_without_links_says_so_and_draws_nothing(hub, visitor):
    shown = body(visitor, LessonPageFactory())
    assert "ยังไม่มีใครเชื่อมหน้านี้กับหน้าอื่น" in shown and "<svg viewBox" not in shown


@pytest.mark.parametrize("stage", Stage)
def test_every_kind_of_page_has_its_chain_and_leads_to_it(hub, visitor, stage):
    page, other = FACTORIES[stage](), LessonPageFactory()
    link(page, Relation.RESTS_ON, other)
    assert f'href="{page.url}chain/"' in visitor.get(page.url).content.decode()
    assert other.title in body(visitor, page)


def test_the_chain_page_is_fresh_after_every_change(chain, visitor):
    model, practice = chain["ธนาคารปู"], PracticePageFactory(title="แนวปฏิบัติใหม่")
    assert "แนวปฏิบัติใหม่" not in body(visitor, model)
    link(practice, Relation.SUPPORTS, model)
    practice.save_revision().publish()
    assert "แนวปฏิบัติใหม่" in body(visitor, model)
    assert KnowledgePage.objects.get(pk=practice.pk).live
