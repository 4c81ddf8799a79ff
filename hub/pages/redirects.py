"""Redirects of a large section that is renamed or moved."""

from collections import defaultdict

from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.signal_handlers import BatchRedirectCreator

PATHS_AT_ONCE = 500


def _delete_clashing(self) -> None:
    """Delete earlier automatic redirects from the addresses that get one now."""
    paths = defaultdict(list)
    for redirect in self.items:
        paths[redirect.site_id].append(redirect.old_path)
    earlier = Redirect.objects.filter(automatically_created=True)
    for site, old_paths in paths.items():
        for first in range(0, len(old_paths), PATHS_AT_ONCE):
            wanted = old_paths[first : first + PATHS_AT_ONCE]
            earlier.filter(site_id=site, old_path__in=wanted).delete()


def delete_clashing_redirects_in_batches() -> None:
    """Wagtail's own query has one OR for each of 2000 addresses, and SQLite takes expressions of
    1000 levels: all redirects of a larger section were lost. Called once when the hub is ready."""
    BatchRedirectCreator.pre_process = _delete_clashing
