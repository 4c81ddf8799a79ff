"""The check of the backups."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from hub.backup import backups
from hub.formatting import moment
from hub.health.findings import Figure, Finding, State


def newest_backup() -> Finding:
    """How old the newest backup is; it asks what the notice in the admin asks."""
    if not settings.BACKUP_DIR:
        return Finding(
            State.LOOK, _("The hub makes no backups: no place is named for them."),
            _("Set BACKUP_DIR to a folder on another disk; one is made every day from then on."))
    newest = backups.newest_time()
    figures = () if newest is None else (Figure(
        "backup_age_seconds", "Age of the newest backup.",
        (timezone.now() - newest).total_seconds()),)
    advice = _("Is the schedule running, and is there room on the disk of the backups? manage.py "
               "backup makes one now, or says why it cannot.")
    if newest is None and backups.is_away():
        is_old, says = True, _("The place of the backups cannot be read.")
    elif newest is None:
        is_old, says = True, _("No backup was made yet. One should be made every day.")
    else:
        is_old, says = backups.is_old(), _("The newest is of %(moment)s.") % {
            "moment": moment(newest)}
    return Finding(State.BROKEN if is_old else State.WELL, says, advice if is_old else "",
                   figures=figures)
