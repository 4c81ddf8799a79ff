"""Two versions side by side: in reading order, whole, and without what only some may read."""

from datetime import date

import pytest

from hub.chain.relations import Stage
from hub.models import Contributor, KnowledgePage
from hub.versions.comparison import compare, folded, passages_of
from hub.versions.diff import Kind, after, before
from models_lib.models import BuildingBlock, Condition
from policy.models import Clause
from tests.factories import FACTORIES, ModelPageFactory, ResolutionPageFactory

pytestmark = pytest.mark.django_db
BODY = [
    ("heading", "หัวข้อ"), ("paragraph", "<p>หนึ่ง</p><ul><li>สอง</li></ul>"),
    ("table", {"data": [["ชื่อ", "จำนวน"], ["ปู", "12"]]}),
    ("figures", [{"label": "ปู", "value": "12", "unit": "ตัว", "measured": "นับ"}]),
    ("steps", [{"title": "ก่อน", "text": "ล้าง"}, {"title": "หลัง", "text": "ตาก"}]),
    ("quote", {"text": "ยืมท้องมัน", "by": "มารีแย"}), ("callout", {"title": "ระวัง", "text": "มรสุม"}),
]


def words(passages) -> str:
    return "\n".join(line for p in passages for line in [p.heading, *p.paragraphs])


# The wordings of a draft have a trace of their own.
@pytest.mark.parametrize("stage", [s for s in FACTORIES if s != Stage.DRAFT])
def test_every_section_of_a_page_is_compared(hub, stage):
    page = FACTORIES[stage](body=BODY)
    compared = words(passages_of(page))
    assert page.title in compared and page.summary in compared
    assert "ปู | 12" in compared and "ก่อน · ล้าง" in compared
    for section in page.sections():
        for line in section.text.splitlines():
            assert line.strip() in compared, (section, line)


def model(**fields):
    page = ModelPageFactory(slug=f"p{KnowledgePage.objects.count()}", **fields)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def named(difference, name):
    [found] = [c for _s, group in difference.groups for c in group if c.name == name]
    return found


def test_a_building_block_is_matched_by_its_key(hub):
    one = model(title="หนึ่ง")
    blocks = [
        BuildingBlock(title=title, what=f"ทำ{title}", locale=one.locale)
        for title in ("ถัง", "เวร", "กติกา")
    ]
    other = model(title="หนึ่ง")
    one.building_blocks = blocks
    moved = [
        BuildingBlock(title=t, what=w, locale=one.locale, translation_key=b.translation_key)
        for t, w, b in (("กติกา", "ทำกติกา", blocks[2]), ("ถังรวม", "ทำถัง", blocks[0]),
                        ("เวร", "ทำเวร", blocks[1]))
    ]
    other.building_blocks = moved
    difference = compare(one, other)
    names = {b.title: f"building_blocks:{b.translation_key}" for b in blocks}
    assert named(difference, names["กติกา"]).moved
    assert named(difference, names["กติกา"]).kind == Kind.SAME
    renamed = named(difference, names["ถัง"])
    assert (before(renamed.heading), after(renamed.heading)) == ("ชิ้นส่วน: ถัง", "ชิ้นส่วน: ถังรวม")
    assert (difference.moved, difference.changed) == (1, 1)


def test_short_fields_and_rows_without_a_title_are_lines(hub):
    one = model(budget_max=40_000, conditions=[Condition(text="มีน้ำ")],
                contributors=[Contributor(name="สมใจ", role="ผู้เขียน")])
    other = model(title=one.title, budget_max=65_000,
                  conditions=[Condition(text="มีน้ำ", required=False)])
    difference = compare(one, other)
    [facts] = [p for p in named(difference, "facts:maturity").paragraphs if p.kind != Kind.SAME]
    assert [c.text for c in facts.words if c.kind != Kind.SAME] == ["40,000", "65,000"]
    [condition] = named(difference, "conditions").paragraphs
    assert before(condition.words) == "มีน้ำ · ขาดไม่ได้" and after(condition.words) == "มีน้ำ"
    assert named(difference, "contributors").kind == Kind.REMOVED


def test_a_clause_is_compared_with_its_due_date(hub):
    pages = []
    for due in (date(2026, 1, 31), date(2027, 1, 31)):
        page = ResolutionPageFactory(title="มติ")
        key = pages[0].clauses.first().translation_key if pages else None
        clause = Clause(number="1", text="ให้ตั้งกองทุน", due=due, locale=page.locale)
        clause.translation_key = key or clause.translation_key
        page.clauses = [clause]
        pages.append(page)
    [clause] = [c for _s, g in compare(*pages).groups for c in g if c.name.startswith("clauses:")]
    [due] = [p for p in clause.paragraphs if p.kind != Kind.SAME]
    assert "31 มกราคม 2569" in before(due.words) and "31 มกราคม 2570" in after(due.words)


def test_a_page_compared_with_itself_has_no_difference(hub):
    page = model(body=BODY)
    difference = compare(page, page)
    assert difference.is_empty
    assert [steady for steady, _group in difference.groups] == [True]


def test_long_unchanged_passages_fold_except_next_to_a_change(hub):
    lines = [f"บรรทัดที่ {n} ว่าด้วยเรื่องของมันเอง" for n in range(20)]
    one = model(problem="\n".join(lines))
    other = model(title=one.title, problem="\n".join([*lines[:10], "แทรก", *lines[10:]]))
    problem = named(compare(one, other), "problem")
    groups = [(fold, len(paragraphs)) for fold, paragraphs in folded(problem)]
    assert groups == [(True, 8), (False, 2), (False, 1), (False, 2), (True, 8)]
    assert sum(n for _fold, n in groups) == 21
