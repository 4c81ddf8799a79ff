"""The queue: every kind of e-mail passes whole, is sent once, by one process, and then erased."""

import os
import shutil
import subprocess
import sys
import threading
from datetime import timedelta
from email import message_from_bytes
from email.mime.base import MIMEBase
from email.policy import default
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives, mail_admins, send_mail
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from hub import checks
from hub.email import delivery, retries
from hub.email.content import hash_of
from hub.email.delivery import deliver
from hub.email.sending import send_email, send_email_to_user
from hub.email.subscriptions import build_email
from hub.models import QueuedEmail
from hub.people import personal_data
from members import account
from search.models import Alert
from tests.hub.email.mail_server import MailServer
from tests.template_database import ROOT, template_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]
CONFIRM = "search/alerts/emails/confirm.txt"
State, Problem = QueuedEmail.State, QueuedEmail.Problem


def an_email(address="a@example.org"):
    EmailMessage("เรื่อง", "เนื้อความ", to=[address]).send()


class Failing:
    """A backend whose sending raises what the test says, or ends its process."""

    def __init__(self, monkeypatch, error=None):
        self.error, self.sent = error, []
        monkeypatch.setattr(delivery, "get_connection", lambda backend: self)

    def open(self):
        pass

    def close(self):
        pass

    def send_messages(self, messages):
        self.sent += messages
        if self.error:
            raise self.error
        return len(messages)


def test_an_email_of_any_kind_arrives_as_it_was_written():
    attached = MIMEBase("application", "x-own")
    attached.set_payload("cGF5bG9hZA==")
    attached["Content-Transfer-Encoding"] = "base64"
    attached.add_header("Content-Disposition", "attachment", filename="own.bin")
    message = EmailMultiAlternatives(
        _("Confirm your alert"), "บรรทัด\n.จุด\n" + "ยาว" * 500, "ก <from@example.org>",
        ["one@example.org", "Two <two@example.org>"], bcc=["hidden@example.org"],
        cc=["copy@example.org"], reply_to=["reply@example.org"], headers={"X-Own": "เอ"},
        alternatives=[("<p>บรรทัด</p>", "text/html")],
        attachments=[("ก.txt", "ข้อความ", "text/plain"), ("b.bin", b"\0\xff", None), attached],
    )
    message.send()
    assert deliver() == QueuedEmail.objects.count() == 4, "one for each recipient"
    assert sorted(m.recipients()[0] for m in mail.outbox) == [
        "Two <two@example.org>", "copy@example.org", "hidden@example.org", "one@example.org",
    ]
    for sent in mail.outbox:
        wanted, got = parsed(message), parsed(sent)
        for name in ("Subject", "From", "To", "Cc", "Reply-To", "X-Own", "Content-Type"):
            wanted_value = str(wanted[name]).partition("boundary")[0]
            assert str(got[name]).partition("boundary")[0] == wanted_value, name
        assert "hidden@example.org" not in str(got)
        assert [part.get_content_type() for part in got.walk()] == [
            part.get_content_type() for part in wanted.walk()
        ]
        assert [part.get_payload(decode=True) for part in got.walk()] == [
            part.get_payload(decode=True) for part in wanted.walk()
        ]
        assert [p.get_filename() for p in got.walk()] == [p.get_filename() for p in wanted.walk()]
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == 1


def parsed(message):
    return message_from_bytes(message.message().as_bytes(), policy=default)


def test_djangos_own_ways_to_send_pass_through(settings):
    settings.ADMINS = [("root", "root@example.org")]
    mail_admins("down", "text")
    send_mail("s", "b", None, ["a@example.org"], html_message="<b>b</b>")
    send_mail("s", "b", None, [])
    assert mail.outbox == [] and QueuedEmail.objects.count() == 2
    assert deliver() == 2 and len(mail.outbox) == 2


@pytest.mark.postgresql
def test_what_cannot_be_queued_leaves_the_callers_transaction_usable(monkeypatch):
    def fail(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    with monkeypatch.context() as patched:
        patched.setattr(type(QueuedEmail.objects), "bulk_create", fail)
        with transaction.atomic():
            with pytest.raises(DatabaseError):
                an_email()
            assert send_mail("s", "b", None, ["a@example.org"], fail_silently=True) == 0
    an_email()
    assert deliver() == 1


def test_another_backend_is_an_error_at_start(settings):
    assert checks.every_email_is_queued(None) == []
    for backend in ("smtp", "console", "locmem"):
        settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
        assert [e.id for e in checks.every_email_is_queued(None)] == ["hub.E007"]


def test_a_malformed_email_stops_no_other_and_no_request(clock):
    an_email("a b@exa mple\n.org")
    EmailMessage("two\nlines", "b", to=["b@example.org"]).send()
    an_email()
    assert deliver(clock) == 1
    assert set(QueuedEmail.objects.unsendable().values_list("problem", flat=True)) == {"invalid"}


# Sent once


def test_a_process_that_dies_while_sending_has_it_sent_once_more_and_no_third_time(
    clock, monkeypatch
):
    an_email()
    server = Failing(monkeypatch, SystemExit(9))
    for _death in range(4):
        with pytest.raises(SystemExit):
            # What a killed process cannot do either.
            with monkeypatch.context() as patched:
                patched.setattr(type(QueuedEmail.objects), "release", lambda *args: None)
                deliver(clock)
            raise SystemExit  # nothing was due any more
        clock.move(minutes=11)
    assert len(server.sent) == 2
    row = QueuedEmail.objects.get()
    assert (row.state, row.problem) == (State.UNSENDABLE, Problem.UNANSWERED)


def test_until_the_lease_ends_nobody_else_sends(clock):
    an_email()
    [claimed] = QueuedEmail.objects.claim(5, clock())
    assert deliver(clock) == 0
    clock.move(minutes=11)
    assert deliver(clock) == 1
    assert not claimed.hand_over(clock()), "who lost the lease sends no more"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_several_threads_one_sends_each(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("the tests' database in memory waits for no lock; processes show it below")
    number, claimed = 30, []
    for n in range(number):
        an_email(f"{n}@example.org")
    server = Failing(monkeypatch)
    monkeypatch.setattr(delivery, "MAX_PER_CONNECTION", 4)
    start = threading.Barrier(4)

    def work():
        start.wait()
        try:
            claimed.append(deliver())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claimed) == len(server.sent) == number
    assert len({m.recipients()[0] for m in server.sent}) == number
    assert QueuedEmail.objects.filter(state=State.SENT).count() == number


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_claims_at_this_moment_is_passed_over():
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("SQLite lets one writer in at a time")
    for n in range(3):
        an_email(f"{n}@example.org")
    locked, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            QueuedEmail.objects.claim(2, timezone.now())
            locked.set()
            may_end.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert locked.wait(30)
    assert len(QueuedEmail.objects.claim(5, timezone.now())) == 1
    may_end.set()
    thread.join()


@pytest.mark.processes
def test_of_several_processes_one_sends_each(tmp_path):
    """Real ones, on one SQLite file; each waits for the others' locks."""
    shutil.copy(template_file(), tmp_path / "hub.sqlite3")
    server = MailServer()
    server.listen()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "hub.settings", "DEVELOPMENT": "1", "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'hub.sqlite3'}",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }

    def run(code):
        return subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"], cwd=ROOT,
            env=environment,
        )

    try:
        write = "for n in range(60): send_mail('s', 'b', None, [f'{n}@example.org'])"
        assert run(f"from django.core.mail import send_mail\n{write}").wait() == 0
        deliver = "from hub.email import delivery\ndelivery.MAX_PER_CONNECTION = 3\n"
        workers = [run(deliver + "delivery.deliver()") for _n in range(3)]
        assert [worker.wait() for worker in workers] == [0, 0, 0]
    finally:
        server.end()
    addresses = [address for address, _text in server.taken]
    assert sorted(addresses) == sorted(f"{n}@example.org" for n in range(60))


# Retries


def test_delays_grow_with_jitter_and_end(clock, monkeypatch):
    an_email()
    Failing(monkeypatch, SMTPRecipientsRefused({"a@example.org": (451, b"4.7.1 greylisted")}))
    delays = []
    while QueuedEmail.objects.waiting().exists():
        deliver(clock)
        row = QueuedEmail.objects.get()
        if row.state == State.WAITING:
            delays.append(row.next_try_at - clock.now)
            clock.now = row.next_try_at
    minute = timedelta(minutes=1)
    assert 4 * minute <= delays[0] <= 6 * minute and 8 * minute <= delays[1] <= 12 * minute
    assert max(delays) <= timedelta(hours=7.2) and len(set(delays)) == len(delays)
    assert sum(delays, timedelta()) >= retries.RETRIED_FOR and 15 < row.tries < 50
    assert (row.state, row.problem) == (State.UNSENDABLE, Problem.DEFERRED)
    assert row.error == "SMTPRecipientsRefused 451 4.7.1"


def test_an_administrators_problem_never_gives_up_by_itself(clock, monkeypatch):
    an_email()
    server = Failing(monkeypatch)

    def refuse():
        raise ConnectionRefusedError

    monkeypatch.setattr(server, "open", refuse)
    while clock.now < timezone.now() + timedelta(days=10):
        deliver(clock)
        clock.move(hours=3)
    assert QueuedEmail.objects.waiting().count() == 1
    monkeypatch.undo()
    clock.move(hours=1)
    assert deliver(clock) == 1


def test_what_expires_first_is_sent_first(clock):
    an_email("news@example.org")
    for days in (3, 1):
        send_email(
            f"{days}@example.org", "th", CONFIRM, "x", {"days": 3},
            valid_until=timezone.now() + timedelta(days=days),
        )
    deliver(clock)
    assert [m.to[0] for m in mail.outbox] == ["1@example.org", "3@example.org", "news@example.org"]


# What is kept


def test_texts_are_erased_in_time(clock):
    an_email(), an_email(), an_email()
    rows = list(QueuedEmail.objects.order_by("pk"))
    QueuedEmail.objects.filter(pk=rows[1].pk).update(state=State.UNSENDABLE)
    QueuedEmail.objects.filter(pk=rows[2].pk).drop()
    clock.move(days=13)
    QueuedEmail.objects.erase_old(clock())
    assert [bool(row.content) for row in QueuedEmail.objects.order_by("pk")] == [True, True, False]
    clock.move(days=1)
    QueuedEmail.objects.erase_old(clock())
    assert not QueuedEmail.objects.exclude(content="").exists()
    assert QueuedEmail.objects.filter(state=State.EXPIRED).count() == 2
    assert QueuedEmail.objects.all().try_again(clock()) == 0
    clock.move(days=31)
    QueuedEmail.objects.erase_old(clock())
    assert not QueuedEmail.objects.exists()


def test_another_secret_key_is_said_and_an_old_one_still_reads(settings, clock):
    an_email("a@example.org"), an_email("b@example.org")
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    deliver(clock)
    assert set(QueuedEmail.objects.values_list("problem", flat=True)) == {"unreadable"}
    assert mail.outbox == []
    settings.SECRET_KEY_FALLBACKS = [key]
    QueuedEmail.objects.all().try_again(clock())
    assert deliver(clock) == 2


def test_nothing_is_sent_for_a_subscription_that_ended(hub, clock):
    alert = Alert.objects.create(
        email="a@example.org", language="th", site=Site.objects.get(is_default_site=True),
        text="ปูม้า", digest="1", confirmed_at=timezone.now(), checked_until=timezone.now(),
    )
    build_email(alert, CONFIRM, "x", {"days": 3}, "https://hub.example.org/stop/").send()
    Alert.stop(alert.key)
    assert deliver(clock) == 0 and mail.outbox == []
    assert QueuedEmail.objects.get().state == State.DROPPED


def test_a_persons_emails_are_exported_and_erased(editor, moderator):
    EmailAddress.objects.create(user=editor, email="Second@example.org", verified=False)
    for address in (editor.email.upper(), "second@example.org", moderator.email):
        an_email(address)
    send_email_to_user(editor, CONFIRM, "x", {"days": 3})
    kinds = [item["kind"] for item in personal_data.export_of(editor)["queued_emails"]]
    assert kinds == ["", "", CONFIRM]
    assert "เนื้อความ" not in str(personal_data.export_of(editor)["queued_emails"])
    account.erase(editor)
    left = {row.kind: row.address_hash for row in QueuedEmail.objects.all()}
    assert left == {
        "": hash_of(moderator.email),
        "members/emails/account_deleted.txt": hash_of("editor@example.org"),
    }
