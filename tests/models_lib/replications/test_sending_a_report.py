"""A member reports a replication in the form below its Model."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import WorkflowState

from hub.models import HubImage
from models_lib.models import ReplicationPage, ReplicationReport
from models_lib.replications import views
from tests.factories import ModelPageFactory, home
from tests.models_lib.replications.reports import answers, model_with_blocks, photo, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(hub):
    return model_with_blocks()


@pytest.fixture
def client(member, signed_in):
    return signed_in(member)


def test_a_visitor_is_redirected_to_sign_in_and_back(model, visitor):
    response = visitor.get(f"{model.url}replicate/")
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert "next=" in response.url and "replicate" in response.url
    assert visitor.post(f"{model.url}replicate/", answers(model)).status_code == 302
    assert not ReplicationReport.objects.exists()


def test_a_report_becomes_a_draft_below_its_model_in_the_workflow(model, client, member):
    report = sent(client, model)
    page = ReplicationPage.objects.get()
    assert report.page == page and page.get_parent().specific == model
    assert not page.live and page.owner == member and page.locale == model.locale
    assert page.current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    assert page.current_workflow_state.requested_by == member
    assert report.state == "waiting"
    assert (page.who, page.outcome, page.place) == ("กลุ่มบ้านท่าข้าม", "failure", "lake")
    assert (page.started, page.ended) == (date(2024, 5, 1), date(2025, 3, 31))
    assert (page.households, page.cost_baht) == (42, 12500)
    assert [area.geocode for area in page.areas.all()] == ["901113"]
    blocks = [(b.block.title, b.block_title, b.outcome, b.why) for b in page.block_outcomes.all()]
    assert blocks == [("จุดรับฝาก", "จุดรับฝาก", "kept", "มีที่พร้อม"),
                      ("ถังฟัก", "ถังฟัก", "dropped", "ถังแพง")]
    link = page.chain_links.get()
    assert (link.relation, link.target_id) == ("replicates", model.pk)
    assert page.title == "กลุ่มบ้านท่าข้าม (ท่าข้าม): ไม่ได้ผล"


def test_an_english_model_takes_english_reports(english_home, client):
    model = model_with_blocks(parent=english_home, title="Crab bank")
    assert model.url.startswith("/en/")
    page = client.get(f"{model.url}replicate/")
    assert "Send to the editors" in page.content.decode()
    report = sent(client, model, area_typed="Tha Kham, Hat Yai", started="May 2024", ended="")
    assert report.page.locale.language_code == "en"
    assert "It did not work" in report.page.title


@pytest.mark.postgresql
def test_a_form_sent_twice_is_one_report(model, client):
    first = sent(client, model)
    again = client.post(f"{model.url}replicate/", answers(model) | {"photo-1": photo()})
    assert again.status_code == 302
    assert ReplicationReport.objects.get() == first
    assert ReplicationPage.objects.count() == 1
    assert WorkflowState.objects.count() == 1 and not first.photos.exists()


@pytest.mark.parametrize(("changes", "field"), [
    ({"who": ""}, "who"), ({"started": "เมื่อก่อน"}, "started"), ({"started": ""}, "started"),
    ({"started": "1/2600"}, "started"), ({"ended": "1/2560"}, "ended"),
    ({"ended": "31/2/2567"}, "ended"), ({"outcome": ""}, "outcome"),
    ({"outcome": "great"}, "outcome"), ({"result": " "}, "result"), ({"evidence": ""}, "evidence"),
    ({"cost_baht": "สองหมื่น"}, "cost_baht"), ({"cost_baht": "99999999999"}, "cost_baht"),
    ({"households": "-4"}, "households"), ({"contact_email": "ไม่มี"}, "contact_email"),
    ({"area_typed": "ตำบลที่ไม่มี"}, "area_typed"), ({"area_typed": ""}, "area_typed"),
    ({"area_typed": "หาดใหญ่"}, "area_typed"), ({"area_chosen": "900101"}, "area_typed"),
    ({"who": "\0\u200b"}, "who"), ({"place": "moon"}, "place"), ({"who": "ก" * 256}, "who"),
])
@pytest.mark.postgresql
def test_errors_are_shown_at_their_fields_and_input_is_kept(model, client, changes, field):
    response = client.post(f"{model.url}replicate/", answers(model, **changes))
    assert response.status_code == 422
    body = response.content.decode()
    assert f'id="{field}-problem"' in body
    report = ReplicationReport.objects.get()
    assert report.state == "draft" and not ReplicationPage.objects.exists()
    kept = client.get(report.address).content.decode()
    for text in (body, kept):
        assert "น้ำจืดเกินไป ปูตาย" in text or field == "result"
        assert "ถังแพง" in text and "081-234-5678" in text
        assert 'value="failure" checked' in text or field == "outcome"
    if changes.get(field, "").strip("\0 ") and field not in ("outcome", "place", "who"):
        assert changes[field] in kept


def test_a_reason_without_an_outcome_is_an_error(model, client):
    third = model.building_blocks.all()[2]
    response = client.post(f"{model.url}replicate/", answers(model, **{f"why-{third.pk}": "แพง"}))
    assert response.status_code == 422
    assert f'id="block-{third.pk}-problem"' in response.content.decode()


def test_a_district_is_enough_and_may_be_chosen_from_the_list(model, client):
    assert sent(client, model, area_typed="", area_chosen="9011").page.areas.get().geocode == "9011"


def test_photos_are_rotated_resized_and_stripped_of_their_location(model, client, settings):
    report = sent(client, model, **{
        "photo-1": photo(size=(2400, 1800)), "photo-1-alt": "ถังฟักสองแถว", "consent": "on",
    })
    picture = report.photos.get()
    with Image.open(picture.file) as image:
        assert image.size == (1200, 1600) and image.format == "JPEG"
        assert not image.getexif() and "exif" not in image.info
    image = HubImage.objects.get()
    assert image.alt_text == "ถังฟักสองแถว"
    assert [b.value["image"] for b in report.page.body] == [image]
    with Image.open(image.file) as original:
        assert not original.getexif()


def test_photos_are_kept_while_alternative_text_or_consent_is_missing(model, client):
    response = client.post(f"{model.url}replicate/", answers(model, **{"photo-1": photo()}))
    report = ReplicationReport.objects.get()
    picture = report.photos.get()
    body = response.content.decode()
    assert response.status_code == 422
    assert f'id="alt-{picture.pk}-problem"' in body and 'id="consent-problem"' in body
    assert picture.address in body
    assert client.get(picture.address).headers["Content-Type"] == "image/jpeg"
    done = client.post(report.address, answers(model, consent="on") | {
        f"alt-{picture.pk}": "บ่อปู"})
    assert done.status_code == 302
    assert HubImage.objects.get().alt_text == "บ่อปู"


def test_a_file_that_is_no_picture_is_rejected_and_the_rest_is_kept(model, client):
    bad = SimpleUploadedFile("เสีย.jpg", photo().read()[:900], "image/jpeg")
    response = client.post(f"{model.url}replicate/", answers(model, consent="on") | {
        "photo-1": bad, "photo-1-alt": "หนึ่ง", "photo-2": photo(), "photo-2-alt": "สอง"})
    assert response.status_code == 422
    body = response.content.decode()
    assert "เสีย.jpg" in body and 'value="หนึ่ง"' in body
    assert [p.alt_text for p in ReplicationReport.objects.get().photos.all()] == ["สอง"]


def test_a_report_has_room_for_six_photos(
    model, client, django_capture_on_commit_callbacks
):
    files = {f"photo-{n}": photo(size=(40, 30)) for n in range(1, 7)}
    words = {f"photo-{n}-alt": f"ภาพ {n}" for n in range(1, 7)}
    client.post(f"{model.url}replicate/", answers(model, who="") | files | words)
    report = ReplicationReport.objects.get()
    response = client.post(report.address, answers(model) | {"photo-1": photo(size=(40, 30))})
    assert response.status_code == 422 and report.photos.count() == 6
    first = report.photos.first()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(report.address, answers(model, send=None, save="1") | {
            f"remove-{first.pk}": "on"})
    assert report.photos.count() == 5 and not first.file.storage.exists(first.file.name)


def test_a_draft_is_kept_resumed_and_deleted(model, client):
    saved = client.post(f"{model.url}replicate/", answers(
        model, send=None, save="1", started="ปีก่อน", result=""), follow=True)
    assert saved.status_code == 200 and "เก็บไว้ให้แล้ว" in saved.content.decode()
    report = ReplicationReport.objects.get()
    assert report.address in client.get("/replications/mine/").content.decode()
    assert report.address in client.get(f"{model.url}replicate/").content.decode()
    assert 'value="ปีก่อน"' in client.get(report.address).content.decode()
    client.post(report.address, answers(model, send=None, delete="1"))
    assert not ReplicationReport.objects.exists()


def test_the_honeypot_and_the_rate_limits_reject_reports(model, client, monkeypatch):
    client.post(f"{model.url}replicate/", answers(model, website="http://spam.example"))
    assert not ReplicationReport.objects.exists()
    monkeypatch.setattr(views, "MAX_SENT_PER_DAY", 1)
    sent(client, model)
    second = answers(model, key=str(uuid4()), result="เรื่องที่สอง")
    response = client.post(f"{model.url}replicate/", second)
    assert response.status_code == 429 and "เรื่องที่สอง" in response.content.decode()
    assert ReplicationReport.objects.get(key=second["key"]).state == "draft"
    monkeypatch.setattr(views, "MAX_SAVED_PER_HOUR", 1)
    third = answers(model, key=str(uuid4()), result="เรื่องที่สาม")
    response = client.post(f"{model.url}replicate/", third)
    assert response.status_code == 429 and "เรื่องที่สาม" in response.content.decode()


def test_only_a_public_live_model_takes_reports(model, client, visitor):
    draft = ModelPageFactory(title="ร่าง", live=False)
    assert client.get(f"{draft.url or '/ร่าง/'}replicate/").status_code == 404
    model.view_restrictions.create(restriction_type="login")
    assert client.get(f"{model.url}replicate/").status_code == 404
    assert client.post(f"{model.url}replicate/", answers(model)).status_code == 404
    model.view_restrictions.all().delete()
    assert client.get(f"{model.url}replicate/").status_code == 200
    model.expire_at = "2020-01-01T00:00:00Z"
    model.save()
    assert client.post(f"{model.url}replicate/", answers(model)).status_code == 404
    assert home() and not ReplicationReport.objects.exists()


@pytest.mark.postgresql
def test_an_invalid_key_or_method_is_no_server_error(model, client):
    response = client.post(f"{model.url}replicate/", answers(model, key="' OR 1=1"))
    assert response.status_code == 302 and ReplicationReport.objects.count() == 1
    assert client.delete(f"{model.url}replicate/").status_code == 405
    assert client.get(f"{model.url}replicate/{uuid4()}/").status_code == 404
    assert client.get("/replications/photo/999/").status_code == 404
