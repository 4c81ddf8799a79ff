"""Saved searches by e-mail: asking, confirming, sending what is new, stopping.

Nobody gets the same news twice. What an alert has been told is committed before its letter goes
out, by an update that takes hold only where the alert stands as it was read: of two senders one
wins, and one that is killed between the two leaves a letter unsent rather than one sent again. A
letter that the mail server refuses is put back and tried again at the next look.

Each look goes back an hour further than the last one ended, for what was published then and
committed late; what was told of in that hour is remembered by its key.
"""

import logging
import smtplib
from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from hub.limits import DAY, HOUR, network_of, times
from search import letters
from search.models import Alert
from search.models.alert import digest_of
from search.newest import news
from search.question import Question
from search.tasks import write_to_asker

logger = logging.getLogger(__name__)
LOOK_BACK = timedelta(hours=1)
NEWS_OF_A_LETTER = 20  # the rest is counted in the letter's last line
ASKED_OF_A_VISITOR = 10  # in an hour
LETTERS_TO_AN_ADDRESS = 5  # to ask for confirmation, in a day
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)  # of one letter


# Asking


def may_ask(request) -> bool:
    """Whether this visitor asked less often than the limit in the last hour."""
    return times("alert", network_of(request), HOUR) <= ASKED_OF_A_VISITOR


def ask(question, site, email, language, every) -> None:
    """Keep the search and write to its address to confirm it.

    Looks the same from outside whether the address is known or not, has too many, or is written
    to too often: then there is no letter.
    """
    email = email.strip().lower()
    if times("alert", email, DAY) > LETTERS_TO_AN_ADDRESS:
        return
    digest = digest_of(language, site.pk, question.text, question.chosen)
    alert = Alert.objects.filter(email=email, digest=digest).first()
    if alert is None:
        if Alert.objects.filter(email=email).count() >= Alert.MOST_OF_ONE_ADDRESS:
            return
        alert = Alert(email=email, language=language, site=site, text=question.text,
                      chosen=question.chosen, digest=digest, every=every)
        try:
            with transaction.atomic():
                alert.save()
        except IntegrityError:
            return  # asked twice at once; the other one writes
    elif alert.confirmed_at is None:
        alert.every, alert.asked_at = every, timezone.now()
        alert.save(update_fields=["every", "asked_at"])
    write_to_asker.enqueue(alert_id=alert.pk)


# Links in letters


def waiting_for(token) -> Alert | None:
    """The alert that ``token`` of a letter confirms, while the link is good."""
    try:
        key = signing.TimestampSigner(salt=letters.CONFIRM).unsign(
            token, max_age=timedelta(days=Alert.DAYS_TO_CONFIRM)
        )
    except signing.BadSignature:
        return None
    return Alert.objects.filter(key=key).select_related("site").first()


def confirm(alert) -> None:
    now = timezone.now()
    Alert.objects.filter(pk=alert.pk, confirmed_at=None).update(confirmed_at=now, looked_until=now)


def key_of(token) -> str | None:
    """The key in the link that stops an alert; such a link never grows old."""
    try:
        return signing.Signer(salt=letters.STOP).unsign(token)
    except signing.BadSignature:
        return None


def stop(key, every_one=False) -> None:
    """Forget the alert of ``key``, its address with it; with ``every_one``, all of the address."""
    alerts = Alert.objects.filter(key=key)
    if every_one:
        alerts = Alert.objects.filter(email__in=list(alerts.values_list("email", flat=True)))
    alerts.delete()


# Sending


def send_due(now=None) -> int:
    """Write to everybody who waits and for whom there is news; returns how many letters."""
    now = now or timezone.now()
    Alert.objects.forgotten(now).delete()
    sent = 0
    for pk in list(Alert.objects.due(now).order_by("looked_until").values_list("pk", flat=True)):
        alert = Alert.objects.select_related("site").filter(pk=pk).first()
        try:
            sent += bool(alert and _look(alert, now))
        except Exception as error:
            # Not the whole error: mail servers repeat the address in what they say.
            logger.warning("Alert %s was not sent: %s", pk, type(error).__name__)
            if isinstance(error, OSError) and not isinstance(error, REFUSALS):
                break  # the mail server is away, and each try would wait for it
    return sent


def _look(alert, now) -> bool:
    """Look for news for one alert and send it; whether a letter went out."""
    after = max(alert.looked_until - LOOK_BACK, alert.confirmed_at)
    with override(alert.language):
        found = news(Question(alert.text, alert.chosen), alert.site, after, now)
        fresh = [n for n in found if n.key not in alert.told]
        before = {"looked_until": alert.looked_until, "told": alert.told}
        told = {
            "looked_until": now, "told": [n.key for n in found if n.moment > now - LOOK_BACK],
        }
        if not _claim(alert, before["looked_until"], told):
            return False
        if not fresh:
            return False
        try:
            letters.news_letter(alert, fresh[:NEWS_OF_A_LETTER], len(fresh)).send()
        except Exception as error:
            if not _is_for_good(error):
                _claim(alert, now, before)
            raise
    return True


def _is_for_good(error) -> bool:
    """Whether the mail server will not take this letter the next time either."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _claim(alert, looked_until, values) -> bool:
    """Write ``values`` where the alert still stands at ``looked_until``, in a transaction."""
    with transaction.atomic():
        return bool(
            Alert.objects.filter(pk=alert.pk, looked_until=looked_until).update(**values)
        )
