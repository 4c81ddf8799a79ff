from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def ready(self):
        from search import signal_handlers
        from search.index import cluster

        try:
            cluster.cluster()  # imports its client now, not during the first request
        except ValueError as error:
            raise ImproperlyConfigured(f"SEARCH_URL cannot be used: {error}.") from error
        signal_handlers.connect()
