"""What the base layer does when links are saved and by the clock."""

import time

from django.db.models.signals import post_save

from hub.changes import time_passed

AN_HOUR = 60 * 60
_last_look = None  # when this process last went through all withdrawals


def _link_saved(sender, instance, raw=False, **kwargs):
    from hub.withdrawals import flag_by_link

    if not raw:
        flag_by_link(instance)


def _flag_what_was_missed(sender, once=False, **kwargs):
    global _last_look
    from hub.withdrawals import flag_what_was_missed

    now = time.monotonic()
    if once or _last_look is None or now - _last_look >= AN_HOUR:
        _last_look = now
        flag_what_was_missed()


def connect() -> None:
    from hub.models import ChainLink

    post_save.connect(_link_saved, sender=ChainLink)
    time_passed.connect(_flag_what_was_missed)
