"""Tags in the editor are those of files that its user may choose, wherever Wagtail names them."""

import pytest
from django.urls import reverse
from taggit.models import Tag
from wagtail.images.tests.utils import get_test_image_file

from hub.access.tags import known_tags
from hub.models import HubDocument, HubImage
from lessons.models import PrivateCollection
from tests.conftest import make_user
from tests.factories import document, organisation

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DOORS = ["wagtaildocs:index", "wagtailimages:index", "wagtailimages_chooser:choose"]


@pytest.fixture
def tagged():
    """A private and an open file of each kind; a tag that no file bears."""
    ours = PrivateCollection.of(organisation("ours"))
    for name in ("secret", "open"):
        files = [document(name, f"{name}.txt"),
                 HubImage.objects.create(title=name, file=get_test_image_file(f"{name}.png"))]
        for file in files:
            file.tags.add(f"tag-{name}-{file._meta.model_name}", f"tag-{name}")
            if name == "secret":
                file.collection = ours
                file.save()
    Tag.objects.create(name="tag-left", slug="tag-left")


def client_in(name, signed_in):
    return signed_in(make_user(f"editor-{name}", "Editors", organisation(name).group.name))


def told(client) -> str:
    answers = [client.get(reverse(name)) for name in DOORS]
    answers += [client.get(reverse("wagtailadmin_tag_autocomplete"), {"term": "tag"}),
                client.get(reverse("wagtailadmin_tag_model_autocomplete",
                                   args=["taggit", "tag"]), {"term": "tag"})]
    assert {answer.status_code for answer in answers} == {200}
    return " ".join(answer.content.decode() for answer in answers)


def test_editors_outside_the_organisation_are_told_of_open_files_only(tagged, signed_in):
    text = told(client_in("theirs", signed_in))
    assert "tag-open-hubdocument" in text and "tag-open-hubimage" in text
    assert "tag-secret" not in text and "tag-left" not in text


def test_the_organisation_is_told_of_its_own_files(tagged, signed_in):
    text = told(client_in("ours", signed_in))
    assert "tag-secret-hubdocument" in text and "tag-secret-hubimage" in text


def test_hidden_tags_take_no_place_among_the_suggestions(tagged, signed_in):
    private = HubDocument.objects.get(title="secret")
    private.tags.add(*(f"tag-a{number}" for number in range(20)))
    found = client_in("theirs", signed_in).get(
        reverse("wagtailadmin_tag_autocomplete"), {"term": "tag-"}).json()
    assert found == ["tag-open", "tag-open-hubdocument", "tag-open-hubimage"]


def test_another_model_has_no_tags(signed_in, tagged):
    client = client_in("theirs", signed_in)
    for names in (["hub", "hubdocument"], ["no", "model"]):
        url = reverse("wagtailadmin_tag_model_autocomplete", args=names)
        assert client.get(url, {"term": "a"}).status_code == 404


def test_a_known_tag_stays_one_tag_when_somebody_else_uses_it(tagged):
    """Hiding is for what is told: what is stored is found, so no name is stored twice."""
    outsider = make_user("outsider", "Editors", organisation("theirs").group.name)
    assert not known_tags(outsider).filter(name="tag-secret").exists()
    HubDocument.objects.get(title="open").tags.add("tag-secret")
    assert Tag.objects.filter(name="tag-secret").count() == 1
    assert known_tags(outsider).filter(name="tag-secret").exists()
