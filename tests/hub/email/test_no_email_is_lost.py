"""Whatever a mail server does: requests succeed at once, and each e-mail arrives once it is well.

The requests are real ones of visitors, members, editors and the secretariat, and the mail servers
speak SMTP. While a request runs, no socket may be opened at all.
"""

import re
import socket
from collections import Counter
from datetime import time, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from courses.models import CourseRun, Enrolment, Meeting
from hub.email.content import hash_of
from hub.email.delivery import MAX_LOST, deliver
from hub.models import QueuedEmail
from lessons.models import PracticePage
from policy.models import Contribution
from search.models import Alert
from tests.conftest import make_user
from tests.factories import (
    CurriculumPageFactory,
    DraftResolutionPageFactory,
    SectionPageFactory,
)
from tests.hub.email.mail_server import FAULTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("written")]
State, Problem = QueuedEmail.State, QueuedEmail.Problem
PASSWORD = "ปลากระบอก-7-ตัว"


@pytest.fixture(scope="module")
def written(world):
    """The requests, made while no mail server can be reached and no socket opened."""
    make_user("moderator", "Moderators")
    member = make_user("member")
    EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)
    doors = [sign_up, reset_password, submit_to_moderators, enrol, hide, subscribe]
    with (
        override_settings(
            EMAIL_BACKEND="hub.email.backend.QueueBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
        ),
        pytest.MonkeyPatch.context() as patch,
    ):
        for door in doors:
            ask = door(member)
            before = QueuedEmail.objects.count()
            patch.setattr(socket.socket, "connect", opened)
            patch.setattr(socket, "getaddrinfo", opened)
            ask()
            patch.undo()
            assert QueuedEmail.objects.count() > before, door.__name__


def opened(*args):
    raise AssertionError("A request opened a socket.")


def signed_in(name):
    client = Client()
    client.force_login(
        get_user_model().objects.get(username=name)
    )
    return client


def sign_up(member):
    def ask():
        answer = Client().post("/accounts/signup/", {
            "name": "อาหมัด", "email": "ahmad@example.org", "password1": PASSWORD,
            "consent": "on", "website": "",
        })
        assert answer.headers["Location"] == "/accounts/confirm-email/"
        assert get_user_model().objects.filter(email="ahmad@example.org").exists()

    return ask


def reset_password(member):
    def ask():
        answer = Client().post("/accounts/password/reset/", {"email": member.email})
        assert answer.status_code == 302

    return ask


def submit_to_moderators(member):
    """In the real editor; Wagtail's own notifier writes to the moderators."""
    make_user("editor", "Editors")
    client = signed_in("editor")
    address = reverse(
        "wagtailadmin_pages:add", args=["lessons", "practicepage", SectionPageFactory().pk]
    )

    def ask():
        answer = client.post(address, nested_form_data({
            "title": "ป่า", "slug": "", "summary": "ย่อ", "context_text": "", "outcome": "",
            "licence": "cc-by-4.0", "body-count": "0", "comments": inline_formset([]),
            "contributors": inline_formset([]), "attachments": inline_formset([]),
            "chain_links": inline_formset([]), "action-submit": "1",
        }))
        assert answer.status_code == 302
        page = PracticePage.objects.get()
        assert not page.live and page.workflow_in_progress

    return ask


def enrol(member):
    run = CourseRun.objects.create(
        curriculum=CurriculumPageFactory(), title="รุ่นที่ 1", place="ศาลา", seats=2, contact="074"
    )
    Meeting.objects.create(
        run=run, date=timezone.localdate() + timedelta(days=20), starts_at=time(9),
        ends_at=time(15),
    )
    client = signed_in("member")

    def ask():
        answer = client.post(f"/courses/runs/{run.pk}/enrol/", {
            "name": "สมศรี", "phone": "081 234 5678", "organisation": "", "needs": "",
            "consent": "on",
        })
        assert answer.status_code == 302 and Enrolment.objects.get().is_enrolled

    return ask


def hide(member):
    """A decision of the secretariat, which its author is told of."""
    draft = DraftResolutionPageFactory(hold_first_contributions=False)
    contribution = Contribution.objects.create(
        paragraph=draft.paragraphs.get(label="2"), author=member, kind="comment", text="คำหยาบ"
    )
    client = signed_in("moderator")

    def ask():
        client.post(f"{draft.url}secretariat/moderate/", {
            "contribution": contribution.pk, "what": "hide", "reason": "ไม่สุภาพ",
        })
        contribution.refresh_from_db()
        assert contribution.state == "hidden"

    return ask


def subscribe(member):
    def ask():
        answer = Client().post("/search/alert/?q=ปูม้า", {
            "email": "reader@example.org", "frequency": "day", "website": "",
        })
        assert answer.status_code == 302 and Alert.objects.exists()

    return ask


def waiting():
    return Counter(QueuedEmail.objects.waiting().values_list("address_hash", flat=True))


def arrived(server):
    return Counter(hash_of(address) for address, _text in server.taken)


def test_each_request_wrote_its_email(server, clock):
    server.listen()
    addresses = {
        "ahmad@example.org", "member@example.org", "moderator@example.org", "reader@example.org"
    }
    expected = waiting()
    assert deliver(clock) == sum(expected.values())
    assert arrived(server) == expected
    assert {address for address, _text in server.taken} == addresses
    assert server.connections == 1, "several e-mails share a connection"
    for _address, text in server.taken:
        assert b"Auto-Submitted: auto-generated" in text and b"Message-ID: <" in text
    assert QueuedEmail.objects.exclude(state=State.SENT).count() == 0
    assert not QueuedEmail.objects.exclude(content="", problem="").exists(), "erased once sent"


TEMPORARY = {
    "is closed": Problem.UNREACHABLE, "hangs at once": Problem.UNREACHABLE,
    "drips": Problem.UNREACHABLE, "closes at once": Problem.UNREACHABLE,
    "asks for another password": Problem.SIGN_IN,
    "greylists": Problem.DEFERRED, "is closing": Problem.DEFERRED,
    "hangs after DATA": Problem.INTERRUPTED, "hangs after the dot": Problem.INTERRUPTED,
    "drops after the dot": Problem.INTERRUPTED, "refuses the sender": Problem.SENDER,
}
PERMANENT = {"refuses recipients", "refuses the text"}


def test_every_fault_is_drilled():
    assert {*TEMPORARY, *PERMANENT} == set(FAULTS)


@pytest.mark.parametrize("fault", TEMPORARY)
def test_what_is_not_taken_now_arrives_once_later(fault, server, deliver_unwell, clock, caplog):
    expected = waiting()
    assert deliver_unwell(fault) == 0
    assert waiting() == expected and not server.taken
    problems = set(QueuedEmail.objects.values_list("problem", flat=True)) - {""}
    assert problems == {TEMPORARY[fault]}
    assert "example.org" not in caplog.text
    assert not QueuedEmail.objects.filter(error__contains="@").exists()
    clock.move(minutes=10)
    while deliver(clock):
        clock.move(minutes=10)
    assert arrived(server) == expected, "each once"
    assert not QueuedEmail.objects.exclude(state=State.SENT).exists()


@pytest.mark.parametrize("fault", sorted(PERMANENT))
def test_what_is_refused_for_good_is_kept_for_an_administrator(
    fault, server, deliver_unwell, clock
):
    expected = waiting()
    assert deliver_unwell(fault) == 0
    assert not waiting() and QueuedEmail.objects.unsendable().count() == sum(expected.values())
    assert set(QueuedEmail.objects.values_list("problem", flat=True)) == {Problem.REFUSED}
    assert QueuedEmail.objects.first().error.startswith("SMTP")
    clock.move(days=1)
    assert deliver(clock) == 0, "not by itself"
    QueuedEmail.objects.all().try_again(clock())
    assert deliver(clock) == sum(expected.values()) and arrived(server) == expected


def test_a_bad_recipient_keeps_no_email_from_others(server, clock):
    server.bad_recipients.add("moderator@example.org")
    server.listen()
    deliver(clock)
    left = QueuedEmail.objects.exclude(state=State.SENT)
    assert [row.state for row in left] == [State.UNSENDABLE]
    assert "550 5.1.1" in left[0].error
    assert server.connections == 1


@pytest.mark.parametrize("fault", ["is closed", "hangs at once", "asks for another password"])
def test_a_server_that_is_away_is_asked_once_and_then_left_alone(
    fault, server, deliver_unwell, clock
):
    deliver_unwell(fault)
    tried = server.connections
    assert tried == (0 if fault == "is closed" else 1)
    EmailMessage("เรื่อง", "b", to=["new@example.org"]).send()
    deliver(clock)
    assert server.connections == tried, "it rests, new e-mails included"
    clock.move(minutes=2)
    deliver(clock)
    assert server.connections == tried + 1 and not waiting()


def test_a_server_that_breaks_off_again_and_again_is_left_for_the_next_look(
    server, deliver_unwell, clock
):
    deliver_unwell("drops after the dot")
    assert server.connections == MAX_LOST
    assert QueuedEmail.objects.filter(tries=0).exists()


@pytest.mark.postgresql
def test_what_is_rolled_back_writes_nothing(server, clock):
    QueuedEmail.objects.all().delete()
    with pytest.raises(RuntimeError), transaction.atomic():
        sign_up_again()
        assert QueuedEmail.objects.exists()
        raise RuntimeError
    server.listen()
    assert deliver(clock) == 0 and not server.taken


def sign_up_again():
    Client().post("/accounts/signup/", {
        "name": "มาลี", "email": "malee@example.org", "password1": PASSWORD, "consent": "on",
        "website": "",
    })


def test_links_are_not_sent_once_they_have_expired(server, clock):
    server.listen()
    clock.move(days=4)
    deliver(clock)
    sent = b"".join(text for _address, text in server.taken)
    assert b"/password/reset/" not in sent and b"/confirm-email/" not in sent
    assert b"/alert/confirm/" not in sent
    assert len(server.taken) == 3, "submitted, enrolled, decided"
    QueuedEmail.objects.erase_old(clock())
    expired = QueuedEmail.objects.filter(state=State.EXPIRED)
    assert expired.count() == 3 and not expired.exclude(content="").exists()


def test_no_text_or_address_lies_in_the_database_in_clear():
    told = ["example.org", "อาหมัด", "/confirm-email/", "ป่า"]
    for row in QueuedEmail.objects.all():
        stored = " ".join(str(value) for value in vars(row).values())
        assert not [text for text in told if text in stored]
        assert not re.search(r"https?://", stored)


def test_the_schedule_delivers(server, clock):
    server.listen()
    expected = waiting()
    call_command("keep_schedule", once=True)
    assert arrived(server) == expected
