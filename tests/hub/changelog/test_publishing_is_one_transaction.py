"""Publishing leaves page, revision, audit entry and change-log row together, or nothing."""

import pytest
from django.urls import reverse
from wagtail.models import PageLogEntry, Revision
from wagtail.signals import page_published
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from hub.models import OutboxEntry
from lessons.models import PracticePage
from tests.factories import SectionPageFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def form(**fields):
    return nested_form_data({
        "title": "ป่า", "slug": "", "summary": "ย่อ", "context_text": "", "outcome": "",
        "licence": "cc-by-4.0", "body-count": "0", "comments": inline_formset([]),
        "contributors": inline_formset([]), "attachments": inline_formset([]),
        "chain_links": inline_formset([]), "action-publish": "publish", **fields,
    })


def counts():
    return [m.objects.count() for m in (PracticePage, Revision, PageLogEntry, OutboxEntry)]


@pytest.fixture
def address(hub):
    return reverse(
        "wagtailadmin_pages:add", args=["lessons", "practicepage", SectionPageFactory().pk]
    )


def test_a_publish_that_succeeds_leaves_all_of_it(address, administrator, signed_in):
    before = counts()
    response = signed_in(administrator).post(address, form())
    assert response.status_code == 302
    assert all(now > then for now, then in zip(counts(), before, strict=True))
    page = PracticePage.objects.get()
    assert page.live
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish").exists()
    assert OutboxEntry.objects.filter(kind="page", object_id=page.pk).exists()


def test_a_publish_that_breaks_in_the_middle_leaves_nothing(address, administrator, signed_in):
    def broken(**kwargs):
        raise RuntimeError("the power failed")

    client = signed_in(administrator)
    before = counts()
    page_published.connect(broken)
    try:
        client.raise_request_exception = False
        assert client.post(address, form()).status_code == 500
    finally:
        page_published.disconnect(broken)
    assert counts() == before


def test_two_titles_that_differ_in_a_mark_only_get_two_addresses(
    address, administrator, signed_in, visitor
):
    client = signed_in(administrator)
    for title in ("ป่า", "ปา", "ป่า"):
        assert client.post(address, form(title=title)).status_code == 302
    assert list(PracticePage.objects.order_by("pk").values_list("slug", flat=True)) == [
        "ป่า", "ปา", "ป่า-2"
    ]
    for page in PracticePage.objects.all():
        assert visitor.get(page.url).status_code == 200


def test_a_slug_with_spaces_is_rejected_in_the_readers_language(
    address, administrator, signed_in
):
    response = signed_in(administrator).post(address, form(slug="ป่า ชายเลน?"))
    assert response.status_code == 200
    assert "ใช้ตัวอักษร" in response.content.decode()
    assert not PracticePage.objects.exists()


def test_pages_are_published_and_expire_on_time_with_their_audit_entries(hub):
    from datetime import timedelta

    from django.core.management import call_command
    from django.utils import timezone

    from tests.factories import LessonPageFactory

    now = timezone.now()
    due = LessonPageFactory(live=False)
    due.go_live_at = now - timedelta(minutes=1)
    due.save_revision(approved_go_live_at=due.go_live_at)
    old = LessonPageFactory()
    type(old).objects.filter(pk=old.pk).update(expire_at=now - timedelta(minutes=1))
    rows = OutboxEntry.objects.count()
    call_command("keep_schedule", "--once")
    due.refresh_from_db()
    old.refresh_from_db()
    assert (due.live, old.live) == (True, False)
    for page, action in ((due, "publish"), (old, "unpublish")):
        entries = PageLogEntry.objects.filter(page=page.pk).values_list("action", flat=True)
        assert any(action in entry for entry in entries), list(entries)
    assert OutboxEntry.objects.count() > rows
