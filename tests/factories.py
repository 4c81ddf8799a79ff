"""Factories of complete, short, published pages.

Every factory takes ``parent`` and any field.
"""

from contextlib import contextmanager, nullcontext
from datetime import date

import factory
import wagtail_factories
from django.core.files.base import ContentFile
from wagtail.models import Locale
from wagtail.signal_handlers import reference_index_auto_update_disabled

from courses.models import CurriculumPage
from hub.models import ChainLink, HomePage, HubDocument, Organisation, SectionPage
from hub.thai.slugs import slugify_thai
from lessons.models import LessonPage, PracticePage, StudyTourPage
from models_lib.models import ModelPage, ReplicationPage
from policy.models import (
    AssemblyPage,
    DraftResolutionPage,
    IssuePage,
    Party,
    ResolutionPage,
)


def home(language="th"):
    return HomePage.objects.filter(locale__language_code=language).earliest("pk")


def organisation(name, slug=None, **fields):
    """The organisation of this name, created if there is none."""
    found = Organisation.objects.filter(name_th=name).first()
    return found or Organisation.objects.create(
        name_th=name, slug=slug or f"organisation-{Organisation.objects.count() + 1}",
        **{"kind": "community"} | fields,
    )


def party(slug, name, email="", **fields):
    """A party; ``fields`` are those of its organisation."""
    return Party.objects.create(organisation=organisation(name, slug, **fields), email=email)


@contextmanager
def _without_reference_index():
    """Wagtail's own context manager cannot be nested, and a factory may use another."""
    before = getattr(reference_index_auto_update_disabled, "value", False)
    reference_index_auto_update_disabled.value = True
    try:
        yield
    finally:
        reference_index_auto_update_disabled.value = before


class SectionPageFactory(wagtail_factories.PageFactory):
    title = factory.Sequence(lambda n: f"รายการ {n}")
    slug = factory.LazyAttribute(lambda o: slugify_thai(o.title))
    stages = (
        "practice,lesson,study-tour,model,replication,curriculum,issue,assembly,draft,resolution"
    )
    parent = factory.LazyFunction(home)

    class Meta:
        model = SectionPage


class KnowledgePageFactory(wagtail_factories.PageFactory):
    """The base of all page types; the locale is that of the parent."""

    title = factory.Sequence(lambda n: f"หน้า {n}")
    slug = factory.LazyAttribute(lambda o: slugify_thai(o.title))
    summary = "เรื่องย่อ"
    parent = factory.LazyFunction(home)
    locale = factory.LazyAttribute(lambda o: o.parent.locale if o.parent else Locale.get_default())

    class Meta:
        abstract = True

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        # Publishing saves the page for the third time: two updates of what it refers to are idle.
        is_live = kwargs.get("live", True)
        with _without_reference_index() if is_live else nullcontext():
            page = super()._create_instance(model_class, parent, kwargs)
            revision = page.save_revision() if is_live else None
        if revision:
            revision.publish()
        return page


class PracticePageFactory(KnowledgePageFactory):
    context_text = "ที่ท่าเรือ"
    outcome = "ได้ผล"

    class Meta:
        model = PracticePage


class LessonPageFactory(KnowledgePageFactory):
    event = "เหตุการณ์"
    expected = "ที่คาด"
    happened = "ที่เกิด"
    why = "สาเหตุ"
    next_time = "ครั้งหน้า"

    class Meta:
        model = LessonPage


class StudyTourPageFactory(KnowledgePageFactory):
    started = date(2024, 3, 1)
    ended = date(2024, 3, 2)
    place = "ท่าศาลา"
    hosts = "เจ้าบ้าน"
    delegation = "คณะ"

    class Meta:
        model = StudyTourPage


class ModelPageFactory(KnowledgePageFactory):
    problem = "ปัญหา"
    beneficiaries = "ชาวบ้าน"
    not_working = "ที่คลื่นแรง"

    class Meta:
        model = ModelPage


class ReplicationPageFactory(KnowledgePageFactory):
    parent = factory.SubFactory(ModelPageFactory)
    who = "กลุ่มบ้านใหม่"
    started = date(2024, 5, 1)
    outcome = ReplicationPage.Outcome.SUCCESS
    result = "ได้ผลดี"
    evidence = "สมุดบันทึก"

    class Meta:
        model = ReplicationPage


class CurriculumPageFactory(KnowledgePageFactory):
    audience = "ผู้นำชุมชน"

    class Meta:
        model = CurriculumPage


class IssuePageFactory(KnowledgePageFactory):
    problem = "ปัญหา"
    evidence_text = "หลักฐาน"

    class Meta:
        model = IssuePage


class AssemblyPageFactory(KnowledgePageFactory):
    number = 1
    held_on = date(2023, 9, 1)
    place = "ศาลาประชาคม"

    class Meta:
        model = AssemblyPage


class DraftResolutionPageFactory(KnowledgePageFactory):
    """With one considering and two operative paragraphs, unless ``tabled`` says otherwise."""

    parent = factory.SubFactory(AssemblyPageFactory)
    tabled = factory.LazyFunction(lambda: [
        ("considering", "โดยที่ปูไข่ลดลงทุกปี"),
        ("operative", "ให้ทุกตำบลกันเขตอนุบาลปู"),
        ("operative", "ให้ตรวจเขตทุกสามเดือน"),
    ])

    class Meta:
        model = DraftResolutionPage


class ResolutionPageFactory(KnowledgePageFactory):
    parent = factory.SubFactory(AssemblyPageFactory)
    number = factory.Sequence(lambda n: f"1/{n + 1}")
    adopted_on = date(2023, 9, 1)

    class Meta:
        model = ResolutionPage


FACTORIES = {
    factory_class._meta.model.stage: factory_class
    for factory_class in KnowledgePageFactory.__subclasses__()
}


def document(title="เอกสาร", file_name="เอกสาร.txt", content=b"A text to read.", **fields):
    """A document with real content, saved as the editor's form saves it."""
    file = HubDocument(title=title, **fields)
    file.file.save(file_name, ContentFile(content), save=False)
    file.save()
    return file


def link(page, relation, target, **fields):
    """A saved chain link from ``page`` to ``target``."""
    values = {"evidence_text": "บันทึกการประชุม", "date": date(2024, 1, 1), "author": "ทีมงาน"}
    return ChainLink.objects.create(
        page=page.knowledgepage_ptr, relation=relation, target=target.knowledgepage_ptr,
        **values | fields,
    )
