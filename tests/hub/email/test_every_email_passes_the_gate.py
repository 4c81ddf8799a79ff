"""Nothing speaks to a mail server but the delivery, in the hub or in an installed package."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[3]
DELIVERY = {"hub/email/delivery.py", "hub/email/smtp.py", "hub/email/retries.py"}
# Modules by which an e-mail is handed over without EMAIL_BACKEND being asked.
TRANSPORTS = ("smtplib", "django.core.mail.backends", "anymail", "aiosmtplib", "sendgrid")
ARGUMENTS = {  # of the functions that open another connection
    "get_connection": {"backend"}, "EmailMessage": {"connection"},
    "EmailMultiAlternatives": {"connection"}, "send_mail": {"connection"},
    "send_mass_mail": {"connection"}, "mail_admins": {"connection"},
    "mail_managers": {"connection"},
}


def sources():
    """Every Python file of the installed apps but Django's own, by a short name."""
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if config.name.startswith("django.contrib"):
            continue
        for path in folder.rglob("*.py"):
            relative = path.relative_to(folder)
            if not {"tests", "test", "migrations"} & set(relative.parts):
                is_ours = folder.parent == ROOT
                yield str(path.relative_to(ROOT) if is_ours else path), path.read_text("utf-8")


def doors(text):
    """What in ``text`` goes around the default backend."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith(TRANSPORTS))
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.startswith(TRANSPORTS):
                yield node.module
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name == "get_connection" and node.args and "mail" in text:
                yield f"{name}({ast.unparse(node.args[0])})"
            yield from (
                f"{name}({word.arg}=…)" for word in node.keywords
                if word.arg in ARGUMENTS.get(name, ())
            )


@pytest.fixture(scope="module")
def found():
    words = (*TRANSPORTS, "get_connection", "connection=", "django.core.mail", "backend=")
    return {
        name: sorted(set(doors(text)))
        for name, text in sources() if any(word in text for word in words)
    }


def test_only_the_delivery_speaks_to_mail_servers(found):
    around = {name: ways for name, ways in found.items() if ways}
    assert {name for name in around if not name.startswith("/")} <= DELIVERY | {
        "hub/email/backend.py",  # the base class of the gate
        "hub/email/error_mails.py",  # to administrators, where the queue's database is away
    }
    others = {
        (name.rpartition("site-packages/")[2], way)
        for name, ways in around.items() if name.startswith("/") for way in ways
    }
    assert others <= {
        # Its argument is a database.
        ("django_tasks_db/utils.py", "get_connection(using)"),
        # A connection from get_connection() without a backend.
        ("wagtail/admin/mail.py", "send_mail(connection=…)"),
    }


def test_the_search_finds_each_kind_of_door():
    assert list(doors("import smtplib")) == ["smtplib"]
    assert list(doors("from django.core.mail.backends.smtp import EmailBackend"))
    assert list(doors("from django.core import mail\nmail.get_connection('x')"))
    assert list(doors("get_connection(backend='x')"))
    assert list(doors("EmailMessage(connection=c)"))
    assert not list(doors("get_connection(fail_silently=True)"))


def settings_with(**environment):
    kept = {k: v for k, v in os.environ.items() if k not in ("DEVELOPMENT", "EMAIL_URL")}
    code = "import hub.settings as s; print(s.EMAIL_BACKEND, s.EMAIL_DELIVERY_BACKEND)"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=kept | environment,
        capture_output=True, text=True,
    )


@pytest.mark.parametrize("url", ["", "consolemail://", "dummymail://", "memorymail://"])
def test_without_a_mail_server_the_hub_does_not_start(url):
    refused = settings_with(SECRET_KEY="x" * 50, **({"EMAIL_URL": url} if url else {}))
    assert refused.returncode != 0 and "Set EMAIL_URL" in refused.stderr


@pytest.mark.parametrize(("environment", "delivery"), [
    ({"SECRET_KEY": "x" * 50, "EMAIL_URL": "smtp+tls://u:p@mail.example.org:587"},
     "hub.email.smtp.EmailBackend"),
    ({"DEVELOPMENT": "1"}, "django.core.mail.backends.console.EmailBackend"),
])
def test_the_settings_name_the_queue_and_deliver_by_the_url(environment, delivery):
    done = settings_with(**environment)
    assert done.stdout.split() == ["hub.email.backend.QueueBackend", delivery], done.stderr
