"""Closing a lesson takes effect at once; opening it takes effect with its newest version."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.signals import post_save
from django.utils import timezone
from wagtail.models import Collection, Page, PageViewRestriction

from hub.models import Attachment, KnowledgePage, Organisation
from lessons.models import LessonPage, PrivateCollection
from search.query.find import find
from tests.factories import (
    LessonPageFactory,
    ModelPageFactory,
    SectionPageFactory,
    document,
    organisation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(hub):
    return organisation("กลุ่มบ้านเรา")


@pytest.fixture
def author(ours, editor):
    editor.organisations.add(ours)
    return editor


def closed(ours, **fields):
    return LessonPageFactory(
        **{"openness": "private", "organisation": ours, "parent": SectionPageFactory()} | fields
    )


def is_public(page):
    return KnowledgePage.objects.open_to_all().filter(pk=page.pk).exists()


def draft(page, **fields):
    page = LessonPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(page, name, value)
    return page.save_revision()


def test_a_closed_lesson_needs_an_organisation(hub):
    with pytest.raises(ValidationError) as refused:
        closed(None)
    assert "organisation" in refused.value.message_dict


@pytest.mark.postgresql
def test_a_closed_lesson_is_never_live_without_its_restriction(ours):
    seen = []

    def look(sender, instance, **kwargs):
        if isinstance(instance, Page):
            seen.append(is_public(instance))

    page = closed(ours, live=False)
    revision = draft(page, title="ใหม่")
    post_save.connect(look)
    try:
        revision.publish()
        copy = LessonPage.objects.get(pk=page.pk).copy(
            update_attrs={"slug": "copy"}, keep_live=True)
    finally:
        post_save.disconnect(look)
    assert not is_public(page) and not is_public(copy)
    assert not any(seen[:1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_the_row_and_restriction_of_a_new_closed_page_are_committed_together(hub):
    """The row and its restriction become visible with the same commit."""
    from django.db import connection

    ours = organisation("กลุ่มบ้านเรา")
    parent = SectionPageFactory()
    blocks = []
    page = LessonPage(
        title="ปิด", slug="closed", summary="ย่อ", event="ก", expected="ข", happened="ค", why="ง",
        next_time="จ", openness="private", organisation=ours, locale=parent.locale, live=True,
    )

    def at_restriction(sender, instance, **kwargs):
        blocks.append(connection.in_atomic_block)

    from wagtail.models import PageViewRestriction

    post_save.connect(at_restriction, sender=PageViewRestriction)
    try:
        parent.add_child(instance=page)
    finally:
        post_save.disconnect(at_restriction, sender=PageViewRestriction)
    assert blocks == [True]
    assert not is_public(page)


def test_a_draft_that_closes_it_takes_it_away_at_once(ours):
    page = LessonPageFactory(title="บทเรียนนกเงือก", parent=SectionPageFactory())
    assert is_public(page) and find("นกเงือก").total == 1
    draft(page, openness="private", organisation=ours)
    assert not is_public(page) and find("นกเงือก").total == 0
    assert LessonPage.objects.get(pk=page.pk).openness == "private"


def test_a_draft_opens_nothing_that_is_live_and_publishing_it_does(ours):
    page = closed(ours)
    revision = draft(page, openness="public", organisation=None)
    assert not is_public(page)
    revision.publish()
    page = LessonPage.objects.get(pk=page.pk)
    assert is_public(page) and page.openness == "public" and page.organisation is None


def test_a_draft_never_published_opens_to_the_editors_as_soon_as_it_says_so(ours, editor):
    page = closed(ours, live=False)
    assert not page.permissions_for_user(editor).can_edit()
    draft(page, openness="public", organisation=None)
    page = LessonPage.objects.get(pk=page.pk)
    assert page.permissions_for_user(editor).can_edit()
    assert not page.view_restrictions.exists()


def test_an_older_scheduled_version_does_not_open_a_lesson(ours):
    page = LessonPageFactory(parent=SectionPageFactory())
    soon = timezone.now() + timedelta(hours=1)
    waiting = draft(page, title="ฉบับเปิด", go_live_at=soon)
    waiting.publish()  # waits
    draft(page, openness="private", organisation=ours, go_live_at=None)
    page.revisions.filter(pk=waiting.pk).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    assert not is_public(page)
    assert LessonPage.objects.get(pk=page.pk).openness == "private"


def test_translations_and_aliases_are_closed_too(ours, english_home):
    page = LessonPageFactory(parent=SectionPageFactory())
    twin = page.copy_for_translation(english_home.locale, copy_parents=True)
    twin.save_revision().publish()
    alias = page.create_alias(parent=SectionPageFactory(), update_slug="alias")
    assert is_public(twin) and is_public(alias)
    draft(page, openness="aggregate", organisation=ours)
    assert not is_public(twin) and not is_public(alias)
    LessonPage.objects.get(pk=twin.pk).latest_revision.publish()
    assert not is_public(twin)


def test_files_of_a_closed_lesson_are_in_the_private_collection(ours):
    own, shared = document("ของเรา", "own.txt"), document("ใช้ร่วม", "shared.txt")
    other = ModelPageFactory()
    other.attachments.add(Attachment(document=shared))
    other.save_revision().publish()
    page = LessonPageFactory(parent=SectionPageFactory())
    page.attachments.add(Attachment(document=own), Attachment(document=shared))
    page.save_revision().publish()
    draft(page, openness="private", organisation=ours)
    own.refresh_from_db(), shared.refresh_from_db()
    assert own.collection == PrivateCollection.of(ours)
    assert shared.collection == Collection.get_first_root_node()
    draft(page, openness="public", organisation=None).publish()
    own.refresh_from_db()
    assert own.collection == Collection.get_first_root_node()


def test_a_restriction_created_by_somebody_else_is_kept(ours):
    from wagtail.models import PageViewRestriction

    page = LessonPageFactory(parent=SectionPageFactory())
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    draft(page, openness="private", organisation=ours)
    draft(page, openness="public", organisation=None).publish()
    assert not is_public(page)


# In the editor


def form_of(client, page, **changed):
    """The editor's form of ``page`` as it stands, with ``changed``."""
    answer = client.get(f"/admin/pages/{page.pk}/edit/")
    form = answer.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        data[bound.html_name] = "" if value is None else value
    for formset in form.formsets.values():
        data |= {f"{formset.prefix}-{k}": v for k, v in (
            ("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0), ("MIN_NUM_FORMS", 0), ("MAX_NUM_FORMS", 99))}
    data |= dict.fromkeys(
        ["body-count", "results-count", "comments-TOTAL_FORMS", "comments-INITIAL_FORMS"], 0)
    data |= changed
    return {k: v for k, v in data.items() if v is not False}


def test_authors_are_offered_their_organisations_and_publish_for_them(author, ours, signed_in):
    organisation("กลุ่มบ้านโน้น")
    page = LessonPageFactory(parent=SectionPageFactory(), live=False)
    page.save_revision()
    client = signed_in(author)
    form = client.get(f"/admin/pages/{page.pk}/edit/").context["form"]
    assert [str(g) for g in form.fields["organisation"].queryset] == ["กลุ่มบ้านเรา"]
    assert not page.permissions_for_user(author).can_publish()
    data = form_of(client, page, openness="private", organisation=ours.pk)
    assert client.post(f"/admin/pages/{page.pk}/edit/", data).status_code == 302
    data = form_of(client, page) | {"action-publish": "1"}
    assert client.post(f"/admin/pages/{page.pk}/edit/", data).status_code == 302
    page = LessonPage.objects.get(pk=page.pk)
    assert page.live and not is_public(page)


def test_a_group_for_a_role_is_no_organisation(author, signed_in):
    """Nor is an organisation of others, or one that is not active any more."""
    roles = Group.objects.filter(organisation=None)
    assert {"Moderators", "Community verifiers", "Facilitators"} <= set(
        roles.values_list("name", flat=True))
    author.groups.add(*roles.exclude(name="Moderators"))
    theirs = Organisation.objects.create(pk=1001, name_th="บ้านโน้น", slug="b", kind="other")
    closed = Organisation.objects.create(
        pk=1002, name_th="เลิกแล้ว", slug="c", kind="other", is_active=False)
    author.organisations.add(closed)
    Organisation.objects.filter(pk__in=roles.values("pk")).delete()  # none has the number of a role
    page = LessonPageFactory(parent=SectionPageFactory(), live=False)
    page.save_revision()
    client = signed_in(author)
    address = f"/admin/pages/{page.pk}/edit/"
    data = form_of(client, page, openness="private")
    for pk in (*roles.values_list("pk", flat=True), theirs.pk, closed.pk):
        answer = client.post(address, data | {"organisation": pk})
        assert "organisation" in answer.context["form"].errors, pk
    row = LessonPage.objects.get(pk=page.pk)
    assert (row.openness, row.organisation) == ("public", None)
    assert not PageViewRestriction.objects.filter(page=page).exists()


def test_the_restriction_goes_to_the_group_behind_the_organisation(ours):
    page = closed(ours)
    (rule,) = PageViewRestriction.objects.filter(page=page)
    assert list(rule.groups.all()) == [ours.group]
    other = organisation("กลุ่มบ้านโน้น")
    draft(page, openness="private", organisation=other)
    (rule,) = PageViewRestriction.objects.filter(page=page)
    assert list(rule.groups.all()) == [other.group]


@pytest.mark.postgresql
def test_an_organisation_that_an_earlier_version_names_is_kept(ours):
    page = closed(ours)
    first = page.latest_revision
    draft(page, openness="public", organisation=None).publish()
    with pytest.raises(ProtectedError), transaction.atomic():
        ours.delete()
    assert first.as_object().organisation == ours
    page.delete()
    ours.delete()
    assert not Group.objects.filter(pk=ours.group_id).exists()


def test_only_moderators_publish_a_lesson_for_everybody(author, ours, signed_in):
    page = closed(ours)
    client = signed_in(author)
    data = form_of(client, page, openness="public", organisation="") | {"action-publish": "1"}
    answer = client.post(f"/admin/pages/{page.pk}/edit/", data)
    assert "openness" in answer.context["form"].errors
    assert not is_public(page)
    with pytest.raises(Exception, match="permission"):
        draft(page, openness="public", organisation=None).publish(user=author)
    assert not is_public(page)


def test_a_closed_lesson_is_not_sent_to_moderators(author, ours, signed_in, mailoutbox):
    page = closed(ours, live=False)
    client = signed_in(author)
    data = form_of(client, page) | {"action-submit": "1"}
    answer = client.post(f"/admin/pages/{page.pk}/edit/", data)
    assert "openness" in answer.context["form"].errors
    assert not mailoutbox
