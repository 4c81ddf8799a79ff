"""The check of the queue of e-mails, which the panel on the admin's first page asks too."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hub.health.findings import Figure, Finding, State
from hub.models import QueuedEmail


@dataclass(frozen=True)
class Stuck:
    """E-mails that do not get through: how many are late and how many cannot be sent, the problem
    of the late ones in words, and whether none of them was even tried."""

    late: int
    unsendable: int
    problem: str
    is_untouched: bool


def stuck() -> Stuck:
    late = QueuedEmail.objects.late(timezone.now())
    waiting = late.order_by("-tried_at").first()
    return Stuck(
        late=late.count(), unsendable=QueuedEmail.objects.unsendable().count(),
        problem=waiting.get_problem_display() if waiting else "",
        is_untouched=waiting is not None and not late.exclude(tried_at=None).exists(),
    )


def emails() -> Finding:
    """Whether e-mails get through to the mail server."""
    found, sentences, advice = stuck(), [], []
    counts = dict(QueuedEmail.objects.order_by().values_list("state").annotate(Count("pk")))
    waiting = counts.get(QueuedEmail.State.WAITING, 0)
    figures = tuple(
        Figure("emails", "E-mails of the last weeks by state.", counts.get(state, 0),
               {"state": state})
        for state in QueuedEmail.State.values)
    server = QueuedEmail.objects.waiting().filter(
        problem__in=QueuedEmail.SERVER_PROBLEMS).order_by("-tried_at").first()
    if found.late:
        sentences.append(ngettext(
            "%(number)s e-mail has waited for more than half an hour.",
            "%(number)s e-mails have waited for more than half an hour.", found.late,
        ) % {"number": found.late})
    if found.is_untouched:
        advice.append(_("None of them was tried: is the schedule running?"))
    problem = server.get_problem_display() if server else found.problem
    if problem:
        sentences.append(_("%(problem)s.") % {"problem": problem})
        advice.append(_("Mend the mail server or EMAIL_URL; everything is sent by itself then, or "
                        "at once with “Try all again”."))
    if found.unsendable:
        sentences.append(ngettext(
            "%(number)s e-mail cannot be sent.", "%(number)s e-mails cannot be sent.",
            found.unsendable) % {"number": found.unsendable})
        advice.append(_("Look why, and try them again or drop them."))
    if not sentences:
        return Finding(
            State.WELL,
            ngettext("%(number)s e-mail waits for the mail server.",
                     "%(number)s e-mails wait for the mail server.", waiting)
            % {"number": waiting} if waiting else _("All are sent."), figures=figures)
    return Finding(
        State.BROKEN if found.late else State.LOOK, " ".join(sentences), " ".join(advice),
        (reverse("hub_emails"), _("Look at the e-mails")), figures)


def told_of_errors() -> Finding:
    """Whether anybody hears of an error without reading the log."""
    ways = [name for name, is_set in (
        ("ADMINS", settings.ADMINS), ("SENTRY_DSN", settings.SENTRY_DSN)) if is_set]
    if ways or settings.DEVELOPMENT:
        return Finding(State.WELL, _("Told by %(ways)s.") % {"ways": ", ".join(ways)} if ways
                       else _("In the log, on this development machine."))
    return Finding(
        State.LOOK, _("Errors stand in the log alone; nobody is told."),
        _("Set ADMINS to the addresses of those who look after the hub, or SENTRY_DSN."))
