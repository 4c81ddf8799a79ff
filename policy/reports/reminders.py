"""Reminders of due dates: at most one e-mail a day to a party, one reminder per clause and step.

A step is a number of days from the due date: by default −30, −7, 1 and every 30 days after that.
Reminders are recorded in the transaction that enqueues the e-mails; a unique constraint lets only
one of two concurrent senders send them.
"""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override

from hub.email.sending import absolute, language_of, send_email
from policy.ledger.clause_party_status import with_status
from policy.ledger.rules import SETTLED
from policy.models import Clause, Party, Reminder, ResolutionPage
from policy.reports.reminder_links import VALID_FOR, opt_out_token, token_for

MAX_CLAUSES_PER_EMAIL = 20  # the e-mail counts the rest, which is sent the next day


def step_of(due, day) -> int | None:
    """The last step on or before ``day``; None before the first."""
    days = (day - due).days
    every = settings.REMIND_EVERY_DAYS
    if days >= 1:
        return 1 + (days - 1) // every * every
    return max((-before for before in settings.REMIND_DAYS_BEFORE if -before <= days), default=None)


def needs_reminder(cell, day) -> bool:
    """Whether there is no evidence or verification yet and, after the due date, no report within
    ``REMIND_EVERY_DAYS``."""
    if cell.status in SETTLED:
        return False
    if cell.clause.due >= day or cell.last_report is None:
        return True
    return (day - cell.last_report).days >= settings.REMIND_EVERY_DAYS


def send_due(day=None) -> int:
    """Send all reminders that are due on ``day``; returns the number of e-mails."""
    day = day or timezone.localdate()
    return sum(_send_reminder(party, cells, day) for party, cells in _due_cells(day))


def _due_cells(day) -> list[tuple[Party, list]]:
    """Each party without a reminder on ``day``, with its cells whose step has no reminder yet."""
    last_due = day + timedelta(days=max(settings.REMIND_DAYS_BEFORE, default=0))
    pages = ResolutionPage.objects.open_to_all().filter(adopted_on__lte=day)
    clauses = {}
    for clause in (
        Clause.objects.filter(page__in=pages.values("pk"), due__lte=last_due)
        .select_related("page", "locale").order_by("due", "page__path", "sort_order", "pk")
    ):
        # Of several translations, the one in the default language.
        known = clauses.get(clause.translation_key)
        if known is None or clause.locale.language_code == settings.LANGUAGE_CODE:
            clauses[clause.translation_key] = clause
    # Reminders of a current step are not older than the longest step.
    longest = max([settings.REMIND_EVERY_DAYS, *settings.REMIND_DAYS_BEFORE])
    sent = set(
        Reminder.objects.filter(sent_on__gte=day - timedelta(days=longest))
        .values_list("party_id", "clause_key", "due", "step")
    )
    reminded_today = set(Reminder.objects.filter(sent_on=day).values_list("party_id", flat=True))
    due_cells = defaultdict(list)
    for clause in with_status(list(clauses.values()), day):
        step = step_of(clause.due, day)
        for cell in clause.cells:
            key = cell.party.pk, clause.translation_key, clause.due, step
            if step is None or cell.party.pk in reminded_today or key in sent or not cell.is_named:
                continue
            if needs_reminder(cell, day):
                cell.step = step
                due_cells[cell.party].append(cell)
    return sorted(due_cells.items(), key=lambda pair: pair[0].pk)


@transaction.atomic
def _send_reminder(party, cells, day) -> int:
    """Record and send the reminder of ``cells``; returns the number of e-mails."""
    recipients = recipients_of(party)
    if not recipients:
        return 0
    included = cells[:MAX_CLAUSES_PER_EMAIL]
    try:
        with transaction.atomic():
            Reminder.objects.bulk_create([
                Reminder(party=party, clause_key=cell.clause.translation_key,
                         due=cell.clause.due, step=cell.step, sent_on=day)
                for cell in included
            ])
    except IntegrityError:
        return 0  # another sender was first
    for email, language in recipients.items():
        _send_email(party, included, len(cells) - len(included), day, email, language)
    return len(recipients)


def recipients_of(party) -> dict[str, str]:
    """E-mail address → language, of the contact and the members who have not opted out."""
    recipients = {party.email.lower(): settings.LANGUAGE_CODE} if party.email else {}
    for member in party.members.filter(is_active=True).exclude(email=""):
        recipients[member.email.lower()] = language_of(member)
    for email in party.reminder_opt_outs.values_list("email", flat=True):
        recipients.pop(email, None)
    return recipients


def _send_email(party, cells, more, day, email, language) -> None:
    with override(language):
        items = [
            {
                "cell": cell, "clause": cell.clause, "resolution": cell.clause.page,
                "days": abs((cell.clause.due - day).days), "is_past": cell.clause.due < day,
                "report_url": absolute(reverse(
                    "follow_up_link", args=[token_for(party, cell.clause.translation_key)]
                )),
            }
            for cell in cells
        ]
        opt_out_url = absolute(reverse("follow_up_opt_out", args=[opt_out_token(party, email)]))
        number = len(cells) + more
        subject = ngettext(
            "%(number)d clause waits for your report", "%(number)d clauses wait for your report",
            number,
        ) % {"number": number}
        send_email(
            email, language, "policy/reports/emails/reminder.txt", subject,
            {
                "party": party, "items": items, "more": more, "opt_out_url": opt_out_url,
                "days": VALID_FOR.days, "my_parties_url": absolute(reverse("follow_up_my_parties")),
            },
            headers={
                # RFC 8058: mail programs offer to unsubscribe with one click.
                "List-Unsubscribe": f"<{opt_out_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
