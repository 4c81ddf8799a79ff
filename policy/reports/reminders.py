"""Reminders before and after due dates: one letter a day to a party, no clause twice for one step.

A step is a number of days from the due date: −30 and −7, the day after, and every 30 days from
then on. What is written is recorded in the transaction that hands the letters to the tasks, under
a constraint that lets only one of two senders do it.
"""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override

from hub.email.sending import absolute, language_of, write_to
from policy.ledger.clause_party_status import with_status
from policy.ledger.rules import ClauseStatus
from policy.models import Clause, Party, Reminder, ResolutionPage
from policy.reports.reminder_links import GOOD_FOR, quiet_token, token_for

SETTLED = (ClauseStatus.EVIDENCED, ClauseStatus.VERIFIED)
CLAUSES_IN_A_LETTER = 20  # the rest is counted in its last line, and comes the next day


def step_of(due, day) -> int | None:
    """The step that ``day`` has reached, None before the first."""
    days = (day - due).days
    every = settings.REMIND_EVERY_DAYS
    if days >= 1:
        return 1 + (days - 1) // every * every
    return max((-before for before in settings.REMIND_DAYS_BEFORE if -before <= days), default=None)


def is_silent(cell, day) -> bool:
    """Whether a party is to be reminded: nothing is shown or verified yet and, once the day has
    come, nothing was said for as long as reminders are apart."""
    if cell.status in SETTLED:
        return False
    if cell.clause.due >= day or cell.last_report is None:
        return True
    return (day - cell.last_report).days >= settings.REMIND_EVERY_DAYS


def send_due(day=None) -> int:
    """Write to every party that has reached a step; returns how many letters were handed over."""
    day = day or timezone.localdate()
    return sum(_write(party, cells, day) for party, cells in _waiting(day))


def _waiting(day) -> list[tuple[Party, list]]:
    """Each party that has no letter of today yet, with its cells that have a step to be told of."""
    furthest = day + timedelta(days=max(settings.REMIND_DAYS_BEFORE, default=0))
    pages = ResolutionPage.objects.open_to_all().filter(adopted_on__lte=day)
    clauses = {}
    for clause in (
        Clause.objects.filter(page__in=pages.values("pk"), due__lte=furthest)
        .select_related("page", "locale").order_by("due", "page__path", "sort_order", "pk")
    ):
        # Of several languages the site's own.
        known = clauses.get(clause.translation_key)
        if known is None or clause.locale.language_code == settings.LANGUAGE_CODE:
            clauses[clause.translation_key] = clause
    # A reminder of the step that is reached now was sent since that step's first day.
    longest = max([settings.REMIND_EVERY_DAYS, *settings.REMIND_DAYS_BEFORE])
    told = set(
        Reminder.objects.filter(sent_on__gte=day - timedelta(days=longest))
        .values_list("party_id", "clause_key", "due", "step")
    )
    had = set(Reminder.objects.filter(sent_on=day).values_list("party_id", flat=True))
    waiting = defaultdict(list)
    for clause in with_status(list(clauses.values()), day):
        step = step_of(clause.due, day)
        for cell in clause.cells:
            key = cell.party.pk, clause.translation_key, clause.due, step
            if step is None or cell.party.pk in had or key in told or not cell.is_named:
                continue
            if is_silent(cell, day):
                cell.step = step
                waiting[cell.party].append(cell)
    return sorted(waiting.items(), key=lambda pair: pair[0].pk)


@transaction.atomic
def _write(party, cells, day) -> int:
    readers = readers_of(party)
    if not readers:
        return 0
    told = cells[:CLAUSES_IN_A_LETTER]
    try:
        with transaction.atomic():
            Reminder.objects.bulk_create([
                Reminder(party=party, clause_key=cell.clause.translation_key,
                         due=cell.clause.due, step=cell.step, sent_on=day)
                for cell in told
            ])
    except IntegrityError:
        return 0  # another sender was faster
    for email, language in readers.items():
        _letter(party, told, len(cells) - len(told), day, email, language)
    return len(readers)


def readers_of(party) -> dict[str, str]:
    """E-mail address → language, of the contact and the members, but for who wants none."""
    readers = {party.email.lower(): settings.LANGUAGE_CODE} if party.email else {}
    for member in party.members.filter(is_active=True).exclude(email=""):
        readers[member.email.lower()] = language_of(member)
    for email in party.quiet_addresses.values_list("email", flat=True):
        readers.pop(email, None)
    return readers


def _letter(party, cells, more, day, email, language) -> None:
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
        quiet_url = absolute(reverse("follow_up_quiet", args=[quiet_token(party, email)]))
        number = len(cells) + more
        subject = ngettext(
            "%(number)d clause waits for your report", "%(number)d clauses wait for your report",
            number,
        ) % {"number": number}
        write_to(
            email, language, "policy/letters/reminder.txt", subject,
            {
                "party": party, "items": items, "more": more, "quiet_url": quiet_url,
                "days": GOOD_FOR.days, "mine_url": absolute(reverse("follow_up_mine")),
            },
            headers={
                # RFC 8058: mail programs offer one click that needs no page.
                "List-Unsubscribe": f"<{quiet_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
