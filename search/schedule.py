"""What search does by the clock, each in a receiver of its own: one that fails stops no other."""

import time

from django.core.management import call_command

AN_HOUR = 60 * 60
A_DAY = 24 * AN_HOUR
_done = {}  # what → when this process did it


def _is_due(what, seconds, once) -> bool:
    """Whether ``what`` was not done for ``seconds``; a look that is the only one does all."""
    now = time.monotonic()
    if not once and now - _done.get(what, -seconds) < seconds:
        return False
    _done[what] = now
    return True


def mend(sender, **kwargs):
    """What a killed process left, put right without anybody's doing."""
    from search import indexer, wagtail_backend
    from search.tasks import take_up_again

    take_up_again()
    indexer.ensure()
    indexer.engine().tidy()
    wagtail_backend.look_after()


def alerts(sender, once=False, **kwargs):
    if _is_due("alerts", AN_HOUR, once):
        call_command("send_alerts", verbosity=0)


def counts(sender, once=False, **kwargs):
    if _is_due("counts", A_DAY, once):
        call_command("forget_searches", verbosity=0)


def cluster(sender, once=False, **kwargs):
    """Bring the search cluster up to date, beside the schedule so that it is not held up."""
    from search import cluster as kept
    from search.indexer import catch_up, engine

    catch_up()
    if once:
        kept.look_after(engine())
    else:
        kept.look_after_in_background(engine())
