"""Every field of every form refuses the id of what its user may not choose, wherever it is posted.

The fields are found in the forms of all page types and snippets, their rows and their blocks. Each
is posted the id of something closed, of nothing at all, and of something that may be chosen.
"""

import json
from functools import partial

import pytest
from django import forms
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse
from wagtail import blocks
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    PageViewRestriction,
    get_page_models,
)
from wagtail.snippets.models import get_snippet_models
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from hub.access.choosing import reference, request_of_forms
from hub.access.form_gate import references_in
from hub.models import Attachment, HubImage, KnowledgePage
from hub.models.knowledge_page import knowledge_page_types
from hub.withdrawals.views import WithdrawalForm
from lessons.models import LessonPage, PrivateCollection
from tests.conftest import make_user
from tests.factories import (
    FACTORIES,
    ModelPageFactory,
    SectionPageFactory,
    document,
    organisation,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOTHING = 987654321  # an id that nothing has
Document, Image = get_document_model(), get_image_model()
RICH = {"document": Document, "page": Page, "image": Image}


@pytest.fixture(scope="module")
def shelf(world):
    """``closed`` and ``open``: model → an object; ``theirs``: an editor outside ``closed``."""
    ours, theirs = (organisation(name) for name in ("ours", "theirs"))
    editors = Group.objects.create(name="editors of theirs")
    editors.permissions.add(Permission.objects.get(codename="access_admin"))
    away, section = SectionPageFactory(title="บ้านเรา"), SectionPageFactory(title="บ้านโน้น")
    for codename in ("add_page", "change_page", "publish_page"):
        GroupPagePermission.objects.create(
            group=editors, page=section, permission=Permission.objects.get(codename=codename))
    root = Collection.get_first_root_node()
    for codename in ("add_document", "change_document", "choose_document", "add_image",
                     "change_image", "choose_image"):
        GroupCollectionPermission.objects.create(
            group=editors, collection=root,
            permission=Permission.objects.get(
                codename=codename, content_type__app_label__startswith="wagtail"))
    rule = PageViewRestriction.objects.create(page=away.page_ptr, restriction_type="groups")
    rule.groups.add(ours.group)
    found = {"closed": {}, "open": {}, "section": section}
    for model in knowledge_page_types():
        make = FACTORIES[model.stage]
        for name, parent in (("closed", away), ("open", section)):
            found[name][model] = make(title=f"canary {name} {model.__name__}", parent=parent)
    for name, collection in (("closed", PrivateCollection.of(ours)), ("open", root)):
        found[name][Document] = document(f"canary {name}", f"canary-{name}.txt",
                                         collection=collection)
        found[name][Image] = HubImage.objects.create(
            title=f"canary {name}", file=get_test_image_file(f"canary-{name}.png"),
            collection=collection)
        found[name][Page] = found[name][KnowledgePage] = found[name][LessonPage]
    user = make_user("theirs")
    user.groups.add(theirs.group, editors)
    return found | {"theirs": user, "ours": ours}


def _forms_of(form_class, row=False):
    """Each form with how to make one from data and a user."""
    yield form_class, row
    for formset in getattr(form_class, "formsets", {}).values():
        yield from _forms_of(formset.form, True)


def editors_forms():
    """(label, form class, whether it is a row) of all page types and snippets."""
    handlers = {model: model.get_edit_handler() for model in get_page_models()}
    handlers |= {m: m.snippet_viewset.get_edit_handler() for m in get_snippet_models()}
    for model, handler in handlers.items():
        for form_class, row in _forms_of(handler.get_form_class()):
            yield f"{model.__name__}: {form_class._meta.model.__name__}", form_class, row


def leaves(block, prefix):
    """The choosers and rich texts in ``block``: (block, function from its data to the form's)."""
    if isinstance(block, blocks.StreamBlock):
        for name, child in block.child_blocks.items():
            around = {f"{prefix}-count": "1", f"{prefix}-0-type": name, f"{prefix}-0-order": "0",
                      f"{prefix}-0-deleted": "", f"{prefix}-0-id": ""}
            for leaf, data in leaves(child, f"{prefix}-0-value"):
                yield leaf, partial(_joined, around, data)
    elif isinstance(block, blocks.ListBlock):
        around = {f"{prefix}-count": "1", f"{prefix}-0-order": "0", f"{prefix}-0-deleted": ""}
        for leaf, data in leaves(block.child_block, f"{prefix}-0-value"):
            yield leaf, partial(_joined, around, data)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from leaves(child, f"{prefix}-{name}")
    elif isinstance(block, blocks.ChooserBlock | blocks.RichTextBlock):
        yield block, lambda value: {prefix: value}


def _joined(around, data, value):
    return around | data(value)


def doors(form_class):
    """(name of the field, model of what is chosen, id → posted data) of each way to choose."""
    for name, field in form_class.base_fields.items():
        if isinstance(field, forms.ModelChoiceField):
            if reference(field.queryset.model, 0):
                yield name, field.queryset.model, lambda pk, name=name: {name: str(pk)}
        elif isinstance(field, blocks.BlockField):
            for leaf, data in leaves(field.block, name):
                if isinstance(leaf, blocks.ChooserBlock):
                    if reference(leaf.model_class, 0):
                        yield name, leaf.model_class, lambda pk, data=data: data(str(pk))
                    continue
                for kind, model in kinds_of(leaf.field.widget):
                    yield name, model, partial(_rich, leaf.field.widget, kind, data)
        elif isinstance(field.widget, DraftailRichTextArea):
            for kind, model in kinds_of(field.widget):
                yield name, model, partial(
                    _rich, field.widget, kind, lambda text, name=name: {name: text})


def kinds_of(widget):
    """(kind, model) of what a rich text takes by its features."""
    features = {"document": "document-link", "page": "link", "image": "image"}
    return [(kind, model) for kind, model in RICH.items() if features[kind] in widget.features]


def _rich(widget, kind, data, pk):
    tag = (f'<embed embedtype="image" format="left" alt="x" id="{pk}"/>' if kind == "image"
           else f'<p><a linktype="{kind}" id="{pk}">x</a></p>')
    return data(widget.converter.from_database_format(tag))


def cleaned(form_class, is_row, user, section, name, data):
    """(value, error as JSON) of one field, as the form cleans it for ``user``."""
    options = {"for_user": user}
    if not is_row and issubclass(form_class._meta.model, Page):
        options["parent_page"] = section
    form = form_class(data, **options)
    try:
        return form.fields[name]._clean_bound_field(form[name]), ""
    except ValidationError as error:
        found = error.as_json_data() if hasattr(error, "as_json_data") else error.messages
        return None, json.dumps(found, ensure_ascii=False)


def test_every_field_of_the_editor_refuses_what_its_user_may_not_choose(shelf):
    seen, wrong = set(), []
    for label, form_class, is_row in editors_forms():
        for name, model, data in doors(form_class):
            asked = partial(
                cleaned, form_class, is_row, shelf["theirs"], shelf["section"], name)
            closed, opened = shelf["closed"][model].pk, shelf["open"][model].pk
            (value, refused), (_value, nothing) = asked(data(closed)), asked(data(NOTHING))
            taken, said = asked(data(opened))
            ref = reference(model, opened)
            door = label, name, model.__name__
            seen.add(door)
            if value is not None or not refused or "canary" in refused:
                wrong.append((*door, "closed", refused))
            elif refused.replace(str(closed), "") != nothing.replace(str(NOTHING), ""):
                wrong.append((*door, "tells that it exists", refused, nothing))
            elif ref not in references_in(form_class.base_fields[name], taken):
                wrong.append((*door, "open", said))
    assert wrong == []
    for known in (("LessonPage: Attachment", "document", "HubDocument"),
                  ("LessonPage: ChainLink", "target", "KnowledgePage"),
                  ("LessonPage: ChainLink", "evidence_document", "HubDocument"),
                  ("LessonPage: LessonPage", "body", "HubImage"),
                  ("LessonPage: LessonPage", "body", "HubDocument"),
                  ("LessonPage: LessonPage", "body", "Page"),
                  ("CurriculumPage: Handout", "document", "HubDocument"),
                  ("AssemblyPage: Hearing", "minutes", "HubDocument"),
                  ("CourseRun: CourseRun", "curriculum", "CurriculumPage")):
        assert known in seen, known


def test_no_field_or_block_goes_round_the_gate():
    def below(cls):
        for child in cls.__subclasses__():
            yield child
            yield from below(child)

    for field in below(forms.Field):
        if not issubclass(field, forms.FileField):
            assert field._clean_bound_field is forms.Field._clean_bound_field, field
    for block in (*below(blocks.ChooserBlock), *below(blocks.RichTextBlock)):
        base = blocks.ChooserBlock if issubclass(block, blocks.ChooserBlock) else (
            blocks.RichTextBlock)
        assert block.clean is base.clean, block


def test_other_forms_ask_the_user_of_the_request(shelf):
    request = RequestFactory().post("/")
    request.user = shelf["theirs"]
    page = shelf["open"][LessonPage]
    said = []
    with request_of_forms(request):
        for pk in (shelf["closed"][LessonPage].pk, NOTHING, "x", "9" * 40,
                   FACTORIES["model"](parent=shelf["section"]).pk):
            data = {"kind": "superseded", "reason": "x", "successor": pk}
            said.append(WithdrawalForm(data, page=page).errors.get("successor"))
            assert "canary closed" not in WithdrawalForm(data, page=page)["successor"].as_widget()
    assert said[0] == said[1] == said[2] == said[3] and said[0]
    assert said[4] is None


# From the browser to the database


def posted(page, **rows):
    return nested_form_data({
        "title": page.title, "slug": page.slug, "summary": "ย่อ", "lesson_type": "lesson",
        "openness": "public", "event": "ก", "expected": "ข", "happened": "ค", "why": "ง",
        "next_time": "จ", "licence": "cc-by-4.0", "body-count": "0",
        "comments": inline_formset([]), "contributors": inline_formset([]),
        "attachments": inline_formset([]), "chain_links": inline_formset([]),
    } | rows)


def stored(page) -> LessonPage:
    return LessonPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def test_an_editor_elsewhere_cannot_attach_a_closed_file(shelf, signed_in):
    page, client = shelf["open"][LessonPage], signed_in(shelf["theirs"])
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    said = {}
    for name, pk in (("closed", shelf["closed"][Document].pk), ("nothing", NOTHING)):
        answer = client.post(address, posted(page, attachments=inline_formset(
            [{"document": pk, "note": ""}])))
        body = answer.content.decode()
        assert answer.status_code == 200 and "canary closed" not in body
        assert "canary-closed" not in body
        form = answer.context["form"].formsets["attachments"].forms[0]
        said[name] = str(form.errors).replace(str(pk), "ID")
        with request_of_forms(answer.wsgi_request):
                said[name] += form["document"].as_widget().replace(str(pk), "ID")
        assert not stored(page).attachments.exists()
    assert said["closed"] == said["nothing"]
    client.post(address, posted(page, attachments=inline_formset(
        [{"document": shelf["open"][Document].pk, "note": ""}])))
    assert [a.document for a in stored(page).attachments.all()] == [shelf["open"][Document]]


def test_a_closed_picture_is_refused_in_the_words_for_none(shelf, signed_in, administrator):
    page, client = shelf["open"][LessonPage], signed_in(shelf["theirs"])
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    attempts = [(client, pk) for pk in (shelf["closed"][Image].pk, NOTHING, "x", "9" * 40)]
    for client, pk in [*attempts, (signed_in(administrator), NOTHING)]:
        answer = client.post(address, posted(page) | {
            "body-count": "1", "body-0-type": "picture", "body-0-order": "0",
            "body-0-deleted": "", "body-0-id": "", "body-0-value-image": pk,
            "body-0-value-caption": "a caption"})
        body = answer.content.decode()
        assert answer.status_code == 200 and "a caption" in body
        assert "canary closed" not in body and "canary-closed" not in body
        assert not stored(page).body


def test_what_somebody_entitled_put_there_stays(shelf, signed_in):
    """In the published page and in a draft, whose rows have no ids yet; its title is not told."""
    page, client = shelf["open"][LessonPage], signed_in(shelf["theirs"])
    draft = stored(page)
    draft.attachments.add(Attachment(document=shelf["closed"][Document], note="แนบ"))
    draft.body = [("picture", {"image": shelf["closed"][Image], "caption": "ภาพ"}), (
        "paragraph", f'<p><a linktype="document" id="{shelf["closed"][Document].pk}">x</a></p>')]
    draft.save_revision()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = client.get(address)
    body = shown.content.decode()
    assert "แนบ" in body and "canary closed" not in body and "canary-closed" not in body
    blocks_posted = {
        "body-count": "1", "body-0-type": "picture", "body-0-order": "0", "body-0-deleted": "",
        "body-0-id": draft.body[0].id, "body-0-value-image": shelf["closed"][Image].pk,
        "body-0-value-caption": "ภาพใหม่"}
    answer = client.post(address, posted(page, attachments=inline_formset(
        [{"document": shelf["closed"][Document].pk, "note": "แนบใหม่", "id": ""}], initial=1)
    ) | blocks_posted)
    assert answer.status_code == 302
    kept = stored(page)
    assert [a.note for a in kept.attachments.all()] == ["แนบใหม่"]
    assert kept.body[0].value["image"] == shelf["closed"][Image]
    assert kept.body[0].value["caption"] == "ภาพใหม่"


def test_a_link_of_the_chain_is_refused(shelf, signed_in):
    client, page = signed_in(shelf["theirs"]), shelf["open"][LessonPage]
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    link = {"relation": "extracted_into", "evidence_text": "บันทึก", "date": "2024-01-01",
            "author": "ทีม"}
    model = ModelPageFactory._meta.model
    for name, expected in (("closed", []), ("open", [shelf["open"][model].pk])):
        client.post(address, posted(page, chain_links=inline_formset(
            [link | {"target": shelf[name][model].pk}])))
        assert [x.target_id for x in stored(page).chain_links.all()] == expected

