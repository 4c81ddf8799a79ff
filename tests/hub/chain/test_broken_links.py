"""The public report of broken links in the chain, overall and by topic and area."""

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail import hooks
from wagtail.models import PageViewRestriction

from hub.chain.broken_links import Check, checks
from hub.chain.relations import Relation, Stage
from hub.models import Area, KnowledgePage, Topic
from hub.withdrawals import rules
from policy.models import Clause, ClauseReport, Party
from tests.factories import (
    CurriculumPageFactory,
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
ADDRESS = "/chain/broken/"


def failing(slug) -> set:
    check = next(c for c in checks() if c.slug == slug)
    return set(check.broken(KnowledgePage.objects.open_to_all()).values_list("pk", flat=True))


def resolution(*reports, **fields):
    """A resolution with one clause and a report for each dict of evidence fields in ``reports``."""
    page = ResolutionPageFactory(**fields)
    page.clauses = [Clause(number="7", text="ให้ทำ", locale=page.locale)]
    page.save_revision().publish()
    town = Party.objects.first() or party("p", "เทศบาล", name_en="Town")
    for evidence in reports:
        ClauseReport.objects.create(
            clause_key=page.clauses.get().translation_key, party=town, claim="ทำแล้ว",
            reported_on=date(2024, 1, 1), **evidence,
        )
    return page


def test_every_app_has_added_its_checks():
    assert {c.slug for c in checks()} == {
        "rests-on-withdrawn", "target-not-public", "models-without-source",
        "models-without-replication", "lessons-never-used", "clauses-without-report",
        "reports-without-evidence",
    }


@pytest.mark.parametrize("stated_on", ["model", "source"])
@pytest.mark.postgresql
def test_models_without_a_source(hub, stated_on):
    model, practice = ModelPageFactory(), PracticePageFactory()
    assert failing("models-without-source") == {model.pk}
    if stated_on == "model":
        link(model, Relation.RESTS_ON, practice)
    else:
        link(practice, Relation.EXTRACTED_INTO, model)
    assert failing("models-without-source") == set()
    practice.unpublish()  # an unpublished source does not count
    assert failing("models-without-source") == {model.pk}


def test_a_source_named_in_one_language_counts_in_all(hub, english_home):
    model = ModelPageFactory()
    twin = ModelPageFactory(parent=home("en"), translation_key=model.translation_key)
    assert failing("models-without-source") == {model.pk, twin.pk}
    link(model, Relation.RESTS_ON, PracticePageFactory())
    assert failing("models-without-source") == set()


def test_models_without_a_replication(hub):
    tried, linked, untried = ModelPageFactory(), ModelPageFactory(), ModelPageFactory()
    below = ReplicationPageFactory(parent=tried)
    link(ReplicationPageFactory(parent=tried), Relation.REPLICATES, linked)
    assert failing("models-without-replication") == {untried.pk}
    tried.get_children().exclude(pk=below.pk).get().specific.unpublish()
    assert failing("models-without-replication") == {untried.pk, linked.pk}
    below.unpublish()
    assert failing("models-without-replication") == {untried.pk, linked.pk, tried.pk}


def test_lessons_never_used(hub):
    unused, from_practice, taught, drawn = (LessonPageFactory() for _n in range(4))
    link(from_practice, Relation.EXTRACTED_FROM, PracticePageFactory())  # its source, not a use
    link(CurriculumPageFactory(), Relation.TEACHES, taught)
    link(drawn, Relation.EXTRACTED_INTO, ModelPageFactory())
    assert failing("lessons-never-used") == {unused.pk, from_practice.pk}


def test_clauses_without_report_and_reports_without_evidence(hub, visitor):
    silent = resolution(number="1/1")
    bare = resolution({"evidence": ""}, number="1/2")
    proven = resolution({"evidence": "ภาพถ่าย"}, {"evidence_url": "https://example.org/a"},
                        number="1/3")
    assert failing("clauses-without-report") == {silent.pk}
    assert failing("reports-without-evidence") == {bare.pk}
    shown = visitor.get(f"{ADDRESS}?check=clauses-without-report").content.decode()
    assert silent.url in shown and "ข้อ 7" in shown and proven.url not in shown


def test_links_to_private_pages_are_counted_without_naming_the_target(hub, visitor):
    model, lesson = ModelPageFactory(title="ตัวแบบหนึ่ง"), LessonPageFactory(title="บทเรียนลับ")
    link(model, Relation.RESTS_ON, lesson)
    assert failing("target-not-public") == set()
    PageViewRestriction.objects.create(page_id=lesson.pk, restriction_type="login")
    assert failing("target-not-public") == {model.pk}
    shown = visitor.get(f"{ADDRESS}?check=target-not-public").content.decode()
    assert "ตัวแบบหนึ่ง" in shown and "1 ข้อต่อ" in shown and "บทเรียนลับ" not in shown


def test_links_from_drafts_are_not_reported(hub):
    lesson, draft = LessonPageFactory(), ModelPageFactory(live=False)
    link(draft, Relation.RESTS_ON, lesson)
    assert failing("target-not-public") == set()
    assert lesson.pk in failing("lessons-never-used")


def test_dependents_of_withdrawn_pages_are_listed_until_reviewed(hub, visitor):
    lesson, model = LessonPageFactory(title="บทเรียนถอน"), ModelPageFactory()
    link(model, Relation.RESTS_ON, lesson)
    assert failing("rests-on-withdrawn") == set()
    withdrawal = rules.withdraw(lesson, "withdrawn", "ผิด")
    assert failing("rests-on-withdrawn") == {model.pk}
    assert "บทเรียนถอน" in visitor.get(f"{ADDRESS}?check=rests-on-withdrawn").content.decode()
    rules.review(withdrawal.flags.get(), model, "ก", "ข", "holds")
    assert failing("rests-on-withdrawn") == set()


def test_private_pages_are_neither_counted_nor_listed(hub, visitor):
    hidden = ModelPageFactory(title="ตัวแบบลับ")
    assert "ตัวแบบลับ" in visitor.get(ADDRESS).content.decode()
    PageViewRestriction.objects.create(page_id=hidden.pk, restriction_type="login")
    for address in (ADDRESS, f"{ADDRESS}?check=models-without-source", f"{ADDRESS}csv/"):
        assert "ตัวแบบลับ" not in visitor.get(address).content.decode()
    assert set(_counts(visitor, ADDRESS).values()) == {0}


def _counts(client, address) -> dict:
    shown = client.get(address).content.decode()
    numbers = re.findall(r'count__number">(\d+)<', shown)
    return {c.slug: int(n) for c, n in zip(checks(), numbers, strict=True)}


@pytest.mark.postgresql
def test_the_report_is_filtered_by_topic_and_area(hub, visitor):
    fishers, health = (Topic.objects.get(slug=slug) for slug in ("fishers", "health"))
    first, second = ModelPageFactory(title="ตัวแบบประมง"), ModelPageFactory(title="ตัวแบบสุขภาพ")
    for page, topic, code in ((first, fishers, "900301"), (second, health, "9011")):
        page.topics = [topic]
        page.areas = [Area.objects.get(geocode=code)]
        page.save_revision().publish()
    assert _counts(visitor, ADDRESS)["models-without-source"] == 2
    for narrowed in ("topic=fishers", "area=9003", "area=900301", "topic=fishers&area=90"):
        answer = visitor.get(f"{ADDRESS}?check=models-without-source&{narrowed}")
        shown = answer.content.decode()
        assert "ตัวแบบประมง" in shown and "ตัวแบบสุขภาพ" not in shown, narrowed
        rows = visitor.get(f"{ADDRESS}csv/?{narrowed}").content.decode()
        assert "ตัวแบบประมง" in rows and "ตัวแบบสุขภาพ" not in rows
    assert _counts(visitor, f"{ADDRESS}?topic=fishers&area=9011")["models-without-source"] == 0


@pytest.mark.parametrize("junk", [
    "check=nothing", "topic=zzz&area=abc", "page=-1", "page=x", "page=999999", "area=" + "9" * 500,
    "check=%F0%9F%90%9F&topic='%22<script>",
])
def test_invalid_parameters_are_answered(hub, visitor, junk):
    ModelPageFactory()
    assert visitor.get(f"{ADDRESS}?{junk}").status_code == 200
    assert visitor.get(f"{ADDRESS}csv/?{junk}").status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_number_of_pages(hub, signed_in, editor):
    client = signed_in(editor)

    def queries(address):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    def add_broken_links():
        resolution({"evidence": ""}, number="2/1")
        ModelPageFactory()
        lesson = LessonPageFactory()
        link(CurriculumPageFactory(), Relation.TEACHES, lesson)
        rules.withdraw(lesson, "withdrawn", "ผิด")

    add_broken_links()
    addresses = [f"{ADDRESS}?check={c.slug}" for c in checks()] + [f"{ADDRESS}csv/"]
    before = [queries(address) for address in addresses]
    for _n in range(4):
        add_broken_links()
    assert [queries(address) for address in addresses] == before


def test_long_lists_are_paginated(hub, visitor):
    for n in range(23):
        LessonPageFactory(title=f"บทเรียนที่ {n:02}")
    first = visitor.get(f"{ADDRESS}?check=lessons-never-used").content.decode()
    second = visitor.get(f"{ADDRESS}?check=lessons-never-used&page=2").content.decode()
    assert "บทเรียนที่ 19" in first and "บทเรียนที่ 20" not in first
    assert "บทเรียนที่ 22" in second and "บทเรียนที่ 19" not in second


@pytest.mark.postgresql
def test_the_csv_has_every_broken_page_and_no_formula(hub, visitor, settings):
    ModelPageFactory(title="=HYPERLINK(1)", slug="formula")
    resolution(number="1/1", title="มติเงียบ")
    answer = visitor.get(f"{ADDRESS}csv/")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["อะไรที่ขาด", "ประเภท", "หน้า", "ที่อยู่เว็บ", "รายละเอียด"]
    assert ["มติที่มีข้อซึ่งยังไม่มีใครรายงาน", "มติ", "มติเงียบ"] in [row[:3] for row in rows]
    assert "ข้อ 7" in {row[4] for row in rows}
    assert sum(row[2] == "'=HYPERLINK(1)" for row in rows) == 2  # no source, no replication
    assert all(row[3].startswith(settings.WAGTAILADMIN_BASE_URL) for row in rows[1:])


def test_the_reports_in_both_languages_link_to_each_other(hub, visitor):
    shown = visitor.get(f"/en{ADDRESS}").content.decode()
    assert "Where the chain is broken" in shown and f'href="{ADDRESS}"' in shown
    assert f'href="/en{ADDRESS}"' in visitor.get(ADDRESS).content.decode()
    assert f'href="{ADDRESS}"' in visitor.get("/").content.decode()  # in the footer


def test_the_report_is_fresh_after_every_change(hub, visitor):
    model, practice = ModelPageFactory(title="ตัวแบบใหม่"), PracticePageFactory()
    address = f"{ADDRESS}?check=models-without-source"
    assert "ตัวแบบใหม่" in visitor.get(address).content.decode()
    link(model, Relation.RESTS_ON, practice)
    model.save_revision().publish()
    assert "ตัวแบบใหม่" not in visitor.get(address).content.decode()


def test_editors_find_the_report_in_the_admin_with_edit_links(
    hub, signed_in, editor, visitor, django_user_model
):
    model = ModelPageFactory(title="ตัวแบบขาด")
    client = signed_in(editor)
    address = reverse("hub_broken_links")
    assert address in client.get(reverse("wagtailadmin_home")).content.decode()
    shown = client.get(f"{address}?check=models-without-source").content.decode()
    assert "ตัวแบบขาด" in shown
    assert reverse("wagtailadmin_pages:edit", args=[model.pk]) in shown
    assert "login" in visitor.get(address).url
    outsider = django_user_model.objects.create_user("outsider", "o@example.org", "secret")
    assert signed_in(outsider).get(address).status_code == 302


def test_an_app_adds_a_check_by_a_hook(hub, visitor):
    check = Check("tours", "ดูงานไม่มีบทเรียน", "ก", lambda pages: pages.of_stages([Stage.LESSON]))
    LessonPageFactory(title="บทเรียนเดียว")
    with hooks.register_temporarily("register_chain_checks", lambda: [check]):
        shown = visitor.get(f"{ADDRESS}?check=tours").content.decode()
    assert "ดูงานไม่มีบทเรียน" in shown and "บทเรียนเดียว" in shown
