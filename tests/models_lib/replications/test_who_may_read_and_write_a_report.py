"""Who may read and change an unpublished report; contact details are shown to editors only."""

import json

import pytest
from django.core import serializers
from django.urls import reverse
from wagtail.models import ReferenceIndex

from hub.models import KnowledgePage, OutboxEntry
from models_lib.models import (
    ReplicationContact,
    ReplicationPage,
    ReplicationPhoto,
    ReplicationReport,
)
from models_lib.replications.account_section import erase_of, export_of
from models_lib.replications.statistics import statistics_of
from search.index.entries import EntryBuilder
from tests.models_lib.replications.reports import (
    EMAIL,
    PHONE,
    SECRET,
    answers,
    model_with_blocks,
    photo,
    sent,
)

pytestmark = pytest.mark.django_db
EVERYBODY = ["visitor", "member", "other_member", "editor", "moderator"]


@pytest.fixture
def model(hub):
    return model_with_blocks()


@pytest.fixture
def clients(visitor, member, other_member, editor, moderator, signed_in):
    people = {"member": member, "other_member": other_member, "editor": editor,
              "moderator": moderator}
    return {"visitor": visitor} | {name: signed_in(user) for name, user in people.items()}


def draft(clients, model, **changes):
    clients["member"].post(f"{model.url}replicate/", answers(
        model, send=None, save="1", **{"photo-1": photo(), "photo-1-alt": "ปู"}) | changes)
    return ReplicationReport.objects.get()


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_its_reporter_can_read_a_draft(who, clients, model):
    report = draft(clients, model)
    picture = report.photos.get()
    client, is_own = clients[who], who == "member"
    for address in (report.address, picture.address):
        assert (client.get(address).status_code == 200) is is_own
    client.post(report.address, answers(model, send=None, save="1", who="คนอื่น"))
    report.refresh_from_db()
    assert (report.answers["who"] == "คนอื่น") is is_own
    client.post(f"{model.url}replicate/", answers(model, send=None, delete="1"))
    assert ReplicationReport.objects.filter(pk=report.pk).exists() is not is_own
    mine = client.get("/replications/mine/")
    assert mine.status_code == (302 if who == "visitor" else 200)
    assert "กลุ่มบ้านท่าข้าม" not in mine.content.decode() or is_own


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_sent_report_can_be_read_by_editors_and_changed_by_nobody_else(who, clients, model):
    report = sent(clients["member"], model)
    client, edits = clients[who], who in ("editor", "moderator")
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[report.page_id]))
    seen = edit.status_code == 200 and PHONE in edit.content.decode()
    assert seen is edits
    assert client.get(f"/{report.page.slug}/").status_code == 404
    assert client.get(f"{model.url}{report.page.slug}/").status_code == 404
    client.post(report.address, answers(model, who="คนอื่น"))
    client.post(reverse("replications_refuse", args=[report.page_id]), {"reason": "ไม่"})
    report = ReplicationReport.objects.get()
    assert report.page.get_latest_revision_as_object().who == "กลุ่มบ้านท่าข้าม"
    assert report.state == ("refused" if who == "moderator" else "waiting")


def test_nothing_unpublished_is_seen_anywhere(clients, model, visitor):
    report = sent(clients["member"], model, **{
        "photo-1": photo(), "photo-1-alt": "ปู", "consent": "on"})
    for address in (model.url, "/", "/search/?q=ท่าข้าม", "/search/?kind=replication",
                    "/search/feed/?kind=replication"):
        body = visitor.get(address).content.decode()
        assert "กลุ่มบ้านท่าข้าม" not in body and "ปูตาย" not in body, address
    assert statistics_of(model).total == 0 and not model.chain_for_readers()
    assert [e.key for e in EntryBuilder().entries()] == [f"page:{model.pk}"]
    assert not KnowledgePage.objects.open_to_all().filter(pk=report.page_id).exists()


def test_contact_details_are_shown_to_editors_only(clients, model, visitor, moderator):
    report = sent(clients["member"], model)
    assert ReplicationContact.objects.get().phone == PHONE
    report.page.get_latest_revision().publish(user=moderator)
    page = ReplicationPage.objects.get()
    seen = [visitor.get(address).content.decode() for address in (
        page.url, model.url, "/search/?q=ท่าข้าม", "/search/feed/?q=ท่าข้าม",
    )]
    seen += [json.dumps(r.content, ensure_ascii=False) for r in page.revisions.all()]
    seen += [serializers.serialize("json", [page, report], ensure_ascii=False)]
    seen += [json.dumps(r.answers, ensure_ascii=False) for r in ReplicationReport.objects.all()]
    seen += [str(entry) for entry in EntryBuilder().entries()]
    seen += [json.dumps(page.serializable_data(), default=str, ensure_ascii=False)]
    seen += [str(row.__dict__) for row in OutboxEntry.objects.all()]
    seen += [str(row.__dict__) for row in ReferenceIndex.objects.all()]
    assert "กลุ่มบ้านท่าข้าม" in seen[0]
    for text in seen:
        for secret in (SECRET, PHONE, EMAIL):
            assert secret not in text
    assert page.url not in visitor.get(f"/search/?q={PHONE}").content.decode()
    other = clients["other_member"]
    assert PHONE not in other.get(page.url).content.decode()
    assert PHONE in clients["editor"].get(
        reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


def test_personal_data_is_exported_and_erased(
    clients, model, member, moderator, django_capture_on_commit_callbacks
):
    published = sent(clients["member"], model)
    published.page.get_latest_revision().publish(user=moderator)
    waiting = sent(clients["member"], model, key="22222222-2222-4222-8222-222222222222", **{
        "photo-1": photo(), "photo-1-alt": "ปู", "consent": "on"})
    file = waiting.photos.get().file
    reports = ReplicationReport.objects.reported_by(member)
    assert {str(r.state) for r in reports} == {"published", "waiting"}
    data = json.loads(json.dumps(export_of(member)))
    assert {d["state"] for d in data} == {"published", "waiting"}
    assert data[0]["contact"]["phone"] == PHONE and data[0]["answers"]["who"]
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_of(member) == 2
    assert not ReplicationReport.objects.exists() and not ReplicationContact.objects.exists()
    assert not ReplicationPhoto.objects.exists() and not file.storage.exists(file.name)
    page = ReplicationPage.objects.get()
    assert page.pk == published.page_id and page.live and page.owner is None
