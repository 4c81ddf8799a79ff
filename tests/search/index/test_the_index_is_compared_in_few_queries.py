"""Building and checking the index asks as many questions of thirty pages as of three."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import CollectionViewRestriction, PageViewRestriction

from courses.models import CourseSession, Handout
from hub.models import Attachment
from models_lib.models import Condition
from policy.models import AgendaItem, Clause
from search.extraction.tasks import extract_text
from search.index import indexer
from search.index.entries import EntryBuilder
from tests.factories import (
    AssemblyPageFactory,
    CurriculumPageFactory,
    DraftResolutionPageFactory,
    KnowledgePageFactory,
    LessonPageFactory,
    ModelPageFactory,
    ResolutionPageFactory,
    SectionPageFactory,
    document,
)

pytestmark = pytest.mark.django_db


def publish(page, **rows):
    for name, values in rows.items():
        setattr(page, name, values)
    page.save_revision().publish()
    return page


def read_document(name):
    found = document(name, f"{name}.txt", f"ปลากระบอก {name} ".encode() * 20)
    extract_text.func(document_id=found.pk)
    return found


def one_of_each_kind(number):
    """A page of each type, and those that have rows and files of their own with some."""
    for factory in KnowledgePageFactory.__subclasses__():
        factory(title=f"{factory.__name__} {number}")
    publish(LessonPageFactory(title=f"บทเรียน {number}"),
            attachments=[Attachment(document=read_document(f"แนบ {number}"))])
    publish(ModelPageFactory(title=f"ตัวแบบ {number}"), conditions=[Condition(text="มีน้ำ")])
    publish(ResolutionPageFactory(title=f"มติ {number}", number=f"9/{number}"),
            clauses=[Clause(number="1", text="ให้ทำ")])
    publish(CurriculumPageFactory(title=f"หลักสูตร {number}"),
            sessions=[CourseSession(title="ครั้งแรก", minutes=60)],
            handouts=[Handout(document=read_document(f"ใบงาน {number}"))])
    assembly = publish(AssemblyPageFactory(title=f"สมัชชา {number}"),
                       agenda=[AgendaItem(number="1", title="น้ำ")])
    DraftResolutionPageFactory(title=f"ร่าง {number}", parent=assembly)


def questions(call) -> int:
    call()
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def test_the_number_of_queries_does_not_depend_on_the_number_of_pages(hub, capsys):
    def check():
        call_command("index", check=True)

    for number in range(1):
        one_of_each_kind(number)
    indexer.rebuild()
    before = questions(check)
    for number in range(1, 3):
        one_of_each_kind(number)
    assert questions(check) == before
    assert "agrees with the database" in capsys.readouterr().out


def test_files_are_indexed_for_who_may_have_them_whatever_stands_beside(hub, django_user_model):
    """Pages under the same restrictions are asked about together, others are not."""
    section, room = SectionPageFactory(title="หมวด"), SectionPageFactory(title="ห้อง")
    PageViewRestriction.objects.create(page_id=room.pk, restriction_type="login")
    shared, kept, free = (read_document(name) for name in ("ร่วม", "ปิด", "เปิด"))
    collection = kept.collection.add_child(name="ปิด") if kept.collection else None
    kept.collection = collection
    kept.save()
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    draft_only = read_document("ฉบับร่าง")
    out = publish(LessonPageFactory(title="นอก", parent=section), attachments=[
        Attachment(document=shared), Attachment(document=kept)])
    inside = publish(LessonPageFactory(title="ใน", parent=room), attachments=[
        Attachment(document=shared), Attachment(document=free)])
    draft = LessonPageFactory(title="ร่าง", parent=section)
    publish(draft, attachments=[Attachment(document=draft_only)]).unpublish()
    entries = list(EntryBuilder().entries())
    files = {(e.page_id, e.document_id): e.audience for e in entries if e.kind == "file"}
    rule = f"p{PageViewRestriction.objects.get().pk}"
    assert files == {
        (out.pk, shared.pk): "public",
        (out.pk, kept.pk): f"c{CollectionViewRestriction.objects.get().pk}",
        (inside.pk, shared.pk): rule, (inside.pk, free.pk): rule,
    }


def test_long_texts_are_not_in_memory_together(hub, monkeypatch):
    monkeypatch.setattr("search.index.entries.TEXT_AT_ONCE", 1000)
    for number in range(3):
        publish(LessonPageFactory(title=f"บทเรียน {number}"),
                attachments=[Attachment(document=read_document(f"แนบ {number}"))])
    files = [e for e in EntryBuilder().entries() if e.kind == "file"]
    assert len(files) == 3 and all("ปลากระบอก" in e.sections[0].text for e in files)
