"""Administrators see in the admin what does not get through, and can try again or drop it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from hub.models import QueuedEmail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]
State, Problem = QueuedEmail.State, QueuedEmail.Problem
SUBJECT, ADDRESS = "เรื่องของปูม้า", "reader@example.org"


@pytest.fixture
def email(hub):
    EmailMessage(SUBJECT, "เนื้อความลับ", to=[ADDRESS]).send()
    return QueuedEmail.objects.get()


@pytest.fixture
def refused(email):
    QueuedEmail.objects.update(
        state=State.UNSENDABLE, problem=Problem.REFUSED, error="SMTPRecipientsRefused 550 5.1.1",
        tries=3, finished_at=timezone.now(),
    )
    return QueuedEmail.objects.get()


@pytest.fixture
def client(administrator, signed_in):
    return signed_in(administrator)


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def test_it_lists_emails_with_their_problem_and_nothing_of_the_text(refused, client):
    listed = body(client.get(reverse("hub_emails")))
    assert SUBJECT in listed and "ส่งไม่ได้" in listed and ">3<" in "".join(listed.split())
    shown = body(client.get(reverse("hub_email", args=[refused.pk])))
    assert ADDRESS in shown and "550 5.1.1" in shown and "เซิร์ฟเวอร์อีเมลปฏิเสธ" in shown
    assert "เนื้อความลับ" not in listed + shown


def test_it_is_filtered_also_by_address(refused, client):
    for query, is_found in (
        ("state=unsendable", True), ("state=waiting", False), ("problem=refused", True),
        ("problem=sign_in", False), (f"address={ADDRESS.upper()}", True),
        ("address=other@example.org", False), ("kind=enrolled", False),
    ):
        listed = body(client.get(f"{reverse('hub_emails_results')}?{query}"))
        assert (SUBJECT in listed) == is_found, query


def test_the_export_has_no_personal_data(refused, client):
    answer = client.get(reverse("hub_emails") + "?export=csv")
    text = b"".join(answer.streaming_content).decode()
    assert "SMTPRecipientsRefused 550 5.1.1" in text
    assert ADDRESS not in text and SUBJECT not in text


def test_again_and_drop(refused, client):
    address = reverse("hub_email", args=[refused.pk])
    client.post(address, {"again": ""})
    refused.refresh_from_db()
    assert (refused.state, refused.tries, refused.problem) == (State.WAITING, 0, "")
    assert refused.next_try_at <= timezone.now() and refused.content
    client.post(address, {"drop": ""})
    refused.refresh_from_db()
    assert (refused.state, refused.content) == (State.DROPPED, "")
    client.post(address, {"again": ""})
    refused.refresh_from_db()
    assert refused.state == State.DROPPED
    assert 'name="again"' not in body(client.get(address))


def test_all_are_tried_again_and_the_server_rests_no_longer(refused, client):
    EmailMessage("zwei", "b", to=["b@example.org"]).send()
    later = timezone.now() + timedelta(minutes=9)
    QueuedEmail.objects.waiting().update(problem=Problem.SIGN_IN, next_try_at=later)
    assert QueuedEmail.objects.is_server_resting(timezone.now())
    assert "มีอีเมล 2 ฉบับ" in body(client.get(reverse("hub_emails_again")))
    assert client.post(reverse("hub_emails_again")).status_code == 302
    assert QueuedEmail.objects.due(timezone.now()).count() == 2
    assert not QueuedEmail.objects.is_server_resting(timezone.now())


def test_only_administrators_and_who_was_given_the_right_see_it(refused, moderator, signed_in):
    client = signed_in(moderator)
    one = reverse("hub_email", args=[refused.pk])
    addresses = [reverse("hub_emails"), reverse("hub_emails_results"), one,
                 reverse("hub_emails_again")]

    def codes():
        return [client.get(address).status_code for address in addresses]

    assert codes() == [302] * 4
    assert client.post(one, {"drop": ""}).status_code == 302
    assert "ส่งไม่ออก" not in body(client.get("/admin/"))
    group = Group.objects.get(name="Moderators")
    group.permissions.add(Permission.objects.get(codename="view_queuedemail"))
    assert codes() == [200, 200, 200, 302]
    assert 'name="again"' not in body(client.get(one))
    client.post(one, {"drop": ""})
    refused.refresh_from_db()
    assert refused.state == State.UNSENDABLE, "who may look may not drop"
    group.permissions.add(Permission.objects.get(codename="change_queuedemail"))
    assert codes() == [200] * 4
    client.post(one, {"drop": ""})
    refused.refresh_from_db()
    assert refused.state == State.DROPPED


def test_the_rights_can_be_given_in_the_admin(client):
    page = body(client.get(reverse("wagtailusers_groups:add")))
    for codename in ("view_queuedemail", "change_queuedemail"):
        assert f'value="{Permission.objects.get(codename=codename).pk}"' in page


def test_the_dashboard_tells_what_is_stuck(email, client):
    def dashboard():
        return body(client.get("/admin/"))

    heading = "อีเมลที่ส่งไม่ออก"
    assert heading not in dashboard(), "it has just been written"
    QueuedEmail.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    assert heading in dashboard() and "keep_schedule" in dashboard()
    QueuedEmail.objects.update(tried_at=timezone.now(), problem=Problem.SIGN_IN)
    assert "keep_schedule" not in dashboard() and "ไม่รับชื่อผู้ใช้หรือรหัสผ่าน" in dashboard()
    QueuedEmail.objects.all().drop()
    assert heading not in dashboard()
    QueuedEmail.objects.update(state=State.UNSENDABLE)
    assert heading in dashboard() and "?state=unsendable" in dashboard()
