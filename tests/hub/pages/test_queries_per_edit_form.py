"""Opening the form of a page takes few queries, however many rows, blocks and closed pages it has
to do with, and whether it is as published or has unpublished changes."""

from collections import defaultdict
from datetime import date
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
)
from models_lib.models import BuildingBlock, ModelPage
from policy.models import Party
from tests.conftest import make_user
from tests.factories import FACTORIES, SectionPageFactory, document, home, organisation, party

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MOST = 120  # queries, for every type of page
FEW, MANY = 2, 6  # rows of each kind, blocks of each kind, closed pages
TYPES = [model for model in get_page_models() if model.is_creatable and model is not Page]


def type_name(model):
    return model.__name__


def page_of(model, section):
    if issubclass(model, KnowledgePage):
        factory = FACTORIES[model.stage]
        has_own_parent = "parent" in factory._meta.pre_declarations.as_dict() and model.stage in (
            "replication", "draft", "resolution")
        return factory() if has_own_parent else factory(parent=section)
    if model is SectionPage:
        return SectionPageFactory()
    if model is TextPage:
        return home().add_child(instance=TextPage(title="เกี่ยวกับเรา", slug="about"))
    return home()


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
            return FACTORIES[kind](parent=self.section)
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
    for each in range(number):
        group = Group.objects.create(name=f"closed {each} of {number}")
        restriction = PageViewRestriction.objects.create(
            page=SectionPageFactory(), restriction_type=PageViewRestriction.GROUPS)
        restriction.groups.add(group)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"][:300] for query in asked.captured_queries]


@pytest.fixture(scope="module")
def asked(world):
    """Queries of an editor's form, by page type and what the form shows; ``FEW`` and ``MANY`` are
    rows of a published page."""
    client = Client()
    client.force_login(make_user("editor", "Editors"))
    section = SectionPageFactory()
    rows, pages = Rows(Things(section)), {model: page_of(model, section) for model in TYPES}
    found = {model: {} for model in TYPES}
    for number in (FEW, MANY):
        close_pages(number)
        for model, page in pages.items():
            rows.fill(model.objects.get(pk=page.pk), number)
        client.get(edit_address(section))  # what is cached for long is read now
        for model, page in pages.items():
            address = edit_address(page)
            found[model][number] = queries_of(client, address)
            model.objects.get(pk=page.pk).save_revision()
            found[model]["draft", number] = queries_of(client, address)
    for model, page in pages.items():
        new = reverse("wagtailadmin_pages:add", args=[
            model._meta.app_label, model._meta.model_name, page.get_parent().pk])
        found[model]["new"] = queries_of(client, new)
    return found


def edit_address(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


@pytest.mark.parametrize("model", TYPES, ids=type_name)
def test_the_form_of_a_published_page(asked, model):
    few, many = asked[model][FEW], asked[model][MANY]
    assert len(many) <= MOST, "\n".join(many)
    assert len(few) == len(many), "\n".join(many)


@pytest.mark.parametrize("model", TYPES, ids=type_name)
def test_the_form_of_a_page_with_unpublished_changes(asked, model):
    few, many = asked[model]["draft", FEW], asked[model]["draft", MANY]
    assert len(many) <= MOST, "\n".join(many)
    assert len(few) == len(many), "\n".join(many)


@pytest.mark.parametrize("model", TYPES, ids=type_name)
def test_the_form_of_a_new_page(asked, model):
    assert len(asked[model]["new"]) <= MOST, "\n".join(asked[model]["new"])
