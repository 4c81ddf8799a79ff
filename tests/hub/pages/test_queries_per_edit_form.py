"""Opening the form of a page takes few queries, however many rows, blocks and closed pages it has
to do with, and whether it is as published or has unpublished changes."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import count

import pytest
from django.contrib.auth.models import Group
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import get_all_child_relations
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageViewRestriction, get_page_models

from courses.models import CurriculumPage
from hub.models import (
    Area,
    ChainLink,
    HubDocument,
    HubImage,
    KnowledgePage,
    Organisation,
    SectionPage,
    TextPage,
    Topic,
    generation,
)
from models_lib.models import BuildingBlock, CommunityGroup, ModelPage, ReplicationPage, Skill
from policy.models import AssemblyPage, Party, ResolutionPage
from tests.conftest import make_user, matrix
from tests.factories import FACTORIES, SectionPageFactory, document, home, organisation, party

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MOST = 120  # queries, for every type of page
FEW, MANY = 2, 6  # rows of each kind, blocks of each kind, closed pages
TYPES = [model for model in get_page_models() if model.is_creatable and model is not Page]
LONGEST = [ResolutionPage, AssemblyPage, CurriculumPage]  # whose forms every run of tests opens


def type_name(model):
    return model.__name__


def page_at(stage, section):
    """A page of the type that stands at ``stage``, in ``section`` if that may have it."""
    factory = FACTORIES[stage]
    belongs_there = SectionPage in factory._meta.model.allowed_parent_page_models()
    return factory(parent=section) if belongs_there else factory()


def page_of(model, section, number):
    if issubclass(model, KnowledgePage):
        return page_at(model.stage, section)
    if model is SectionPage:
        return SectionPageFactory()
    if model is TextPage:
        return home().add_child(instance=TextPage(title="เกี่ยวกับเรา", slug=f"about-{number}"))
    return home({FEW: "th", MANY: "en"}[number])


class Things:
    """What rows and blocks name: of each kind as many as the longest form has rows, in turn."""

    def __init__(self, section):
        self.section, self.kept, self.turns = section, defaultdict(list), defaultdict(count)

    def next(self, kind):
        """``kind`` is a model, or the stage of a page."""
        turn, kept = next(self.turns[kind]) % MANY, self.kept[kind]
        if turn == len(kept):
            kept.append(self.make(kind, turn))
        return kept[turn]

    def make(self, kind, number):
        if isinstance(kind, str):
            return page_at(kind, self.section)
        if kind in (Topic, Area):
            return kind.objects.order_by("pk")[number]
        if kind is Organisation:
            return organisation(f"องค์กร {number}")
        if kind is Party:
            return party(f"party-{number}", f"ผู้รับผิดชอบ {number}")
        if kind is HubDocument:
            return document(f"เอกสาร {number}", f"{number}.txt")
        if kind is HubImage:
            return HubImage.objects.create(
                title=f"ภาพ {number}", file=get_test_image_file(f"{number}.png"))
        if kind in (Skill, CommunityGroup):
            return kind.objects.create(name_th=f"ชื่อ {number}", slug=f"name-{number}")
        if kind is BuildingBlock:
            of, locale = self.next(ModelPage), home().locale
            return kind.objects.create(page=of, title=f"ส่วน {number}", what="งาน", locale=locale)
        if issubclass(kind, Page):
            page = self.next(getattr(kind, "stage", None) or "model")
            return page if kind is type(page) else page.knowledgepage_ptr
        raise NotImplementedError(f"Say how to make {kind.__name__}, which a row names.")


class Rows:
    """Rows of every kind, complete, each of which names other objects than the rows before."""

    def __init__(self, things):
        self.things, self.made = things, 0

    def fill(self, page, number):
        """Give ``page``, as it is published, so many rows and blocks of each kind."""
        for relation in get_all_child_relations(type(page)):
            model = relation.related_model
            if model.__module__.startswith("wagtail."):
                continue
            if model is ChainLink and not page.chain:
                continue
            make = self.link if model is ChainLink else self.row
            rows = [make(relation, page) for _ in range(number)]
            setattr(page, relation.get_accessor_name(), rows)
        if any(field.name == "body" for field in page._meta.fields):
            page.body = [block for _ in range(number) for block in self.blocks()]
        page.has_unpublished_changes = False
        page.save()

    def row(self, relation, _page):
        self.made += 1
        model = relation.related_model
        row = model()
        for field in model._meta.concrete_fields:
            left_out = (relation.field.name, "locale", "version")
            if field.name in left_out or field.primary_key:
                continue
            if isinstance(field, models.ForeignKey):
                setattr(row, field.name, self.things.next(field.related_model))
            elif field.choices:
                setattr(row, field.name, next(value for value, _ in field.flatchoices if value))
            elif isinstance(field, models.CharField | models.TextField):
                setattr(row, field.name, getattr(row, field.name) or str(self.made))
            elif isinstance(field, models.DateField):
                setattr(row, field.name, date(2024, 1, 1))
        if hasattr(row, "locale_id"):
            row.locale = home().locale
        for field in model._meta.many_to_many:
            if isinstance(field, ParentalManyToManyField):
                of = field.related_model
                setattr(row, field.name, [self.things.next(of), self.things.next(of)])
        return row

    def link(self, relation, page):
        row = self.row(relation, page)
        row.relation, stages = next(iter(page.chain.items()))
        row.target = self.things.next(min(stages)).knowledgepage_ptr
        return row

    def blocks(self):
        self.made += 1
        picture, file = self.things.next(HubImage), self.things.next(HubDocument)
        page = self.things.next(KnowledgePage)
        return [
            ("heading", f"ตอนที่ {self.made}"),
            ("paragraph", f'<p><a linktype="page" id="{page.pk}">หน้า</a> และ '
                          f'<a linktype="document" id="{file.pk}">เอกสาร</a></p>'),
            ("picture", {"image": picture, "caption": "คำบรรยาย"}),
        ]


def close_pages(number):
    for _ in range(number):
        group = Group.objects.create(name=f"closed {Group.objects.count()}")
        restriction = PageViewRestriction.objects.create(
            page=SectionPageFactory(), restriction_type=PageViewRestriction.GROUPS)
        restriction.groups.add(group)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"][:300] for query in asked.captured_queries]


def edit_address(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


@pytest.fixture(scope="module")
def asked(world, request):
    """What an editor's forms ask the database, by page type and what the form shows: so many rows
    of a published page or of a draft, a new page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generation, "MAX_AGE", timedelta(days=1))  # nothing is read anew meanwhile
        yield ask(TYPES if request.config.getoption("thorough") else LONGEST)


def read_what_is_kept(client, address):
    """Let the index follow, renditions be made, and what is kept until something changes be read,
    which the renditions changed."""
    for _ in range(2):
        client.get(address)


def ask(types):
    client = Client()
    client.force_login(make_user("editor", "Editors"))
    section, found = SectionPageFactory(), {model: {} for model in TYPES}
    rows, pages = Rows(Things(section)), {}
    close_pages(FEW)
    for model in types:
        for number in (FEW, MANY):
            page = pages[model, number] = page_of(model, section, number)
            rows.fill(model.objects.get(pk=page.pk), number)
    replication = page_at("replication", section)
    rows.fill(ReplicationPage.objects.get(pk=replication.pk), MANY)
    other = edit_address(replication)
    read_what_is_kept(client, other)
    for (model, number), page in pages.items():
        found[model][number] = queries_of(client, edit_address(page))
    for model in types:
        new = reverse("wagtailadmin_pages:add", args=[
            model._meta.app_label, model._meta.model_name, pages[model, FEW].get_parent().pk])
        found[model]["new"] = queries_of(client, new)
    found["open"] = queries_of(client, other)
    close_pages(MANY)
    for model in types:
        for number in (FEW, MANY):
            model.objects.get(pk=pages[model, number].pk).save_revision()
    read_what_is_kept(client, other)
    found["closed"] = queries_of(client, other)
    for model in types:
        for number in (FEW, MANY):
            address = edit_address(pages[model, number])
            found[model]["draft", number] = queries_of(client, address)
    return found


def grows(few, many) -> bool:
    """Whether each row more asks at least once more; single queries differ by what was kept."""
    return len(many) - len(few) >= MANY - FEW


@pytest.mark.parametrize("model", matrix(TYPES, quick=LONGEST), ids=type_name)
@pytest.mark.parametrize("form", ["published", "draft", "new"])
def test_the_form_of_a_page(asked, model, form):
    shown = {"published": (FEW, MANY), "draft": (("draft", FEW), ("draft", MANY)),
             "new": ("new", "new")}
    few, many = (asked[model][key] for key in shown[form])
    assert len(many) <= MOST, "\n".join(many)
    assert not grows(few, many), "\n".join(many)


def test_more_closed_pages_ask_no_more(asked):
    """The restrictions are read anew, all together."""
    assert len(asked["closed"]) < len(asked["open"]) + MANY, "\n".join(asked["closed"])
