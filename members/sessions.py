"""Where somebody is signed in: listed and ended by themselves, or ended by an administrator.

The rows are those of ``allauth.usersessions``, written here for every door, also for those that
allauth does not know. Of a device only browser and system are kept, as two plain words, and no
address; of the time the sign-in and the day of the last visit.
"""

import re
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models.signals import pre_save
from django.utils import timezone
from django.utils.translation import gettext as _

from hub.models.clock import deletes_by_age

NOTED = "user_session"  # in the session: the key that its row has, the day of the last visit
NO_ADDRESS = "0.0.0.0"  # the library's column takes no other nothing
# The first that occurs: most browsers claim to be older ones as well.
BROWSERS = (
    ("LINE", r"\bLine/"), ("Facebook", r"FBA[NV]/"), ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Samsung Internet", r"SamsungBrowser/"), ("Opera", r"OPR/|OPT/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/"), ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Android", r"Android"), ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"), ("Mac", r"Macintosh|Mac OS X"), ("Linux", r"Linux|X11"),
)


class SessionsMiddleware:
    """Keeps the row of a session true: its key, which changes with the password, and its day."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        session = request.session
        failed = response.status_code >= 500  # the transaction is rolled back
        if not failed and session.accessed and (noted := session.get(NOTED)):
            true = _note(session)
            if noted != true:
                _move(noted[0], session.session_key)
                session[NOTED] = true
        return response


def connect() -> None:
    pre_save.connect(_keep_little, sender=UserSession, dispatch_uid="members.sessions")
    user_logged_in.connect(_begin, dispatch_uid="members.sessions")


def sessions_of(user: Any) -> list[UserSession]:
    """The sessions of ``user`` that are open, last used first."""
    rows = UserSession.objects.purge_and_list(user)
    return sorted(rows, key=lambda row: row.last_seen_at, reverse=True)


def end_sessions(user: Any, but: str | None = None) -> int:
    """End the sessions of ``user``, except the one with the key ``but``; returns how many."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    for row in rows:
        row.end()
    return len(rows)


def erase(user: Any) -> None:
    """End the sessions of ``user``, and those in which a sign-in waits for its second step: they
    have no row yet, and hold the address that was typed."""
    end_sessions(user)
    theirs = [
        session.session_key for session in Session.objects.iterator(chunk_size=500)
        if str(user.pk) in _users_of(session.get_decoded())
    ]
    Session.objects.filter(session_key__in=theirs).delete()


@deletes_by_age
def delete_ended() -> None:
    """Delete the rows of sessions that expired or ended otherwise."""
    open_ones = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    UserSession.objects.exclude(session_key__in=open_ones).delete()


def export(user: Any) -> list[dict]:
    return [{"device": device_name(row), "since": row.created_at, "last_used": row.last_seen_at}
            for row in sessions_of(user)]


def device_name(session: UserSession) -> str:
    """The device in plain words, e.g. “Chrome on Android”."""
    browser, _sep, system = session.user_agent.partition("|")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("a device that does not say what it is")


def _users_of(data: dict) -> set[str]:
    """The ids of users who are signed in with a session that holds ``data``, or about to be."""
    waiting = (data.get("account_login") or {}).get("user_pk")
    found = (data.get(SESSION_KEY), waiting, data.get("account_authentication_methods_user"))
    return {str(pk) for pk in found if pk}


def _begin(sender, request, user, **kwargs):
    session = request.session
    UserSession.objects.update_or_create(
        session_key=session.session_key, defaults={
            "user": user, "ip": NO_ADDRESS, "user_agent": request.META.get("HTTP_USER_AGENT", "")})
    session[NOTED] = _note(session)


def _note(session) -> list[str]:
    return [session.session_key, timezone.localdate().isoformat()]


def _move(old: str, new: str) -> None:
    """Give the row of the session its new key, unless allauth wrote a row for that already."""
    row = UserSession.objects.filter(session_key=old)
    if old != new and UserSession.objects.filter(session_key=new).exists():
        row.delete()
    else:
        row.update(session_key=new, last_seen_at=timezone.now())


def _keep_little(sender, instance, **kwargs):
    """Whoever saves a row: no address, and of the browser's long description two words."""
    instance.ip = NO_ADDRESS
    if not re.fullmatch(r"[A-Za-z ]*\|[A-Za-z ]*", instance.user_agent):
        found = [
            next((name for name, sign in names if re.search(sign, instance.user_agent)), "")
            for names in (BROWSERS, SYSTEMS)
        ]
        instance.user_agent = "|".join(found)
