"""E-mails to holders of certificates."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.runs import emails
from hub.email.sending import absolute


def issued(certificate) -> None:
    _send(certificate, "issued", _("Your certificate"))


def revoked(certificate) -> None:
    if certificate.enrolment:
        _send(certificate, "revoked", _("A certificate of yours no longer counts"))


def _send(certificate, name, subject) -> None:
    emails.send(
        certificate.enrolment, name, subject, folder="courses/certificates/emails",
        certificate=certificate, certificate_url=partial(_url_of, certificate),
    )


def _url_of(certificate) -> str:
    return absolute(reverse("certificate", args=[certificate.code]))
