"""Opening the form of a page takes few queries, however many areas and organisations there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.models import Area
from tests.factories import FACTORIES, SectionPageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MOST = 120


@pytest.mark.parametrize("stage", FACTORIES)
def test_the_form_of_every_kind_of_page(hub, signed_in, administrator, stage):
    page = FACTORIES[stage](parent=SectionPageFactory()) if stage not in (
        "replication", "draft", "resolution") else FACTORIES[stage]()
    client, address = signed_in(administrator), reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        form = client.get(address).content.decode()
    assert str(Area.objects.last()) in form
    assert len(asked) <= MOST, len(asked)
