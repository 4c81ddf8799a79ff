"""A hub of each release is migrated to the present, and everything in it still opens."""

import io
import re
import zipfile

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

from courses.models import CurriculumPage
from hub.models import PublishedVersion
from policy.models import ClauseReport, ResolutionPage
from tests.releases import stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture(params=stored.RELEASES)
def release(request, transactional_db, tmp_path, settings):
    """A hub as it was at a release, before it is migrated."""
    settings.BACKUP_DIR = ""
    place = tmp_path / "stored"
    place.mkdir()
    stored.restore(request.param, place)
    yield request.param
    stored.forget()


def opens(client, address, *words):
    """The text at ``address``, which is answered 200 and has ``words``."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    text = answer.content.decode()
    for word in words:
        assert word in text, f"{address}: {word}"
    return text


def page_types():
    return [model for model in get_page_models() if model is not Page]


def first_of_each_type():
    """A public page of each type that the stored hub has, by type."""
    found = {
        model: model.objects.live().public().filter(locale__language_code="th")
        .order_by("pk").first() for model in page_types()}
    return {model: page for model, page in found.items() if page}


def test_the_stored_hub_has_one_of_everything(release):
    """Else the next test would show less than it says."""
    assert {*page_types()} == {*first_of_each_type()}
    for model in (PublishedVersion, ClauseReport, *get_snippet_models()):
        if model._meta.app_label in {"search", "hub", "policy"}:
            assert model.objects.exists(), model


def test_it_is_migrated_and_everything_opens(release, visitor, signed_in):
    call_command("upgrade")
    call_command("check", fail_level="WARNING")
    assert visitor.get("/readyz").json()["schema"] == "ok"
    administrator = signed_in(get_user_model().objects.create_superuser("upgraded"))
    pages = first_of_each_type()
    for page in pages.values():
        opens(visitor, page.url, page.title)
        opens(administrator, f"/admin/pages/{page.pk}/edit/", page.title)
        assert page.get_latest_revision_as_object().title
    opens(administrator, "/admin/")
    for model in get_snippet_models():
        opens(administrator, reverse(model.snippet_viewset.get_url_name("list")))

    version = PublishedVersion.objects.filter(page__in=Page.objects.live().public()).first()
    opens(visitor, f"{version.page.url}v/{version.number}/")
    opens(visitor, "/search/?q=ปู", "ปูม้า")
    resolution = pages[ResolutionPage]
    opens(visitor, reverse("follow_up"), f'id="r{resolution.pk}"')
    report = ClauseReport.objects.first()
    opens(visitor, reverse("follow_up_cell", args=[report.clause_key, report.party.slug]),
          report.party.organisation.name_th)
    pack = b"".join(visitor.get(f"{pages[CurriculumPage].url}pack/").streaming_content)
    with zipfile.ZipFile(io.BytesIO(pack)) as unpacked:
        assert unpacked.testzip() is None
        assert any(re.search(r"\.html$", name) for name in unpacked.namelist())


def test_a_column_that_the_hub_of_then_lacks_is_told(release):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE courses_knownhandout DROP COLUMN was_closed")
    assert apps.get_model("courses", "KnownHandout")._meta.get_field("was_closed")
    with pytest.raises(CommandError, match=r"lacks courses_knownhandout\.was_closed"):
        call_command("upgrade")
