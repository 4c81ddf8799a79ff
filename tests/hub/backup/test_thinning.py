"""Which backups are kept, as the years go by."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hub.backup.thinning import superfluous

START = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)


def kept_after(days, every=timedelta(days=1)):
    """What is kept when a backup is made ``every`` so often, and thinned each time."""
    kept, now = set(), START
    while now < START + timedelta(days=days):
        kept.add(now)
        kept -= superfluous(kept, now)
        now += every
    return kept, now - every


def test_of_two_years_of_days_a_week_of_days_some_weeks_and_a_year_of_months_are_kept():
    kept, now = kept_after(730)
    ages = sorted((now - time).days for time in kept)
    assert ages[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(ages) < 7 + 5 + 12
    assert max(age for age in ages if age < 40) >= 28 and max(ages) > 300
    assert max(later - sooner for sooner, later in pairwise(ages)) <= 31


def test_all_of_two_days_are_kept():
    kept, _now = kept_after(2, every=timedelta(hours=1))
    assert len(kept) == 48


def test_after_a_pause_the_newest_stays_however_old():
    times = {START, START + timedelta(days=1)}
    assert superfluous(times, START + timedelta(days=4000)) == set()
    assert superfluous({START}, START + timedelta(days=4000)) == set()


def test_one_from_the_future_is_kept():
    times = {START + timedelta(days=days) for days in (0, 400)}
    assert superfluous(times, START) == set()
