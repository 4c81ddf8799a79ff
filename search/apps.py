from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def ready(self):
        from search.index import cluster, signals

        try:
            cluster.cluster()  # loads its client now, not while the first reader waits
        except ValueError as error:
            raise ImproperlyConfigured(f"SEARCH_URL cannot be used: {error}.") from error
        signals.connect()
