"""A page may state only the relations its kind declares, and the editor offers only those."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from hub.chain.relations import REVERSE, Relation, Stage
from hub.models.chain_link import ChainLink
from hub.models.knowledge_page import knowledge_page_types
from tests.factories import FACTORIES, LessonPageFactory, ModelPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(hub):
    return {stage: made(title=f"หน้า {stage}") for stage, made in FACTORIES.items()}


def test_declared_pairs_are_accepted_and_others_rejected(pages):
    for model in knowledge_page_types():
        for relation in Relation:
            for stage, target in pages.items():
                link = ChainLink(relation=relation, target=target.knowledgepage_ptr)
                if stage in model.chain.get(relation, ()):
                    link.check_for(model)
                else:
                    with pytest.raises(ValidationError):
                        link.check_for(model)


def test_every_relation_reads_both_ways():
    assert {REVERSE[REVERSE[relation]] for relation in Relation} == set(Relation)


def test_a_page_with_an_undeclared_link_is_not_saved(pages):
    lesson = pages[Stage.LESSON]
    lesson.chain_links = [
        ChainLink(relation=Relation.CITES, target=pages[Stage.MODEL].knowledgepage_ptr,
                  evidence_text="…", date="2024-01-01", author="ทีม")
    ]
    with pytest.raises(ValidationError):
        lesson.full_clean()


def test_a_page_is_not_linked_to_itself(hub):
    tour = FACTORIES[Stage.STUDY_TOUR]()
    link = ChainLink(relation=Relation.FOLLOWS_UP, target=tour.knowledgepage_ptr)
    with pytest.raises(ValidationError):
        link.check_for(type(tour), page_pk=tour.pk)


def test_the_editor_offers_only_declared_relations_and_targets(hub, editor, signed_in):
    page = LessonPageFactory()
    body = signed_in(editor).get(
        reverse("wagtailadmin_pages:edit", args=[page.pk])
    ).content.decode()
    offered = {r.value for r in Relation if f'<option value="{r.value}"' in body}
    assert offered == {r.value for r in page.chain}
    stages = set().union(*page.chain.values())
    for model in knowledge_page_types():
        label = model._meta.label_lower
        in_chooser = label in body.split("chain_links-__prefix__-target", 1)[1][:6000]
        assert in_chooser == (model.stage in stages), label


def test_the_editor_shows_an_error_for_an_undeclared_relation(hub, administrator, signed_in):
    lesson, model = LessonPageFactory(), ModelPageFactory()
    client = signed_in(administrator)
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    from wagtail.test.utils.form_data import inline_formset, nested_form_data

    form = {
        "title": lesson.title, "slug": lesson.slug, "summary": "ย่อ", "lesson_type": "lesson",
        "openness": "public",
        "event": "ก", "expected": "ข", "happened": "ค", "why": "ง", "next_time": "จ",
        "licence": "cc-by-4.0", "body-count": "0", "comments": inline_formset([]),
        "contributors": inline_formset([]), "attachments": inline_formset([]),
        "chain_links": inline_formset([
            {"relation": "rests_on", "target": model.pk, "evidence_text": "บันทึก",
             "date": "2024-01-01", "author": "ทีม"},
        ]),
    }
    response = client.post(address, nested_form_data(form))
    assert response.status_code == 200
    assert "แนวปฏิบัติ" in response.content.decode()
    assert not lesson.chain_links.exists()
    form["chain_links"] = inline_formset([
        {"relation": "extracted_into", "target": model.pk, "evidence_text": "บันทึก",
         "date": "2024-01-01", "author": "ทีม"},
    ])
    client.post(address, nested_form_data(form))
    lesson.refresh_from_db()
    saved = lesson.get_latest_revision_as_object().chain_links.get()
    assert saved.target_id == model.pk
