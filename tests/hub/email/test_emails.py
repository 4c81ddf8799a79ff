"""Letters go out in the reader's language, in one line's subject, and to nobody who left."""

import pytest
from django.core import mail
from django.utils.translation import gettext_lazy as _
from wagtail.users.models import UserProfile

from hub.email.sending import absolute, send_email, send_email_to_user

pytestmark = pytest.mark.django_db
CONFIRM = "search/alerts/emails/confirm.txt"


def test_an_email_is_in_the_recipients_language(editor):
    UserProfile.objects.create(user=editor, preferred_language="en")
    send_email_to_user(editor, CONFIRM, _("Confirm your alert"), {"days": 3})
    UserProfile.objects.update(preferred_language="th")
    editor.refresh_from_db()
    send_email_to_user(editor, CONFIRM, _("Confirm your alert"), {"days": 3})
    english, thai = mail.outbox
    assert english.subject.startswith("Confirm your alert – ")
    assert thai.subject != english.subject and "ยืนยัน" in thai.subject
    assert english.to == [editor.email]
    assert english.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_subject_is_one_line():
    send_email("a@example.org", "th", CONFIRM, "หนึ่ง\nสอง\r\nBcc: b@example.org", {"days": 3})
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["a@example.org"]


def test_inactive_users_and_empty_addresses_get_no_email(editor):
    editor.is_active = False
    send_email_to_user(editor, CONFIRM, "x")
    send_email("", "th", CONFIRM, "x")
    assert mail.outbox == []


def test_addresses_in_emails_are_absolute(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://hub.example.org/"
    assert absolute("/ก/") == "https://hub.example.org/%E0%B8%81/"
