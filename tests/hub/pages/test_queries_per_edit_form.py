"""Opening the form of a page takes few queries, however many rows, blocks and closed pages it has
to do with."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.db import connection, models
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
from policy.models import Party
from tests.conftest import matrix
from tests.factories import FACTORIES, SectionPageFactory, document, home, organisation, party

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MOST = 120  # queries, for every type of page and whoever opens its form
FEW, MANY = 2, 6  # rows of each kind, blocks of each kind, closed pages
TYPES = [model for model in get_page_models() if model.is_creatable and model is not Page]


def type_name(model):
    return model.__name__


def page_of(model):
    if issubclass(model, KnowledgePage):
        factory = FACTORIES[model.stage]
        has_own_parent = "parent" in factory._meta.pre_declarations.as_dict() and model.stage in (
            "replication", "draft", "resolution")
        return factory() if has_own_parent else factory(parent=SectionPageFactory())
    if model is SectionPage:
        return SectionPageFactory()
    if model is TextPage:
        return home().add_child(instance=TextPage(title="เกี่ยวกับเรา", slug="about"))
    return home()


class Rows:
    """Rows of every kind, complete, each of which names other objects than the rows before."""

    def __init__(self):
        self.made = 0

    def fill(self, page, count):
        rows = {
            relation.get_accessor_name(): [
                self.link(page) if relation.related_model is ChainLink
                else self.row(relation.related_model, relation.field.name)
                for _ in range(count)
            ]
            for relation in self.relations_of(type(page))
            if relation.related_model is not ChainLink or page.chain
        }
        blocks = [block for _ in range(count) for block in self.blocks()]
        page = type(page).objects.get(pk=page.pk)  # by now it may have children
        for name, made in rows.items():
            setattr(page, name, made)
        if any(field.name == "body" for field in page._meta.fields):
            page.body = blocks
        page.save_revision().publish()

    @staticmethod
    def relations_of(model):
        return [
            relation for relation in get_all_child_relations(model)
            if not relation.related_model.__module__.startswith("wagtail.")
        ]

    def row(self, model, key_of_page):
        self.made += 1
        row = model()
        for field in model._meta.concrete_fields:
            if field.name in (key_of_page, "locale", "version") or field.primary_key:
                continue
            if isinstance(field, models.ForeignKey):
                setattr(row, field.name, self.object_of(field.related_model))
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
                setattr(row, field.name, [self.object_of(field.related_model) for _ in range(2)])
        return row

    def link(self, page):
        relation, stages = next(iter(page.chain.items()))
        row = self.row(ChainLink, "page")
        target = FACTORIES[min(stages)](parent=SectionPageFactory())
        row.relation, row.target = relation, target.knowledgepage_ptr
        return row

    def object_of(self, model):
        self.made += 1
        if model is Topic:
            topics = Topic.objects.all()
            return topics[self.made % len(topics)]
        if model is Area:
            return Area.objects.all()[self.made]
        if model is Organisation:
            return organisation(f"องค์กร {self.made}")
        if model is Party:
            return party(f"party-{self.made}", f"ผู้รับผิดชอบ {self.made}")
        if model is HubDocument:
            return document(f"เอกสาร {self.made}", f"{self.made}.txt")
        if issubclass(model, Page):
            stage = model.stage or "model"
            page = FACTORIES[stage](parent=SectionPageFactory())
            return page if model.stage else page.knowledgepage_ptr
        raise NotImplementedError(f"Say how to make {model.__name__}, which a row names.")

    def blocks(self):
        self.made += 1
        picture = HubImage.objects.create(
            title=f"ภาพ {self.made}", file=get_test_image_file(f"{self.made}.png"))
        page, file = self.object_of(KnowledgePage), self.object_of(HubDocument)
        return [
            ("heading", f"ตอนที่ {self.made}"),
            ("paragraph", f'<p><a linktype="page" id="{page.pk}">หน้า</a> และ '
                          f'<a linktype="document" id="{file.pk}">เอกสาร</a></p>'),
            ("picture", {"image": picture, "caption": "คำบรรยาย"}),
        ]


def close_pages(count):
    for number in range(count):
        group = Group.objects.create(name=f"closed {number} of {count}")
        restriction = PageViewRestriction.objects.create(
            page=SectionPageFactory(), restriction_type=PageViewRestriction.GROUPS)
        restriction.groups.add(group)


def queries_of(client, address):
    assert client.get(address).status_code == 200  # what is cached for long is read now
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return asked.captured_queries


def told(queries):
    return "\n".join(query["sql"][:300] for query in queries)


@pytest.mark.parametrize("role", matrix(["editor", "administrator"], quick=["editor"]))
@pytest.mark.parametrize("model", TYPES, ids=type_name)
def test_the_form_of_every_type_of_page(request, hub, signed_in, model, role):
    client, rows, page = signed_in(request.getfixturevalue(role)), Rows(), page_of(model)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    rows.fill(page, FEW)
    close_pages(FEW)
    few = queries_of(client, address)
    rows.fill(page, MANY)
    close_pages(MANY)
    many = queries_of(client, address)
    assert len(few) == len(many), told(many)
    assert len(many) <= MOST, told(many)


@pytest.mark.parametrize("model", TYPES, ids=type_name)
def test_the_form_of_a_new_page(hub, signed_in, administrator, model):
    parent = page_of(model).get_parent()
    new = reverse("wagtailadmin_pages:add",
                  args=[model._meta.app_label, model._meta.model_name, parent.pk])
    asked = queries_of(signed_in(administrator), new)
    assert len(asked) <= MOST, told(asked)
