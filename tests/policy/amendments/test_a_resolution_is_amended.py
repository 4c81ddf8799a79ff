"""Amending is an act of its own; the form of the page shows published clauses as they stand."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from policy.models import Amendment, Clause, ClauseTerms, ResolutionPage, StatusPeriod
from tests.factories import ResolutionPageFactory
from tests.policy.amendments.test_no_door_changes_a_published_clause import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor_client(django_user_model, hub):
    user = django_user_model.objects.create_user(
        "moderator", "m@example.org", "secret", first_name="สุดา", last_name="ใจดี")
    user.groups.add(Group.objects.get(name="Moderators"))
    client = Client()
    client.force_login(user)
    return client


def amendment_data(resolution, **changes):
    """What the form posts; ``changes`` of clause 1."""
    data = {"decided_on": "9/9/2567", "reason": "สมัชชาครั้งที่ 2 เลื่อนกำหนด"}
    for terms in ClauseTerms.objects.filter(resolution_key=resolution.translation_key):
        prefix = f"clause-{terms.clause_key}-"
        values = {"number": terms.number, "text_th": terms.texts["th"], "channel": terms.channel,
                  "due": terms.due or "", "measure": terms.measure, "target": "",
                  "target_unit": "", "parties": [party.pk for party in terms.parties.all()]}
        if terms.number == "1":
            values |= changes
        data |= {prefix + name: value for name, value in values.items()}
    return data


def test_a_due_date_moves_only_by_amending_and_overdue_stays(
    resolution, key, party, editor_client, visitor, cell_address
):
    address = reverse("policy_amend", args=[resolution.pk])
    assert address in editor_client.get(
        reverse("wagtailadmin_pages:edit", args=[resolution.pk])).content.decode()
    assert "ซ่อมทุ่น" in editor_client.get(address).content.decode()
    answer = editor_client.post(address, amendment_data(resolution, due="1 ม.ค. 2573"))
    assert answer.status_code == 302
    today = timezone.localdate()
    assert list(StatusPeriod.objects.filter(clause_key=key, party=party).values_list(
        "status", "since")) == [
        ("no_report", date(2023, 9, 1)), ("overdue", date(2024, 1, 2)), ("no_report", today),
        ("overdue", date(2030, 1, 2)),
    ]
    assert Clause.objects.get(translation_key=key).due == date(2030, 1, 1)
    amendment = Amendment.objects.get()
    assert amendment.decided_on == date(2024, 9, 9) and amendment.amended_by_name == "สุดา ใจดี"
    for page in (resolution.url, cell_address):
        body = visitor.get(page).content.decode()
        for shown in ("สมัชชาครั้งที่ 2 เลื่อนกำหนด", "1 มกราคม 2567", "1 มกราคม 2573"):
            assert shown in body
    data = b"".join(visitor.get(f"{cell_address}data.csv").streaming_content).decode()
    assert "amended" in data and "สมัชชาครั้งที่ 2 เลื่อนกำหนด" in data
    # A new version, whose note is the reason; the one before reads as it was.
    versions = ResolutionPage.objects.get(pk=resolution.pk).published_versions.all()
    assert versions[0].note == "สมัชชาครั้งที่ 2 เลื่อนกำหนด"
    assert "1 มกราคม 2567" in visitor.get(
        f"{resolution.url}v/{versions[1].number}/").content.decode()


@pytest.mark.parametrize(("changes", "words"), [
    ({}, "ไม่มีอะไรเปลี่ยน"),
    ({"due": "31/2/2573"}, "ไม่มีวันที่ 31"),
    ({"due": "1/1/2560"}, "ก่อนวันรับ"),
    ({"number": "2"}, "มีสองข้อ"),
    ({"target": "๓๐"}, "หน่วย"),
    ({"text_th": ""}, "กรอก"),
])
def test_what_cannot_be_is_refused_beside_the_field(resolution, editor_client, changes, words):
    answer = editor_client.post(
        reverse("policy_amend", args=[resolution.pk]), amendment_data(resolution, **changes))
    body = answer.content.decode()
    assert answer.status_code == 422 and words in body, body
    assert "เลื่อนกำหนด" in body  # what was typed is still there
    assert not Amendment.objects.exists()


def test_a_decision_to_come_is_refused(resolution, editor_client):
    data = amendment_data(resolution, due="1/1/2573")
    data["decided_on"] = (timezone.localdate() + timedelta(days=1)).isoformat()
    answer = editor_client.post(reverse("policy_amend", args=[resolution.pk]), data)
    assert answer.status_code == 422 and "ยังมาไม่ถึง" in answer.content.decode()


def test_who_may_not_publish_may_not_amend(resolution, django_user_model):
    user = django_user_model.objects.create_user("editor", "e@example.org", "secret")
    user.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    client.force_login(user)
    client.post(reverse("policy_amend", args=[resolution.pk]),
                amendment_data(resolution, due="1/1/2573"))
    assert not Amendment.objects.exists()


def test_a_draft_stays_a_draft(resolution, editor_client):
    page = resolution.get_latest_revision_as_object()
    page.title = "ชื่อที่ยังไม่เผยแพร่"
    page.save_revision()
    editor_client.post(reverse("policy_amend", args=[resolution.pk]),
                       amendment_data(resolution, due="1/1/2573"))
    page = ResolutionPage.objects.get(pk=resolution.pk)
    draft = page.get_latest_revision_as_object()
    assert (page.title, draft.title) == ("มติเรื่องทุ่น", "ชื่อที่ยังไม่เผยแพร่")
    assert {p.clauses.get(number="1").due for p in (page, draft)} == {date(2030, 1, 1)}


def test_the_form_of_the_page_refuses_and_keeps_the_rest(resolution, editor_client):
    address = reverse("wagtailadmin_pages:edit", args=[resolution.pk])
    answer = editor_client.post(address, form_data(resolution, due="1/1/2573"))
    body = answer.content.decode()
    assert answer.status_code == 200 and "“1/1/2573”" in body and "แก้ไขมติ" in body
    answer = editor_client.post(address, form_data(resolution, DELETE="1"))
    assert "เอาออกไม่ได้" in answer.content.decode()
    # A new clause is welcome, but not with a number that is taken.
    rows = form_data(resolution)
    new = {"clauses-2-id": "", "clauses-2-text": "ให้ประเมินผล", "clauses-2-ORDER": "3",
           "clauses-2-channel": "", "clauses-2-due": "", "clauses-2-measure": "",
           "clauses-2-target": "", "clauses-2-target_unit": "", "clauses-2-DELETE": "",
           "clauses-TOTAL_FORMS": "3"}
    answer = editor_client.post(address, rows | new | {"clauses-2-number": "1"})
    assert answer.status_code == 200 and "มีสองข้อ" in answer.content.decode()
    answer = editor_client.post(address, rows | new | {"clauses-2-number": "3"})
    assert answer.status_code == 302
    page = ResolutionPage.objects.get(pk=resolution.pk)
    assert [c.number for c in page.clauses.all()] == ["1", "2", "3"]
    assert ClauseTerms.objects.filter(number="3", texts={"th": "ให้ประเมินผล"}).exists()


def test_a_number_is_given_once_in_an_assembly(resolution, editor_client):
    other = ResolutionPageFactory(parent=resolution.get_parent().specific, number="2/2")
    data = form_data(resolution) | {"title": other.title, "slug": other.slug, "number": "2/1",
                                    "clauses-TOTAL_FORMS": 0, "clauses-INITIAL_FORMS": 0}
    answer = editor_client.post(reverse("wagtailadmin_pages:edit", args=[other.pk]), data)
    assert answer.status_code == 200 and "มีมติ 2/1 อยู่แล้ว" in answer.content.decode()
    for name, sent in (("copy", {"new_title": "x", "new_slug": "x", "new_parent_page":
                                 resolution.get_parent().pk}), ("delete", {})):
        editor_client.post(reverse(f"wagtailadmin_pages:{name}", args=[resolution.pk]), sent)
    assert ResolutionPage.objects.filter(number="2/1").count() == 1
